//! `/policies/identitySecurityDefaultsEnforcementPolicy`

use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use crate::simulator::conditional_access::PolicyState;
use crate::simulator::routes::call::Call;
use crate::simulator::routes::conditional_access::WRITERS;
use crate::simulator::routes::page::{Options, Queried};
use crate::simulator::routes::{GraphError, odata, permissions};

const CONTEXT: &str = "policies/identitySecurityDefaultsEnforcementPolicy/$entity";

pub(super) async fn get(call: Call, options: Queried) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::ALL_POLICIES)?;
    let options = Options::without_filter(options)?;
    let is_enabled = call
        .service
        .tenant
        .read(|state| state.conditional_access.security_defaults_enabled);
    let body = json!({
        "id": "00000000-0000-0000-0000-000000000005",
        "displayName": "Security Defaults",
        "description": "Basic protection of sign-in, the same for everybody.",
        "isEnabled": is_enabled,
    });
    let body = odata::selected(body, options.select.as_deref());
    Ok(call.entity(CONTEXT, body))
}

/// What a PATCH may change. Annotations and the members that were read are passed over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    is_enabled: Option<bool>,
}

pub(super) async fn update(call: Call, body: Bytes) -> Result<StatusCode, GraphError> {
    call.caller.require_any(&permissions::ALL_POLICIES)?;
    call.caller
        .require_any(&permissions::SECURITY_DEFAULTS_WRITE)?;
    call.caller.require_role(&WRITERS)?;
    let change: Change = serde_json::from_slice(&body)
        .map_err(|cause| GraphError::malformed(format!("Invalid JSON: {cause}.")))?;
    call.change(|state| {
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
    })
}
