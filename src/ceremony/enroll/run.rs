//! An enrolment under way. Every step first looks whether it is done already, in the ledger, on the key and in the directory,
//! so that a ceremony that was killed goes on by the same steps as one that was not.

use uuid::Uuid;

use crate::attestation::{ClientDataOrHash, Registration, Reported, Verdict};
use crate::ceremony::enroll::credential::Credential;
use crate::ceremony::enroll::plan::{self, Prepared};
use crate::ceremony::enroll::settings;
use crate::ceremony::enroll::{Exchange, Request, Terms};
use crate::ceremony::interaction::Step;
use crate::ceremony::{Assessment, Error, Parties, Standards, standards};
use crate::ctap::PinUvAuth;
use crate::graph::ReceivedCreationOptions;
use crate::graph::model::{Fido2AuthenticationMethod, Fido2AuthenticationMethodCreate};
use crate::ledger::{Ceremony, EnrollIntended, EntryRef, Event};
use crate::secret::Pin;

/// A ceremony under way.
pub(super) struct Run<'a> {
    pub(super) terms: &'a Terms,
    pub(super) ceremony: Uuid,
    pub(super) intent: EnrollIntended,
    /// Asked for when it is first needed.
    pub(super) pin: Option<Pin>,
    pub(super) options: ReceivedCreationOptions,
    /// The credential that was made by this process, recorded or not.
    pub(super) made: Option<Credential>,
    /// The registration's id, as the tenant told this process, recorded or not.
    pub(super) method_id: Option<String>,
    pub(super) unanswered: Unanswered,
    /// The last proof of the user, which may serve once more.
    pub(super) auth: Option<PinUvAuth>,
}

/// What was asked for by this process without an answer that could be used: only looking tells whether it was done.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Unanswered {
    pub(super) pin: bool,
    pub(super) creation: bool,
    pub(super) registration: bool,
}

/// What the steps have come to.
pub(super) struct Done {
    pub(super) credential: Credential,
    pub(super) assessment: Assessment,
    pub(super) method: Fido2AuthenticationMethod,
    pub(super) entry: EntryRef,
    pub(super) exchange: Exchange,
}

/// A credential that the tenant knows.
struct Accepted {
    credential: Credential,
    assessment: Assessment,
    registration: Fido2AuthenticationMethodCreate,
    method_id: String,
}

impl<'a> Run<'a> {
    /// Asks for the PIN and records the intent.
    pub(super) async fn begin(
        request: &'a Request,
        prepared: Prepared,
        parties: &mut Parties<'_>,
    ) -> Result<Self, Error> {
        let (plan, key) = (&prepared.plan, parties.key.in_hand()?);
        let consequences = settings::consequences(key.info(), &request.settings)?;
        if !consequences.is_empty() {
            parties.confirm(&consequences.join("\n"), &plan.label)?;
        }
        let pin = plan::obtain_pin(request, plan, parties)?;
        let mut run = Self {
            terms: &request.terms,
            ceremony: parties.env.uuid(),
            intent: prepared.intent(request),
            pin: Some(pin),
            options: prepared.options,
            made: None,
            method_id: None,
            unanswered: Unanswered::default(),
            auth: None,
        };
        run.seal_pin(request, parties)?;
        parties.interaction.begin(Step::RecordIntent);
        let intended = Event::EnrollIntended(Box::new(run.intent.clone()));
        let head = parties.record(run.ceremony, &intended).await?;
        parties.interaction.done(
            Step::RecordIntent,
            &format!("entry {}, ceremony {}", head.index, run.ceremony),
        );
        Ok(run)
    }

    /// An enrolment that another process began. Fetching creation options changes nothing.
    pub(super) async fn resumed(
        ceremony: &Ceremony,
        terms: &'a Terms,
        parties: &mut Parties<'_>,
    ) -> Result<Self, Error> {
        let account = &intent(ceremony)?.account.id;
        let options = parties.tenant()?.creation_options(account, None).await?;
        Self::with_options(ceremony, terms, options)
    }

    /// The same where the options came from another room.
    pub(super) fn with_options(
        ceremony: &Ceremony,
        terms: &'a Terms,
        options: ReceivedCreationOptions,
    ) -> Result<Self, Error> {
        Ok(Self {
            terms,
            ceremony: ceremony.id,
            intent: intent(ceremony)?.clone(),
            pin: terms.sealed_pin.clone(),
            options,
            made: None,
            method_id: None,
            unanswered: Unanswered::default(),
            auth: None,
        })
    }

