//! The part of a seed about Conditional Access: objects as Graph shows them, people by name.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::env::Env;
use crate::simulator::conditional_access::{AuthenticationStrength, NamedLocation};
use crate::simulator::tenant::{ApplyError, Seed, State};

/// Members of an `authenticationStrengthPolicy` that follow from the others.
const DERIVED: [&str; 4] = [
    "createdDateTime",
    "modifiedDateTime",
    "policyType",
    "requirementsSatisfied",
];

impl Seed {
    pub(super) fn apply_conditional_access(
        &self,
        state: &mut State,
        env: &Env,
    ) -> Result<(), ApplyError> {
        if let Some(names) = &self.emergency_accounts {
            let ids = names.iter().map(|name| user_id(state, name));
            state.conditional_access.emergency_accounts = ids.collect::<Result<_, _>>()?;
        }
        if let Some(is_throttled) = self.throttle_conditional_access {
            state.conditional_access.is_throttled = is_throttled;
        }
        for location in &self.named_locations {
            put_location(state, location, env)?;
        }
        for strength in &self.authentication_strengths {
            put_strength(state, strength, env)?;
        }
        if let Some(enabled) = self.security_defaults_enabled {
            state.conditional_access.security_defaults_enabled = enabled;
        }
        for policy in &self.conditional_access_policies {
            put_policy(state, policy, env)?;
        }
        Ok(())
    }
}

fn user_id(state: &State, name: &str) -> Result<Uuid, ApplyError> {
    let user = state.user(&state.full_name(name)).map(|user| user.id);
    user.ok_or_else(|| ApplyError::UnknownPrincipal(name.to_owned()))
}

/// In place of the one with its id or, if it has none, with its name.
fn put_policy(state: &mut State, policy: &Map<String, Value>, env: &Env) -> Result<(), ApplyError> {
    let mut body = Value::Object(policy.clone());
    for list in ["includeUsers", "excludeUsers"] {
        name_users(
            state,
            body.pointer_mut(&format!("/conditions/users/{list}")),
        );
    }
    let name = text(policy, "displayName").to_owned();
    let id = text(policy, "id").parse::<Uuid>().ok();
    let known = state.conditional_access.policies.iter();
    let mut known = known.map(|policy| (policy.id, &policy.display_name));
    let known = known.find(|(known, own)| id.map_or(**own == name, |id| id == *known));
    let known = known.map(|(known, _)| known);
    let id = known.or(id).unwrap_or_else(|| env.uuid());
    state
        .put_policy(body, id, env.now())
        .map_err(|cause| ApplyError::ConditionalAccessPolicy { name, cause })
}

/// Object ids in place of names; words and ids stay, and so does what no user is called.
fn name_users(state: &State, users: Option<&mut Value>) {
    let entries = users.and_then(Value::as_array_mut);
    for entry in entries.into_iter().flatten() {
        let user = entry
            .as_str()
            .and_then(|name| state.user(&state.full_name(name)));
        if let Some(user) = user {
            *entry = user.id.to_string().into();
        }
    }
}

fn put_location(
    state: &mut State,
    location: &Map<String, Value>,
    env: &Env,
) -> Result<(), ApplyError> {
    let known = state.conditional_access.named_locations.iter();
    let known = known.map(|location| (location.id, location.display_name.as_str()));
    let members = identified(location, known, env);
    let location: NamedLocation =
        serde_json::from_value(members).map_err(ApplyError::NamedLocation)?;
    let locations = &mut state.conditional_access.named_locations;
    locations.retain(|known| known.id != location.id);
    locations.push(location);
    Ok(())
}

fn put_strength(
    state: &mut State,
    strength: &Map<String, Value>,
    env: &Env,
) -> Result<(), ApplyError> {
    let known = state.conditional_access.authentication_strengths.iter();
    let known = known.map(|strength| (strength.id, strength.display_name.as_str()));
    let mut members = identified(strength, known, env);
    if let Value::Object(members) = &mut members {
        let is_derived = |name: &str| DERIVED.contains(&name) || name.contains("@odata.");
        members.retain(|name, _| !is_derived(name));
    }
    let strength: AuthenticationStrength =
        serde_json::from_value(members).map_err(ApplyError::AuthenticationStrength)?;
    let strengths = &mut state.conditional_access.authentication_strengths;
    strengths.retain(|known| known.id != strength.id);
    strengths.push(strength);
    Ok(())
}

/// The members with an id: their own, that of the known one of this name, or a new one.
fn identified<'a>(
    members: &Map<String, Value>,
    mut known: impl Iterator<Item = (Uuid, &'a str)>,
    env: &Env,
) -> Value {
    let mut members = members.clone();
    if !members.contains_key("id") {
        let name = text(&members, "displayName");
        let known = known.find(|(_, own)| *own == name).map(|(id, _)| id);
        let id = known.unwrap_or_else(|| env.uuid());
        members.insert("id".to_owned(), id.to_string().into());
    }
    Value::Object(members)
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> &'a str {
    members
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
}
