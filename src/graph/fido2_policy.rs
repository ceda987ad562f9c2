//! `/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2`

use super::client::{Client, Question, Request};
use super::error::Error;
use super::model::Fido2AuthenticationMethodConfiguration;

const PATH: [&str; 4] = [
    "policies",
    "authenticationMethodsPolicy",
    "authenticationMethodConfigurations",
    "fido2",
];

impl Client {
    /// The tenant's passkey policy, with its profiles where it has any.
    ///
    /// Profiles are a navigation property, which has to be asked for; a service from before profiles refuses the question, and
    /// is asked without it.
    ///
    /// # Errors
    /// [`Error::Forbidden`] without a permission to read policies.
    pub async fn fido2_policy(&self) -> Result<Fido2AuthenticationMethodConfiguration, Error> {
        self.without_profiles_if_refused(self.fido2_policy_with_profiles().await)
            .await
    }

    /// The same as one question.
    pub fn fido2_policy_with_profiles(&self) -> Question<Fido2AuthenticationMethodConfiguration> {
        let request = Request::get(self.url(PATH)).query("$expand=passkeyProfiles");
        Question::one(self, Ok(request))
    }

    /// What a service from before profiles answers when it is not asked for them.
    ///
    /// # Errors
    /// Those of the answer, but for [`Error::BadRequest`].
    pub async fn without_profiles_if_refused(
        &self,
        answer: Result<Fido2AuthenticationMethodConfiguration, Error>,
    ) -> Result<Fido2AuthenticationMethodConfiguration, Error> {
        match answer {
            Err(Error::BadRequest(_)) => self.fetch(&Request::get(self.url(PATH))).await,
            answer => answer,
        }
    }
}
