//! What can go wrong between the tool and Microsoft Graph.

mod call;
mod refusal;

use std::time::Duration;

use super::http::{self, Answer};
use super::path::SegmentError;
use super::{challenge_timeout, creation_options, credential};

pub use call::Call;
pub use refusal::Refusal;
pub(in crate::graph) use refusal::{excerpt, printable};

/// Why Graph did not do what was asked. No variant holds an access token, a request body or a query.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// HTTP 400: the service does not accept the request as it is.
    #[error(transparent)]
    BadRequest(Box<Refusal>),
    /// A challenge timeout that the service does not offer.
    #[error(transparent)]
    ChallengeTimeout(#[from] challenge_timeout::Error),
    /// HTTP 401 with `insufficient_claims`: the operator has to sign in again, with these claims.
    #[error("{refusal}; a new sign-in with further claims is demanded")]
    ClaimsChallenge {
        /// The answer.
        refusal: Box<Refusal>,
        /// The claims request, JSON text as the service sent it (decoded from base64).
        claims: String,
    },
    /// HTTP 409: it exists already, or somebody else is changing it.
    #[error(transparent)]
    Conflict(Box<Refusal>),
    /// The creation options cannot be used.
    #[error("{call}: {source}")]
    CreationOptions {
        /// The exchange.
        call: Call,
        /// The member and what is wrong with it.
        source: creation_options::Error,
    },
    /// HTTP 403: the operator's role or the application's permission does not suffice.
    #[error(transparent)]
    Forbidden(Box<Refusal>),
    /// A page's link leads to another host, which must not receive the access token.
    #[error("{call}: the next page's link leads to {origin}, which is not Graph")]
    ForeignNextLink {
        /// The exchange that brought the link.
        call: Call,
        /// Scheme, host and port of the link.
        origin: String,
    },
    /// No answer.
    #[error("{call}")]
    Http {
        /// The exchange.
        call: Call,
        /// The reason.
        #[source]
        source: http::Error,
    },
    /// The caller no longer wanted to wait: nothing was sent, or only a question was.
    #[error("{0}: given up at the interrupt")]
    Interrupted(Call),
    /// The answer is JSON of another shape, or not JSON.
    #[error("{call}: the answer's member {member} cannot be read: {reason}")]
    Malformed {
        /// The exchange.
        call: Call,
        /// Path of the member, `.` for the whole answer.
        member: String,
        /// What was found there.
        reason: String,
    },
    /// HTTP 405: for creation options of the signed-in user itself, among others.
    #[error(transparent)]
    MethodNotAllowed(Box<Refusal>),
    /// HTTP 404: it does not exist, or not yet everywhere.
    #[error(transparent)]
    NotFound(Box<Refusal>),
    /// A write may or may not have been carried out: it was not repeated, and has to be looked up.
    #[error("{call}: it is unknown whether the service has done it")]
    OutcomeUnknown {
        /// The exchange.
        call: Call,
        /// Why.
        #[source]
        source: Box<Error>,
    },
    /// Any other status.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// A user or method id that cannot stand in a path.
    #[error(transparent)]
    Segment(#[from] SegmentError),
    /// There is no access token.
    #[error("sign-in")]
    SignIn(#[from] credential::Error),
    /// HTTP 429, and the retries are used up or the wished wait is too long.
    #[error(transparent)]
    Throttled(Box<Refusal>),
    /// A collection that does not end.
    #[error("{call}: more than {limit} pages")]
    TooManyPages {
        /// The first exchange.
        call: Call,
        /// Pages that were read.
        limit: usize,
    },
    /// HTTP 401: the access token is not accepted.
    #[error(transparent)]
    Unauthenticated(Box<Refusal>),
    /// HTTP 500 to 599.
    #[error(transparent)]
    Unavailable(Box<Refusal>),
}

impl Error {
    /// The error for an answer that is not a success.
    pub(in crate::graph) fn refused(
        call: Call,
        answer: &Answer,
        retry_after: Option<Duration>,
    ) -> Self {
        let refusal = Box::new(Refusal {
            retry_after,
            ..Refusal::new(call, answer)
        });
        match answer.status {
            400 => Self::BadRequest(refusal),
            401 => match refusal::claims_challenge(answer) {
                Some(claims) => Self::ClaimsChallenge { refusal, claims },
                None => Self::Unauthenticated(refusal),
            },
            403 => Self::Forbidden(refusal),
            404 => Self::NotFound(refusal),
            405 => Self::MethodNotAllowed(refusal),
            409 => Self::Conflict(refusal),
            429 => Self::Throttled(refusal),
            500..=599 => Self::Unavailable(refusal),
            _ => Self::Refused(refusal),
        }
    }

    /// What the service answered, when it answered a refusal.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::BadRequest(refusal)
            | Self::ClaimsChallenge { refusal, .. }
            | Self::Conflict(refusal)
            | Self::Forbidden(refusal)
            | Self::MethodNotAllowed(refusal)
            | Self::NotFound(refusal)
            | Self::Refused(refusal)
            | Self::Throttled(refusal)
            | Self::Unauthenticated(refusal)
            | Self::Unavailable(refusal) => Some(refusal),
            Self::OutcomeUnknown { source, .. } => source.refusal(),
            Self::ChallengeTimeout(_)
            | Self::CreationOptions { .. }
            | Self::ForeignNextLink { .. }
            | Self::Http { .. }
            | Self::Interrupted(_)
            | Self::Malformed { .. }
            | Self::Segment(_)
            | Self::SignIn(_)
            | Self::TooManyPages { .. } => None,
        }
    }

    /// The HTTP status, when the service answered a refusal.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.refusal().map(|refusal| refusal.status)
    }

    /// The service's identifier of the request, which its support asks for.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.refusal()?.request_id.as_deref()
    }

    /// Whether an object is not there, or not known yet everywhere: some resources answer 400 for that.
    #[must_use]
    pub fn is_unknown_object(&self) -> bool {
        match self {
            Self::NotFound(_) => true,
            Self::BadRequest(refusal) => {
                refusal.code == "Request_ResourceNotFound"
                    || refusal.message.contains("does not exist")
            }
            _ => false,
        }
    }

    /// Whether the tenant has no licence for what was asked. A permission would not help.
    #[must_use]
    pub fn lacks_licence(&self) -> bool {
        self.refusal().is_some_and(Refusal::lacks_licence)
    }

    /// Whether a write may have been carried out all the same.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        matches!(self, Self::OutcomeUnknown { .. })
    }
}

#[cfg(test)]
mod tests;
