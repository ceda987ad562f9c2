//! Client authentication: secret, client assertion, or none for public clients.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use uuid::Uuid;

use crate::simulator::oauth::{OAuthError, Parameters, assertion};
use crate::simulator::service::Service;
use crate::simulator::tenant::Application;

/// The only client assertion type (RFC 7523 §2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a request says about its client.
struct Credentials {
    client_id: String,
    secret: Option<String>,
    assertion: Option<String>,
}

impl Credentials {
    fn read(headers: &HeaderMap, form: &Parameters) -> Result<Self, OAuthError> {
        if let Some((client_id, secret)) = basic(headers) {
            return Ok(Self {
                client_id,
                secret: Some(secret),
                assertion: None,
            });
        }
        let assertion = form.get("client_assertion").map(str::to_owned);
        if assertion.is_some() && form.get("client_assertion_type") != Some(JWT_BEARER) {
            return Err(OAuthError::invalid_request(
                900_023,
                format!("The client_assertion_type must be '{JWT_BEARER}'."),
            ));
        }
        Ok(Self {
            client_id: form.require("client_id")?.to_owned(),
            secret: form.get("client_secret").map(str::to_owned),
            assertion,
        })
    }
}

/// The application that a request comes from, proven as far as its kind can prove it.
pub(super) fn authenticate(
    service: &Service,
    headers: &HeaderMap,
    form: &Parameters,
    now: Timestamp,
) -> Result<Application, OAuthError> {
    let credentials = Credentials::read(headers, form)?;
    let application = find(service, &credentials.client_id)?;
    match (application.is_public_client, &credentials) {
        (
            true,
            Credentials {
                secret: None,
                assertion: None,
                ..
            },
        ) => {}
        (true, _) => {
            return Err(OAuthError::invalid_client(
                700_025,
                "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
            ));
        }
        (
            false,
            Credentials {
                assertion: Some(assertion),
                ..
            },
        ) => {
            assertion::verify(assertion, &application, service, now)?;
        }
        (
            false,
            Credentials {
                secret: Some(secret),
                ..
            },
        ) if application.has_secret(secret) => {}
        (
            false,
            Credentials {
                secret: Some(_), ..
            },
        ) => {
            return Err(OAuthError::invalid_client(
                7_000_215,
                format!(
                    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret \
                     value, not the client secret ID, for a secret added to app '{}'.",
                    application.client_id
                ),
            ));
        }
        (false, _) => {
            return Err(OAuthError::invalid_client(
                7_000_218,
                "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
            ));
        }
    }
    Ok(application)
}

/// The registration with this client id.
pub(super) fn find(service: &Service, client_id: &str) -> Result<Application, OAuthError> {
    let application = client_id
        .parse::<Uuid>()
        .ok()
        .and_then(|id| service.tenant.read(|state| state.application(id).cloned()));
    application.ok_or_else(|| {
        let shown: String = client_id.chars().take(64).collect();
        OAuthError::new(
            "unauthorized_client",
            700_016,
            format!("Application with identifier '{shown}' was not found in the directory."),
        )
    })
}

/// RFC 6749 §2.3.1: both parts are form-encoded before they are joined.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    let decoded = STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (client_id, secret) = text.split_once(':')?;
    scheme
        .eq_ignore_ascii_case("basic")
        .then(|| (form_decoded(client_id), form_decoded(secret)))
}

fn form_decoded(text: &str) -> String {
    url::form_urlencoded::parse(text.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}
