//! ID tokens (OpenID Connect Core 1.0 §2 and §3.1.3.7) as the Microsoft identity platform issues them: RS256 and nothing else.
//!
//! The signature is `ring`'s; around it stands the compact form of RFC 7515 alone. The crates for this either bring a second
//! generation of cryptography (`rsa`, `p256` 0.13, …) for algorithms that must be refused here, or read the machine's clock.

mod claims;
mod discovery;
mod jws;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

pub use claims::IdToken;
pub(super) use discovery::Discovery;
pub(super) use jws::KeySet;

use crate::graph::http::{self, Http};

/// How far apart the clocks of this machine and of the authority may be.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// What a token has to say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) tenant: Uuid,
    /// The application's (client) id.
    pub(super) audience: &'a str,
    pub(super) nonce: &'a str,
    /// The token is of a sign-in that was asked for then; an older one was kept by somebody.
    pub(super) asked_at: Timestamp,
    pub(super) now: Timestamp,
}

/// Why an ID token proves nothing. No variant holds the token.
#[derive(Debug, thiserror::Error)]
pub enum IdTokenError {
    /// There is none.
    #[error("the authority issued no ID token")]
    Absent,
    /// Signed in a way that the service does not sign, or not at all.
    #[error("the ID token is signed with {0:?}, not RS256")]
    Algorithm(String),
    /// It is for another application.
    #[error("the ID token is for another application")]
    Audience,
    /// It has ended.
    #[error("the ID token ended at {0}")]
    Expired(Timestamp),
    /// By somebody else.
    #[error("the ID token is by another issuer than {expected}")]
    Issuer {
        /// Who was expected.
        expected: String,
    },
    /// The authority's keys could not be had.
    #[error("the authority's keys could not be had")]
    Keys(#[source] http::Error),
    /// The authority's keys cannot be read.
    #[error("the authority's keys cannot be read: {0}")]
    KeysUnreadable(String),
    /// It is no signed token, or a claim is missing or of another form.
    #[error("the ID token cannot be read: {0}")]
    Malformed(&'static str),
    /// It belongs to another request: somebody slipped it in.
    #[error("the ID token belongs to another sign-in: its nonce differs")]
    Nonce,
    /// It is of another time than this sign-in.
    #[error("the ID token is not of this sign-in: its {claim} is {time}")]
    OtherTime {
        /// `iat`, `nbf` or `auth_time`.
        claim: &'static str,
        /// What it says.
        time: Timestamp,
    },
    /// The signature is not the authority's.
    #[error("the ID token's signature does not verify")]
    Signature,
    /// It is by another tenant.
    #[error("the ID token is of another tenant, {0}")]
    Tenant(Uuid),
    /// The authority does not name the key.
    #[error("the authority has no key of the ID token's name")]
    UnknownKey,
}

/// Verifies a token with the authority's keys. They change from time to time, so a name that they lack has them fetched once more.
pub(super) async fn verify(
    http: &Http,
    discovery: &Discovery,
    token: &str,
    expected: &Expected<'_>,
) -> Result<IdToken, IdTokenError> {
    let keys = discovery.keys(http).await?;
    match read(token, &keys, expected) {
        Err(IdTokenError::UnknownKey) => read(token, &discovery.keys(http).await?, expected),
        verified => verified,
    }
}

/// The signature first: what is not signed is not looked at.
pub(super) fn read(
    token: &str,
    keys: &KeySet,
    expected: &Expected<'_>,
) -> Result<IdToken, IdTokenError> {
    let payload = jws::verify(token, keys, expected.issuer)?;
    claims::read(&payload, expected)
}
