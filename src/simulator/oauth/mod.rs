//! The OAuth 2.0 authority: device code, authorization code with PKCE and a sign-in page for keys, client credentials with secret or certificate,
//! refresh, discovery.

pub(in crate::simulator) mod access_token;
mod assertion;
mod attempt;
mod authorize;
mod client;
mod device_code;
mod discovery;
mod error;
mod id_token;
mod page;
mod proof;
mod scope;
mod sessions;
mod sign_in_row;
mod signed_in;
mod token;
mod visitor;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use axum::routing::{get, post};
pub(in crate::simulator) use error::OAuthError;
use serde::Deserialize;
pub(in crate::simulator) use sessions::Sessions;

use crate::simulator::service::Service;

/// The authority's routes.
pub(in crate::simulator) fn router() -> Router<Service> {
    Router::new()
        .route(
            "/{tenant}/oauth2/v2.0/authorize",
            get(authorize::show).post(authorize::choose),
        )
        .route("/{tenant}/fido/get", post(authorize::ask_for_key))
        .route("/{tenant}/oauth2/v2.0/token", post(token::token))
        .route("/{tenant}/oauth2/v2.0/devicecode", post(device_code::start))
        .route(
            "/devicelogin",
            get(device_code::show).post(device_code::decide),
        )
        .route(
            "/{tenant}/v2.0/.well-known/openid-configuration",
            get(discovery::openid_configuration),
        )
        .route("/{tenant}/discovery/v2.0/keys", get(discovery::keys))
        .route("/{tenant}/oauth2/v2.0/logout", get(authorize::sign_out))
        .route("/common/discovery/instance", get(discovery::instance))
}

/// The parameters of a query or a form; of a repeated one the last counts.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(in crate::simulator) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn require(&self, name: &str) -> Result<&str, OAuthError> {
        self.get(name).ok_or_else(|| OAuthError::missing(name))
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// A form as the body; [`parameters`] opens it.
type Body = Result<Form<Parameters>, FormRejection>;

fn parameters(body: Body) -> Result<Parameters, OAuthError> {
    body.map(|Form(parameters)| parameters).map_err(|_| {
        OAuthError::invalid_request(
            900_561,
            "The endpoint only accepts POST requests with a form as their body.",
        )
    })
}

/// Who asks for tokens decides which names of a tenant are possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    Applications,
    Users,
}

/// Whether `{tenant}` is this tenant. Users may also say `common` or `organizations`.
fn admit_tenant(service: &Service, name: &str, audience: Audience) -> Result<(), OAuthError> {
    let shared = audience == Audience::Users && matches!(name, "common" | "organizations");
    if shared || service.tenant.read(|state| state.is_named(name)) {
        return Ok(());
    }
    let shown: String = name.chars().take(64).collect();
    Err(OAuthError::invalid_request(
        90_002,
        format!(
            "Tenant '{shown}' not found. Check to make sure you have the correct tenant ID and are signing into the \
             correct cloud."
        ),
    ))
}
