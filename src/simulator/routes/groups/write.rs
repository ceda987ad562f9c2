//! Creating, changing and deleting groups.

use std::collections::HashSet;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::simulator::routes::call::{Call, members};
use crate::simulator::routes::groups::members::{admit, bound};
use crate::simulator::routes::groups::{authority, read};
use crate::simulator::routes::{GraphError, permissions};
use crate::simulator::tenant::{Change, Group, License, State};

/// How many role-assignable groups a tenant has at most.
const MOST_ROLE_ASSIGNABLE: usize = 500;

/// How many relationships one request may make.
const MOST_BINDINGS: usize = 20;

pub(super) async fn create(call: Call, body: Bytes) -> Result<Response, GraphError> {
    let members = members(&body)?;
    let role_assignable = members.get("isAssignableToRole") == Some(&Value::Bool(true));
    authority::require_creation(&call, role_assignable)?;
    let body = call.change(|state| {
        let group = made(state, &call, members)?;
        require_license(state, &group)?;
        let id = group.id.clone();
        for member in &group.members {
            admit(state, &group, member)?;
            state.replicate(Change::Added {
                group: id.clone(),
                member: member.clone(),
            });
        }
        state.replicate(Change::Created(id.clone()));
        state.groups.push(group);
        read::render(state, &id, None)
    })?;
    Ok(call.created("groups/$entity", body))
}

