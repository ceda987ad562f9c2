//! The envelope that every answer travels in: `request-id`, `client-request-id`, for errors the JSON body that repeats them,
//! and the access log.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::graph::model::{ErrorAnswer, ErrorBody, InnerError};
use crate::simulator::current_request::{self, CurrentRequest};
use crate::simulator::routes::GraphError;
use crate::simulator::service::Service;

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

/// What marks a request that a batch asked.
#[derive(Clone)]
pub(super) struct InBatch;

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
    let in_batch = request.extensions().get::<InBatch>().is_some();
    let started = service.env.monotonic();
    let current = CurrentRequest {
        line: format!("{method} {path}"),
        client_request_id: ids.client_request_id.clone(),
    };
    let mut response = current_request::within(current, next.run(request)).await;
    if let Some(error) = error_of(&mut response, &path) {
        let date = service.env.now().strftime("%Y-%m-%dT%H:%M:%S").to_string();
        let body = Json(body(&error, &ids, date)).into_response();
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
        in_batch,
        status = response.status().as_u16(),
        request_id = ids.request_id,
        elapsed = ?service.env.monotonic().saturating_sub(started),
    );
    response
}

/// The body of an error.
fn body(error: &GraphError, ids: &RequestIds, date: String) -> ErrorAnswer {
    ErrorAnswer {
        error: ErrorBody {
            code: error.code.to_owned(),
            message: error.message.clone(),
            inner_error: Some(InnerError {
                message: error.inner_message.clone(),
                date: Some(date),
                request_id: Some(ids.request_id.clone()),
                client_request_id: Some(ids.client_request_id.clone()),
            }),
        },
    }
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
