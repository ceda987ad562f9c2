//! `/policies/identitySecurityDefaultsEnforcementPolicy`

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use crate::simulator::conditional_access::PolicyState;
use crate::simulator::routes::conditional_access::{WRITERS, query};
use crate::simulator::routes::page::{Options, Queried};
use crate::simulator::routes::{Caller, GraphError, Version, odata, permissions};
use crate::simulator::service::Service;

const CONTEXT: &str = "policies/identitySecurityDefaultsEnforcementPolicy/$entity";

pub(super) async fn get(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    caller: Caller,
    options: Queried,
) -> Result<Response, GraphError> {
    caller.require_any(&permissions::ALL_POLICIES)?;
    let options = Options::without_filter(options)?;
    let is_enabled = service
        .tenant
        .read(|state| state.conditional_access.security_defaults_enabled);
    let body = json!({
        "id": "00000000-0000-0000-0000-000000000005",
        "displayName": "Security Defaults",
        "description": "Basic protection of sign-in, the same for everybody.",
        "isEnabled": is_enabled,
    });
    let body = query::selected(body, options.select.as_deref());
    Ok(odata::entity(&service, version, CONTEXT, body))
}

/// What a PATCH may change. Annotations and the members that were read are passed over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    is_enabled: Option<bool>,
}

pub(super) async fn update(
    State(service): State<Service>,
    caller: Caller,
    body: Bytes,
) -> Result<StatusCode, GraphError> {
    caller.require_any(&permissions::ALL_POLICIES)?;
    caller.require_any(&permissions::SECURITY_DEFAULTS_WRITE)?;
    caller.require_role(&WRITERS)?;
    let change: Change = serde_json::from_slice(&body)
        .map_err(|cause| GraphError::malformed(format!("Invalid JSON: {cause}.")))?;
    service.tenant.update(|state| {
        let access = &mut state.conditional_access;
        let mut policies = access.policies.iter();
        let enforced = policies.any(|policy| policy.state == PolicyState::Enabled);
        if change.is_enabled == Some(true) && enforced {
            return Err(GraphError::malformed(
                "Conditional Access policies are enabled in the tenant. Security defaults cannot be enabled beside them.",
            ));
        }
        access.security_defaults_enabled =
            change.is_enabled.unwrap_or(access.security_defaults_enabled);
        Ok(StatusCode::NO_CONTENT)
    })?
}
