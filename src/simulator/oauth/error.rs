//! The errors of the authority: OAuth 2.0 codes (RFC 6749 §5.2) with Entra's own number and text.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::simulator::service::Service;
use crate::simulator::storage;

/// An error of the authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::simulator) struct OAuthError {
    status: StatusCode,
    /// The OAuth 2.0 code.
    pub(super) error: &'static str,
    /// The number after `AADSTS`.
    number: u32,
    text: String,
}

impl OAuthError {
    pub(super) fn new(error: &'static str, number: u32, text: impl Into<String>) -> Self {
        let status = match error {
            "invalid_client" => StatusCode::UNAUTHORIZED,
            "server_error" => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        Self {
            status,
            error,
            number,
            text: text.into(),
        }
    }

    pub(super) fn invalid_request(number: u32, text: impl Into<String>) -> Self {
        Self::new("invalid_request", number, text)
    }

    pub(super) fn invalid_client(number: u32, text: impl Into<String>) -> Self {
        Self::new("invalid_client", number, text)
    }

    pub(super) fn invalid_grant(number: u32, text: impl Into<String>) -> Self {
        Self::new("invalid_grant", number, text)
    }

    pub(super) fn missing(parameter: &str) -> Self {
        Self::invalid_request(
            900_144,
            format!("The request body must contain the following parameter: '{parameter}'."),
        )
    }

    /// `AADSTS…: text`
    pub(super) fn description(&self) -> String {
        format!("AADSTS{}: {}", self.number, self.text)
    }

    /// The number after `AADSTS`.
    pub(super) const fn number(&self) -> u32 {
        self.number
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    fn body(&self, service: &Service) -> Value {
        let trace_id = service.env.uuid();
        let correlation_id = service.env.uuid();
        let timestamp = service.env.now().strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        json!({
            "error": self.error,
            "error_description": format!(
                "{} Trace ID: {trace_id} Correlation ID: {correlation_id} Timestamp: {timestamp}",
                self.description()
            ),
            "error_codes": [self.number],
            "timestamp": timestamp,
            "trace_id": trace_id,
            "correlation_id": correlation_id,
            "error_uri": format!("{}/error?code={}", service.base_url, self.number),
        })
    }

    /// The answer of the token and device code endpoints.
    pub(super) fn answer(&self, service: &Service) -> Response {
        let headers = [
            (header::CACHE_CONTROL, "no-store"),
            (header::PRAGMA, "no-cache"),
        ];
        (self.status, headers, Json(self.body(service))).into_response()
    }
}

impl From<storage::Error> for OAuthError {
    fn from(cause: storage::Error) -> Self {
        tracing::debug!(%cause, "simulator: the tenant's state cannot be stored");
        Self::new(
            "server_error",
            90_033,
            "A transient error has occurred. Please try again.",
        )
    }
}
