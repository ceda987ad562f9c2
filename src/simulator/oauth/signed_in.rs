//! Somebody who has signed in, before there is a token.

use uuid::Uuid;

use crate::encoding::base64url;
use crate::simulator::conditional_access::key::Given;
use crate::simulator::service::Service;

/// What tokens are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SignedIn {
    pub(super) user_id: Uuid,
    /// `uti` of the tokens, `uniqueTokenIdentifier` in the log.
    pub(super) token_id: String,
    /// With what.
    pub(super) given: Given,
}

impl SignedIn {
    /// `amr` of access tokens.
    pub(super) const fn methods(&self) -> &'static [&'static str] {
        match self.given {
            Given::Key(_) => &["fido", "mfa"],
            Given::Password => &["pwd"],
            Given::PasswordAndSecondFactor => &["pwd", "mfa"],
        }
    }
}

/// A new identifier of a token.
pub(super) fn token_id(service: &Service) -> String {
    base64url::encode(&service.env.random::<16>())
}
