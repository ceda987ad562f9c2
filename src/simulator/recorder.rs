//! What is asked of Graph and what it answers, for tests that want to see all of it. Off until it is told to listen: bodies
//! have passwords in them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::Value;

/// The largest request body that is read; the server takes smaller ones only.
const BODY_LIMIT: usize = 1024 * 1024;

/// A request to Graph and its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// How it was asked.
    pub method: Method,
    /// Path below the host, with the version and without the query.
    pub path: String,
    /// What follows the question mark.
    pub query: Option<String>,
    /// The body sent; none if there was none or it is no JSON.
    pub request: Option<Value>,
    /// What came of it.
    pub status: StatusCode,
    /// The body answered; none if there was none or it is no JSON. Errors get theirs further out and are none here.
    pub answer: Option<Value>,
}

/// The exchanges since it was told to listen; clones are the same recorder.
#[derive(Clone, Default)]
pub struct Recorder(Arc<Mutex<Option<Vec<Exchange>>>>);

impl Recorder {
    /// From now on everything is kept.
    pub fn listen(&self) {
        self.lock().get_or_insert_default();
    }

    /// What was heard so far.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.lock().clone().unwrap_or_default()
    }

    fn is_listening(&self) -> bool {
        self.lock().is_some()
    }

    fn keep(&self, exchange: Exchange) {
        if let Some(exchanges) = &mut *self.lock() {
            exchanges.push(exchange);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Vec<Exchange>>> {
        // The list is only ever read or added to.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Middleware.
pub(in crate::simulator) async fn record(
    State(recorder): State<Recorder>,
    request: Request,
    next: Next,
) -> Response {
    if !recorder.is_listening() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(sent) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let method = parts.method.clone();
    let (path, query) = (
        parts.uri.path().to_owned(),
        parts.uri.query().map(str::to_owned),
    );
    let request = Request::from_parts(parts, Body::from(sent.clone()));
    let (parts, body) = next.run(request).await.into_parts();
    // The body was made here, in memory: reading it does not fail.
    let answered = to_bytes(body, usize::MAX)
        .await
        .unwrap_or_else(|_| Bytes::new());
    recorder.keep(Exchange {
        method,
        path,
        query,
        request: serde_json::from_slice(&sent).ok(),
        status: parts.status,
        answer: serde_json::from_slice(&answered).ok(),
    });
    Response::from_parts(parts, Body::from(answered))
}
