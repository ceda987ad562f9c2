//! `/{tenant}/oauth2/v2.0/authorize`: the authorization code flow with PKCE (RFC 7636) and a page on which one chooses
//! who signs in.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use url::Url;

use crate::encoding::base64url;
use crate::simulator::oauth::scope::Scopes;
use crate::simulator::oauth::sessions::{AuthorizationCode, Full};
use crate::simulator::oauth::{
    Audience, Body, OAuthError, Parameters, access_token, admit_tenant, client, page, parameters,
};
use crate::simulator::service::Service;
use crate::simulator::tenant::{Application, User};

/// How long an authorization code can be redeemed, in seconds.
const CODE_LIFETIME: i64 = 60;

/// A request whose client and redirect address are known, so that errors may travel there.
struct Request {
    application: Application,
    redirect_uri: Url,
    state: Option<String>,
}

/// Where an error goes.
enum Failure {
    /// Onto a page: the redirect address cannot be trusted.
    Page(OAuthError),
    /// To the redirect address.
    Redirect(Box<Request>, OAuthError),
}

pub(super) async fn show(
    State(service): State<Service>,
    Path(tenant): Path<String>,
    Query(query): Query<Parameters>,
) -> Response {
    let silent = service.auto_approve.as_deref().map(|fallback| {
        let hinted = query.get("login_hint");
        let known = |name: &&str| service.tenant.read(|state| state.user(name).is_some());
        hinted.filter(known).unwrap_or(fallback).to_owned()
    });
    respond(&service, &tenant, &query, silent.as_deref())
}

pub(super) async fn choose(
    State(service): State<Service>,
    Path(tenant): Path<String>,
    body: Body,
) -> Response {
    match parameters(body) {
        Ok(form) => respond(&service, &tenant, &form, form.get("user")),
        Err(error) => page::error(&error),
    }
}

fn respond(service: &Service, tenant: &str, query: &Parameters, user: Option<&str>) -> Response {
    match authorize(service, tenant, query, user) {
        Ok(response) => response,
        Err(Failure::Page(error)) => page::error(&error),
        Err(Failure::Redirect(request, error)) => {
            let description = error.description();
            request.redirect(&[("error", error.error), ("error_description", &description)])
        }
    }
}

fn authorize(
    service: &Service,
    tenant: &str,
    parameters: &Parameters,
    user: Option<&str>,
) -> Result<Response, Failure> {
    admit_tenant(service, tenant, Audience::Users).map_err(Failure::Page)?;
    let request = Request::read(service, parameters).map_err(Failure::Page)?;
    let now = service.env.now();
    match sign_in(service, &request, parameters, user, now) {
        Ok(Some(code)) => Ok(request.redirect(&[("code", &code)])),
        Ok(None) => Ok(page::sign_in(service, tenant, parameters)),
        Err(error) => Err(Failure::Redirect(Box::new(request), error)),
    }
}

/// A code, or `None` when the user is still to be chosen.
fn sign_in(
    service: &Service,
    request: &Request,
    parameters: &Parameters,
    user: Option<&str>,
    now: Timestamp,
) -> Result<Option<String>, OAuthError> {
    let code_challenge = check_request(&request.application, parameters)?;
    let scope = parameters.require("scope")?;
    let scopes = Scopes::parse(scope, &request.application, &service.base_url)?;
    let user = match user {
        Some("") => {
            return Err(OAuthError::new(
                "access_denied",
                65_004,
                "The user declined to consent.",
            ));
        }
        Some(name) => enabled_user(service, name)?,
        None if parameters.get("prompt") == Some("none") => {
            return Err(OAuthError::new(
                "login_required",
                50_058,
                "A silent sign-in request was sent but no user is signed in.",
            ));
        }
        None => return Ok(None),
    };
    let code = base64url::encode(&service.env.random::<48>());
    let session = AuthorizationCode {
        client_id: request.application.client_id,
        user_id: user.id,
        redirect_uri: parameters.require("redirect_uri")?.to_owned(),
        code_challenge,
        scopes,
        nonce: parameters.get("nonce").map(str::to_owned),
        expires: access_token::after(now, CODE_LIFETIME),
    };
    match service.sessions.add_code(code.clone(), session, now) {
        Ok(()) => Ok(Some(code)),
        Err(Full) => Err(OAuthError::new(
            "temporarily_unavailable",
            90_033,
            "Too many sign-ins are under way.",
        )),
    }
}

/// Response type and mode, and PKCE, which public clients must use.
fn check_request(
    application: &Application,
    parameters: &Parameters,
) -> Result<Option<String>, OAuthError> {
    if parameters.require("response_type")? != "code" {
        return Err(OAuthError::new(
            "unsupported_response_type",
            700_051,
            "The response_type is not enabled for the application.",
        ));
    }
    if !matches!(parameters.get("response_mode"), None | Some("query")) {
        return Err(OAuthError::invalid_request(
            70_007,
            "The value of response_mode is not supported when requesting a code.",
        ));
    }
    let challenge = parameters.get("code_challenge");
    match (challenge, parameters.get("code_challenge_method")) {
        (None, _) if application.is_public_client => Err(OAuthError::invalid_request(
            9_002_325,
            "Proof Key for Code Exchange is required for public clients.",
        )),
        (None, _) => Ok(None),
        (Some(challenge), Some("S256")) if challenge.len() == 43 => Ok(Some(challenge.to_owned())),
        (Some(_), _) => Err(OAuthError::invalid_request(
            501_491,
            "Invalid size or method of Code_Challenge parameter; S256 is required.",
        )),
    }
}

/// The user with this name, if sign-in is allowed.
pub(super) fn enabled_user(service: &Service, name: &str) -> Result<User, OAuthError> {
    let user = service.tenant.read(|state| state.user(name).cloned());
    match user {
        Some(user) if user.account_enabled => Ok(user),
        Some(_) => Err(OAuthError::new(
            "access_denied",
            50_057,
            "The user account is disabled.",
        )),
        None => Err(OAuthError::new(
            "access_denied",
            50_034,
            "The user account does not exist in the directory.",
        )),
    }
}

impl Request {
    fn read(service: &Service, parameters: &Parameters) -> Result<Self, OAuthError> {
        let application = client::find(service, parameters.require("client_id")?)?;
        let redirect_uri = parameters.require("redirect_uri")?;
        let registered = Url::parse(redirect_uri).ok().filter(|uri| {
            application
                .redirect_uris
                .iter()
                .any(|known| is_registered(uri, known))
        });
        Ok(Self {
            redirect_uri: registered.ok_or_else(|| {
                OAuthError::invalid_request(
                    50_011,
                    "The redirect URI specified in the request does not match the redirect URIs configured for the \
                     application.",
                )
            })?,
            state: parameters.get("state").map(str::to_owned),
            application,
        })
    }

    fn redirect(&self, members: &[(&str, &str)]) -> Response {
        let mut uri = self.redirect_uri.clone();
        uri.query_pairs_mut()
            .extend_pairs(members)
            .extend_pairs(self.state.as_ref().map(|state| ("state", state)));
        Redirect::to(uri.as_str()).into_response()
    }
}

/// RFC 8252 §7.3: the port of a loopback address is chosen at run time. Everything else is compared as it is.
fn is_registered(uri: &Url, known: &str) -> bool {
    let Ok(known) = Url::parse(known) else {
        return false;
    };
    let mut uri = uri.clone();
    let loopback = known.scheme() == "http"
        && matches!(known.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if loopback && uri.set_port(known.port()).is_err() {
        return false;
    }
    uri == known
}
