//! `/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2`

use super::client::{Client, Request};
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
        let request = Request::get(self.url(PATH));
        let expanded = request.clone().query("$expand=passkeyProfiles");
        match self.fetch(&expanded).await {
            Err(Error::BadRequest(_)) => self.fetch(&request).await,
            answer => answer,
        }
    }
}
