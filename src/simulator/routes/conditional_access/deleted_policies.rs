//! `/identity/conditionalAccess/deletedItems/policies`. Nothing here is removed by time.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use crate::simulator::routes::conditional_access::pace::Turn;
use crate::simulator::routes::conditional_access::{
    not_found, object_id, query, require_read, require_write,
};
use crate::simulator::routes::page::{Collection, Options, Queried};
use crate::simulator::routes::{Caller, GraphError, Version, odata};
use crate::simulator::service::Service;

const PATH: &str = "identity/conditionalAccess/deletedItems/policies";
const CONTEXT: &str = "identity/conditionalAccess/deletedItems/policies/$entity";
const RESTORED: &str = "identity/conditionalAccess/policies/$entity";

pub(super) async fn list(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    caller: Caller,
    _turn: Turn,
    options: Queried,
) -> Result<Response, GraphError> {
    require_read(&caller)?;
    let options = Options::without_filter(options)?;
    let select = options.select.as_deref();
    let deleted: Vec<Value> = service.tenant.read(|state| {
        let access = &state.conditional_access;
        let deleted = access.deleted_policies.iter();
        deleted
            .map(|policy| query::selected(access.wire(policy), select))
            .collect()
    });
    let collection = Collection {
        service: &service,
        version,
        path: PATH,
        context: PATH,
    };
    collection.answer(deleted, &options)
}

pub(super) async fn get(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    caller: Caller,
    _turn: Turn,
    Path(id): Path<String>,
) -> Result<Response, GraphError> {
    require_read(&caller)?;
    let policy = object_id(&id)?;
    let wire = service.tenant.read(|state| {
        let access = &state.conditional_access;
        let mut deleted = access.deleted_policies.iter();
        let found = deleted.find(|deleted| deleted.id == policy);
        found.map(|policy| access.wire(policy))
    });
    let wire = wire.ok_or_else(|| not_found(&id))?;
    Ok(odata::entity(&service, version, CONTEXT, wire))
}

/// For good.
pub(super) async fn delete(
    State(service): State<Service>,
    caller: Caller,
    _turn: Turn,
    Path(id): Path<String>,
) -> Result<StatusCode, GraphError> {
    require_write(&caller)?;
    let policy = object_id(&id)?;
    let is_there = service.tenant.update(|state| {
        let deleted = &mut state.conditional_access.deleted_policies;
        let before = deleted.len();
        deleted.retain(|deleted| deleted.id != policy);
        deleted.len() < before
    })?;
    if is_there {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(not_found(&id))
    }
}

pub(super) async fn restore(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    caller: Caller,
    _turn: Turn,
    Path(id): Path<String>,
) -> Result<Response, GraphError> {
    require_write(&caller)?;
    let policy = object_id(&id)?;
    let restored = service.tenant.update(|state| {
        let is_there = state.restore_policy(policy)?;
        let access = &state.conditional_access;
        let restored = access.policy(policy).filter(|_| is_there);
        Ok::<_, GraphError>(restored.map(|policy| access.wire(policy)))
    })??;
    let restored = restored.ok_or_else(|| not_found(&id))?;
    Ok(odata::entity(&service, version, RESTORED, restored))
}
