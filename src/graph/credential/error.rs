//! Why there is no access token.

use std::fmt;
use std::time::Duration;

use azure_core::error::ErrorKind;
use serde::Deserialize;

use super::CertificateError;
use crate::graph::error::printable;
use crate::graph::http;

/// Why there is no access token. No variant holds a token, a code, a secret or an assertion.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The client certificate or its private key cannot be used.
    #[error("client certificate")]
    Certificate(#[from] CertificateError),
    /// The operator, or somebody at the sign-in page, said no.
    #[error("the sign-in was declined: {0}")]
    Declined(Box<AuthorityRefusal>),
    /// The authority could not be asked.
    #[error("the authority could not be asked")]
    Http(#[from] http::Error),
    /// The machine's own source of identity (Azure CLI, token file, metadata service) failed.
    #[error("{flow}: {reason}")]
    Local {
        /// Which one.
        flow: &'static str,
        /// Its own words.
        reason: String,
    },
    /// The answer of the sign-in page cannot be received on this machine.
    #[error("no loopback address to receive the sign-in's answer")]
    Loopback(#[source] std::io::Error),
    /// The authority's answer cannot be read.
    #[error("the authority's answer cannot be read: {reason}")]
    Malformed {
        /// What is wrong; never the answer's text.
        reason: String,
    },
    /// The authority refused.
    #[error(transparent)]
    Refused(Box<AuthorityRefusal>),
    /// Nobody finished the sign-in in time.
    #[error("the sign-in was not finished within {} s", limit.as_secs())]
    TimedOut {
        /// The limit.
        limit: Duration,
    },
    /// The access token has characters that no header can hold.
    #[error("the access token cannot stand in a header")]
    TokenNotAHeader,
    /// The authority or the metadata service could not be asked, after all repetitions.
    #[error("{flow}: {reason}")]
    Unreachable {
        /// For which sign-in.
        flow: &'static str,
        /// The reason with its causes.
        reason: String,
    },
}

/// What the authority said, in its words: Microsoft's `AADSTS…` texts are what administrators search for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(from = "WireRefusal")]
pub struct AuthorityRefusal {
    /// The OAuth error: `invalid_client`, `invalid_grant`, …
    pub error: String,
    /// The explanation, with its `AADSTS` number.
    pub description: String,
    /// The `AADSTS` numbers.
    pub codes: Vec<i64>,
    /// The authority's identifier of the event.
    pub trace_id: Option<String>,
    /// The identifier that ties the events of one sign-in together.
    pub correlation_id: Option<String>,
    /// Claims that a new sign-in has to bring (Conditional Access).
    pub claims: Option<String>,
}

#[derive(Deserialize)]
struct WireRefusal {
    error: String,
    #[serde(default)]
    error_description: Option<String>,
    #[serde(default)]
    error_codes: Option<Vec<i64>>,
    #[serde(default)]
    trace_id: Option<String>,
    #[serde(default)]
    correlation_id: Option<String>,
    #[serde(default)]
    claims: Option<String>,
}

impl From<WireRefusal> for AuthorityRefusal {
    fn from(wire: WireRefusal) -> Self {
        let text = |text: Option<String>| text.map(|text| printable(&text));
        Self {
            error: printable(&wire.error),
            description: text(wire.error_description).unwrap_or_default(),
            codes: wire.error_codes.unwrap_or_default(),
            trace_id: text(wire.trace_id),
            correlation_id: text(wire.correlation_id),
            claims: text(wire.claims),
        }
    }
}

impl AuthorityRefusal {
    /// A refusal as the sign-in page sends it: as members of a query.
    pub(super) fn from_query(error: &str, description: Option<&str>) -> Self {
        let description = description.map(printable).unwrap_or_default();
        Self {
            error: printable(error),
            codes: codes_in(&description),
            description,
            ..Self::default()
        }
    }

    /// Whether the authority cannot tell for the moment: errors of RFC 6749 §4.1.2.1, which Microsoft sends from the token endpoint too,
    /// and its numbers for a directory that does not answer.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(
            self.error.as_str(),
            "server_error" | "temporarily_unavailable"
        ) || self
            .codes
            .iter()
            .any(|code| [90_006, 90_033].contains(code))
    }

    /// Whether only a new sign-in by a person helps: the refresh token is spent, revoked, or no longer enough.
    pub(super) fn wants_the_operator(&self) -> bool {
        matches!(
            self.error.as_str(),
            "invalid_grant" | "interaction_required" | "login_required" | "consent_required"
        )
    }
}

