//! Creating, changing and deleting users.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::simulator::routes::call::{Call, members};
use crate::simulator::routes::users::members::KEPT;
use crate::simulator::routes::users::{check, read};
use crate::simulator::routes::{GraphError, permissions};
use crate::simulator::tenant::{
    AuthenticationType, Change, DeletedUser, Role, State, User, UserType,
};

/// Who creates and changes people.
const WRITERS: [Role; 3] = [
    Role::DirectoryWriters,
    Role::GlobalAdministrator,
    Role::UserAdministrator,
];

/// Who does the sensitive things, to people without a role.
const MANAGERS: [Role; 3] = [
    Role::GlobalAdministrator,
    Role::PrivilegedAuthenticationAdministrator,
    Role::UserAdministrator,
];

/// Who does them to administrators. An application needs one of these roles too.
const GUARDIANS: [Role; 2] = [
    Role::GlobalAdministrator,
    Role::PrivilegedAuthenticationAdministrator,
];

/// Members by which somebody could take over an account, or keep its owner out.
const SENSITIVE: [&str; 7] = [
    "accountEnabled",
    "businessPhones",
    "mobilePhone",
    "onPremisesImmutableId",
    "otherMails",
    "passwordProfile",
    "userPrincipalName",
];

pub(super) async fn create(call: Call, body: Bytes) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::USERS_WRITE)?;
    call.caller.require_role(&WRITERS)?;
    let members = members(&body)?;
    let body = call.change(|state| {
        let user = made(state, &call, &members)?;
        let body = read::render(state, &user, None)?;
        state.replicate(Change::Created(user.id.to_string()));
        state.users.push(user);
        Ok(body)
    })?;
    Ok(call.created("users/$entity", body))
}

fn made(state: &State, call: &Call, members: &Map<String, Value>) -> Result<User, GraphError> {
    let name = check::text(members, "userPrincipalName")?;
    let display_name = check::text(members, "displayName")?;
    check::text(members, "mailNickname")?;
    let enabled = members.get("accountEnabled").and_then(Value::as_bool);
    let enabled = enabled.ok_or_else(|| GraphError::required("accountEnabled", "User"))?;
    let checked_by = check::name(state, &name)?;
    let federated = checked_by == AuthenticationType::Federated;
    if federated && !members.contains_key("onPremisesImmutableId") {
        return Err(GraphError::required("onPremisesImmutableId", "User"));
    }
    if !federated && !members.contains_key("passwordProfile") {
        return Err(GraphError::required("passwordProfile", "User"));
    }
    let mut user = User::member(&name, &display_name, &call.service.env);
    user.account_enabled = enabled;
    let mut others = members.clone();
    for done in ["userPrincipalName", "displayName", "accountEnabled"] {
        others.shift_remove(done);
    }
    change(state, &mut user, &others)?;
    Ok(user)
}

