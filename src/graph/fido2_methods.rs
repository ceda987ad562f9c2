//! `/users/{id}/authentication/fido2Methods`
//!
//! `user` is an object id or a user principal name everywhere; the object id does not change under a running ceremony.

use serde_json::Value;

use super::challenge_timeout::{self, ChallengeTimeout};
use super::client::{ApiVersion, Client, Question, Request};
use super::creation_options::{CreationOptions, ReceivedCreationOptions};
use super::error::Error;
use super::model::{Fido2AuthenticationMethod, Fido2AuthenticationMethodCreate};
use super::path::Segment;
use crate::encoding::base64url;

/// Without it enumerations show `unknownFutureValue` instead of values that came later.
const PREFER: (&str, &str) = ("Prefer", "include-unknown-enum-members");

impl Client {
    /// A fresh challenge and the conditions of a registration. Changes nothing in the tenant, so it also shows early
    /// whether role, permission and policy allow a registration.
    ///
    /// The timeout can be chosen in [`ApiVersion::Beta`] only; otherwise the service's is 5 minutes.
    ///
    /// # Errors
    /// [`Error::MethodNotAllowed`] for the signed-in user itself; [`Error::CreationOptions`] names the member that
    /// cannot be used.
    pub async fn creation_options(
        &self,
        user: &str,
        timeout: Option<ChallengeTimeout>,
    ) -> Result<ReceivedCreationOptions, Error> {
        let function = match (timeout, self.api_version()) {
            (None, _) => "creationOptions".to_owned(),
            (Some(timeout), ApiVersion::Beta) => format!(
                "creationOptions(challengeTimeoutInMinutes={})",
                timeout.as_minutes()
            ),
            (Some(_), ApiVersion::V1) => return Err(challenge_timeout::Error::NeedsBeta.into()),
        };
        let request = Request::get(self.methods_url(user, Some(&function))?);
        let answer = self.send(&request).await?;
        let raw: Value = answer.json()?;
        let options =
            CreationOptions::from_json(&raw).map_err(|source| Error::CreationOptions {
                call: answer.call,
                source,
            })?;
        Ok(ReceivedCreationOptions { options, raw })
    }

    /// Registers a new credential.
    ///
    /// # Errors
    /// [`Error::OutcomeUnknown`] when the service may have registered it all the same: look for it with
    /// [`Client::fido2_method_of_credential`] before anything else. [`Error::BadRequest`] for nearly everything that the
    /// policy or the attestation is refused for.
    pub async fn create_fido2_method(
        &self,
        user: &str,
        create: &Fido2AuthenticationMethodCreate,
    ) -> Result<Fido2AuthenticationMethod, Error> {
        let url = self.methods_url(user, None)?;
        self.fetch(&Request::post(url, create)).await
    }

    /// Every key registered for a user.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn fido2_methods(&self, user: &str) -> Question<Vec<Fido2AuthenticationMethod>> {
        let request = self.methods_url(user, None).map(Request::get);
        Question::all(self, request.map(|one| one.header(PREFER.0, PREFER.1)))
    }

    /// One registered key, by the id that the directory gave it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn fido2_method(
        &self,
        user: &str,
        id: &str,
    ) -> Result<Fido2AuthenticationMethod, Error> {
        let url = self.methods_url(user, Some(Segment::new("a FIDO2 method", id)?.as_str()))?;
        self.fetch(&Request::get(url).header(PREFER.0, PREFER.1))
            .await
    }

    /// The registered key whose id names this credential. That the id does so is not documented, so no match is no
    /// proof of absence: keep the id that the creation answered.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn fido2_method_of_credential(
        &self,
        user: &str,
        credential_id: &[u8],
    ) -> Result<Option<Fido2AuthenticationMethod>, Error> {
        let methods = self.fido2_methods(user).await?;
        Ok(methods
            .into_iter()
            .find(|method| base64url::names_credential(&method.id, credential_id)))
    }

    /// Removes a registered key; the credential stays on the key.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none. After a repetition it counts as removed.
    pub async fn delete_fido2_method(&self, user: &str, id: &str) -> Result<(), Error> {
        let url = self.methods_url(user, Some(Segment::new("a FIDO2 method", id)?.as_str()))?;
        self.send(&Request::delete(url)).await?;
        Ok(())
    }

    fn methods_url(&self, user: &str, last: Option<&str>) -> Result<url::Url, Error> {
        let user = Segment::new("a user", user)?;
        let collection = ["users", user.as_str(), "authentication", "fido2Methods"];
        Ok(self.url(collection.into_iter().chain(last)))
    }
}
