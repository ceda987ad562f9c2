//! The steps in the tenant: a fresh challenge, the registration, and what the directory shows afterwards.

use std::time::Duration;

use crate::ceremony::enroll::credential::Credential;
use crate::ceremony::enroll::run::Run;
use crate::ceremony::error::in_full;
use crate::ceremony::interaction::Step;
use crate::ceremony::parties::LAG_PAUSES;
use crate::ceremony::{Error, Parties};
use crate::ctap::Permissions;
use crate::encoding::base64url;
use crate::graph;
use crate::graph::model::{
    Fido2AuthenticationMethod, Fido2AuthenticationMethodCreate,
    WebauthnAuthenticatorAttestationResponse, WebauthnPublicKeyCredential,
};
use crate::ledger::{CeremonyFailed, EnrollRegistered, Event, Step as Reached};

/// Fresh options are fetched when the old ones end sooner than this: a person has to find the key and touch it.
const CHALLENGE_RESERVE: Duration = Duration::from_secs(120);

/// Pauses between attempts to find a new registration where nobody knows whether there is one.
pub(super) const LOST_ANSWER_PAUSES: [Duration; 4] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// How often a registration is sent whose answers are lost. The service takes a credential id once, so there can be no duplicate.
const REGISTRATIONS: u32 = 3;

