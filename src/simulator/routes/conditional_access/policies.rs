//! `/identity/conditionalAccess/policies`

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::Value;
use uuid::Uuid;

use crate::simulator::routes::call::Call;
use crate::simulator::routes::conditional_access::pace::Turn;
use crate::simulator::routes::conditional_access::{
    done, not_found, object_id, read, require_read, require_write,
};
use crate::simulator::routes::page::{Options, Queried};
use crate::simulator::routes::{GraphError, odata};

const PATH: &str = "identity/conditionalAccess/policies";
const CONTEXT: &str = "identity/conditionalAccess/policies/$entity";

/// The members that `$filter` may compare.
const FILTERED: [&str; 2] = ["displayName", "state"];

pub(super) async fn list(
    call: Call,
    _turn: Turn,
    options: Queried,
) -> Result<Response, GraphError> {
    require_read(&call.caller)?;
    call.listed(PATH, options, &FILTERED, |state| {
        let access = &state.conditional_access;
        let policies = access.policies.iter();
        policies.map(|policy| access.wire(policy)).collect()
    })
}

pub(super) async fn get(
    call: Call,
    _turn: Turn,
    Path(id): Path<String>,
    options: Queried,
) -> Result<Response, GraphError> {
    require_read(&call.caller)?;
    let options = Options::without_filter(options)?;
    let policy = wire(&call, object_id(&id)?, options.select.as_deref())?;
    Ok(call.entity(CONTEXT, policy))
}

fn wire(call: &Call, id: Uuid, select: Option<&str>) -> Result<Value, GraphError> {
    let policy = call.service.tenant.read(|state| {
        let access = &state.conditional_access;
        access.policy(id).map(|policy| access.wire(policy))
    });
    let policy = policy.ok_or_else(|| not_found(&id.to_string()))?;
    Ok(odata::selected(policy, select))
}

pub(super) async fn create(call: Call, _turn: Turn, body: Bytes) -> Result<Response, GraphError> {
    require_write(&call.caller)?;
    let body = read(&body)?;
    let (id, now) = (call.service.env.uuid(), call.service.env.now());
    call.change(|state| Ok(state.create_policy(body, id, now)?))?;
    Ok(call.created(CONTEXT, wire(&call, id, None)?))
}

pub(super) async fn update(
    call: Call,
    _turn: Turn,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, GraphError> {
    require_write(&call.caller)?;
    let policy = object_id(&id)?;
    let body = read(&body)?;
    let now = call.service.env.now();
    call.change(|state| done(state.update_policy(policy, body, now)?, &id))
}

pub(super) async fn delete(
    call: Call,
    _turn: Turn,
    Path(id): Path<String>,
) -> Result<StatusCode, GraphError> {
    require_write(&call.caller)?;
    let policy = object_id(&id)?;
    let now = call.service.env.now();
    call.change(|state| done(state.delete_policy(policy, now), &id))
}
