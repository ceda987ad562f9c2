//! Changes of a tenant that somebody thinks of, in Graph's own form, put into what was read of it.
//!
//! A file holds one object or several, alone, in an array, or in `value` as Graph lists them: Conditional Access policies,
//! authentication strengths, the passkey policy. What it does not mention stays, as in a PATCH. Of a policy's conditions and controls
//! each member is replaced as a whole: a `users` without `excludeGroups` excludes no group. Whether the service would keep what
//! is left out there is not documented, and the question here is what can go wrong.

mod document;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use super::read::Unread;
use super::snapshot::Snapshot;
use crate::graph::model::{AuthenticationStrengthPolicy, ConditionalAccessPolicy};

pub use document::{Change, Object, read};

/// Why a change cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is no JSON.
    #[error("it is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// It holds nothing.
    #[error("it holds no object")]
    Empty,
    /// An object that is none of the known kinds.
    #[error(
        "object {0} is neither a Conditional Access policy, nor an authentication strength, nor the passkey policy"
    )]
    Kind(usize),
    /// An object whose members are not what Graph has there.
    #[error("object {at}: {why}")]
    Members {
        /// Which, from 1 on.
        at: usize,
        /// What is wrong.
        why: serde_json::Error,
    },
    /// What is to be changed could not be read.
    #[error("object {at} changes what could not be read of the tenant: {}", unread.why)]
    Unread {
        /// Which, from 1 on.
        at: usize,
        /// Why.
        unread: Unread,
    },
}

impl Change {
    /// Puts the change into what was read.
    ///
    /// # Errors
    /// When the object that it changes is not known, or would be none afterwards.
    pub fn put_into(&self, snapshot: &mut Snapshot) -> Result<(), Error> {
        let at = self.at;
        let unread = |unread: &Unread| Error::Unread {
            at,
            unread: unread.clone(),
        };
        let members = |why| Error::Members { at, why };
        match self.object {
            Object::Policy => {
                let policies = snapshot.policies.as_mut().map_err(|why| unread(why))?;
                put_policy(policies, &self.members).map_err(members)
            }
            Object::Strength => {
                let strengths = snapshot.strengths.as_mut().map_err(|why| unread(why))?;
                put_strength(strengths, &self.members).map_err(members)
            }
            Object::Passkeys => {
                let passkeys = snapshot.passkeys.as_mut().map_err(|why| unread(why))?;
                *passkeys = changed(passkeys, &self.members, &[]).map_err(members)?;
                Ok(())
            }
        }
    }
}

/// Members of a policy of which each member is replaced on its own.
const PARTED: [&str; 1] = ["conditions"];

fn put_policy(
    policies: &mut Vec<ConditionalAccessPolicy>,
    members: &Map<String, Value>,
) -> Result<(), serde_json::Error> {
    let id = members.get("id").and_then(Value::as_str);
    let known = policies
        .iter_mut()
        .find(|one| id.is_some() && one.id.as_deref() == id);
    match known {
        Some(known) => *known = changed(known, members, &PARTED)?,
        None => policies.push(serde_json::from_value(Value::Object(members.clone()))?),
    }
    Ok(())
}

fn put_strength(
    strengths: &mut Vec<AuthenticationStrengthPolicy>,
    members: &Map<String, Value>,
) -> Result<(), serde_json::Error> {
    let id = members.get("id").and_then(Value::as_str);
    match strengths.iter_mut().find(|one| Some(one.id.as_str()) == id) {
        Some(known) => *known = changed(known, members, &[])?,
        None => strengths.push(serde_json::from_value(Value::Object(members.clone()))?),
    }
    Ok(())
}

/// The object with these members in the place of its own.
fn changed<T: serde::Serialize + serde::de::DeserializeOwned>(
    object: &T,
    members: &Map<String, Value>,
    parted: &[&str],
) -> Result<T, serde_json::Error> {
    let mut whole = serde_json::to_value(object)?;
    for (name, value) in members {
        match (&mut whole[name], value) {
            (Value::Object(before), Value::Object(after)) if parted.contains(&name.as_str()) => {
                before.extend(after.clone());
            }
            (before, value) => *before = value.clone(),
        }
    }
    serde_json::from_value(whole)
}
