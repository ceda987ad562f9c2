//! The steps that change something, each recorded before the next begins.

use std::time::Duration;

use uuid::Uuid;

use crate::attestation::{self, Finding, Registration, Verdict};
use crate::ceremony::enroll::plan::{self, Prepared};
use crate::ceremony::enroll::{Enrolled, Exchange, PinPlan, Plan, Request};
use crate::ceremony::interaction::Step;
use crate::ceremony::parties::touch_prompt;
use crate::ceremony::silent::descriptors;
use crate::ceremony::{Error, Parties};
use crate::ctap::command::{RelyingParty, User, get_assertion, get_info, make_credential};
use crate::ctap::{self, Permissions, PinUvAuth};
use crate::encoding::{base64url, hex};
use crate::graph::creation_options::CredentialProtectionPolicy;
use crate::graph::model::{
    Fido2AuthenticationMethod, Fido2AuthenticationMethodCreate,
    WebauthnAuthenticatorAttestationResponse, WebauthnPublicKeyCredential,
};
use crate::graph::{DisplayName, ReceivedCreationOptions};
use crate::ledger::{Draft, EntryRef};
use crate::ledger::{
    EnrollCredentialCreated, EnrollIntended, EnrollPinSet, EnrollRegistered, Event, KeyEnrolled,
};
use crate::secret::Pin;
use crate::webauthn::client_data::{self, ClientDataType};
use crate::webauthn::{Aaguid, ClientData};

/// Fresh options are fetched when the old ones end sooner than this: a person has to find the key and touch it.
const CHALLENGE_RESERVE: Duration = Duration::from_secs(120);

/// Pauses between attempts to find a new registration in the directory, which may lag behind its own write.
pub(super) const READ_BACK_PAUSES: [Duration; 6] = [
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
    Duration::from_secs(30),
];

/// A ceremony under way, and what it has made so far.
pub(super) struct Run<'a> {
    pub(super) request: &'a Request,
    pub(super) ceremony: Uuid,
    pub(super) plan: Plan,
    pub(super) pin: Pin,
    pub(super) credential: Option<Credential>,
    pub(super) method: Method,
    options: ReceivedCreationOptions,
    display_name: DisplayName,
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

