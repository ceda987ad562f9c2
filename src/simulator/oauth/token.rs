//! `POST /{tenant}/oauth2/v2.0/token`

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use serde::Serialize;
use uuid::Uuid;

use crate::encoding::base64url;
use crate::simulator::oauth::access_token::{self, Claims};
use crate::simulator::oauth::attempt::{Attempt, Way};
use crate::simulator::oauth::id_token::IdToken;
use crate::simulator::oauth::scope::{self, Scopes};
use crate::simulator::oauth::sessions::Decision;
use crate::simulator::oauth::signed_in::SignedIn;
use crate::simulator::oauth::visitor::Visitor;
use crate::simulator::oauth::{
    Audience, Body, OAuthError, Parameters, admit_tenant, client, parameters,
};
use crate::simulator::service::Service;
use crate::simulator::tenant::{Application, RefreshToken, State as TenantState};

/// How long a refresh token is accepted, in seconds: 90 days.
const REFRESH_LIFETIME: i64 = 90 * 24 * 3600;

/// Refresh tokens kept; the oldest gives way.
const REFRESH_LIMIT: usize = 200;

/// A successful answer (RFC 6749 §5.1).
#[derive(Serialize)]
struct Granted {
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    expires_in: i64,
    ext_expires_in: i64,
    access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

impl Granted {
    fn new(access_token: String) -> Self {
        Self {
            token_type: "Bearer",
            scope: None,
            // One less than the service enforces, as the service says.
            expires_in: access_token::LIFETIME - 1,
            ext_expires_in: access_token::LIFETIME - 1,
            access_token,
            refresh_token: None,
            id_token: None,
        }
    }
}

/// A user who has signed in, for whom tokens are to be made.
struct SignIn {
    signed_in: SignedIn,
    scopes: Scopes,
    nonce: Option<String>,
}

pub(super) async fn token(
    State(service): State<Service>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match grant(&service, &tenant, &headers, body) {
        Ok(granted) => {
            let headers = [
                (header::CACHE_CONTROL, "no-store"),
                (header::PRAGMA, "no-cache"),
            ];
            (headers, Json(granted)).into_response()
        }
        Err(error) => error.answer(&service),
    }
}

fn grant(
    service: &Service,
    tenant: &str,
    headers: &HeaderMap,
    body: Body,
) -> Result<Granted, OAuthError> {
    let form = parameters(body)?;
    let now = service.env.now();
    let grant_type = form.require("grant_type")?;
    let audience = match grant_type {
        "client_credentials" => Audience::Applications,
        _ => Audience::Users,
    };
    admit_tenant(service, tenant, audience)?;
    let application = client::authenticate(service, headers, &form, now)?;
    let visitor = Visitor::read(headers, &form, &service.env);
    let attempt = Attempt {
        service,
        application: &application,
        visitor: &visitor,
        way: match audience {
            Audience::Applications => Way::ClientCredentials,
            Audience::Users => Way::Refresh,
        },
    };
    let sign_in = match grant_type {
        "client_credentials" => return client_credentials(&attempt, &form),
        "authorization_code" => authorization_code(service, &application, &form, now)?,
        "refresh_token" => refresh(&attempt, &form, now)?,
        "urn:ietf:params:oauth:grant-type:device_code" => {
            device_code(service, &application, &form, now)?
        }
        _ => {
            return Err(OAuthError::new(
                "unsupported_grant_type",
                70_003,
                "The app requested an unsupported grant type.",
            ));
        }
    };
    signed_in(service, &application, &sign_in, now)
}

fn client_credentials(attempt: &Attempt<'_>, form: &Parameters) -> Result<Granted, OAuthError> {
    let Attempt {
        service,
        application,
        ..
    } = attempt;
    if application.is_public_client {
        return Err(OAuthError::invalid_client(
            7_000_218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        ));
    }
    scope::require_default(form.require("scope")?, &service.base_url)?;
    let token_id = attempt.of_application();
    Ok(service.tenant.read(|state| {
        let claims = Claims::for_application(state, application, &service.env);
        Granted::new(claims.identified(token_id).sign(state))
    }))
}

fn authorization_code(
    service: &Service,
    application: &Application,
    form: &Parameters,
    now: Timestamp,
) -> Result<SignIn, OAuthError> {
    let session = service
        .sessions
        .redeem_code(form.require("code")?)
        .filter(|session| session.client_id == application.client_id)
        .ok_or_else(|| {
            OAuthError::invalid_grant(
                70_000,
                "The provided authorization code is invalid or was already redeemed.",
            )
        })?;
    if session.expires <= now {
        return Err(OAuthError::invalid_grant(
            70_008,
            "The provided authorization code or refresh token has expired due to inactivity.",
        ));
    }
    if session.redirect_uri != form.require("redirect_uri")? {
        return Err(OAuthError::invalid_grant(
            500_112,
            "The reply address does not match the reply address provided when requesting the authorization code.",
        ));
    }
    if let Some(challenge) = &session.code_challenge {
        check_verifier(form.get("code_verifier"), challenge)?;
    }
    Ok(SignIn {
        signed_in: session.signed_in,
        scopes: session.scopes,
        nonce: session.nonce,
    })
}

/// RFC 7636 §4.6 for S256, with the verifier's length of §4.1.
fn check_verifier(verifier: Option<&str>, challenge: &str) -> Result<(), OAuthError> {
    let verifier = verifier
        .filter(|verifier| (43..=128).contains(&verifier.len()))
        .ok_or_else(|| OAuthError::missing("code_verifier"))?;
    let hash = digest(&SHA256, verifier.as_bytes());
    if base64url::encode(hash.as_ref()) == challenge {
        Ok(())
    } else {
        Err(OAuthError::invalid_grant(
            501_481,
            "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
        ))
    }
}

fn device_code(
    service: &Service,
    application: &Application,
    form: &Parameters,
    now: Timestamp,
) -> Result<SignIn, OAuthError> {
    let device_code = match form.get("device_code").or(form.get("code")) {
        Some(device_code) => device_code,
        None => return Err(OAuthError::missing("device_code")),
    };
    let sign_in = service
        .sessions
        .device(device_code)
        .filter(|sign_in| sign_in.client_id == application.client_id)
        .ok_or_else(|| {
            OAuthError::new(
                "bad_verification_code",
                70_018,
                "The verification code that was sent is not recognized.",
            )
        })?;
    if sign_in.expires <= now {
        return Err(OAuthError::new(
            "expired_token",
            70_020,
            "The device code has expired.",
        ));
    }
    match sign_in.decision {
        Decision::Pending => Err(OAuthError::new(
            "authorization_pending",
            70_016,
            "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
        )),
        Decision::Declined => Err(OAuthError::new(
            "authorization_declined",
            70_017,
            "The end user denied the authorization request.",
        )),
        Decision::Approved(signed_in) => {
            service.sessions.forget_device(device_code);
            Ok(SignIn {
                signed_in,
                scopes: sign_in.scopes,
                nonce: None,
            })
        }
    }
}

fn refresh(attempt: &Attempt<'_>, form: &Parameters, now: Timestamp) -> Result<SignIn, OAuthError> {
    let Attempt {
        service,
        application,
        ..
    } = attempt;
    let hash = digest(&SHA256, form.require("refresh_token")?.as_bytes());
    let known = service.tenant.read(|state| {
        state
            .refresh_tokens
            .iter()
            .find(|known| known.hash.0 == hash.as_ref() && known.client_id == application.client_id)
            .cloned()
    });
    let known = known.ok_or_else(|| {
        OAuthError::invalid_grant(
            9_002_313,
            "Invalid request. The refresh token is malformed or unknown.",
        )
    })?;
    if known.expires <= now {
        return Err(OAuthError::invalid_grant(
            700_082,
            "The refresh token has expired due to inactivity.",
        ));
    }
    let scopes = form.get("scope").unwrap_or(".default");
    let scopes = Scopes {
        offline_access: true,
        ..Scopes::parse(scopes, application, &service.base_url)?
    };
    let user = service
        .tenant
        .read(|state| state.user_by_id(known.user_id).cloned());
    let user = user.filter(|user| user.account_enabled);
    let user = user.ok_or_else(disabled)?;
    let issued = access_token::after(known.expires, -REFRESH_LIFETIME);
    if user.sessions_valid_from.is_some_and(|from| issued <= from) {
        return Err(OAuthError::invalid_grant(
            50_173,
            "The provided grant has expired due to it being revoked, a fresh auth token is needed.",
        ));
    }
    Ok(SignIn {
        signed_in: attempt.again(user, known.given)?,
        scopes,
        nonce: None,
    })
}

fn signed_in(
    service: &Service,
    application: &Application,
    sign_in: &SignIn,
    now: Timestamp,
) -> Result<Granted, OAuthError> {
    let SignIn {
        signed_in,
        scopes,
        nonce,
    } = sign_in;
    let user_id = signed_in.user_id;
    let mut granted = service.tenant.read(|state| {
        let user = state.user_by_id(user_id);
        let user = user
            .filter(|user| user.account_enabled)
            .ok_or_else(disabled)?;
        let claims = Claims::for_user(state, application, user, &scopes.permissions, &service.env)
            .of(signed_in);
        let issuer = format!("{}/{}/v2.0", service.base_url, state.tenant_id);
        Ok::<_, OAuthError>(Granted {
            scope: Some(scopes.granted()),
            id_token: scopes.openid.then(|| {
                let token = IdToken {
                    application,
                    user,
                    nonce: nonce.as_deref(),
                    issuer: &issuer,
                    token_id: &signed_in.token_id,
                };
                token.sign(state, now)
            }),
            ..Granted::new(claims.sign(state))
        })
    })?;
    if scopes.offline_access {
        let token = base64url::encode(&service.env.random::<64>());
        service
            .tenant
            .update(|state| remember(state, &token, application.client_id, signed_in, now))?;
        granted.refresh_token = Some(token);
    }
    Ok(granted)
}

fn disabled() -> OAuthError {
    OAuthError::invalid_grant(50_057, "The user account is disabled.")
}

fn remember(
    state: &mut TenantState,
    token: &str,
    client_id: Uuid,
    signed_in: &SignedIn,
    now: Timestamp,
) {
    state.refresh_tokens.retain(|known| known.expires > now);
    if state.refresh_tokens.len() >= REFRESH_LIMIT {
        state.refresh_tokens.remove(0);
    }
    state.refresh_tokens.push(RefreshToken {
        hash: digest(&SHA256, token.as_bytes()).as_ref().to_vec().into(),
        client_id,
        user_id: signed_in.user_id,
        given: signed_in.given,
        expires: access_token::after(now, REFRESH_LIFETIME),
    });
}
