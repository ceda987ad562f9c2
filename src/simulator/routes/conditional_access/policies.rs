//! `/identity/conditionalAccess/policies`

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use uuid::Uuid;

use crate::simulator::routes::conditional_access::pace::Turn;
use crate::simulator::routes::conditional_access::{
    not_found, object_id, query, read, require_read, require_write,
};
use crate::simulator::routes::page::{Collection, Options, Queried};
use crate::simulator::routes::{Caller, GraphError, Version, odata};
use crate::simulator::service::Service;

const CONTEXT: &str = "identity/conditionalAccess/policies/$entity";

/// The members that `$filter` may compare.
const FILTERED: [&str; 2] = ["displayName", "state"];

pub(super) async fn list(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    caller: Caller,
    _turn: Turn,
    options: Queried,
) -> Result<Response, GraphError> {
    require_read(&caller)?;
    let options = Options::with_filter(options)?;
    let conditions = query::conditions(options.filter.as_deref(), &FILTERED)?;
    let mut policies = service.tenant.read(|state| {
        let access = &state.conditional_access;
        let policies = access.policies.iter();
        policies
            .map(|policy| access.wire(policy))
            .collect::<Vec<_>>()
    });
    policies.retain(|policy| query::meets(policy, &conditions));
    let select = options.select.as_deref();
    let policies = policies
        .into_iter()
        .map(|policy| query::selected(policy, select));
    let collection = Collection {
        service: &service,
        version,
        path: "identity/conditionalAccess/policies",
        context: "identity/conditionalAccess/policies",
    };
    collection.answer(policies.collect(), &options)
}

pub(super) async fn get(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    caller: Caller,
    _turn: Turn,
    Path(id): Path<String>,
    options: Queried,
) -> Result<Response, GraphError> {
    require_read(&caller)?;
    let options = Options::without_filter(options)?;
    answer(
        &service,
        version,
        object_id(&id)?,
        options.select.as_deref(),
    )
}

fn answer(
    service: &Service,
    version: Version,
    id: Uuid,
    select: Option<&str>,
) -> Result<Response, GraphError> {
    let policy = service.tenant.read(|state| {
        let access = &state.conditional_access;
        access.policy(id).map(|policy| access.wire(policy))
    });
    let policy = policy.ok_or_else(|| not_found(&id.to_string()))?;
    let policy = query::selected(policy, select);
    Ok(odata::entity(service, version, CONTEXT, policy))
}

pub(super) async fn create(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    caller: Caller,
    _turn: Turn,
    body: Bytes,
) -> Result<Response, GraphError> {
    require_write(&caller)?;
    let body = read(&body)?;
    let (id, now) = (service.env.uuid(), service.env.now());
    service
        .tenant
        .update(|state| state.create_policy(body, id, now))??;
    let created = answer(&service, version, id, None)?;
    Ok((StatusCode::CREATED, created).into_response())
}

pub(super) async fn update(
    State(service): State<Service>,
    caller: Caller,
    _turn: Turn,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, GraphError> {
    require_write(&caller)?;
    let policy = object_id(&id)?;
    let body = read(&body)?;
    let now = service.env.now();
    let is_there = service
        .tenant
        .update(|state| state.update_policy(policy, body, now))??;
    done(is_there, &id)
}

pub(super) async fn delete(
    State(service): State<Service>,
    caller: Caller,
    _turn: Turn,
    Path(id): Path<String>,
) -> Result<StatusCode, GraphError> {
    require_write(&caller)?;
    let policy = object_id(&id)?;
    let now = service.env.now();
    let is_there = service
        .tenant
        .update(|state| state.delete_policy(policy, now))?;
    done(is_there, &id)
}

fn done(is_there: bool, id: &str) -> Result<StatusCode, GraphError> {
    if is_there {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(not_found(id))
    }
}
