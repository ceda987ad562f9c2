//! `/identity/conditionalAccess/deletedItems/policies`. Nothing here is removed by time.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use crate::simulator::routes::GraphError;
use crate::simulator::routes::call::Call;
use crate::simulator::routes::conditional_access::pace::Turn;
use crate::simulator::routes::conditional_access::{
    done, not_found, object_id, require_read, require_write,
};
use crate::simulator::routes::page::Queried;

const PATH: &str = "identity/conditionalAccess/deletedItems/policies";
const CONTEXT: &str = "identity/conditionalAccess/deletedItems/policies/$entity";
const RESTORED: &str = "identity/conditionalAccess/policies/$entity";

pub(super) async fn list(
    call: Call,
    _turn: Turn,
    options: Queried,
) -> Result<Response, GraphError> {
    require_read(&call.caller)?;
    call.listed(PATH, options, &[], |state| {
        let access = &state.conditional_access;
        let deleted = access.deleted_policies.iter();
        deleted.map(|policy| access.wire(policy)).collect()
    })
}

pub(super) async fn get(
    call: Call,
    _turn: Turn,
    Path(id): Path<String>,
) -> Result<Response, GraphError> {
    require_read(&call.caller)?;
    let policy = object_id(&id)?;
    let wire = call.service.tenant.read(|state| {
        let access = &state.conditional_access;
        let mut deleted = access.deleted_policies.iter();
        let found = deleted.find(|deleted| deleted.id == policy);
        found.map(|policy| access.wire(policy))
    });
    let wire = wire.ok_or_else(|| not_found(&id))?;
    Ok(call.entity(CONTEXT, wire))
}

/// For good.
pub(super) async fn delete(
    call: Call,
    _turn: Turn,
    Path(id): Path<String>,
) -> Result<StatusCode, GraphError> {
    require_write(&call.caller)?;
    let policy = object_id(&id)?;
    call.change(|state| {
        let deleted = &mut state.conditional_access.deleted_policies;
        let before = deleted.len();
        deleted.retain(|deleted| deleted.id != policy);
        done(deleted.len() < before, &id)
    })
}

pub(super) async fn restore(
    call: Call,
    _turn: Turn,
    Path(id): Path<String>,
) -> Result<Response, GraphError> {
    require_write(&call.caller)?;
    let policy = object_id(&id)?;
    let restored = call.change(|state| {
        done(state.restore_policy(policy)?, &id)?;
        let access = &state.conditional_access;
        let restored = access.policy(policy).map(|policy| access.wire(policy));
        restored.ok_or_else(|| not_found(&id))
    })?;
    Ok(call.entity(RESTORED, restored))
}
