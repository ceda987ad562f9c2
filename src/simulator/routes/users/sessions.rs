//! `/users/{id}/revokeSignInSessions`

use axum::extract::Path;
use axum::response::Response;
use serde_json::json;

use crate::simulator::routes::call::Call;
use crate::simulator::routes::{GraphError, permissions};
use crate::simulator::tenant::Role;

/// Who ends the sessions of people without a role.
const MANAGERS: [Role; 3] = [
    Role::GlobalAdministrator,
    Role::PrivilegedAuthenticationAdministrator,
    Role::UserAdministrator,
];

/// Who ends those of administrators.
const GUARDIANS: [Role; 2] = [
    Role::GlobalAdministrator,
    Role::PrivilegedAuthenticationAdministrator,
];

/// No refresh token that was issued before is good any more. Access tokens go on until they end by themselves.
pub(super) async fn revoke(call: Call, Path(name): Path<String>) -> Result<Response, GraphError> {
    match call.caller.is_application() {
        true => call.caller.require_any(&permissions::SESSIONS_REVOKE)?,
        false => call
            .caller
            .require_any(&permissions::SESSIONS_REVOKE_DELEGATED)?,
    }
    call.change(|state| {
        let found = state.user(&name);
        let found = found.filter(|user| state.is_settled(&user.id.to_string()));
        let user = found.ok_or_else(|| GraphError::no_such_object(&name))?;
        let wanted: &[Role] = match state.roles_of(user).is_empty() {
            true => &MANAGERS,
            false => &GUARDIANS,
        };
        let is_own = call.caller.is(user);
        if !is_own {
            let id = user.id.to_string();
            call.caller.require_role_over(state, &id, wanted)?;
        }
        let now = state.now;
        if let Some(user) = state.user_mut(&name) {
            user.sessions_valid_from = Some(now);
        }
        Ok(())
    })?;
    Ok(call.entity("Edm.Boolean", json!({"value": true})))
}
