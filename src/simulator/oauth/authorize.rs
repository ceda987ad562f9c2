//! `/{tenant}/oauth2/v2.0/authorize`: the authorization code flow with PKCE (RFC 7636) and the pages on which one chooses
//! who signs in, or signs in with a key.

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use url::Url;

use crate::encoding::base64url;
use crate::simulator::oauth::attempt::{Attempt, Way};
use crate::simulator::oauth::proof::Answer;
use crate::simulator::oauth::scope::Scopes;
use crate::simulator::oauth::sessions::{AuthorizationCode, Full};
use crate::simulator::oauth::visitor::Visitor;
use crate::simulator::oauth::{
    Audience, Body, OAuthError, Parameters, access_token, admit_tenant, client, page, parameters,
};
use crate::simulator::service::Service;
use crate::simulator::tenant::Application;

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
    headers: HeaderMap,
    Query(query): Query<Parameters>,
) -> Response {
    let silent = service.auto_approve.as_deref().map(|fallback| {
        let hinted = query.get("login_hint");
        let known = |name: &&str| service.tenant.read(|state| state.user(name).is_some());
        Answer::chosen(hinted.filter(known).unwrap_or(fallback))
    });
    respond(&service, &tenant, &headers, &query, silent)
}

pub(super) async fn choose(
    State(service): State<Service>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match parameters(body) {
        Ok(form) => respond(&service, &tenant, &headers, &form, Answer::of(&form)),
        Err(error) => page::error(&error),
    }
}

/// `/{tenant}/fido/get` at the relying party's host: asks for a key and sends its answer to [`choose`].
pub(super) async fn ask_for_key(
    State(service): State<Service>,
    Path(tenant): Path<String>,
    body: Body,
) -> Response {
    let admitted = admit_tenant(&service, &tenant, Audience::Users);
    match admitted.and_then(|()| parameters(body)) {
        Ok(form) => page::key(&service, &tenant, &form),
        Err(error) => page::error(&error),
    }
}

/// `/{tenant}/oauth2/v2.0/logout`. No browser session is kept, so there is none to end. The redirect address is honoured if an
/// application registered it.
pub(super) async fn sign_out(
    State(service): State<Service>,
    Path(tenant): Path<String>,
    Query(query): Query<Parameters>,
) -> Response {
    if let Err(error) = admit_tenant(&service, &tenant, Audience::Users) {
        return page::error(&error);
    }
    let wanted = query.get("post_logout_redirect_uri");
    let wanted = wanted.and_then(|uri| Url::parse(uri).ok()).filter(|uri| {
        service.tenant.read(|state| {
            let mut applications = state.applications.iter();
            applications.any(|application| has_registered(application, uri))
        })
    });
    match wanted {
        Some(mut uri) => {
            let state = query.get("state");
            if let Some(state) = state {
                uri.query_pairs_mut().append_pair("state", state);
            }
            Redirect::to(uri.as_str()).into_response()
        }
        None => page::message("You signed out of your account"),
    }
}

fn respond(
    service: &Service,
    tenant: &str,
    headers: &HeaderMap,
    query: &Parameters,
    answer: Option<Answer<'_>>,
) -> Response {
    let visitor = Visitor::read(headers, query, &service.env);
    match authorize(service, tenant, &visitor, query, answer) {
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
    visitor: &Visitor,
    parameters: &Parameters,
    answer: Option<Answer<'_>>,
) -> Result<Response, Failure> {
    admit_tenant(service, tenant, Audience::Users).map_err(Failure::Page)?;
    let request = Request::read(service, parameters).map_err(Failure::Page)?;
    match sign_in(service, &request, visitor, parameters, answer) {
        Ok(Some(code)) => Ok(request.redirect(&[("code", &code)])),
        Ok(None) => Ok(page::sign_in(service, tenant, parameters)),
        Err(error) => Err(Failure::Redirect(Box::new(request), error)),
    }
}

/// A code, or `None` when the user is still to be chosen.
fn sign_in(
    service: &Service,
    request: &Request,
    visitor: &Visitor,
    parameters: &Parameters,
    answer: Option<Answer<'_>>,
) -> Result<Option<String>, OAuthError> {
    let code_challenge = check_request(&request.application, parameters)?;
    let scope = parameters.require("scope")?;
    let scopes = Scopes::parse(scope, &request.application, &service.base_url)?;
    let signed_in = match answer {
        Some(answer) => {
            let attempt = Attempt {
                service,
                application: &request.application,
                visitor,
                way: Way::Page,
            };
            attempt.conclude(answer)?
        }
        None if parameters.get("prompt") == Some("none") => {
            return Err(OAuthError::new(
                "login_required",
                50_058,
                "A silent sign-in request was sent but no user is signed in.",
            ));
        }
        None => return Ok(None),
    };
    let now = service.env.now();
    let code = base64url::encode(&service.env.random::<48>());
    let session = AuthorizationCode {
        client_id: request.application.client_id,
        signed_in,
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

impl Request {
    fn read(service: &Service, parameters: &Parameters) -> Result<Self, OAuthError> {
        let application = client::find(service, parameters.require("client_id")?)?;
        let redirect_uri = parameters.require("redirect_uri")?;
        let registered = Url::parse(redirect_uri).ok();
        let registered = registered.filter(|uri| has_registered(&application, uri));
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

fn has_registered(application: &Application, uri: &Url) -> bool {
    let mut known = application.redirect_uris.iter();
    known.any(|known| is_registered(uri, known))
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
