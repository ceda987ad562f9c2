//! The errors of Microsoft Graph and the envelope that every answer travels in: `request-id`, `client-request-id`, and
//! for errors the JSON body that repeats them.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};

use crate::graph::model::{ErrorAnswer, ErrorBody, InnerError};
use crate::simulator::service::Service;
use crate::simulator::storage;

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

/// The first sentence of every refusal by a permission or a role.
const INSUFFICIENT_PRIVILEGES: &str = "Insufficient privileges to complete the operation.";

/// An error of Microsoft Graph. The envelope turns it into the answer's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::simulator) struct GraphError {
    status: StatusCode,
    code: &'static str,
    message: String,
    inner_message: Option<String>,
}

impl GraphError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            inner_message: None,
        }
    }

    /// A request to the methods that the service does not accept; the reason is in the inner message only, as the
    /// service does it.
    pub(in crate::simulator) fn refused(reason: impl Into<String>) -> Self {
        Self {
            inner_message: Some(reason.into()),
            ..Self::new(
                StatusCode::BAD_REQUEST,
                "badRequest",
                "The request is invalid.",
            )
        }
    }

    /// A malformed request in OData's eyes.
    pub(in crate::simulator) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// A query option that the resource does not take.
    pub(in crate::simulator) fn unsupported_query(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", message)
    }

    pub(in crate::simulator) fn conflict(reason: impl Into<String>) -> Self {
        Self {
            inner_message: Some(reason.into()),
            ..Self::new(
                StatusCode::CONFLICT,
                "conflict",
                "The resource already exists.",
            )
        }
    }

    pub(in crate::simulator) fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "Authorization_RequestDenied",
            INSUFFICIENT_PRIVILEGES,
        )
    }

    pub(in crate::simulator) fn method_not_allowed() -> Self {
        Self {
            inner_message: Some("The method is not supported for this URL.".to_owned()),
            ..Self::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "methodNotAllowed",
                "The method is not supported for this URL.",
            )
        }
    }

    /// A directory object that does not exist.
    pub(in crate::simulator) fn no_such_object(name: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "Request_ResourceNotFound",
            format!(
                "Resource '{}' does not exist or one of its queried reference-property objects are not present.",
                shortened(name)
            ),
        )
    }

    /// A method that the user does not have.
    pub(in crate::simulator) fn no_such_method() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "resourceNotFound",
            "The resource could not be found.",
        )
    }

    /// A path that leads nowhere; Graph answers 400, not 404.
    pub(in crate::simulator) fn no_such_segment(segment: &str) -> Self {
        Self::malformed(format!(
            "Resource not found for the segment '{}'.",
            shortened(segment)
        ))
    }

    pub(in crate::simulator) fn unauthenticated(reason: &str) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "InvalidAuthenticationToken",
            reason,
        )
    }

    /// What a scripted fault answers.
    pub(in crate::simulator) fn scripted(status: StatusCode) -> Self {
        let (code, message) = match status {
            StatusCode::TOO_MANY_REQUESTS => ("TooManyRequests", "Too many requests."),
            StatusCode::SERVICE_UNAVAILABLE => {
                ("serviceNotAvailable", "The service is unavailable.")
            }
            StatusCode::GATEWAY_TIMEOUT => ("UnknownError", ""),
            _ => ("generalException", "An error has occurred."),
        };
        Self::new(status, code, message)
    }

    /// The envelope's reading of an answer that the router made by itself.
    fn of_router(status: StatusCode, path: &str) -> Self {
        match status {
            StatusCode::METHOD_NOT_ALLOWED => Self::method_not_allowed(),
            StatusCode::NOT_FOUND if path.starts_with("/v1.0/") || path.starts_with("/beta/") => {
                Self::no_such_segment(path.rsplit('/').next().unwrap_or_default())
            }
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(
                status,
                "RequestEntityTooLarge",
                "The request body is too large.",
            ),
            _ => Self::new(status, "BadRequest", "The request is malformed."),
        }
    }

    fn body(&self, ids: &RequestIds, date: String) -> ErrorAnswer {
        ErrorAnswer {
            error: ErrorBody {
                code: self.code.to_owned(),
                message: self.message.clone(),
                inner_error: Some(InnerError {
                    message: self.inner_message.clone(),
                    date: Some(date),
                    request_id: Some(ids.request_id.clone()),
                    client_request_id: Some(ids.client_request_id.clone()),
                }),
            },
        }
    }
}

