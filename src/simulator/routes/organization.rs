//! `/organization`: which tenant this is.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use crate::simulator::routes::{Caller, GraphError, Version, odata, permissions};
use crate::simulator::service::Service;

pub(super) async fn get(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    caller: Caller,
) -> Result<Response, GraphError> {
    caller.require_any(&permissions::ORGANIZATION)?;
    let organization = service.tenant.read(|state| {
        json!({
            "id": state.tenant_id,
            "displayName": state.display_name,
            "tenantType": "AAD",
            "verifiedDomains": [{
                "capabilities": "Email, OfficeCommunicationsOnline",
                "isDefault": true,
                "isInitial": true,
                "name": state.domain,
                "type": "Managed",
            }],
        })
    });
    Ok(odata::collection(
        &service,
        version,
        "organization",
        vec![organization],
        None,
    ))
}
