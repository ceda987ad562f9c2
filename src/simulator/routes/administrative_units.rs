//! `/directory/administrativeUnits`, to read.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use crate::simulator::routes::directory_objects::Object;
use crate::simulator::routes::memberships::unit;
use crate::simulator::routes::page::{Collection, Options, Queried};
use crate::simulator::routes::{Caller, GraphError, Version, odata, permissions};
use crate::simulator::service::Service;
use crate::simulator::tenant::{AdministrativeUnit, State as Tenant};

pub(super) async fn list(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    caller: Caller,
    options: Queried,
) -> Result<Response, GraphError> {
    caller.require_any(&permissions::ADMINISTRATIVE_UNITS)?;
    let options = Options::without_filter(options)?;
    let units = service
        .tenant
        .read(|state| state.administrative_units.iter().map(unit).collect());
    let collection = Collection {
        service: &service,
        version,
        path: "directory/administrativeUnits",
        context: "directory/administrativeUnits",
    };
    collection.answer(units, &options)
}

pub(super) async fn get(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Response, GraphError> {
    caller.require_any(&permissions::ADMINISTRATIVE_UNITS)?;
    let body = service.tenant.read(|state| found(state, &id).map(unit))?;
    let context = "directory/administrativeUnits/$entity";
    Ok(odata::entity(&service, version, context, body))
}

pub(super) async fn members(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    Path(id): Path<String>,
    caller: Caller,
    options: Queried,
) -> Result<Response, GraphError> {
    caller.require_any(&permissions::ADMINISTRATIVE_UNITS)?;
    let options = Options::without_filter(options)?;
    let members: Vec<Value> = service.tenant.read(|state| {
        let members = found(state, &id)?.members.iter();
        Ok::<_, GraphError>(
            members
                .map(|id| {
                    let kind = Object::find(state, id).map_or("user", |object| object.kind());
                    json!({"@odata.type": format!("#microsoft.graph.{kind}"), "id": id})
                })
                .collect(),
        )
    })?;
    let collection = Collection {
        service: &service,
        version,
        path: &format!("directory/administrativeUnits/{id}/members"),
        context: "directoryObjects",
    };
    collection.answer(members, &options)
}

fn found<'a>(state: &'a Tenant, id: &str) -> Result<&'a AdministrativeUnit, GraphError> {
    let mut units = state.administrative_units.iter();
    units
        .find(|unit| id.parse() == Ok(unit.id))
        .ok_or_else(|| GraphError::no_such_object(id))
}
