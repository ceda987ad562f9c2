//! The steps on the key: the credential, and the proof.

use crate::ceremony::enroll::credential::Credential;
use crate::ceremony::enroll::plan;
use crate::ceremony::enroll::run::Run;
use crate::ceremony::history;
use crate::ceremony::interaction::Step;
use crate::ceremony::parties::touch_prompt;
use crate::ceremony::silent::{self, Holding, descriptors};
use crate::ceremony::{Error, Parties};
use crate::ctap::command::{RelyingParty, User, get_assertion, get_info, make_credential};
use crate::ctap::status::Status;
use crate::ctap::{self, Permissions, PinUvAuth, Wait};
use crate::encoding::hex;
use crate::graph::creation_options::CredentialProtectionPolicy;
use crate::graph::model::Fido2AuthenticationMethod;
use crate::ledger::{
    Draft, EnrollCredentialCreated, EnrollProven, EntryRef, Event, KeyEnrolled, Observation,
};
use crate::webauthn::ClientData;
use crate::webauthn::client_data::{self, ClientDataType};

impl Run<'_> {
    /// The credential to go on with: the one that the ledger knows and the key holds, or a new one. A credential of this account
    /// that nobody knows is overwritten by it (CTAP 2.1 §6.1.2 step 17), so an answer that was lost leaves no orphan.
    pub(super) async fn obtain_credential(
        &mut self,
        parties: &mut Parties<'_>,
    ) -> Result<Credential, Error> {
        let recorded = self.recorded(parties)?;
        if let Some(created) = recorded.created.filter(|_| !recorded.deleting) {
            self.require_held(&created.credential_id, parties)?;
            return Credential::recorded(&created);
        }
        self.refresh_options(parties).await?;
        let auth = self.verify_user(Permissions::MC | Permissions::GA, parties)?;
        parties.go_on()?;
        self.create_credential(auth, parties).await
    }

    /// That the key in hand holds the credential, which a key that always verifies its user tells only then.
    fn require_held(
        &mut self,
        credential_id: &[u8],
        parties: &mut Parties<'_>,
    ) -> Result<(), Error> {
        let rp_id = self.intent.rp_id.clone();
        if silent::holding(parties, &rp_id, credential_id)? == Holding::Holds {
            return Ok(());
        }
        let auth = self.verify_user(Permissions::GA, parties)?;
        let request = get_assertion::Request {
            allow_list: descriptors([credential_id]),
            up: Some(false),
            ..get_assertion::Request::new(rp_id, parties.env.random())
        };
        let key = parties.key.in_hand_mut()?;
        match key.get_assertion(&request, Some(&auth), &mut Wait::unattended()) {
            Err(ctap::Error::Status {
                status: Status::NoCredentials | Status::InvalidCredential,
                ..
            }) => Err(Error::WrongKey {
                wanted: self.intent.label.clone(),
                found: "a key without its credential".to_owned(),
            }),
            held => {
                held?;
                self.auth = Some(auth);
                Ok(())
            }
        }
    }

    async fn create_credential(
        &mut self,
        auth: PinUvAuth,
        parties: &mut Parties<'_>,
    ) -> Result<Credential, Error> {
        parties.interaction.begin(Step::CreateCredential);
        let options = &self.options.options;
        let client_data_json = ClientData::new(
            ClientDataType::Create,
            &options.challenge,
            &options.rp_id.origin(),
        )
        .to_json();
        let request = self.creation_request(parties.key.in_hand()?.info(), &client_data_json);
        let answer = {
            let mut wait = touch_prompt(parties.interaction, parties.cancel);
            parties
                .key
                .in_hand_mut()?
                .make_credential(&request, Some(&auth), &mut wait)
        };
        self.unanswered.creation = answer.as_ref().is_err_and(ctap::Error::outcome_unknown);
        let response = match answer {
            Err(ctap::Error::CredentialExcluded { credential_id }) => {
                let account = &self.intent.account.upn;
                return Err(plan::already_enrolled(
                    account,
                    parties,
                    credential_id.as_deref(),
                ));
            }
            other => other?,
        };
        // Until its answer is understood, all that is known is that the key has made something.
        self.unanswered.creation = true;
        let challenge = &self.options.options.challenge;
        let credential = Credential::made(&response, client_data_json, challenge)?;
        self.unanswered.creation = false;
        self.made = Some(credential.clone());
        let created = EnrollCredentialCreated {
            label: self.intent.label.clone(),
            rp_id: self.options.options.rp_id.clone(),
            credential_id: credential.id.clone(),
            aaguid: credential.aaguid,
            attestation_object: credential.attestation_object.clone(),
            client_data_json: credential.client_data_json.clone(),
        };
        let created = Event::EnrollCredentialCreated(created);
        parties.record(self.ceremony, &created).await?;
        self.auth = Some(auth);
        parties
            .interaction
            .done(Step::CreateCredential, &hex::encode(&credential.id));
        Ok(credential)
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

    /// The key signs that it is in service.
    pub(super) async fn prove(
        &mut self,
        credential: &Credential,
        method: &Fido2AuthenticationMethod,
        parties: &mut Parties<'_>,
    ) -> Result<EntryRef, Error> {
        let observed = self.observe(parties)?;
        let enrolled = self.enrolled(credential, method, Some(observed));
        self.sign(&credential.id, &enrolled, parties).await
    }

    /// What the key is like as it goes into service.
    fn observe(&self, parties: &mut Parties<'_>) -> Result<Observation, Error> {
        let mut observed = history::observe(parties.key.in_hand_mut()?)?;
        if self.made.is_some() {
            // getInfo spoke before there was the credential.
            observed.credentials_left = None;
        }
        Ok(observed)
    }

    /// The key signs that it holds the credential, which the tenant does not know yet.
    pub(super) async fn prove_early(
        &mut self,
        credential: &Credential,
        parties: &mut Parties<'_>,
    ) -> Result<EntryRef, Error> {
        let proven = Event::EnrollProven(EnrollProven {
            label: self.intent.label.clone(),
            credential_id: credential.id.clone(),
        });
        self.sign(&credential.id, &proven, parties).await
    }

    /// The key signs the event and the ledger's head with PIN and touch, as it would for a sign-in.
    async fn sign(
        &mut self,
        credential_id: &[u8],
        event: &Event,
        parties: &mut Parties<'_>,
    ) -> Result<EntryRef, Error> {
        let rp_id = self.intent.rp_id.clone();
        // CTAP 2.1 §6.1.2 takes a token's permissions away once a credential has been made with it.
        let covers = |auth: &PinUvAuth| auth.covers(Permissions::GA, Some(&rp_id));
        let auth = match self.auth.take().filter(covers) {
            Some(auth) => auth,
            None => self.verify_user(Permissions::GA, parties)?,
        };
        parties.interaction.begin(Step::ProveKey);
        let draft = Draft::new(event, Some(self.ceremony));
        let challenge = parties.ledger.prove(&draft)?;
        let request = get_assertion::Request {
            allow_list: descriptors([credential_id]),
            ..get_assertion::Request::new(rp_id, challenge.client_data_hash())
        };
        let assertion = {
            let mut wait = touch_prompt(parties.interaction, parties.cancel);
            parties
                .key
                .in_hand_mut()?
                .get_assertion(&request, Some(&auth), &mut wait)?
        };
        let assertion = assertion
            .into_iter()
            .next()
            .ok_or_else(|| Error::KeyProof("no assertion".to_owned()))?;
        let proof = challenge.complete(
            credential_id.to_vec(),
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

    /// The outcome.
    pub(super) fn enrolled(
        &self,
        credential: &Credential,
        method: &Fido2AuthenticationMethod,
        observed: Option<Observation>,
    ) -> Event {
        Event::KeyEnrolled(Box::new(KeyEnrolled {
            label: self.intent.label.clone(),
            account: self.intent.account.clone(),
            tenant: self.intent.tenant.clone(),
            credential_id: credential.id.clone(),
            public_key: credential.public_key.clone(),
            attestation_object: credential.attestation_object.clone(),
            client_data_json: credential.client_data_json.clone(),
            aaguid: credential.aaguid,
            rp_id: self.intent.rp_id.clone(),
            method_id: method.id.clone(),
            sign_count: credential.sign_count,
            key: self.intent.key.clone(),
            observed,
        }))
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
