//! The steps in the tenant: a fresh challenge, the registration, and what the directory shows afterwards.

use std::time::Duration;

use crate::ceremony::enroll::credential::Credential;
use crate::ceremony::enroll::run::{Method, Run};
use crate::ceremony::interaction::Step;
use crate::ceremony::{Error, Parties};
use crate::encoding::base64url;
use crate::graph::model::{
    Fido2AuthenticationMethod, Fido2AuthenticationMethodCreate,
    WebauthnAuthenticatorAttestationResponse, WebauthnPublicKeyCredential,
};
use crate::ledger::{EnrollRegistered, Event};

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

impl Run<'_> {
    /// The operator may have taken his time at the PIN prompt; an expired challenge would cost a touch and an orphan.
    pub(super) async fn refresh_options(&mut self, parties: &Parties<'_>) -> Result<(), Error> {
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

    pub(super) async fn register(
        &mut self,
        credential: &Credential,
        parties: &mut Parties<'_>,
    ) -> Result<(Fido2AuthenticationMethodCreate, Fido2AuthenticationMethod), Error> {
        parties.interaction.begin(Step::Register);
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
                self.find_registered(credential, parties)
                    .await?
                    .ok_or(error)?
            }
            other => other?,
        };
        self.method = Method::Registered(Box::new(method.clone()));
        let event = EnrollRegistered {
            label: self.plan.label.clone(),
            credential_id: credential.id.clone(),
            method_id: method.id.clone(),
        };
        self.record(parties, Event::EnrollRegistered(event)).await?;
        parties
            .interaction
            .done(Step::Register, &format!("method {}", method.id));
        Ok((registration, method))
    }

    /// The answer to the registration was lost. Whether it was taken stands in the directory, sooner or later.
    async fn find_registered(
        &self,
        credential: &Credential,
        parties: &mut Parties<'_>,
    ) -> Result<Option<Fido2AuthenticationMethod>, Error> {
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

    pub(super) async fn read_back(
        &self,
        credential: &Credential,
        registered: &Fido2AuthenticationMethod,
        parties: &mut Parties<'_>,
    ) -> Result<Fido2AuthenticationMethod, Error> {
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
        compare(credential, &method)?;
        parties.interaction.done(
            Step::ReadBack,
            method
                .model
                .as_deref()
                .unwrap_or("model unknown to the tenant"),
        );
        Ok(method)
    }
}

fn compare(credential: &Credential, method: &Fido2AuthenticationMethod) -> Result<(), Error> {
    let expected = credential.aaguid.to_string();
    match method.aa_guid.as_deref() {
        Some(found) if !found.eq_ignore_ascii_case(&expected) => Err(Error::DirectoryMismatch {
            method_id: method.id.clone(),
            what: format!("AAGUID {found} instead of {expected}"),
        }),
        _ => Ok(()),
    }
}
