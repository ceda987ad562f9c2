//! How somebody signs in: `/users/{id}/authentication`, and what holds for everybody.

use super::client::{ApiVersion, Client, Question, Request};
use super::error::Error;
use super::model::{
    AuthenticationMethod, IdentitySecurityDefaultsEnforcementPolicy,
    StrongAuthenticationRequirements,
};
use super::path::Segment;

impl Client {
    /// Every method of a user, of every kind. Certificates and hardware OATH tokens are not among them.
    /// `UserAuthenticationMethod.Read.All`.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn authentication_methods(&self, user: &str) -> Question<Vec<AuthenticationMethod>> {
        let user = Segment::new("a user", user).map_err(Error::from);
        let request = user.map(|user| {
            let methods = ["users", user.as_str(), "authentication", "methods"];
            Request::get(self.url(methods))
        });
        Question::all(self, request)
    }

    /// Multifactor authentication for this user alone. Beta only. `Policy.Read.All`.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn per_user_mfa(&self, user: &str) -> Question<StrongAuthenticationRequirements> {
        let user = Segment::new("a user", user).map_err(Error::from);
        let request = user.map(|user| {
            let requirements = ["users", user.as_str(), "authentication", "requirements"];
            Request::get(self.url_in(ApiVersion::Beta, requirements))
        });
        Question::one(self, request)
    }

    /// Whether security defaults are on. `Policy.Read.All`.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn security_defaults(&self) -> Question<IdentitySecurityDefaultsEnforcementPolicy> {
        let url = self.url(["policies", "identitySecurityDefaultsEnforcementPolicy"]);
        Question::one(self, Ok(Request::get(url)))
    }
}