impl Run<'_> {
    /// The operator may have taken his time at the PIN prompt; an expired challenge would cost a touch. Without the tenant there are
    /// no others.
    pub(super) async fn refresh_options(&mut self, parties: &Parties<'_>) -> Result<(), Error> {
        let enough = |expires: jiff::Timestamp| {
            expires.duration_since(parties.env.now())
                > jiff::SignedDuration::try_from(CHALLENGE_RESERVE).unwrap_or_default()
        };
        if !self.options.options.expires.is_none_or(enough) && parties.tenant.is_some() {
            self.fetch_options(parties).await?;
        }
        Ok(())
    }

    async fn fetch_options(&mut self, parties: &Parties<'_>) -> Result<(), Error> {
        let account = &self.intent.account.id;
        self.options = parties.tenant()?.creation_options(account, None).await?;
        Ok(())
    }

    pub(super) fn registration(&self, credential: &Credential) -> Fido2AuthenticationMethodCreate {
        Fido2AuthenticationMethodCreate {
            display_name: self.intent.label.clone(),
            public_key_credential: WebauthnPublicKeyCredential {
                id: base64url::encode(&credential.id),
                response: WebauthnAuthenticatorAttestationResponse {
                    client_data_json: base64url::encode(&credential.client_data_json),
                    attestation_object: base64url::encode(&credential.attestation_object),
                },
            },
        }
    }

    /// The registration's id: as recorded, as the directory shows it, or as the tenant answers.
    pub(super) async fn register(
        &mut self,
        credential: &Credential,
        registration: &Fido2AuthenticationMethodCreate,
        parties: &mut Parties<'_>,
    ) -> Result<String, Error> {
        if let Some(method_id) = self.recorded(parties)?.method_id {
            return Ok(method_id);
        }
        parties.interaction.begin(Step::Register);
        let method = match self.registered_before(credential, parties).await? {
            Some(method) => method,
            None => self.post(credential, registration, parties).await?,
        };
        let registered = EnrollRegistered {
            label: self.intent.label.clone(),
            credential_id: credential.id.clone(),
            method_id: method.id.clone(),
        };
        self.method_id = Some(method.id.clone());
        let registered = Event::EnrollRegistered(registered);
        parties.record(self.ceremony, &registered).await?;
        let fact = format!("method {}", method.id);
        parties.interaction.done(Step::Register, &fact);
        Ok(method.id)
    }

    /// Whether the process that made the credential registered it too, as far as the directory shows it at once.
    async fn registered_before(
        &self,
        credential: &Credential,
        parties: &Parties<'_>,
    ) -> Result<Option<Fido2AuthenticationMethod>, Error> {
        if !credential.recorded {
            return Ok(None);
        }
        let (account, id) = (&self.intent.account.id, &credential.id);
        let tenant = parties.tenant()?;
        Ok(tenant.fido2_method_of_credential(account, id).await?)
    }

    /// Sends the registration until somebody says what became of it: the tenant by its answer, or the directory.
    async fn post(
        &mut self,
        credential: &Credential,
        registration: &Fido2AuthenticationMethodCreate,
        parties: &mut Parties<'_>,
    ) -> Result<Fido2AuthenticationMethod, Error> {
        let account = self.intent.account.id.clone();
        let mut attempts = 0;
        loop {
            attempts += 1;
            let tenant = parties.tenant()?;
            let error = match tenant.create_fido2_method(&account, registration).await {
                Ok(method) => return Ok(method),
                Err(error) => error,
            };
            let may_be_there = credential.recorded || self.unanswered.registration;
            if !(error.outcome_unknown() || refuses(&error) && may_be_there) {
                return Err(error.into());
            }
            self.unanswered.registration |= error.outcome_unknown();
            let pauses = &LOST_ANSWER_PAUSES;
            if let Some(method) = self.look_for(&credential.id, pauses, parties).await? {
                return Ok(method);
            }
            if attempts == REGISTRATIONS || !error.outcome_unknown() {
                return Err(error.into());
            }
        }
    }

    /// Whether a registration was taken stands in the directory, sooner or later.
    pub(super) async fn look_for(
        &self,
        credential_id: &[u8],
        pauses: &[Duration],
        parties: &mut Parties<'_>,
    ) -> Result<Option<Fido2AuthenticationMethod>, Error> {
        for pause in pauses {
            let reason = "the tenant's answer was lost; looking in the directory";
            parties.pause(reason, *pause).await?;
            let found = parties
                .tenant()?
                .fido2_method_of_credential(&self.intent.account.id, credential_id)
                .await;
            if let Ok(Some(method)) = found {
                return Ok(Some(method));
            }
        }
        Ok(None)
    }

    /// Whether the tenant refuses the credential because the challenge it was made for has ended, or may have. One that was made
    /// just now, for a challenge that lives, is refused for another reason, and so would be the next.
    pub(super) fn challenge_is_over(
        &self,
        credential: &Credential,
        error: &Error,
        parties: &Parties<'_>,
    ) -> bool {
        let refused = matches!(error, Error::Tenant(error) if refuses(error));
        let now = parties.env.now();
        let expired = self.options.options.expires.is_some_and(|end| end <= now);
        refused && (credential.recorded || self.unanswered.registration || expired)
    }

    /// Gives a credential up for a new one. Recorded first: from then on the key may lack it. A key that cannot delete it
    /// overwrites it with the next.
    pub(super) async fn give_up_credential(
        &mut self,
        credential: &Credential,
        error: &Error,
        parties: &mut Parties<'_>,
    ) -> Result<(), Error> {
        let failed = CeremonyFailed {
            label: self.intent.label.clone(),
            reached: Reached::CredentialCreated,
            code: error.code().to_owned(),
            message: in_full(error),
            remains: None,
            deletes_credential: true,
        };
        let failed = Event::CeremonyFailed(failed);
        parties.record(self.ceremony, &failed).await?;
        parties
            .interaction
            .warn("the tenant's challenge is over; the credential is made anew for another one");
        if manages_credentials(parties)? {
            let auth = self.verify_user(Permissions::CM, parties)?;
            let key = parties.key.in_hand_mut()?;
            key.delete_credential(&credential.id, &auth)?;
        }
        self.made = None;
        self.unanswered.registration = false;
        self.fetch_options(parties).await
    }

    /// What the directory shows of the registration, once it does.
    pub(super) async fn read_method(
        &self,
        credential: &Credential,
        method_id: &str,
        parties: &mut Parties<'_>,
    ) -> Result<Fido2AuthenticationMethod, Error> {
        parties.interaction.begin(Step::ReadBack);
        let mut pauses = LAG_PAUSES.into_iter();
        let method = loop {
            match parties
                .tenant()?
                .fido2_method(&self.intent.account.id, method_id)
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

    /// Credentials that this ceremony gave up, and the directory showed only later: methods without a key.
    pub(super) async fn remove_earlier_methods(
        &self,
        parties: &mut Parties<'_>,
    ) -> Result<(), Error> {
        let recorded = self.recorded(parties)?;
        let given_up = recorded.created.filter(|_| recorded.deleting);
        let given_up = given_up.map(|created| created.credential_id);
        for credential_id in recorded.earlier_credentials.into_iter().chain(given_up) {
            let (tenant, account) = (parties.tenant()?, &self.intent.account.id);
            let found = tenant.fido2_method_of_credential(account, &credential_id);
            if let Some(method) = found.await? {
                tenant.delete_fido2_method(account, &method.id).await?;
            }
        }
        Ok(())
    }
}

/// What the service answers to a credential that it has already, or does not take.
fn refuses(error: &graph::Error) -> bool {
    matches!(
        error,
        graph::Error::BadRequest(_) | graph::Error::Conflict(_)
    )
}

pub(super) fn manages_credentials(parties: &Parties<'_>) -> Result<bool, Error> {
    let options = &parties.key.in_hand()?.info().options;
    Ok(options.cred_mgmt == Some(true) || options.credential_mgmt_preview == Some(true))
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