fn made(state: &State, call: &Call, mut members: Map<String, Value>) -> Result<Group, GraphError> {
    let is_right = |name: &str| {
        members.get(name).is_some_and(|value| match name {
            "mailEnabled" | "securityEnabled" => value.is_boolean(),
            _ => is_text(value),
        })
    };
    let required = [
        "displayName",
        "mailEnabled",
        "mailNickname",
        "securityEnabled",
    ];
    if let Some(name) = required.into_iter().find(|name| !is_right(name)) {
        return Err(GraphError::required(name, "Group"));
    }
    let bound = bindings(state, call, &mut members)?;
    let role_assignable = members.shift_remove("isAssignableToRole");
    let mut group = Group {
        id: call.service.env.uuid().to_string(),
        is_assignable_to_role: role_assignable == Some(Value::Bool(true)),
        created: Some(state.now),
        members: bound.members,
        owners: bound.owners,
        ..Group::default()
    };
    change(&mut group, &members)?;
    require_sense(&group)?;
    Ok(group)
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

/// The ids that a request binds.
#[derive(Default)]
struct Bindings {
    members: Vec<String>,
    owners: Vec<String>,
}

/// Takes the bindings out of a body.
fn bindings(
    state: &State,
    call: &Call,
    body: &mut Map<String, Value>,
) -> Result<Bindings, GraphError> {
    let mut taken = |name: &str| {
        let value = body.shift_remove(name);
        let links = value.as_ref().and_then(Value::as_array);
        let links = links.into_iter().flatten();
        let ids = links.map(|link| bound(state, call, link));
        ids.collect::<Result<Vec<String>, GraphError>>()
    };
    let bindings = Bindings {
        members: taken("members@odata.bind")?,
        owners: taken("owners@odata.bind")?,
    };
    if bindings.members.len() + bindings.owners.len() > MOST_BINDINGS {
        return Err(GraphError::bad_request(format!(
            "The number of references exceeds the limit of {MOST_BINDINGS}."
        )));
    }
    if has_twice(&bindings.members) || has_twice(&bindings.owners) {
        return Err(GraphError::bad_request(
            "Request contains a property with duplicate values.",
        ));
    }
    Ok(bindings)
}

fn has_twice(ids: &[String]) -> bool {
    let mut seen = HashSet::new();
    !ids.iter().all(|id| seen.insert(id))
}

fn change(group: &mut Group, members: &Map<String, Value>) -> Result<(), GraphError> {
    for (name, value) in members {
        match name.as_str() {
            "description" => group.description = written(name, value)?,
            "displayName" => group.display_name = written(name, value)?,
            "groupTypes" => group.group_types = written(name, value)?,
            "mailEnabled" => group.mail_enabled = written(name, value)?,
            "mailNickname" => group.mail_nickname = written(name, value)?,
            "membershipRule" => group.membership_rule = written(name, value)?,
            "membershipRuleProcessingState" => {
                group.membership_rule_processing_state = written(name, value)?;
            }
            "securityEnabled" => group.security_enabled = written(name, value)?,
            "visibility" => group.visibility = written(name, value)?,
            // It is set when the group is made and stays.
            "isAssignableToRole" => return Err(invalid(name)),
            _ => return Err(GraphError::not_writable(name, "group")),
        }
    }
    Ok(())
}

fn written<T: serde::de::DeserializeOwned>(name: &str, value: &Value) -> Result<T, GraphError> {
    serde_json::from_value(value.clone()).map_err(|_| invalid(name))
}

fn invalid(name: &str) -> GraphError {
    GraphError::invalid_value(name, "Group")
}

/// Members that go together.
fn require_sense(group: &Group) -> Result<(), GraphError> {
    let unified = group.group_types.iter().any(|one| one == "Unified");
    if group.is_dynamic() && group.membership_rule.is_none() {
        return Err(GraphError::required("membershipRule", "Group"));
    }
    if group.mail_enabled && !unified {
        // Distribution lists and mail-enabled security groups are made elsewhere.
        return Err(invalid("mailEnabled"));
    }
    if group.is_assignable_to_role && (group.security_enabled != Some(true) || group.is_dynamic()) {
        return Err(invalid("isAssignableToRole"));
    }
    Ok(())
}

fn require_license(state: &State, group: &Group) -> Result<(), GraphError> {
    if state.license < License::P1 && group.is_assignable_to_role {
        return Err(GraphError::premium_required("role-assignable groups"));
    }
    if state.license < License::P1 && group.is_dynamic() {
        return Err(GraphError::premium_required("dynamic groups"));
    }
    let groups = state.groups.iter();
    let assignable = groups.filter(|group| group.is_assignable_to_role).count();
    if group.is_assignable_to_role && assignable >= MOST_ROLE_ASSIGNABLE {
        return Err(GraphError::bad_request(format!(
            "A tenant has at most {MOST_ROLE_ASSIGNABLE} role-assignable groups."
        )));
    }
    Ok(())
}

pub(super) async fn update(
    call: Call,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, GraphError> {
    let mut members = members(&body)?;
    call.change(|state| {
        let mut group = read::found(state, &id)?.clone();
        // Members are another permission's business than the group.
        let only_members = members.keys().all(|name| name == "members@odata.bind");
        let permissions: &[&str] = if only_members {
            &permissions::MEMBERS_WRITE
        } else {
            &permissions::GROUPS_WRITE
        };
        authority::require(&call, state, &group, permissions)?;
        let bound = bindings(state, &call, &mut members)?;
        for member in bound.members {
            admit(state, &group, &member)?;
            state.replicate(Change::Added {
                group: group.id.clone(),
                member: member.clone(),
            });
            group.members.push(member);
        }
        group.owners.extend(bound.owners);
        change(&mut group, &members)?;
        require_sense(&group)?;
        if let Some(known) = state.groups.named_mut(&id.to_ascii_lowercase()) {
            *known = group;
        }
        Ok(StatusCode::NO_CONTENT)
    })
}

pub(super) async fn delete(call: Call, Path(id): Path<String>) -> Result<StatusCode, GraphError> {
    call.change(|state| {
        let group = read::found(state, &id)?.clone();
        authority::require(&call, state, &group, &permissions::GROUPS_WRITE)?;
        state.groups.retain(|known| known.id != group.id);
        state.forget(&group.id);
        for user in state.members_of(&group.id) {
            if let Some(user) = state.user_mut(&user) {
                user.groups.retain(|known| *known != group.id);
            }
        }
        Ok(StatusCode::NO_CONTENT)
    })
}
