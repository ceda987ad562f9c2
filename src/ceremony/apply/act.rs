//! The request that makes a change, sent once.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::look::guid;
use crate::ceremony::{Error, Parties};
use crate::custody::generate_password;
use crate::graph::model::{
    ConditionalAccessPolicy, ConditionalAccessPolicyUpdate, GroupCreate, PasswordProfile,
    UserCreate, UserUpdate,
};
use crate::graph::{self, Client};
use crate::secret::Password;
use crate::tenant::plan::{Change, Step, changed};

/// Makes the change; the id of the object that was made, if one was. `fresh`: something that the step is about was made a moment ago,
/// and may not be known everywhere yet. `policy`: the policy as it was read a moment ago. `password`: that of an account that is
/// made, if it is kept.
pub(super) async fn act(
    step: &Step,
    fresh: bool,
    policy: Option<&ConditionalAccessPolicy>,
    password: Option<Password>,
    parties: &Parties<'_>,
) -> Result<Option<String>, Error> {
    let client = parties.tenant()?;
    let object = step.object.id.as_str();
    let with = step.with.as_ref().map_or("", |with| with.id.as_str());
    Ok(match step.change {
        Change::CreateAccount => {
            // Otherwise one that nobody knows, not even we a moment later.
            let password = password.unwrap_or_else(|| generate_password(parties.env));
            let user = new_user(&step.after, password);
            Some(client.create_user(&user).await?.id)
        }
        Change::SetPasswordPolicy => {
            let update: UserUpdate = wire(&step.after);
            client.update_user(object, &update).await?;
            None
        }
        Change::CreateGroup => {
            let group: GroupCreate = wire(&step.after);
            Some(client.create_group(&group).await?.id)
        }
        Change::AddMember => {
            patiently(client, fresh, async || {
                client.add_member(object, with).await
            })
            .await?;
            None
        }
        Change::AssignRole => {
            let (principal, role) = (guid(object)?, guid(with)?);
            patiently(client, fresh, async || {
                client.assign_role(principal, role).await
            })
            .await?;
            None
        }
        Change::CreateDedicatedPolicy | Change::CreateMfaPolicy => {
            let policy: ConditionalAccessPolicy = wire(&step.after);
            let create = async || client.create_conditional_access_policy(&policy).await;
            patiently(client, fresh, create).await?.id
        }
        Change::ChangeMfaPolicy
        | Change::EnforceDedicatedPolicy
        | Change::EnforceMfaPolicy
        | Change::ExcludeGroup => {
            let update = update(policy, &step.after);
            let send = async || {
                client
                    .update_conditional_access_policy(object, &update)
                    .await
            };
            patiently(client, fresh, send).await?;
            None
        }
    })
}

/// Repeats what is about something new, until the directory knows it.
async fn patiently<T>(
    client: &Client,
    fresh: bool,
    mut attempt: impl AsyncFnMut() -> Result<T, graph::Error>,
) -> Result<T, graph::Error> {
    match fresh {
        true => client.until_known(attempt).await,
        false => attempt().await,
    }
}

/// The members of a change, each with everything that is in it.
fn update(
    policy: Option<&ConditionalAccessPolicy>,
    after: &Value,
) -> ConditionalAccessPolicyUpdate {
    let policy = policy.cloned().unwrap_or_default();
    let changed = changed(&policy, after).map(serde_json::to_value);
    let mut sent = changed.and_then(Result::ok).unwrap_or_default();
    if let Value::Object(members) = &mut sent {
        members.retain(|name, _| after.get(name).is_some());
    }
    wire(&sent)
}

/// An account whose password nobody is to type: keys are the way in.
fn new_user(after: &Value, password: Password) -> UserCreate {
    let text = |name: &str| after[name].as_str().unwrap_or_default().to_owned();
    UserCreate {
        account_enabled: true,
        display_name: text("displayName"),
        mail_nickname: text("mailNickname"),
        user_principal_name: text("userPrincipalName"),
        password_policies: Some(text("passwordPolicies")),
        password_profile: PasswordProfile {
            force_change_password_next_sign_in: false,
            password,
        },
    }
}

/// What the plan wrote, as Graph's own type.
fn wire<T: DeserializeOwned>(members: &Value) -> T {
    serde_json::from_value(members.clone())
        .expect("plans have Graph's own members, of their own types")
}
