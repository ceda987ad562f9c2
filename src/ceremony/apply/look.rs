//! Whether a change shows in the tenant: before it is made it must not, afterwards it must, and after a crash nobody knows.

use serde_json::Value;
use uuid::Uuid;

use super::ApplyError;
use crate::ceremony::Error;
use crate::graph::Client;
use crate::graph::model::{ConditionalAccessPolicy, User};
use crate::ledger::{Ceremony, Event, TenantChange, TenantChangeIntended};
use crate::tenant::plan::{Change, changed};

/// The intent of a ceremony.
pub(super) fn intended(ceremony: &Ceremony) -> Result<&TenantChangeIntended, Error> {
    match &ceremony.intent {
        Event::TenantChangeIntended(intended) => Ok(intended),
        _ => Err(Error::NotFinishable {
            ceremony: ceremony.id,
            why: "it is not about the tenant".to_owned(),
        }),
    }
}

/// The id of the object if the change shows, or none.
pub(super) async fn shows(
    intended: &TenantChangeIntended,
    client: &Client,
) -> Result<Option<String>, Error> {
    let object = intended.object.id.as_deref().unwrap_or_default();
    let with = intended.with.as_ref().and_then(|with| with.id.as_deref());
    let with = with.unwrap_or_default();
    let name = &intended.object.name;
    let there = match intended.change {
        TenantChange::CreateAccount => return Ok(user(name, client).await?.map(|user| user.id)),
        TenantChange::CreateGroup => {
            let found = client.groups_named(name).await?;
            return only(name, found.into_iter().map(|group| group.id));
        }
        TenantChange::CreateDedicatedPolicy | TenantChange::CreateMfaPolicy => {
            let found = client.conditional_access_policies().await?;
            let named = found
                .into_iter()
                .filter(|one| one.display_name.as_ref() == Some(name));
            return only(name, named.filter_map(|one| one.id));
        }
        TenantChange::AddMember => match client.is_member(object, with).await {
            Err(error) if error.is_unknown_object() => false,
            is_member => is_member?,
        },
        TenantChange::AssignRole => has_role(object, with, client).await?,
        TenantChange::SetPasswordPolicy => user(object, client).await?.is_some_and(|user| {
            user.password_policies.as_deref() == intended.after["passwordPolicies"].as_str()
        }),
        TenantChange::ExcludeGroup => {
            let found = policy(object, client)
                .await?
                .and_then(|one| one.conditions.users);
            found.is_some_and(|users| {
                users
                    .exclude_groups
                    .iter()
                    .any(|id| id.eq_ignore_ascii_case(with))
            })
        }
        TenantChange::ChangeMfaPolicy
        | TenantChange::EnforceDedicatedPolicy
        | TenantChange::EnforceMfaPolicy => match policy(object, client).await? {
            Some(policy) => has(&policy, &Value::Object(intended.after.clone())),
            None => false,
        },
    };
    Ok(there.then(|| object.to_owned()))
}

/// Whether what was made is shown under its id.
pub(super) async fn exists(change: Change, id: &str, client: &Client) -> Result<bool, Error> {
    Ok(match change {
        Change::CreateAccount => user(id, client).await?.is_some(),
        Change::CreateGroup => match client.group(id).await {
            Err(error) if error.is_unknown_object() => false,
            group => group.map(|_| true)?,
        },
        _ => policy(id, client).await?.is_some(),
    })
}

/// One object of a name. Names of groups and policies need not be unique, and which of several is meant nobody can say.
fn only(name: &str, mut ids: impl Iterator<Item = String>) -> Result<Option<String>, Error> {
    let first = ids.next();
    match ids.next() {
        None => Ok(first),
        Some(_) => Err(ApplyError::Ambiguous(name.to_owned()).into()),
    }
}

/// A user, if there is one.
pub(super) async fn user(name: &str, client: &Client) -> Result<Option<User>, Error> {
    match client.user(name).await {
        Err(error) if error.is_unknown_object() => Ok(None),
        user => Ok(Some(user?)),
    }
}

/// A policy, if there is one.
pub(super) async fn policy(
    id: &str,
    client: &Client,
) -> Result<Option<ConditionalAccessPolicy>, Error> {
    match client.conditional_access_policy(id).await {
        Err(error) if error.is_unknown_object() => Ok(None),
        policy => Ok(Some(policy?)),
    }
}

async fn has_role(principal: &str, role: &str, client: &Client) -> Result<bool, Error> {
    let assignments = match client.role_assignments(guid(principal)?).await {
        Err(error) if error.is_unknown_object() => Vec::new(),
        assignments => assignments?,
    };
    Ok(assignments.iter().any(|one| {
        one.role_definition_id.eq_ignore_ascii_case(role)
            && one.directory_scope_id.as_deref() == Some("/")
    }))
}

/// An object id of the directory.
pub(super) fn guid(id: &str) -> Result<Uuid, Error> {
    id.parse().map_err(|_| Error::NoObjectId(id.to_owned()))
}

/// Whether a policy has all these members already. What the service adds to a strength is no difference.
fn has(policy: &ConditionalAccessPolicy, members: &Value) -> bool {
    let by_id = |policy: &ConditionalAccessPolicy| {
        let mut document = document(policy);
        if let Some(strength) = document.pointer_mut("/grantControls/authenticationStrength") {
            *strength = strength["id"].take();
        }
        document
    };
    changed(policy, members).is_some_and(|would_be| by_id(&would_be) == by_id(policy))
}

/// A policy without what changes by itself, and annotations.
pub(super) fn document(policy: &ConditionalAccessPolicy) -> Value {
    let mut document = serde_json::to_value(policy).unwrap_or_default();
    strip(&mut document);
    if let Value::Object(members) = &mut document {
        members.remove("modifiedDateTime");
    }
    document
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, value| !name.contains('@') && !value.is_null());
            members.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}
