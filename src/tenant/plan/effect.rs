//! What a step makes of a tenant, as far as anybody can tell beforehand: the ground on which the next step is judged.

use serde_json::{Value, json};

use super::{Change, GLOBAL_ADMINISTRATOR, Step};
use crate::graph::model::{ConditionalAccessPolicy, DirectoryObject, Group, Membership, User};
use crate::tenant::snapshot::{ExclusionGroup, Snapshot};

/// Does a step to a snapshot.
pub fn effect(step: &Step, snapshot: &mut Snapshot) {
    match step.change {
        Change::AddMember => add_member(step, snapshot),
        Change::AssignRole => assign_role(step, snapshot),
        Change::CreateAccount => create_account(step, snapshot),
        Change::CreateGroup => create_group(step, snapshot),
        Change::CreateDedicatedPolicy | Change::CreateMfaPolicy => create_policy(step, snapshot),
        Change::ChangeMfaPolicy
        | Change::EnforceDedicatedPolicy
        | Change::EnforceMfaPolicy
        | Change::ExcludeGroup => change_policy(step, snapshot),
        Change::SetPasswordPolicy => set_password_policy(step, snapshot),
    }
}

/// A policy after a change of these members: conditions change member by member, and what it asks for changes as a whole, so that
/// nothing stays of what somebody else asked for. None if that would be no policy.
#[must_use]
pub fn changed(
    policy: &ConditionalAccessPolicy,
    members: &Value,
) -> Option<ConditionalAccessPolicy> {
    let mut document = serde_json::to_value(policy).ok()?;
    if members.get("grantControls").is_some() {
        document["grantControls"] = Value::Null;
    }
    merge(&mut document, members);
    serde_json::from_value(document).ok()
}

/// Those members of an object that a change names become what it says, at every depth; null empties.
pub(super) fn merge(object: &mut Value, change: &Value) {
    let Value::Object(change) = change else {
        *object = change.clone();
        return;
    };
    if !object.is_object() {
        *object = json!({});
    }
    for (name, value) in change {
        merge(&mut object[name.as_str()], value);
    }
}

/// The account with this id.
fn account<'a>(
    snapshot: &'a mut Snapshot,
    id: &str,
) -> Option<&'a mut crate::tenant::snapshot::Account> {
    snapshot.accounts.iter_mut().find(|account| {
        let user = account.user.as_ref().ok().and_then(Option::as_ref);
        user.is_some_and(|user| user.id == id)
    })
}

fn add_member(step: &Step, snapshot: &mut Snapshot) {
    let Some(with) = &step.with else { return };
    if let Some(account) = account(snapshot, &with.id)
        && let Ok(memberships) = &mut account.memberships
    {
        memberships.push(Membership {
            odata_type: Some("#microsoft.graph.group".to_owned()),
            id: step.object.id.clone(),
            display_name: Some(step.object.name.clone()),
            ..Membership::default()
        });
    }
    if let Ok(Some(group)) = &mut snapshot.group
        && let Ok(members) = &mut group.transitive_members
    {
        members.push(DirectoryObject {
            odata_type: Some("#microsoft.graph.user".to_owned()),
            id: with.id.clone(),
            user_principal_name: Some(with.name.clone()),
            ..DirectoryObject::default()
        });
    }
}

fn assign_role(step: &Step, snapshot: &mut Snapshot) {
    if let Some(account) = account(snapshot, &step.object.id)
        && let Ok(memberships) = &mut account.memberships
    {
        memberships.push(Membership {
            odata_type: Some("#microsoft.graph.directoryRole".to_owned()),
            id: "(id of the role)".to_owned(),
            role_template_id: Some(GLOBAL_ADMINISTRATOR.to_owned()),
            ..Membership::default()
        });
    }
}

fn create_account(step: &Step, snapshot: &mut Snapshot) {
    let named = |name: &str| {
        name.eq_ignore_ascii_case(&step.object.name)
            || step.after["mailNickname"].as_str() == Some(name)
    };
    let accounts = &mut snapshot.accounts;
    let missing = accounts
        .iter_mut()
        .find(|account| matches!(account.user, Ok(None)) && named(&account.name));
    if let Some(account) = missing {
        let mut user = step.after.clone();
        user["id"] = json!(step.object.id);
        user["userType"] = json!("Member");
        account.user = serde_json::from_value::<User>(user)
            .map(Some)
            .map_err(|_| crate::tenant::read::Unread::not_asked());
        account.memberships = Ok(Vec::new());
        account.keys = Ok(Vec::new());
    }
}

fn create_group(step: &Step, snapshot: &mut Snapshot) {
    snapshot.group = Ok(Some(ExclusionGroup {
        group: Group {
            id: step.object.id.clone(),
            display_name: Some(step.object.name.clone()),
            security_enabled: Some(true),
            is_assignable_to_role: step.after["isAssignableToRole"].as_bool(),
            ..Group::default()
        },
        transitive_members: Ok(Vec::new()),
        owners: Ok(Vec::new()),
    }));
}

fn create_policy(step: &Step, snapshot: &mut Snapshot) {
    if let (Ok(policies), Ok(made)) = (
        &mut snapshot.policies,
        serde_json::from_value::<ConditionalAccessPolicy>(step.after.clone()),
    ) {
        policies.push(ConditionalAccessPolicy {
            id: Some(step.object.id.clone()),
            ..made
        });
    }
}

fn change_policy(step: &Step, snapshot: &mut Snapshot) {
    let Ok(policies) = &mut snapshot.policies else {
        return;
    };
    let is_it = |one: &&mut ConditionalAccessPolicy| one.id.as_deref() == Some(&step.object.id);
    if let Some(policy) = policies.iter_mut().find(is_it)
        && let Some(changed) = changed(policy, &step.after)
    {
        *policy = changed;
    }
}

fn set_password_policy(step: &Step, snapshot: &mut Snapshot) {
    if let Some(account) = account(snapshot, &step.object.id)
        && let Ok(Some(user)) = &mut account.user
    {
        user.password_policies = step.after["passwordPolicies"].as_str().map(str::to_owned);
    }
}