/// A credential that this ceremony made.
#[derive(Debug, Clone)]
pub(super) struct Credential {
    pub(super) id: Vec<u8>,
    public_key: Vec<u8>,
    aaguid: Aaguid,
    sign_count: u32,
    attestation_object: Vec<u8>,
    client_data_json: Vec<u8>,
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
            credential: None,
            method: Method::Absent,
            options: prepared.options,
            display_name: prepared.display_name,
        };
        parties.interaction.begin(Step::RecordIntent);
        let head = run
            .record(parties, Event::EnrollIntended(run.intent()))
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
        let auth = self.verify_pin(parties, Permissions::MC | Permissions::GA)?;
        self.create_credential(parties, &auth).await?;
        let attestation = self.verify_attestation(parties)?;
        let registration = self.register(parties).await?;
        let method = self.read_back(parties).await?;
        let entry = self.prove(parties, auth, &method).await?;
        let credential = self.made()?;
        Ok(Enrolled {
            ceremony: self.ceremony,
            plan: self.plan.clone(),
            credential_id: credential.id.clone(),
            aaguid: credential.aaguid,
            attestation,
            method,
            entry,
            exchange: Exchange {
                creation_options: self.options.raw.clone(),
                registration,
            },
            cost: parties.key.counters(),
        })
    }

    fn intent(&self) -> EnrollIntended {
        EnrollIntended {
            label: self.plan.label.clone(),
            account: self.plan.account.clone(),
            tenant: self.request.tenant.clone(),
            rp_id: self.options.options.rp_id.clone(),
            key: self.plan.key.clone(),
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

    async fn set_pin(&self, parties: &mut Parties<'_>) -> Result<(), Error> {
        if self.plan.pin != PinPlan::Set {
            return Ok(());
        }
        parties.interaction.begin(Step::SetPin);
        parties.key.set_pin(&self.pin)?;
        self.record(
            parties,
            Event::EnrollPinSet(EnrollPinSet {
                label: self.plan.label.clone(),
            }),
        )
        .await?;
        parties.interaction.done(Step::SetPin, "");
        Ok(())
    }

    /// The operator may have taken his time at the PIN prompt; an expired challenge would cost a touch and an orphan.
    async fn refresh_options(&mut self, parties: &Parties<'_>) -> Result<(), Error> {
        let enough = |expires: jiff::Timestamp| {
            expires.duration_since(parties.env.now())
                > jiff::SignedDuration::try_from(CHALLENGE_RESERVE).unwrap_or_default()
        };
        if !self.options.options.expires.is_none_or(enough) {
            self.options = parties
                .tenant()?
                .creation_options(&self.plan.account.id, None)
                .await?;
        }
        Ok(())
    }

    fn verify_pin(
        &self,
        parties: &mut Parties<'_>,
        permissions: Permissions,
    ) -> Result<PinUvAuth, Error> {
        parties.interaction.begin(Step::VerifyPin);
        let auth =
            parties
                .key
                .pin_uv_auth(&self.pin, permissions, Some(&self.options.options.rp_id))?;
        parties.interaction.done(Step::VerifyPin, "");
        Ok(auth)
    }

    async fn create_credential(
        &mut self,
        parties: &mut Parties<'_>,
        auth: &PinUvAuth,
    ) -> Result<(), Error> {
        parties.interaction.begin(Step::CreateCredential);
        let options = &self.options.options;
        let client_data_json = ClientData::new(
            ClientDataType::Create,
            &options.challenge,
            &options.rp_id.origin(),
        )
        .to_json();
        let request = self.creation_request(parties.key.info(), &client_data_json);
        let answer = {
            let mut wait = touch_prompt(parties.interaction, parties.cancel);
            parties.key.make_credential(&request, Some(auth), &mut wait)
        };
        let response = match answer {
            Err(ctap::Error::CredentialExcluded { credential_id }) => {
                return Err(plan::already_enrolled(
                    self.request,
                    parties,
                    credential_id.as_deref(),
                ));
            }
            other => other?,
        };
        let credential = Credential::new(&response, client_data_json)?;
        self.credential = Some(credential.clone());
        self.record(
            parties,
            Event::EnrollCredentialCreated(EnrollCredentialCreated {
                label: self.plan.label.clone(),
                rp_id: self.options.options.rp_id.clone(),
                credential_id: credential.id.clone(),
                aaguid: credential.aaguid,
                attestation_object: credential.attestation_object.clone(),
                client_data_json: credential.client_data_json.clone(),
            }),
        )
        .await?;
        parties
            .interaction
            .done(Step::CreateCredential, &hex::encode(&credential.id));
        Ok(())
    }

    /// The service's options, less what this key does not offer: an extension that a key lacks is left out, as WebAuthn
    /// clients do, and credProtect above level 1 would break the Windows sign-in.
    fn creation_request(
        &self,
        info: &get_info::Response,
        client_data_json: &[u8],
    ) -> make_credential::Request {
        let options = &self.options.options;
        let rp = RelyingParty {
            id: options.rp_id.clone(),
            name: options.rp_name.clone(),
        };
        let user = User {
            id: options.user_handle.clone(),
            name: options.user_name.clone(),
            display_name: options.user_display_name.clone(),
        };
        make_credential::Request {
            algorithms: options.algorithms.clone(),
            exclude_list: descriptors(options.exclude_list.iter().map(Vec::as_slice)),
            extensions: make_credential::Extensions {
                cred_protect: info
                    .has_extension("credProtect")
                    .then(|| cred_protect(options.cred_protect)),
                hmac_secret: options.hmac_secret && info.has_extension("hmac-secret"),
                ..make_credential::Extensions::default()
            },
            rk: Some(true),
            ..make_credential::Request::new(client_data::hash(client_data_json), rp, user)
        }
    }

    fn verify_attestation(&self, parties: &mut Parties<'_>) -> Result<Vec<Finding>, Error> {
        parties.interaction.begin(Step::VerifyAttestation);
        let credential = self.made()?;
        let options = &self.options.options;
        let registration = Registration {
            attestation_object: &credential.attestation_object,
            client_data_json: &credential.client_data_json,
            rp_id: &options.rp_id,
            challenge: &options.challenge,
            algorithms: &options.algorithms,
            get_info_aaguid: Some(parties.key.info().aaguid),
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

    async fn register(
        &mut self,
        parties: &mut Parties<'_>,
    ) -> Result<Fido2AuthenticationMethodCreate, Error> {
        parties.interaction.begin(Step::Register);
        let credential = self.made()?;
        let registration = Fido2AuthenticationMethodCreate {
            display_name: self.display_name.to_string(),
            public_key_credential: WebauthnPublicKeyCredential {
                id: base64url::encode(&credential.id),
                response: WebauthnAuthenticatorAttestationResponse {
                    client_data_json: base64url::encode(&credential.client_data_json),
                    attestation_object: base64url::encode(&credential.attestation_object),
                },
            },
        };
        let answer = parties
            .tenant()?
            .create_fido2_method(&self.plan.account.id, &registration)
            .await;
        let method = match answer {
            Err(error) if error.outcome_unknown() => {
                self.method = Method::Unknown;
                self.find_registered(parties).await?.ok_or(error)?
            }
            other => other?,
        };
        self.method = Method::Registered(Box::new(method.clone()));
        let event = EnrollRegistered {
            label: self.plan.label.clone(),
            credential_id: self.made()?.id.clone(),
            method_id: method.id.clone(),
        };
        self.record(parties, Event::EnrollRegistered(event)).await?;
        parties
            .interaction
            .done(Step::Register, &format!("method {}", method.id));
        Ok(registration)
    }

    /// The answer to the registration was lost. Whether it was taken stands in the directory, sooner or later.
    async fn find_registered(
        &self,
        parties: &mut Parties<'_>,
    ) -> Result<Option<Fido2AuthenticationMethod>, Error> {
        let credential = self.made()?;
        for pause in READ_BACK_PAUSES {
            parties
                .pause(
                    "the tenant's answer was lost; looking in the directory",
                    pause,
                )
                .await?;
            let found = parties
                .tenant()?
                .fido2_method_of_credential(&self.plan.account.id, &credential.id)
                .await;
            if let Ok(Some(method)) = found {
                return Ok(Some(method));
            }
        }
        Ok(None)
    }

    async fn read_back(
        &self,
        parties: &mut Parties<'_>,
    ) -> Result<Fido2AuthenticationMethod, Error> {
        let Method::Registered(registered) = &self.method else {
            return Err(Error::KeyProof("no registration to read back".to_owned()));
        };
        parties.interaction.begin(Step::ReadBack);
        let mut pauses = READ_BACK_PAUSES.into_iter();
        let method = loop {
            match parties
                .tenant()?
                .fido2_method(&self.plan.account.id, &registered.id)
                .await
            {
                Ok(method) => break method,
                Err(error) if error.status() == Some(404) => match pauses.next() {
                    Some(pause) => {
                        parties
                            .pause("the directory does not show the registration yet", pause)
                            .await?
                    }
                    None => return Err(error.into()),
                },
                Err(error) => return Err(error.into()),
            }
        };
        self.compare(&method)?;
        parties.interaction.done(
            Step::ReadBack,
            method
                .model
                .as_deref()
                .unwrap_or("model unknown to the tenant"),
        );
        Ok(method)
    }

    fn compare(&self, method: &Fido2AuthenticationMethod) -> Result<(), Error> {
        let expected = self.made()?.aaguid.to_string();
        match method.aa_guid.as_deref() {
            Some(found) if !found.eq_ignore_ascii_case(&expected) => {
                Err(Error::DirectoryMismatch {
                    method_id: method.id.clone(),
                    what: format!("AAGUID {found} instead of {expected}"),
                })
            }
            _ => Ok(()),
        }
    }

    /// The key signs the ledger's head with PIN and touch, as it would for a sign-in.
    async fn prove(
        &self,
        parties: &mut Parties<'_>,
        auth: PinUvAuth,
        method: &Fido2AuthenticationMethod,
    ) -> Result<EntryRef, Error> {
        let credential = self.made()?;
        let rp_id = &self.options.options.rp_id;
        // CTAP 2.1 §6.1.2 takes a token's permissions away once a credential has been made with it.
        let auth = if auth.covers(Permissions::GA, Some(rp_id)) {
            auth
        } else {
            self.verify_pin(parties, Permissions::GA)?
        };
        parties.interaction.begin(Step::ProveKey);
        let draft = Draft::new(
            &Event::KeyEnrolled(Box::new(self.enrolled(credential, method))),
            Some(self.ceremony),
        );
        let challenge = parties.ledger.prove(&draft)?;
        let request = get_assertion::Request {
            allow_list: descriptors([credential.id.as_slice()]),
            ..get_assertion::Request::new(rp_id.clone(), challenge.client_data_hash())
        };
        let assertion = {
            let mut wait = touch_prompt(parties.interaction, parties.cancel);
            parties
                .key
                .get_assertion(&request, Some(&auth), &mut wait)?
        };
        let assertion = assertion
            .into_iter()
            .next()
            .ok_or_else(|| Error::KeyProof("no assertion".to_owned()))?;
        let proof = challenge.complete(
            credential.id.clone(),
            assertion.auth_data,
            assertion.signature,
        );
        parties
            .interaction
            .done(Step::ProveKey, "signature over the ledger's head");
        parties.interaction.begin(Step::RecordOutcome);
        let entry = parties.ledger.append(draft.with_proof(proof)).await?;
        parties
            .interaction
            .done(Step::RecordOutcome, &format!("entry {}", entry.index));
        Ok(entry.reference())
    }

    fn enrolled(&self, credential: &Credential, method: &Fido2AuthenticationMethod) -> KeyEnrolled {
        KeyEnrolled {
            label: self.plan.label.clone(),
            account: self.plan.account.clone(),
            tenant: self.request.tenant.clone(),
            credential_id: credential.id.clone(),
            public_key: credential.public_key.clone(),
            attestation_object: credential.attestation_object.clone(),
            client_data_json: credential.client_data_json.clone(),
            aaguid: credential.aaguid,
            rp_id: self.options.options.rp_id.clone(),
            method_id: method.id.clone(),
            sign_count: credential.sign_count,
            key: self.plan.key.clone(),
        }
    }

    fn made(&self) -> Result<&Credential, Error> {
        self.credential
            .as_ref()
            .ok_or_else(|| Error::KeyProof("no credential was made".to_owned()))
    }
}

impl Credential {
    fn new(response: &make_credential::Response, client_data_json: Vec<u8>) -> Result<Self, Error> {
        let object = response.attestation_object();
        let data = object
            .authenticator_data()
            .map_err(|error| Error::KeyProof(error.to_string()))?;
        let attested = data.attested.ok_or_else(|| {
            Error::KeyProof("the response holds no attested credential data".to_owned())
        })?;
        Ok(Self {
            id: attested.credential_id,
            public_key: attested.public_key.as_bytes().to_vec(),
            aaguid: attested.aaguid,
            sign_count: data.sign_count,
            attestation_object: object.to_bytes(),
            client_data_json,
        })
    }
}

fn cred_protect(policy: CredentialProtectionPolicy) -> make_credential::CredProtect {
    use make_credential::CredProtect;
    match policy {
        CredentialProtectionPolicy::UserVerificationOptional => CredProtect::UvOptional,
        CredentialProtectionPolicy::UserVerificationOptionalWithCredentialIdList => {
            CredProtect::UvOptionalWithCredentialIdList
        }
        CredentialProtectionPolicy::UserVerificationRequired => CredProtect::UvRequired,
    }
}
