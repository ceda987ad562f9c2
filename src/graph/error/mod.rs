//! What can go wrong between the tool and Microsoft Graph.

use std::fmt;
use std::time::Duration;

use uuid::Uuid;

use super::http::{self, Answer};
use super::model::ErrorAnswer;
use super::path::SegmentError;
use super::{challenge_timeout, creation_options, credential};

/// The most characters of a service's text that an error repeats.
const TEXT_LIMIT: usize = 2000;
/// The most characters of an answer that is not Graph's.
const EXCERPT_LIMIT: usize = 200;

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
            401 => match claims_challenge(answer) {
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

    /// Whether a write may have been carried out all the same.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        matches!(self, Self::OutcomeUnknown { .. })
    }
}

/// One exchange, as errors and progress show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path with its version, without the query.
    pub path: String,
    /// The identifier that the tool gave the request.
    pub client_request_id: Uuid,
}

impl fmt::Display for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}

/// An answer that is not a success, with everything that support will ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The exchange.
    pub call: Call,
    /// The HTTP status.
    pub status: u16,
    /// Graph's error code; empty when the body is not Graph's or the service left it empty.
    pub code: String,
    /// Graph's message, or the beginning of a body that is not Graph's (a proxy's page).
    pub message: String,
    /// The message of the service behind Graph, where it differs.
    pub inner_message: Option<String>,
    /// Graph's identifier of the request.
    pub request_id: Option<String>,
    /// When it happened, as the service wrote it.
    pub date: Option<String>,
    /// How long the service wants not to be asked.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    fn new(call: Call, answer: &Answer) -> Self {
        let header = |name: &str| answer.header(name).map(printable);
        let bare = Self {
            call,
            status: answer.status,
            code: String::new(),
            message: beginning(&answer.body),
            inner_message: None,
            request_id: header("request-id"),
            date: header("date"),
            retry_after: None,
        };
        match serde_json::from_slice::<ErrorAnswer>(&answer.body) {
            Ok(envelope) => bare.with(envelope),
            Err(_) => bare,
        }
    }

    fn with(self, ErrorAnswer { error }: ErrorAnswer) -> Self {
        let inner = error.inner_error.unwrap_or_default();
        let message = printable(&error.message);
        Self {
            code: printable(&error.code),
            inner_message: inner
                .message
                .map(|text| printable(&text))
                .filter(|text| *text != message),
            message,
            request_id: inner
                .request_id
                .map(|text| printable(&text))
                .or(self.request_id),
            date: inner.date.map(|text| printable(&text)).or(self.date),
            ..self
        }
    }
}

impl std::error::Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: HTTP {}", self.call, self.status)?;
        if !self.code.is_empty() {
            write!(formatter, " {}", self.code)?;
        }
        if !self.message.is_empty() {
            write!(formatter, ": {}", self.message)?;
        }
        if let Some(message) = &self.inner_message {
            write!(formatter, " ({message})")?;
        }
        let id = self.call.client_request_id;
        match &self.request_id {
            Some(request_id) => write!(formatter, " [request-id {request_id}")?,
            None => write!(formatter, " [client-request-id {id}")?,
        }
        match &self.date {
            Some(date) => write!(formatter, ", {date}]"),
            None => formatter.write_str("]"),
        }
    }
}

/// The claims of `WWW-Authenticate: Bearer …, error="insufficient_claims", claims="<base64>"`.
fn claims_challenge(answer: &Answer) -> Option<String> {
    answer
        .headers
        .get_all("www-authenticate")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .filter(|challenge| challenge.contains("insufficient_claims"))
        .find_map(|challenge| {
            let (_, rest) = challenge.split_once("claims=\"")?;
            let (claims, _) = rest.split_once('"')?;
            let claims = crate::encoding::base64url::decode_lenient(claims).ok()?;
            String::from_utf8(claims).ok()
        })
}

/// A peer's text without what could move a terminal's cursor, bounded.
pub(in crate::graph) fn printable(text: &str) -> String {
    bounded(text, TEXT_LIMIT)
}

/// The same, of a text whose beginning is enough.
pub(in crate::graph) fn excerpt(text: &str) -> String {
    bounded(text.trim(), EXCERPT_LIMIT)
}

/// The beginning of a body that is not Graph's. Only as much is decoded as can be shown.
fn beginning(body: &[u8]) -> String {
    let head = &body[..body.len().min(4 * EXCERPT_LIMIT)];
    excerpt(&String::from_utf8_lossy(head))
}

fn bounded(text: &str, limit: usize) -> String {
    text.chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .take(limit)
        .collect()
}

#[cfg(test)]
mod tests;