impl std::error::Error for AuthorityRefusal {}

impl fmt::Display for AuthorityRefusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the authority refused: {}", self.error)?;
        if !self.description.is_empty() {
            write!(formatter, ": {}", self.description)?;
        }
        // The description usually repeats the identifiers.
        match &self.trace_id {
            Some(id) if !self.description.contains(id.as_str()) => {
                write!(formatter, " [trace id {id}]")
            }
            _ => Ok(()),
        }
    }
}

impl From<AuthorityRefusal> for Error {
    fn from(refusal: AuthorityRefusal) -> Self {
        match refusal.error.as_str() {
            "access_denied" | "authorization_declined" => Self::Declined(Box::new(refusal)),
            _ => Self::Refused(Box::new(refusal)),
        }
    }
}

impl Error {
    /// What an `azure_identity` credential says, with the authority's own answer dug out when there is one.
    pub(super) fn of_azure(flow: &'static str, error: &azure_core::Error) -> Self {
        let outermost: &(dyn std::error::Error + 'static) = error;
        let causes = std::iter::successors(Some(outermost), |&error| error.source());
        for cause in causes {
            let refusal = cause.downcast_ref().and_then(refusal_in);
            if let Some(refusal) = refusal {
                return refusal.into();
            }
            if let Some(status) = cause.downcast_ref().and_then(passing_status) {
                let reason = format!("the authority answered with status {status}");
                return Self::Unreachable { flow, reason };
            }
            if cause.is::<http::Error>() {
                let reason = printable(&reasons(cause));
                return Self::Unreachable { flow, reason };
            }
            // Its text would repeat what it did not expect, and that may be a token in the wrong place.
            if let Some(error) = cause.downcast_ref::<serde_json::Error>() {
                let (line, column) = (error.line(), error.column());
                return Self::Malformed {
                    reason: format!("not the expected JSON at line {line} column {column}"),
                };
            }
        }
        Self::Local {
            flow,
            reason: printable(&reasons(outermost)),
        }
    }

    /// The authority's words, when it refused.
    #[must_use]
    pub fn authority_refusal(&self) -> Option<&AuthorityRefusal> {
        match self {
            Self::Declined(refusal) | Self::Refused(refusal) => Some(refusal),
            Self::Certificate(_)
            | Self::Http(_)
            | Self::Local { .. }
            | Self::Loopback(_)
            | Self::Malformed { .. }
            | Self::TimedOut { .. }
            | Self::TokenNotAHeader
            | Self::Unreachable { .. } => None,
        }
    }
}

/// The numbers of a text such as `AADSTS53003: Access has been blocked`.
fn codes_in(description: &str) -> Vec<i64> {
    let number = |text: &str| {
        let end = text.find(|one: char| !one.is_ascii_digit());
        text.get(..end.unwrap_or(text.len()))?.parse().ok()
    };
    description
        .split("AADSTS")
        .skip(1)
        .filter_map(number)
        .collect()
}

fn refusal_in(error: &azure_core::Error) -> Option<AuthorityRefusal> {
    match error.kind() {
        ErrorKind::HttpResponse {
            raw_response: Some(response),
            ..
        } => serde_json::from_slice(response.body().as_ref()).ok(),
        _ => None,
    }
}

/// A status without an answer of the authority's own: it is down, or somebody before it says so.
fn passing_status(error: &azure_core::Error) -> Option<u16> {
    match error.kind() {
        ErrorKind::HttpResponse { status, .. } => {
            let status = u16::from(*status);
            (status == 429 || status >= 500).then_some(status)
        }
        _ => None,
    }
}

fn reasons(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let reason = error.to_string();
        if !text.contains(&reason) {
            text.push_str(": ");
            text.push_str(&reason);
        }
        cause = error.source();
    }
    text
}
