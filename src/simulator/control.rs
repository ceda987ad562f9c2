//! `/simulator/faults`, the script of faults at run time, `/simulator/tenant`, which takes seeds, `/simulator/keys/rotate`, which
//! changes the key of ID tokens, and `/simulator/breaches`, which tells the writes that locked an emergency account out. Off the service's paths, and loopback only like everything.

use std::fmt::Display;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::simulator::fault::Fault;
use crate::simulator::serve::Error;
use crate::simulator::service::Service;
use crate::simulator::tenant::{Seed, State as TenantState};

/// The control routes. No fault strikes them.
pub(in crate::simulator) fn router() -> Router<Service> {
    Router::new()
        .route("/simulator/faults", get(show).post(add).delete(clear))
        .route("/simulator/tenant", post(seed))
        .route("/simulator/keys/rotate", post(rotate))
        .route("/simulator/breaches", get(breaches))
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
        Err(error) => refused(&error),
    }
}

async fn clear(State(service): State<Service>) -> StatusCode {
    service.faults.clear();
    StatusCode::NO_CONTENT
}

/// The writes after which an emergency account could no longer get in.
async fn breaches(State(service): State<Service>) -> Response {
    Json(json!({ "breaches": service.tenant.breaches() })).into_response()
}

/// A seed; all of it or, when something does not fit, nothing.
async fn seed(State(service): State<Service>, body: String) -> Response {
    let seed: Seed = match body.parse() {
        Ok(seed) => seed,
        Err(error) => return refused(&error),
    };
    let tenant = &service.tenant;
    let applied = tenant.try_update(|state| Ok(seed.apply(state, &service.env)?));
    match applied {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(Error::Seed(error)) => refused(&error),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, said(&error)).into_response(),
    }
}

/// From now on another key signs ID tokens: the one that the key set has announced.
async fn rotate(State(service): State<Service>) -> Response {
    let rotate = |state: &mut TenantState| state.id_token_key = state.id_token_key.wrapping_add(1);
    match service.tenant.update(rotate) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, said(&error)).into_response(),
    }
}

fn refused(error: &impl Display) -> Response {
    (StatusCode::BAD_REQUEST, said(error)).into_response()
}

fn said(error: &impl Display) -> Json<Value> {
    Json(json!({ "error": error.to_string() }))
}
