//! The device authorization grant (RFC 8628): `/{tenant}/oauth2/v2.0/devicecode` and the page `/devicelogin`.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::encoding::base64url;
use crate::env::Env;
use crate::simulator::oauth::authorize::enabled_user;
use crate::simulator::oauth::scope::Scopes;
use crate::simulator::oauth::sessions::{Decision, DeviceSignIn, Full};
use crate::simulator::oauth::{
    Audience, Body, OAuthError, Parameters, access_token, admit_tenant, client, page, parameters,
};
use crate::simulator::service::Service;

/// How long a device code can be redeemed, in seconds.
const LIFETIME: i64 = 900;

/// Letters that cannot be mistaken for others.
const USER_CODE_LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

pub(super) async fn start(
    State(service): State<Service>,
    Path(tenant): Path<String>,
    body: Body,
) -> Response {
    match begin(&service, &tenant, body) {
        Ok(response) => response,
        Err(error) => error.answer(&service),
    }
}

fn begin(service: &Service, tenant: &str, body: Body) -> Result<Response, OAuthError> {
    admit_tenant(service, tenant, Audience::Users)?;
    let form = parameters(body)?;
    let now = service.env.now();
    let application = client::find(service, form.require("client_id")?)?;
    let scopes = Scopes::parse(form.require("scope")?, &application, &service.base_url)?;
    let decision = match service.auto_approve.as_deref() {
        Some(name) => Decision::Approved(enabled_user(service, name)?.id),
        None => Decision::Pending,
    };
    let device_code = base64url::encode(&service.env.random::<48>());
    let user_code = user_code(&service.env);
    let sign_in = DeviceSignIn {
        user_code: user_code.clone(),
        client_id: application.client_id,
        scopes,
        expires: access_token::after(now, LIFETIME),
        decision,
    };
    let sessions = &service.sessions;
    sessions
        .add_device(device_code.clone(), sign_in, now)
        .map_err(|Full| {
            OAuthError::new(
                "temporarily_unavailable",
                90_033,
                "Too many sign-ins are under way.",
            )
        })?;
    let verification_uri = format!("{}/devicelogin", service.base_url);
    // Nobody has to type anything when sign-ins are approved by themselves.
    let interval = if decision == Decision::Pending { 5 } else { 1 };
    Ok(Json(json!({
        "user_code": user_code,
        "device_code": device_code,
        "verification_uri": verification_uri,
        "expires_in": LIFETIME,
        "interval": interval,
        "message": format!(
            "To sign in, use a web browser to open the page {verification_uri} and enter the code {user_code} to authenticate."
        ),
    }))
    .into_response())
}

fn user_code(env: &Env) -> String {
    env.random::<9>()
        .iter()
        .map(|byte| char::from(USER_CODE_LETTERS[usize::from(*byte) % USER_CODE_LETTERS.len()]))
        .collect()
}

pub(super) async fn show(
    State(service): State<Service>,
    Query(parameters): Query<Parameters>,
) -> Response {
    page::device(&service, parameters.get("user_code").unwrap_or_default())
}

pub(super) async fn decide(State(service): State<Service>, body: Body) -> Response {
    match decision(&service, body) {
        Ok(text) => page::message(text),
        Err(error) => page::error(&error),
    }
}

fn decision(service: &Service, body: Body) -> Result<&'static str, OAuthError> {
    let form = parameters(body)?;
    let user_code = form.require("user_code")?.trim();
    let (decision, text) = match form.get("user") {
        None | Some("") => (Decision::Declined, "The sign-in was declined."),
        Some(name) => {
            let user = enabled_user(service, name)?;
            (
                Decision::Approved(user.id),
                "You have signed in on your device.",
            )
        }
    };
    if service
        .sessions
        .decide(user_code, decision, service.env.now())
    {
        Ok(text)
    } else {
        Err(OAuthError::invalid_request(
            70_018,
            "That code didn't work. Check the code and try again.",
        ))
    }
}
