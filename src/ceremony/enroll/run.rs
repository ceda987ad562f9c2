//! The steps that change something, each recorded before the next begins.

use uuid::Uuid;

use crate::attestation::{self, Finding, Registration, Verdict};
use crate::ceremony::enroll::credential::Credential;
use crate::ceremony::enroll::plan::{self, Prepared};
use crate::ceremony::enroll::{Enrolled, Exchange, Plan, Request};
use crate::ceremony::interaction::Step;
use crate::ceremony::{Error, Parties};
use crate::ctap::Permissions;
use crate::graph::model::Fido2AuthenticationMethod;
use crate::graph::{DisplayName, ReceivedCreationOptions};
use crate::ledger::{Draft, EnrollIntended, EntryRef, Event};
use crate::secret::Pin;

/// A ceremony under way, and what it has made so far.
pub(super) struct Run<'a> {
    pub(super) request: &'a Request,
    pub(super) ceremony: Uuid,
    pub(super) plan: Plan,
    pub(super) pin: Pin,
    pub(super) pin_state: PinState,
    pub(super) creation: Creation,
    pub(super) method: Method,
    pub(super) options: ReceivedCreationOptions,
    pub(super) display_name: DisplayName,
}

/// What is known of the PIN that this ceremony sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PinState {
    /// The key has the PIN that it had.
    Unchanged,
    /// The key was asked to set it, and no answer came.
    Unknown,
    /// The key has the new PIN.
    Set,
}

/// What is known of the credential on the key.
#[derive(Debug, Clone)]
pub(super) enum Creation {
    /// The key was not asked, or refused.
    None,
    /// The key was asked, and no usable answer came.
    Unknown,
    /// The key made it.
    Made(Credential),
}

/// What is known of the registration in the tenant.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Method {
    /// Nothing was sent, or the tenant refused it.
    Absent,
    /// It was sent, and no answer says whether it was taken.
    Unknown,
    /// The tenant confirmed it.
    Registered(Box<Fido2AuthenticationMethod>),
}

impl<'a> Run<'a> {
    /// Asks for the PIN and records the intent.
    pub(super) async fn begin(
        request: &'a Request,
        prepared: Prepared,
        parties: &mut Parties<'_>,
    ) -> Result<Self, Error> {
        let pin = plan::ask_pin(&prepared.plan, parties)?;
        let run = Self {
            request,
            ceremony: parties.env.uuid(),
            plan: prepared.plan,
            pin,
            pin_state: PinState::Unchanged,
            creation: Creation::None,
            method: Method::Absent,
            options: prepared.options,
            display_name: prepared.display_name,
        };
        parties.interaction.begin(Step::RecordIntent);
        let head = run
            .record(parties, Event::EnrollIntended(Box::new(run.intent())))
            .await?;
        parties.interaction.done(
            Step::RecordIntent,
            &format!("entry {}, ceremony {}", head.index, run.ceremony),
        );
        Ok(run)
    }

    pub(super) async fn steps(&mut self, parties: &mut Parties<'_>) -> Result<Enrolled, Error> {
        self.set_pin(parties).await?;
        self.refresh_options(parties).await?;
        let auth = self.verify_user(parties, Permissions::MC | Permissions::GA)?;
        parties.go_on()?;
        let credential = self.create_credential(parties, &auth).await?;
        let attestation = self.verify_attestation(&credential, parties)?;
        // A key that finished just before CTAPHID_CANCEL reached it answers as if nobody had interrupted.
        parties.go_on()?;
        let (registration, registered) = self.register(&credential, parties).await?;
        let method = self.read_back(&credential, &registered, parties).await?;
        let entry = self.prove(&credential, &method, auth, parties).await?;
        Ok(Enrolled {
            ceremony: self.ceremony,
            plan: self.plan.clone(),
            credential_id: credential.id,
            aaguid: credential.aaguid,
            attestation,
            method,
            entry,
            exchange: Exchange {
                creation_options: self.options.raw.clone(),
                registration,
            },
            cost: parties.key.in_hand()?.counters(),
        })
    }

    fn intent(&self) -> EnrollIntended {
        EnrollIntended {
            label: self.plan.label.clone(),
            account: self.plan.account.clone(),
            tenant: self.request.tenant.clone(),
            rp_id: self.options.options.rp_id.clone(),
            key: self.plan.key.clone(),
            aaguid: Some(self.plan.aaguid),
            pin: None,
            settings: None,
            custody: None,
        }
    }

    pub(super) async fn record(
        &self,
        parties: &mut Parties<'_>,
        event: Event,
    ) -> Result<EntryRef, Error> {
        let entry = parties
            .ledger
            .append(Draft::new(&event, Some(self.ceremony)))
            .await?;
        Ok(entry.reference())
    }

    fn verify_attestation(
        &self,
        credential: &Credential,
        parties: &mut Parties<'_>,
    ) -> Result<Vec<Finding>, Error> {
        parties.interaction.begin(Step::VerifyAttestation);
        let options = &self.options.options;
        let registration = Registration {
            attestation_object: &credential.attestation_object,
            client_data_json: &credential.client_data_json,
            rp_id: &options.rp_id,
            challenge: &options.challenge,
            algorithms: &options.algorithms,
            get_info_aaguid: Some(parties.key.in_hand()?.info().aaguid),
        };
        let findings = attestation::judge(&registration, &self.request.roots, parties.env.now())?;
        let failed = findings
            .iter()
            .any(|finding| matches!(finding.verdict, Verdict::Fail { .. }));
        let unknown = findings
            .iter()
            .any(|finding| matches!(finding.verdict, Verdict::Unknown { .. }));
        if failed || (unknown && self.request.attestation_required) {
            return Err(Error::AttestationRefused { findings });
        }
        for finding in &findings {
            if let Verdict::Unknown { why } = &finding.verdict {
                parties
                    .interaction
                    .warn(&format!("attestation, {}: {why}", finding.subject.as_str()));
            }
        }
        parties.interaction.done(
            Step::VerifyAttestation,
            if unknown {
                "sound as far as it could be verified"
            } else {
                "verified"
            },
        );
        Ok(findings)
    }
}
