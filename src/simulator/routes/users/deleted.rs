//! `/directory/deletedItems`: users for 30 days after their deletion.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::simulator::relying_party::date_time;
use crate::simulator::routes::call::Call;
use crate::simulator::routes::page::{Options, Queried};
use crate::simulator::routes::users::{check, read};
use crate::simulator::routes::{GraphError, permissions};
use crate::simulator::tenant::{DeletedUser, Role, State};

/// Who brings people back, and who sees to it that nobody can.
const MANAGERS: [Role; 2] = [Role::GlobalAdministrator, Role::UserAdministrator];

pub(super) async fn list(call: Call, options: Queried) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::USERS)?;
    let options = Options::without_filter(options)?;
    call.service.tenant.read(|state| {
        let select = options.select.as_deref();
        call.collection("directory/deletedItems/microsoft.graph.user", "users")
            .page(state.deleted_users.iter(), None, &options, |deleted| {
                render(state, deleted, select)
            })
    })
}

pub(super) async fn get(call: Call, Path(id): Path<String>) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::USERS)?;
    let body = call.service.tenant.read(|state| {
        let at = position(state, &id)?;
        render(state, &state.deleted_users[at], None)
    })?;
    Ok(call.entity("directoryObjects/$entity", body))
}

pub(super) async fn restore(call: Call, Path(id): Path<String>) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::USERS_DELETE)?;
    call.caller.require_role(&MANAGERS)?;
    let body = call.change(|state| {
        let at = position(state, &id)?;
        let deleted = state.deleted_users.remove(at);
        check::free(state, &deleted.user.user_principal_name)?;
        let body = read::render(state, &deleted.user, None)?;
        state.users.push(deleted.user);
        Ok(body)
    })?;
    Ok(call.entity("directoryObjects/$entity", body))
}

pub(super) async fn purge(call: Call, Path(id): Path<String>) -> Result<StatusCode, GraphError> {
    call.caller.require_any(&permissions::USERS_DELETE)?;
    call.caller.require_role(&MANAGERS)?;
    call.change(|state| {
        let at = position(state, &id)?;
        let deleted = state.deleted_users.remove(at);
        let methods = &mut state.fido2_methods;
        methods.retain(|method| method.user_id != deleted.user.id);
        Ok(StatusCode::NO_CONTENT)
    })
}

fn position(state: &State, id: &str) -> Result<usize, GraphError> {
    let mut deleted = state.deleted_users.iter();
    deleted
        .position(|deleted| id.parse() == Ok(deleted.user.id))
        .ok_or_else(|| GraphError::no_such_object(id))
}

fn render(state: &State, deleted: &DeletedUser, select: Option<&str>) -> Result<Value, GraphError> {
    let mut body = read::render(state, &deleted.user, select)?;
    body["@odata.type"] = "#microsoft.graph.user".into();
    body["deletedDateTime"] = json!(date_time(deleted.deleted));
    Ok(body)
}
