//! `/directory/administrativeUnits`, to read.

use axum::extract::Path;
use axum::response::Response;
use serde_json::{Value, json};

use crate::simulator::routes::call::Call;
use crate::simulator::routes::directory_objects::Object;
use crate::simulator::routes::memberships::unit;
use crate::simulator::routes::page::{Options, Queried};
use crate::simulator::routes::{GraphError, permissions};
use crate::simulator::tenant::{AdministrativeUnit, State};

const PATH: &str = "directory/administrativeUnits";

pub(super) async fn list(call: Call, options: Queried) -> Result<Response, GraphError> {
    call.caller
        .require_any(&permissions::ADMINISTRATIVE_UNITS)?;
    call.listed(PATH, options, &[], |state| {
        state.administrative_units.iter().map(unit).collect()
    })
}

pub(super) async fn get(call: Call, Path(id): Path<String>) -> Result<Response, GraphError> {
    call.caller
        .require_any(&permissions::ADMINISTRATIVE_UNITS)?;
    let tenant = &call.service.tenant;
    let body = tenant.read(|state| found(state, &id).map(unit))?;
    Ok(call.entity(&format!("{PATH}/$entity"), body))
}

pub(super) async fn members(
    call: Call,
    Path(id): Path<String>,
    options: Queried,
) -> Result<Response, GraphError> {
    call.caller
        .require_any(&permissions::ADMINISTRATIVE_UNITS)?;
    let options = Options::without_filter(options)?;
    call.service.tenant.read(|state| {
        let unit = found(state, &id)?;
        let path = format!("{PATH}/{}/members", unit.id);
        call.collection(&path, "directoryObjects")
            .page(unit.members.iter(), None, &options, |id| {
                Ok(member(state, id))
            })
    })
}

fn member(state: &State, id: &str) -> Value {
    let kind = Object::find(state, id).map_or("user", |object| object.kind());
    json!({"@odata.type": format!("#microsoft.graph.{kind}"), "id": id})
}

fn found<'a>(state: &'a State, id: &str) -> Result<&'a AdministrativeUnit, GraphError> {
    let mut units = state.administrative_units.iter();
    units
        .find(|unit| id.parse() == Ok(unit.id))
        .ok_or_else(|| GraphError::no_such_object(id))
}
