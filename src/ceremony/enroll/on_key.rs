//! The steps on the key: PIN, credential, proof.

use crate::ceremony::enroll::credential::Credential;
use crate::ceremony::enroll::run::{Creation, PinState, Run};
use crate::ceremony::enroll::{PinPlan, plan};
use crate::ceremony::interaction::Step;
use crate::ceremony::parties::touch_prompt;
use crate::ceremony::silent::descriptors;
use crate::ceremony::{Error, Parties};
use crate::ctap::command::{RelyingParty, User, get_assertion, get_info, make_credential};
use crate::ctap::{self, Permissions, PinUvAuth};
use crate::encoding::hex;
use crate::graph::creation_options::CredentialProtectionPolicy;
use crate::graph::model::Fido2AuthenticationMethod;
use crate::ledger::{Draft, EnrollCredentialCreated, EnrollPinSet, EntryRef, Event, KeyEnrolled};
use crate::webauthn::ClientData;
use crate::webauthn::client_data::{self, ClientDataType};

impl Run<'_> {
    pub(super) async fn set_pin(&mut self, parties: &mut Parties<'_>) -> Result<(), Error> {
        if self.plan.pin != PinPlan::Set {
            return Ok(());
        }
        parties.interaction.begin(Step::SetPin);
        let answer = parties.key.in_hand_mut()?.set_pin(&self.pin);
        self.pin_state = match &answer {
            Ok(()) => PinState::Set,
            Err(error) if error.outcome_unknown() => PinState::Unknown,
            Err(_) => PinState::Unchanged,
        };
        answer?;
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

    /// Proves the user to the key: by the PIN, or by built-in user verification where a PIN is not enough.
    pub(super) fn verify_user(
        &self,
        parties: &mut Parties<'_>,
        permissions: Permissions,
    ) -> Result<PinUvAuth, Error> {
        let rp_id = Some(&self.options.options.rp_id);
        parties.interaction.begin(Step::VerifyPin);
        let auth = if parties.key.in_hand()?.takes_pin_for(permissions) {
            parties
                .key
                .in_hand_mut()?
                .pin_uv_auth(&self.pin, permissions, rp_id)?
        } else {
            let mut wait = touch_prompt(parties.interaction, parties.cancel);
            parties
                .key
                .in_hand_mut()?
                .built_in_uv_auth(permissions, rp_id, &mut wait)?
        };
        parties.interaction.done(Step::VerifyPin, "");
        Ok(auth)
    }

    pub(super) async fn create_credential(
        &mut self,
        parties: &mut Parties<'_>,
        auth: &PinUvAuth,
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
                .make_credential(&request, Some(auth), &mut wait)
        };
        if answer.as_ref().is_err_and(ctap::Error::outcome_unknown) {
            self.creation = Creation::Unknown;
        }
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
        // Until its answer is understood, all that is known is that the key has made something.
        self.creation = Creation::Unknown;
        let credential = Credential::new(&response, client_data_json)?;
        self.creation = Creation::Made(credential.clone());
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

    /// The key signs the ledger's head with PIN and touch, as it would for a sign-in.
    pub(super) async fn prove(
        &self,
        credential: &Credential,
        method: &Fido2AuthenticationMethod,
        auth: PinUvAuth,
        parties: &mut Parties<'_>,
    ) -> Result<EntryRef, Error> {
        let rp_id = &self.options.options.rp_id;
        // CTAP 2.1 §6.1.2 takes a token's permissions away once a credential has been made with it.
        let auth = if auth.covers(Permissions::GA, Some(rp_id)) {
            auth
        } else {
            self.verify_user(parties, Permissions::GA)?
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
                .in_hand_mut()?
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
