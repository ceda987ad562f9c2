//! The pages a person sees: choose who signs in, answer with a key, approve a device, read an error.

use std::fmt::Write;

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::encoding::base64url;
use crate::simulator::oauth::{OAuthError, Parameters, proof};
use crate::simulator::relying_party::{ORIGIN, RP_ID};
use crate::simulator::service::Service;

/// How many users a page offers at most.
const LONGEST: usize = 100;

/// Nothing on these pages loads anything; what runs has the page's nonce.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

const STYLE: &str = include_str!("page.css");

/// Asks the browser for an assertion and sends it off.
const SCRIPT: &str = include_str!("key_page.js");

/// Members of the form that the pages set themselves.
const OWN: [&str; 4] = ["user", "assertion", "challenge", "credentials"];

/// The sign-in page; it sends the request's own parameters back together with the chosen user. With `prompt=login` and
/// `login_hint` the user is chosen already.
pub(super) fn sign_in(service: &Service, tenant: &str, parameters: &Parameters) -> Response {
    let hint = parameters.get("login_hint").unwrap_or_default();
    let preset = (parameters.get("prompt") == Some("login") && !hint.is_empty()).then_some(hint);
    let mut body = form(&format!("/{tenant}/oauth2/v2.0/authorize"), "");
    carry(&mut body, parameters);
    hidden(&mut body, "challenge", &proof::new_challenge(service));
    if let Some(name) = preset {
        hidden(&mut body, "credentials", &credentials(service, name));
    }
    append(
        &mut body,
        format_args!(
            "<p><button class=\"key\" formaction=\"{ORIGIN}/{}/fido/get\" name=\"user\" value=\"{}\">Sign in with a \
             security key</button></p>",
            escaped(tenant),
            escaped(preset.unwrap_or_default())
        ),
    );
    match preset {
        Some(name) => {
            user(
                &mut body,
                name,
                "Password and second factor, taken as given",
            );
            cancel(&mut body);
        }
        None => users(&mut body, service, hint),
    }
    body.push_str("</form>");
    page(StatusCode::OK, preset.unwrap_or("Pick an account"), &body)
}

/// The page at the relying party's own host that asks for the key, and sends what it says back to the authority.
pub(super) fn key(service: &Service, tenant: &str, parameters: &Parameters) -> Response {
    let nonce = base64url::encode(&service.env.random::<16>());
    let name = parameters.get("user").unwrap_or_default();
    let data = format!(
        "id=\"key\" data-challenge=\"{}\" data-rp-id=\"{RP_ID}\" data-credentials=\"{}\"",
        proof::new_challenge(service),
        credentials(service, name)
    );
    let authority = &service.base_url;
    let mut body = form(
        &format!("{authority}/{tenant}/oauth2/v2.0/authorize"),
        &data,
    );
    carry(&mut body, parameters);
    hidden(&mut body, "user", name);
    hidden(&mut body, "assertion", "");
    body.push_str(
        "<p id=\"status\" role=\"status\">This page needs JavaScript.</p>\
         <p><button class=\"key\" type=\"button\" id=\"ask\">Use the security key</button></p>",
    );
    cancel(&mut body);
    append(
        &mut body,
        format_args!("</form><script nonce=\"{nonce}\">{SCRIPT}</script>"),
    );
    let title = if name.is_empty() {
        "Security key"
    } else {
        name
    };
    let policy = format!("{POLICY}; script-src 'nonce-{nonce}'");
    page_with(StatusCode::OK, title, &body, &policy)
}

/// The page on which a device's code is entered.
pub(super) fn device(service: &Service, user_code: &str) -> Response {
    let mut body = form("/devicelogin", "");
    append(
        &mut body,
        format_args!(
            "<p><label>Code <input name=\"user_code\" value=\"{}\" required></label></p>",
            escaped(user_code)
        ),
    );
    users(&mut body, service, "");
    body.push_str("</form>");
    page(StatusCode::OK, "Enter the code shown on your device", &body)
}

pub(super) fn message(text: &str) -> Response {
    page(StatusCode::OK, text, "<p>You may close this window.</p>")
}

pub(super) fn error(error: &OAuthError) -> Response {
    let body = format!("<p>{}</p>", escaped(&error.description()));
    page(
        StatusCode::BAD_REQUEST,
        "Sorry, but we're having trouble signing you in.",
        &body,
    )
}

fn form(action: &str, attributes: &str) -> String {
    format!(
        "<form method=\"post\" action=\"{}\" {attributes}>",
        escaped(action)
    )
}

/// The request's own parameters, to come back with the answer.
fn carry(body: &mut String, parameters: &Parameters) {
    for (name, value) in parameters.iter().filter(|(name, _)| !OWN.contains(name)) {
        hidden(body, name, value);
    }
}

fn hidden(body: &mut String, name: &str, value: &str) {
    append(
        body,
        format_args!(
            "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
            escaped(name),
            escaped(value)
        ),
    );
}

/// The ids of a user's keys, base64url, with commas between; none of somebody unknown: then any key may answer.
fn credentials(service: &Service, name: &str) -> String {
    let now = service.env.now();
    service.tenant.read(|state| {
        let user = state.user(name);
        let methods = user.map(|user| state.visible_methods(user.id, now));
        let ids = methods.into_iter().flatten();
        let ids = ids.map(|method| base64url::encode(&method.credential_id.0));
        ids.collect::<Vec<_>>().join(",")
    })
}

/// A button for each user who may sign in, the hinted one first, and one to decline.
fn users(body: &mut String, service: &Service, hint: &str) {
    let all = service.tenant.read(|state| state.users.clone());
    let mut users: Vec<_> = all.iter().filter(|user| user.account_enabled).collect();
    users.sort_by_key(|user| !user.is_named(hint));
    users.truncate(LONGEST);
    for one in users {
        user(body, &one.user_principal_name, &one.display_name);
    }
    cancel(body);
}

fn user(body: &mut String, name: &str, text: &str) {
    append(
        body,
        format_args!(
            "<p><button name=\"user\" value=\"{0}\">{1} <small>{0}</small></button></p>",
            escaped(name),
            escaped(text)
        ),
    );
}

fn cancel(body: &mut String) {
    body.push_str("<p><button class=\"cancel\" name=\"user\" value=\"\">Cancel</button></p>");
}

fn page(status: StatusCode, title: &str, body: &str) -> Response {
    page_with(status, title, body, POLICY)
}

fn page_with(status: StatusCode, title: &str, body: &str, policy: &str) -> Response {
    let title = escaped(title);
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title} – Halligan simulator</title><style>{STYLE}</style></head><body><main>\
         <p class=\"mark\">Halligan simulator</p><h1>{title}</h1>{body}<p class=\"note\">A tenant in software, for tests. \
         This is not Microsoft.</p></main></body></html>"
    );
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    (status, headers, Html(html)).into_response()
}

fn append(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a `String` cannot fail.
    let _ = text.write_fmt(arguments);
}

/// Text as HTML, within an element or a quoted attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
