//! The device authorization grant (RFC 8628): `/{tenant}/oauth2/v2.0/devicecode` and the page `/devicelogin`.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::encoding::base64url;
use crate::env::Env;
use crate::simulator::oauth::attempt::{Attempt, Way};
use crate::simulator::oauth::proof::Answer;
use crate::simulator::oauth::scope::Scopes;
use crate::simulator::oauth::sessions::{Decision, DeviceSignIn, Full};
use crate::simulator::oauth::visitor::Visitor;
use crate::simulator::oauth::{
    Audience, Body, OAuthError, Parameters, access_token, admit_tenant, client, page, parameters,
};
use crate::simulator::service::Service;
use crate::simulator::tenant::Application;

/// How long a device code can be redeemed, in seconds.
const LIFETIME: i64 = 900;

/// Letters that cannot be mistaken for others.
const USER_CODE_LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

pub(super) async fn start(
    State(service): State<Service>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match begin(&service, &tenant, &headers, body) {
        Ok(response) => response,
        Err(error) => error.answer(&service),
    }
}

fn begin(
    service: &Service,
    tenant: &str,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, OAuthError> {
    admit_tenant(service, tenant, Audience::Users)?;
    let form = parameters(body)?;
    let now = service.env.now();
    let application = client::find(service, form.require("client_id")?)?;
    let scopes = Scopes::parse(form.require("scope")?, &application, &service.base_url)?;
    let decision = match service.auto_approve.as_deref() {
        Some(name) => {
            let visitor = Visitor::read(headers, &form, &service.env);
            let answer = Answer::chosen(name);
            Decision::Approved(attempt(service, &application, &visitor).conclude(answer)?)
        }
        None => Decision::Pending,
    };
    let device_code = base64url::encode(&service.env.random::<48>());
    let user_code = user_code(&service.env);
    // Nobody has to type anything when sign-ins are approved by themselves.
    let interval = if decision == Decision::Pending { 5 } else { 1 };
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

const fn attempt<'a>(
    service: &'a Service,
    application: &'a Application,
    visitor: &'a Visitor,
) -> Attempt<'a> {
    Attempt {
        service,
        application,
        visitor,
        way: Way::DeviceCode,
    }
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

pub(super) async fn decide(
    State(service): State<Service>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match decision(&service, &headers, body) {
        Ok(text) => page::message(text),
        Err(error) => page::error(&error),
    }
}

fn decision(
    service: &Service,
    headers: &HeaderMap,
    body: Body,
) -> Result<&'static str, OAuthError> {
    let form = parameters(body)?;
    let user_code = form.require("user_code")?.trim();
    let now = service.env.now();
    let application = service
        .sessions
        .pending(user_code, now)
        .and_then(|id| service.tenant.read(|state| state.application(id).cloned()))
        .ok_or_else(no_such_code)?;
    let visitor = Visitor::read(headers, &form, &service.env);
    let attempt = attempt(service, &application, &visitor);
    let (decision, text) = match Answer::of(&form) {
        None | Some(Answer::Declined) => {
            // The log has a row of it; nobody else need know the reason.
            let _ = attempt.conclude(Answer::Declined);
            (Decision::Declined, "The sign-in was declined.")
        }
        Some(answer) => (
            Decision::Approved(attempt.conclude(answer)?),
            "You have signed in on your device.",
        ),
    };
    if service.sessions.decide(user_code, decision, now) {
        Ok(text)
    } else {
        Err(no_such_code())
    }
}

fn no_such_code() -> OAuthError {
    OAuthError::invalid_request(
        70_018,
        "That code didn't work. Check the code and try again.",
    )
}
