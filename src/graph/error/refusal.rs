//! What Graph, or whatever stands before it, answered instead of doing what was asked.

use std::fmt;
use std::time::Duration;

use super::Call;
use crate::encoding::base64url;
use crate::graph::http::Answer;
use crate::graph::model::ErrorAnswer;

/// The most characters of a service's text that an error repeats.
const TEXT_LIMIT: usize = 2000;
/// The most characters of a text that is not Graph's.
const EXCERPT_LIMIT: usize = 200;

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
    pub(super) fn new(call: Call, answer: &Answer) -> Self {
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

    /// Whether it is for want of a licence: each resource has a code of its own for that, or only a text.
    pub(super) fn lacks_licence(&self) -> bool {
        let known = matches!(
            self.code.as_str(),
            "AadPremiumLicenseRequired" | "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
        );
        let says_so = |text: &String| text.to_ascii_lowercase().contains("licens");
        let mut texts = self.inner_message.iter().chain([&self.message]);
        known || matches!(self.status, 400 | 402 | 403) && texts.any(says_so)
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
pub(super) fn claims_challenge(answer: &Answer) -> Option<String> {
    answer
        .headers
        .get_all("www-authenticate")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .filter(|challenge| challenge.contains("insufficient_claims"))
        .find_map(|challenge| {
            let (_, rest) = challenge.split_once("claims=\"")?;
            let (claims, _) = rest.split_once('"')?;
            let claims = base64url::decode_lenient(claims).ok()?;
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
