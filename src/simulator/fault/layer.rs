//! Carries out the fault that is scripted for a request.

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::simulator::fault::{Effect, Faults, Moment};
use crate::simulator::routes::GraphError;
use crate::simulator::tls::Severance;

/// Middleware. Effects that only the handler can have (`ChallengeLifetime`, `Hidden`) travel to it as an extension.
pub(in crate::simulator) async fn apply(
    State(faults): State<Faults>,
    ConnectInfo(severance): ConnectInfo<Severance>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(effect) = faults.strike(request.method(), request.uri().path()) else {
        return next.run(request).await;
    };
    tracing::debug!(
        ?effect,
        path = request.uri().path(),
        "simulator: scripted fault"
    );
    match effect {
        Effect::ChallengeLifetime(_) | Effect::Hidden(_) => {
            request.extensions_mut().insert(effect);
            next.run(request).await
        }
        Effect::Drop(moment) => {
            if moment == Moment::AfterCommit {
                next.run(request).await;
            }
            severance.sever();
            // Never leaves: writing it fails, and the server gives up the connection.
            StatusCode::NO_CONTENT.into_response()
        }
        Effect::Junk(bytes) => junk(bytes),
        Effect::Slow(time, Moment::AfterCommit) => {
            let response = next.run(request).await;
            faults.hold();
            tokio::time::sleep(time).await;
            response
        }
        Effect::Slow(time, Moment::BeforeCommit) => {
            faults.hold();
            tokio::time::sleep(time).await;
            next.run(request).await
        }
        Effect::Status {
            status,
            retry_after,
            moment,
        } => {
            if moment == Moment::AfterCommit {
                next.run(request).await;
            }
            failure(status, retry_after)
        }
    }
}

fn junk(bytes: usize) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    (json, Body::from(vec![b'['; bytes])).into_response()
}

fn failure(status: StatusCode, retry_after: Option<u64>) -> Response {
    let mut response = GraphError::scripted(status).into_response();
    if let Some(seconds) = retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