impl From<storage::Error> for GraphError {
    fn from(cause: storage::Error) -> Self {
        tracing::debug!(%cause, "simulator: the tenant's state cannot be stored");
        Self::scripted(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for GraphError {
    fn into_response(self) -> Response {
        (self.status, Extension(self)).into_response()
    }
}

/// The two identifiers of a request.
#[derive(Debug, Clone)]
struct RequestIds {
    request_id: String,
    client_request_id: String,
}

impl RequestIds {
    fn new(headers: &HeaderMap, service: &Service) -> Self {
        let request_id = service.env.uuid().to_string();
        let client_request_id = headers
            .get(CLIENT_REQUEST_ID)
            .and_then(|value| value.to_str().ok())
            .filter(|value| value.len() <= 128)
            .map_or_else(|| request_id.clone(), str::to_owned);
        Self {
            request_id,
            client_request_id,
        }
    }

    fn mark(&self, headers: &mut HeaderMap) {
        for (name, id) in [
            (REQUEST_ID, &self.request_id),
            (CLIENT_REQUEST_ID, &self.client_request_id),
        ] {
            if let Ok(value) = HeaderValue::from_str(id) {
                headers.insert(name, value);
            }
        }
    }
}

/// Middleware: identifiers on every answer, a body for every error, and the access log. Of a request the log has
/// method, path and status; never a query, a header or a body, where codes, tokens and secrets travel.
pub(in crate::simulator) async fn envelope(
    State(service): State<Service>,
    request: Request,
    next: Next,
) -> Response {
    let ids = RequestIds::new(request.headers(), &service);
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let started = service.env.monotonic();
    let mut response = next.run(request).await;
    if let Some(error) = error_of(&mut response, &path) {
        let date = service.env.now().strftime("%Y-%m-%dT%H:%M:%S").to_string();
        let body = Json(error.body(&ids, date)).into_response();
        let (parts, body) = body.into_parts();
        *response.status_mut() = error.status;
        response.headers_mut().extend(parts.headers);
        *response.body_mut() = body;
        if error.status == StatusCode::UNAUTHORIZED {
            challenge(&mut response, &service);
        }
    }
    ids.mark(response.headers_mut());
    tracing::debug!(
        target: "halligan::simulator::access",
        %method,
        path,
        status = response.status().as_u16(),
        request_id = ids.request_id,
        elapsed = ?service.env.monotonic().saturating_sub(started),
    );
    response
}

/// The error in an answer: ours, or the router's own, which comes as plain text or without body.
fn error_of(response: &mut Response, path: &str) -> Option<GraphError> {
    if let Some(error) = response.extensions_mut().remove::<GraphError>() {
        return Some(error);
    }
    let typed = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| !value.as_bytes().starts_with(b"text/plain"));
    let error = (response.status().is_client_error() && !typed)
        .then(|| GraphError::of_router(response.status(), path));
    if error.is_some() {
        response.headers_mut().remove(header::CONTENT_TYPE);
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    error
}

fn challenge(response: &mut Response, service: &Service) {
    let authority = format!("{}/common/oauth2/authorize", service.base_url);
    let value = format!(
        "Bearer realm=\"\", authorization_uri=\"{authority}\", client_id=\"00000003-0000-0000-c000-000000000000\""
    );
    if let Ok(value) = HeaderValue::from_str(&value) {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, value);
    }
}

/// At most 80 characters of what a client sent.
fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}
