//! `/identity/conditionalAccess/namedLocations`, to be read.

use axum::extract::Path;
use axum::response::Response;
use serde_json::json;

use crate::simulator::routes::GraphError;
use crate::simulator::routes::call::Call;
use crate::simulator::routes::conditional_access::pace::Turn;
use crate::simulator::routes::conditional_access::{not_found, object_id, require_read};
use crate::simulator::routes::page::Queried;

const PATH: &str = "identity/conditionalAccess/namedLocations";
const CONTEXT: &str = "identity/conditionalAccess/namedLocations/$entity";

pub(super) async fn list(
    call: Call,
    _turn: Turn,
    options: Queried,
) -> Result<Response, GraphError> {
    require_read(&call.caller)?;
    call.listed(PATH, options, &["displayName"], |state| {
        let locations = state.conditional_access.named_locations.iter();
        locations.map(|location| json!(location)).collect()
    })
}

pub(super) async fn get(
    call: Call,
    _turn: Turn,
    Path(id): Path<String>,
) -> Result<Response, GraphError> {
    require_read(&call.caller)?;
    let wanted = object_id(&id)?;
    let location = call.service.tenant.read(|state| {
        let mut locations = state.conditional_access.named_locations.iter();
        let location = locations.find(|location| location.id == wanted);
        location.map(|location| json!(location))
    });
    let location = location.ok_or_else(|| not_found(&id))?;
    Ok(call.entity(CONTEXT, location))
}