pub(super) async fn update(
    call: Call,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<StatusCode, GraphError> {
    updated(&call, &name, &body)
}

pub(super) async fn update_me(call: Call, body: Bytes) -> Result<StatusCode, GraphError> {
    let id = call
        .caller
        .user_id()
        .ok_or_else(GraphError::not_delegated)?;
    updated(&call, &id.to_string(), &body)
}

fn updated(call: &Call, name: &str, body: &[u8]) -> Result<StatusCode, GraphError> {
    let members = members(body)?;
    call.change(|state| {
        let found = state.user(name);
        require_permission(call, found, &members)?;
        let found = found.filter(|user| state.is_settled(&user.id.to_string()));
        let found = found.ok_or_else(|| GraphError::no_such_object(name))?;
        let mut user = found.clone();
        require_reach(call, state, &user, &members)?;
        change(state, &mut user, &members)?;
        if let Some(known) = state.user_mut(name) {
            *known = user;
        }
        Ok(StatusCode::NO_CONTENT)
    })
}

fn require_permission(
    call: &Call,
    user: Option<&User>,
    members: &Map<String, Value>,
) -> Result<(), GraphError> {
    let caller = &call.caller;
    let own = user.is_some_and(|user| caller.is(user));
    let only = |name: &str| members.len() == 1 && members.contains_key(name);
    let narrow = (only("passwordProfile")
        && caller.require_any(&permissions::PASSWORDS_WRITE).is_ok())
        || (only("accountEnabled") && caller.require_any(&permissions::ACCOUNTS_ENABLE).is_ok());
    match (narrow, own) {
        (true, _) => Ok(()),
        (false, true) => caller.require_any(&permissions::OWN_USER_WRITE),
        (false, false) => caller.require_any(&permissions::USERS_WRITE),
    }
}

/// Whether the caller's roles reach what is to be changed.
fn require_reach(
    call: &Call,
    state: &State,
    user: &User,
    members: &Map<String, Value>,
) -> Result<(), GraphError> {
    let id = user.id.to_string();
    let sensitive = members
        .keys()
        .any(|name| SENSITIVE.contains(&name.as_str()));
    if sensitive {
        require_sensitive(call, state, user)
    } else if call.caller.is(user) && !state.is_restricted(&id) {
        Ok(())
    } else {
        call.caller.require_role_over(state, &id, &WRITERS)
    }
}

/// Whether the caller may do what could cost somebody the account: to administrators only the highest roles may, and
/// applications with one of them.
fn require_sensitive(call: &Call, state: &State, user: &User) -> Result<(), GraphError> {
    let id = user.id.to_string();
    let privileged = !state.roles_of(user).is_empty();
    let wanted: &[Role] = if privileged { &GUARDIANS } else { &MANAGERS };
    call.caller.require_role_over(state, &id, wanted)?;
    // Within a restricted unit the role was asked for already.
    let needs_role = privileged && call.caller.is_application() && !state.is_restricted(&id);
    if needs_role && !call.caller.has_role(state, &GUARDIANS) {
        return Err(GraphError::forbidden());
    }
    Ok(())
}

/// Writes members that exist and may be written.
fn change(state: &State, user: &mut User, members: &Map<String, Value>) -> Result<(), GraphError> {
    if let Some(value) = members.get("passwordPolicies") {
        user.password_policies = check::policies(value)?;
    }
    for (name, value) in members {
        match name.as_str() {
            "accountEnabled" => user.account_enabled = boolean(name, value)?,
            "displayName" => user.display_name = check::text(members, name)?,
            "onPremisesImmutableId" => user.on_premises_immutable_id = optional(name, value)?,
            "passwordPolicies" => {}
            "passwordProfile" => {
                let policies = user.password_policies.as_deref();
                user.must_change_password = check::password(value, policies)?;
                user.last_password_change = Some(state.now);
            }
            "userPrincipalName" => {
                let wanted = check::text(members, name)?;
                if !user.is_named(&wanted) {
                    check::name(state, &wanted)?;
                }
                user.user_principal_name = wanted;
            }
            "userType" => user.user_type = user_type(value)?,
            kept if KEPT.contains(&kept) => {
                user.other.insert(name.clone(), value.clone());
            }
            _ => return Err(GraphError::not_writable(name, "user")),
        }
    }
    Ok(())
}

fn boolean(name: &str, value: &Value) -> Result<bool, GraphError> {
    value.as_bool().ok_or_else(|| invalid(name))
}

fn optional(name: &str, value: &Value) -> Result<Option<String>, GraphError> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(invalid(name)),
    }
}

fn user_type(value: &Value) -> Result<UserType, GraphError> {
    serde_json::from_value(value.clone()).map_err(|_| invalid("userType"))
}

fn invalid(name: &str) -> GraphError {
    GraphError::invalid_value(name, "User")
}

pub(super) async fn delete(call: Call, Path(name): Path<String>) -> Result<StatusCode, GraphError> {
    call.caller.require_any(&permissions::USERS_DELETE)?;
    call.change(|state| {
        let user = state.user(&name).cloned();
        let user = user.ok_or_else(|| GraphError::no_such_object(&name))?;
        require_sensitive(&call, state, &user)?;
        let id = user.id.to_string();
        state.users.retain(|known| known.id != user.id);
        state.forget(&id);
        state.deleted_users.push(DeletedUser {
            user,
            deleted: state.now,
        });
        Ok(StatusCode::NO_CONTENT)
    })
}
