//! `/simulator/faults`: the script of faults at run time. Off the service's paths, and loopback only like everything.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use crate::simulator::fault::Fault;
use crate::simulator::service::Service;

/// The control routes. No fault strikes them.
pub(in crate::simulator) fn router() -> Router<Service> {
    Router::new().route("/simulator/faults", get(show).post(add).delete(clear))
}

async fn show(State(service): State<Service>) -> Response {
    let faults = service.faults.remaining();
    let faults: Vec<String> = faults.iter().map(Fault::to_string).collect();
    Json(json!({ "faults": faults })).into_response()
}

/// One fault per line; all of them or, when one makes no sense, none.
async fn add(State(service): State<Service>, body: String) -> Response {
    let lines = body.lines().map(str::trim).filter(|line| !line.is_empty());
    match lines.map(str::parse).collect::<Result<Vec<Fault>, _>>() {
        Ok(faults) => {
            faults
                .into_iter()
                .for_each(|fault| service.faults.add(fault));
            show(State(service)).await
        }
        Err(error) => {
            let body = Json(json!({ "error": error.to_string() }));
            (StatusCode::BAD_REQUEST, body).into_response()
        }
    }
}

async fn clear(State(service): State<Service>) -> StatusCode {
    service.faults.clear();
    StatusCode::NO_CONTENT
}