    /// Everything from the intent to the outcome, less what is done already.
    pub(super) async fn steps(&mut self, parties: &mut Parties<'_>) -> Result<Done, Error> {
        self.set_pin(parties).await?;
        self.apply_settings(parties).await?;
        let accepted = self.registered_credential(parties).await?;
        let (credential, method_id) = (&accepted.credential, &accepted.method_id);
        let method = self.read_back(credential, method_id, parties).await?;
        self.intend_last_settings(parties).await?;
        let entry = self.prove(&accepted.credential, &method, parties).await?;
        Ok(Done {
            credential: accepted.credential,
            assessment: accepted.assessment,
            method,
            entry,
            exchange: Exchange {
                creation_options: self.options.raw.clone(),
                registration: accepted.registration,
            },
        })
    }

    /// A credential that the tenant refuses because its challenge is over is replaced, once.
    async fn registered_credential(
        &mut self,
        parties: &mut Parties<'_>,
    ) -> Result<Accepted, Error> {
        let mut replaced = false;
        loop {
            let credential = self.obtain_credential(parties).await?;
            let assessment = self.verify_attestation(&credential, parties)?;
            // A key that finished just before CTAPHID_CANCEL reached it answers as if nobody had interrupted.
            parties.go_on()?;
            let registration = self.registration(&credential);
            match self.register(&credential, &registration, parties).await {
                Err(error) if !replaced && self.challenge_is_over(&credential, &error, parties) => {
                    self.give_up_credential(&credential, &error, parties)
                        .await?;
                    replaced = true;
                }
                method_id => {
                    return Ok(Accepted {
                        method_id: method_id?,
                        credential,
                        assessment,
                        registration,
                    });
                }
            }
        }
    }

    pub(super) async fn read_back(
        &self,
        credential: &Credential,
        method_id: &str,
        parties: &mut Parties<'_>,
    ) -> Result<Fido2AuthenticationMethod, Error> {
        let method = self.read_method(credential, method_id, parties).await?;
        self.remove_earlier_methods(parties).await?;
        Ok(method)
    }

    /// The ceremony as the ledger knows it now.
    pub(super) fn recorded(&self, parties: &Parties<'_>) -> Result<Ceremony, Error> {
        let ceremony = parties.ledger.state().ceremony(self.ceremony);
        ceremony
            .cloned()
            .ok_or_else(|| Error::NoSuchCeremony(self.ceremony.to_string()))
    }

    /// What the key says of itself, or said in another room.
    fn reported(&self, parties: &Parties<'_>) -> Option<Reported> {
        if let Ok(key) = parties.key.in_hand() {
            return Some(standards::reported(key.info()));
        }
        let aaguid = self.intent.aaguid?;
        Some(standards::recorded(aaguid, &self.intent.key))
    }

    pub(super) fn verify_attestation(
        &self,
        credential: &Credential,
        parties: &mut Parties<'_>,
    ) -> Result<Assessment, Error> {
        parties.interaction.begin(Step::VerifyAttestation);
        let options = &self.options.options;
        let reported = self.reported(parties);
        let registration = Registration {
            attestation_object: &credential.attestation_object,
            client_data: ClientDataOrHash::Json(&credential.client_data_json),
            rp_id: &options.rp_id,
            challenge: &credential.challenge,
            algorithms: &options.algorithms,
            get_info: reported.as_ref(),
        };
        let account = &self.intent.account.id;
        let siblings = standards::siblings(parties.ledger.state(), account, Some(&credential.id));
        let standards = &self.terms.standards;
        let assessment = standards
            .of_registration(&registration, &siblings, parties.env.now())?
            .require()?;
        warn(&assessment, standards, parties);
        parties.interaction.done(
            Step::VerifyAttestation,
            if assessment.is_incomplete() {
                "sound as far as it could be verified"
            } else {
                "verified"
            },
        );
        Ok(assessment)
    }
}

/// Says what could not be determined, once for each reason. Who stores no metadata is not told so at every key.
fn warn(assessment: &Assessment, standards: &Standards, parties: &mut Parties<'_>) {
    let stored = standards.trust.metadata.is_some();
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    let findings = assessment.judgement.findings.iter();
    for finding in findings.filter(|finding| stored || !finding.subject.is_of_metadata()) {
        let Verdict::Unknown { why } = &finding.verdict else {
            continue;
        };
        match reasons.iter_mut().find(|(reason, _)| reason == why) {
            Some((_, subjects)) => subjects.push(finding.subject.as_str()),
            None => reasons.push((why, vec![finding.subject.as_str()])),
        }
    }
    for (why, subjects) in reasons {
        let text = format!("attestation, {}: {why}", subjects.join(", "));
        parties.interaction.warn(&text);
    }
}

/// What was intended.
pub(super) fn intent(ceremony: &Ceremony) -> Result<&EnrollIntended, Error> {
    match &ceremony.intent {
        Event::EnrollIntended(intended) => Ok(intended),
        _ => Err(Error::NoSuchCeremony(ceremony.id.to_string())),
    }
}
