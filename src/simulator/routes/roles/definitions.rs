//! `roleDefinitions`: the built-in roles.

use axum::extract::Path;
use axum::response::Response;
use serde_json::{Value, json};

use crate::simulator::routes::call::Call;
use crate::simulator::routes::page::Queried;
use crate::simulator::routes::{GraphError, permissions};
use crate::simulator::tenant::Role;

const PATH: &str = "roleManagement/directory/roleDefinitions";

const FILTERED: [&str; 4] = ["displayName", "id", "isBuiltIn", "templateId"];

pub(super) fn wire(role: Role) -> Value {
    json!({
        "id": role.template_id(),
        "displayName": role.display_name(),
        "description": null,
        "isBuiltIn": true,
        "isEnabled": true,
        "resourceScopes": ["/"],
        "rolePermissions": [],
        "templateId": role.template_id(),
        "version": "1",
    })
}

pub(super) async fn list(call: Call, options: Queried) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::ROLE_ASSIGNMENTS)?;
    call.listed(PATH, options, &FILTERED, |_| {
        Role::ALL.into_iter().map(wire).collect()
    })
}

pub(super) async fn get(call: Call, Path(id): Path<String>) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::ROLE_ASSIGNMENTS)?;
    let role = Role::of_template(&id).ok_or_else(|| GraphError::no_such_object(&id))?;
    Ok(call.entity(&format!("{PATH}/$entity"), wire(role)))
}
