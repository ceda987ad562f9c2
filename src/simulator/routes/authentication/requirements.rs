//! `authentication/requirements`, beta only: multifactor authentication for one user, as it was before Conditional Access.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::json;

use crate::simulator::routes::call::{Call, members};
use crate::simulator::routes::{GraphError, Version, permissions};
use crate::simulator::tenant::{PerUserMfa, Role};

/// Who reads the state.
const READERS: [Role; 6] = [
    Role::AuthenticationAdministrator,
    Role::AuthenticationPolicyAdministrator,
    Role::GlobalAdministrator,
    Role::GlobalReader,
    Role::PrivilegedAuthenticationAdministrator,
    Role::SecurityReader,
];

/// Who changes it.
const WRITERS: [Role; 3] = [
    Role::AuthenticationPolicyAdministrator,
    Role::GlobalAdministrator,
    Role::PrivilegedAuthenticationAdministrator,
];

pub(super) async fn get(call: Call, Path(name): Path<String>) -> Result<Response, GraphError> {
    require_beta(&call)?;
    call.caller.require_any(&permissions::REQUIREMENTS)?;
    call.caller.require_role(&READERS)?;
    let tenant = &call.service.tenant;
    let user = tenant.read(|state| state.user(&name).cloned());
    let user = user.ok_or_else(|| GraphError::no_such_object(&name))?;
    let context = format!("users('{}')/authentication/requirements", user.id);
    Ok(call.entity(&context, json!({"perUserMfaState": user.per_user_mfa})))
}

pub(super) async fn update(
    call: Call,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<StatusCode, GraphError> {
    require_beta(&call)?;
    call.caller.require_any(&permissions::POLICY_WRITE)?;
    call.caller.require_role(&WRITERS)?;
    let wanted = members(&body)?.shift_remove("perUserMfaState");
    let wanted = wanted.and_then(|state| serde_json::from_value::<PerUserMfa>(state).ok());
    let wanted = wanted.ok_or_else(|| GraphError::refused("perUserMfaState is not valid."))?;
    call.change(|state| {
        let user = state.user(&name).map(|user| user.id.to_string());
        let id = user.ok_or_else(|| GraphError::no_such_object(&name))?;
        call.caller.require_role_over(state, &id, &WRITERS)?;
        if let Some(user) = state.user_mut(&id) {
            user.per_user_mfa = wanted;
        }
        Ok(StatusCode::NO_CONTENT)
    })
}

fn require_beta(call: &Call) -> Result<(), GraphError> {
    match call.version {
        Version::Beta => Ok(()),
        Version::V1 => Err(GraphError::not_in_version("requirements")),
    }
}
