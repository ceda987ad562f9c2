//! `roleAssignments`: the assignments that are active now.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::simulator::routes::call::{Call, members};
use crate::simulator::routes::directory_objects::Object;
use crate::simulator::routes::filter::Filter;
use crate::simulator::routes::page::{Options, Queried, unsupported};
use crate::simulator::routes::roles::definitions;
use crate::simulator::routes::{GraphError, permissions};
use crate::simulator::tenant::{Role, RoleAssignment, State, WHOLE_TENANT};

const PATH: &str = "roleManagement/directory/roleAssignments";

/// What `$filter` may ask for, here and of schedules.
pub(super) const FILTERED: [&str; 3] = ["principalId", "roleDefinitionId", "directoryScopeId"];

/// Who gives and takes roles.
const WRITERS: [Role; 2] = [Role::GlobalAdministrator, Role::PrivilegedRoleAdministrator];

/// What `$expand` names.
struct Expanded {
    principal: bool,
    role_definition: bool,
}

impl Expanded {
    fn parse(text: Option<&str>) -> Result<Self, GraphError> {
        let names: Vec<&str> = text
            .into_iter()
            .flat_map(|text| text.split(','))
            .map(str::trim)
            .collect();
        let known = ["principal", "roleDefinition"];
        if !names.iter().all(|name| known.contains(name)) {
            return Err(unsupported());
        }
        Ok(Self {
            principal: names.contains(&"principal"),
            role_definition: names.contains(&"roleDefinition"),
        })
    }
}

pub(super) async fn list(call: Call, options: Queried) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::ROLE_ASSIGNMENTS)?;
    let options = Options::any(options)?;
    let expanded = Expanded::parse(options.expand.as_deref())?;
    if options.order_by.is_some() {
        return Err(unsupported());
    }
    let filter = Filter::parse(options.filter.as_deref(), &FILTERED)?;
    call.service.tenant.read(|state| {
        let active = rows(state, &filter).filter(|row| row.is_active(state.now));
        call.collection(PATH, PATH)
            .page(active, None, &options, |row| {
                Ok(render(&call, state, row, &expanded))
            })
    })
}

/// The rows that a filter takes; by principal they are found without looking at each.
pub(super) fn rows<'a>(
    state: &'a State,
    filter: &Filter,
) -> impl Iterator<Item = &'a RoleAssignment> {
    let rows: Vec<&RoleAssignment> = match filter.values_of("principalId") {
        Some(ids) => {
            let held = ids
                .into_iter()
                .flat_map(|id| state.role_assignments.holding(id));
            held.collect()
        }
        None => state.role_assignments.iter().collect(),
    };
    let fitting = rows
        .into_iter()
        .filter(|row| filter.fits(|name| wire(row)[name].clone()));
    fitting.collect::<Vec<_>>().into_iter()
}

fn wire(row: &RoleAssignment) -> Value {
    json!({
        "id": row.id,
        "principalId": row.principal_id,
        "roleDefinitionId": row.role.template_id(),
        "directoryScopeId": row.directory_scope_id,
    })
}

fn render(call: &Call, state: &State, row: &RoleAssignment, expanded: &Expanded) -> Value {
    let mut body = wire(row);
    if expanded.principal {
        let principal = Object::find(state, &row.principal_id);
        body["principal"] = json!(principal.map(|object| object.render(state, &call.caller, None)));
    }
    if expanded.role_definition {
        body["roleDefinition"] = definitions::wire(row.role);
    }
    body
}

pub(super) async fn get(call: Call, Path(id): Path<String>) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::ROLE_ASSIGNMENTS)?;
    let body = call.service.tenant.read(|state| {
        let at = position(state, &id)?;
        Ok::<_, GraphError>(wire(&state.role_assignments[at]))
    })?;
    Ok(call.entity(&format!("{PATH}/$entity"), body))
}

fn position(state: &State, id: &str) -> Result<usize, GraphError> {
    let mut rows = state.role_assignments.iter();
    rows.position(|row| row.id == id && row.is_active(state.now))
        .ok_or_else(|| GraphError::no_such_object(id))
}

pub(super) async fn create(call: Call, body: Bytes) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::ROLES_WRITE)?;
    call.caller.require_role(&WRITERS)?;
    let members = members(&body)?;
    let body = call.change(|state| {
        let row = made(state, &members)?;
        let conflicts = |known: &RoleAssignment| known.is_like(&row) && known.is_active(state.now);
        if state.role_assignments.iter().any(conflicts) {
            return Err(GraphError::bad_request(
                "A conflicting object with one or more of the specified property values is present in the directory.",
            ));
        }
        let body = wire(&row);
        state.role_assignments.push(row);
        Ok(body)
    })?;
    Ok(call.created(&format!("{PATH}/$entity"), body))
}

fn made(state: &State, members: &Map<String, Value>) -> Result<RoleAssignment, GraphError> {
    let text = |name: &str| {
        let text = members.get(name).and_then(Value::as_str);
        text.ok_or_else(|| GraphError::required(name, "RoleAssignment"))
    };
    let definition = text("roleDefinitionId")?;
    let role = Role::of_template(definition).ok_or_else(|| {
        GraphError::bad_request("The role definition of the assignment does not exist.")
    })?;
    let principal = principal(state, text("principalId")?)?;
    let scope = scope(state, role, text("directoryScopeId")?)?;
    Ok(RoleAssignment::within(&principal, role, &scope))
}

/// The object id of who can have a role.
fn principal(state: &State, id: &str) -> Result<String, GraphError> {
    let id = Object::settled(state, id)?.id();
    match state.group(&id) {
        Some(group) if !group.is_assignable_to_role => Err(GraphError::bad_request(
            "The group is not enabled for role assignments.",
        )),
        _ => Ok(id),
    }
}

/// The scope, as the tenant writes it, in which the role can be held.
fn scope(state: &State, role: Role, scope: &str) -> Result<String, GraphError> {
    if scope == WHOLE_TENANT {
        return Ok(scope.to_owned());
    }
    let unit = RoleAssignment::within("", role, scope).unit();
    let mut units = state.administrative_units.iter();
    let known = units.find(|known| role.is_scopable() && Some(known.id) == unit);
    known
        .map(|unit| RoleAssignment::scope_of(unit.id))
        .ok_or_else(|| GraphError::bad_request("The role cannot be assigned at this scope."))
}

pub(super) async fn delete(call: Call, Path(id): Path<String>) -> Result<StatusCode, GraphError> {
    call.caller.require_any(&permissions::ROLES_WRITE)?;
    call.caller.require_role(&WRITERS)?;
    call.change(|state| {
        let at = position(state, &id)?;
        let row = &state.role_assignments[at];
        // The service keeps people from giving up what they could not give themselves again.
        let own = row.principal_id == call.caller.object_id().to_string();
        if own && row.role == Role::GlobalAdministrator && !call.caller.is_application() {
            return Err(GraphError::bad_request(
                "Removing self from Global Administrator built-in role is not allowed.",
            ));
        }
        state.role_assignments.remove(at);
        Ok(StatusCode::NO_CONTENT)
    })
}
