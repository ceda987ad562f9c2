//! `/identity/conditionalAccess/namedLocations`, to be read.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use crate::simulator::routes::conditional_access::pace::Turn;
use crate::simulator::routes::conditional_access::{not_found, object_id, query, require_read};
use crate::simulator::routes::page::{Collection, Options, Queried};
use crate::simulator::routes::{Caller, GraphError, Version, odata};
use crate::simulator::service::Service;

const PATH: &str = "identity/conditionalAccess/namedLocations";
const CONTEXT: &str = "identity/conditionalAccess/namedLocations/$entity";

pub(super) async fn list(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    caller: Caller,
    _turn: Turn,
    options: Queried,
) -> Result<Response, GraphError> {
    require_read(&caller)?;
    let options = Options::with_filter(options)?;
    let conditions = query::conditions(options.filter.as_deref(), &["displayName"])?;
    let mut locations: Vec<Value> = service.tenant.read(|state| {
        let locations = state.conditional_access.named_locations.iter();
        locations.map(|location| json!(location)).collect()
    });
    locations.retain(|location| query::meets(location, &conditions));
    let select = options.select.as_deref();
    let locations = locations.into_iter();
    let locations = locations.map(|location| query::selected(location, select));
    let collection = Collection {
        service: &service,
        version,
        path: PATH,
        context: PATH,
    };
    collection.answer(locations.collect(), &options)
}

pub(super) async fn get(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    caller: Caller,
    _turn: Turn,
    Path(id): Path<String>,
) -> Result<Response, GraphError> {
    require_read(&caller)?;
    let wanted = object_id(&id)?;
    let location = service.tenant.read(|state| {
        let mut locations = state.conditional_access.named_locations.iter();
        let location = locations.find(|location| location.id == wanted);
        location.map(|location| json!(location))
    });
    let location = location.ok_or_else(|| not_found(&id))?;
    Ok(odata::entity(&service, version, CONTEXT, location))
}
