//! The pages a person sees: choose who signs in, approve a device, read an error.

use std::fmt::Write;

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::simulator::oauth::{OAuthError, Parameters};
use crate::simulator::service::Service;

/// How many users a page offers at most.
const LONGEST: usize = 100;

/// Nothing on these pages loads or runs anything.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// The sign-in page; it sends the request's own parameters back together with the chosen user.
pub(super) fn sign_in(service: &Service, tenant: &str, parameters: &Parameters) -> Response {
    let mut body = format!(
        "<form method=\"post\" action=\"/{}/oauth2/v2.0/authorize\">",
        escaped(tenant)
    );
    for (name, value) in parameters.iter().filter(|(name, _)| *name != "user") {
        append(
            &mut body,
            format_args!(
                "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
                escaped(name),
                escaped(value)
            ),
        );
    }
    users(
        &mut body,
        service,
        parameters.get("login_hint").unwrap_or_default(),
    );
    body.push_str("</form>");
    page(StatusCode::OK, "Pick an account", &body)
}

/// The page on which a device's code is entered.
pub(super) fn device(service: &Service, user_code: &str) -> Response {
    let mut body = format!(
        "<form method=\"post\" action=\"/devicelogin\"><p><label>Code <input name=\"user_code\" value=\"{}\" \
         required></label></p>",
        escaped(user_code)
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

/// A button for each user who may sign in, the hinted one first, and one to decline.
fn users(body: &mut String, service: &Service, hint: &str) {
    let all = service.tenant.read(|state| state.users.clone());
    let mut users: Vec<_> = all.iter().filter(|user| user.account_enabled).collect();
    users.sort_by_key(|user| !user.is_named(hint));
    users.truncate(LONGEST);
    for user in users {
        append(
            body,
            format_args!(
                "<p><button name=\"user\" value=\"{}\">{} &lt;{}&gt;</button></p>",
                escaped(&user.user_principal_name),
                escaped(&user.display_name),
                escaped(&user.user_principal_name)
            ),
        );
    }
    body.push_str("<p><button name=\"user\" value=\"\">Cancel</button></p>");
}

fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let title = escaped(title);
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><p>Halligan simulator</p><h1>{title}</h1>{body}</body></html>"
    );
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
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
