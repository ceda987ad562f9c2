//! Changes of a tenant that somebody thinks of, in Graph's own form, put into what was read of it.
//!
//! A file holds one object or several, alone, in an array, or in `value` as Graph lists them: Conditional Access policies,
//! authentication strengths, the passkey policy. What it does not mention stays, as in a PATCH. Of a policy's conditions and controls
//! each member is replaced as a whole: a `users` without `excludeGroups` excludes no group. Whether the service would keep what
//! is left out there is not documented, and the question here is what can go wrong.

mod document;
#[cfg(test)]
mod tests;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::read::Unread;
use super::snapshot::Snapshot;

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
    /// An object that is neither one of the tenant's nor a whole new one.
    #[error("object {at} {}, and is no new one either, which would have {needed}", named(.id.as_deref()))]
    NoneSuch {
        /// Which, from 1 on.
        at: usize,
        /// The id that nothing has.
        id: Option<String>,
        /// The member that a new one has.
        needed: &'static str,
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

fn named(id: Option<&str>) -> String {
    match id {
        Some(id) => format!("has the id {id:?}, which none in the tenant has"),
        None => "has no id".to_owned(),
    }
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
        match self.object {
            Object::Policy => {
                let policies = snapshot.policies.as_mut().map_err(|why| unread(why))?;
                self.put(policies, |one| one.id.as_deref(), &PARTED, "conditions")
            }
            Object::Strength => {
                let strengths = snapshot.strengths.as_mut().map_err(|why| unread(why))?;
                self.put(
                    strengths,
                    |one| Some(one.id.as_str()),
                    &[],
                    "allowedCombinations",
                )
            }
            Object::Passkeys => {
                let passkeys = snapshot.passkeys.as_mut().map_err(|why| unread(why))?;
                *passkeys = self.changed(passkeys, &[])?;
                Ok(())
            }
        }
    }

    /// Changes the object with the same id, or adds one, if it has the member without which the service makes none.
    fn put<T: Serialize + DeserializeOwned>(
        &self,
        objects: &mut Vec<T>,
        id_of: fn(&T) -> Option<&str>,
        parted: &[&str],
        needed: &'static str,
    ) -> Result<(), Error> {
        let id = self.members.get("id").and_then(Value::as_str);
        let is_meant = |one: &&mut T| {
            let ids = id_of(one).zip(id);
            ids.is_some_and(|(known, id)| known.eq_ignore_ascii_case(id))
        };
        match objects.iter_mut().find(is_meant) {
            Some(known) => *known = self.changed(known, parted)?,
            None if !self.members.contains_key(needed) => {
                return Err(Error::NoneSuch {
                    at: self.at,
                    id: id.map(str::to_owned),
                    needed,
                });
            }
            None => objects.push(self.read(Value::Object(self.members.clone()))?),
        }
        Ok(())
    }

    /// The object with the members of the change in the place of its own, all but its id, in which the change may have other letters.
    fn changed<T: Serialize + DeserializeOwned>(
        &self,
        object: &T,
        parted: &[&str],
    ) -> Result<T, Error> {
        let mut whole = serde_json::to_value(object).map_err(|why| self.members_are(why))?;
        for (name, value) in self.members.iter().filter(|(name, _)| *name != "id") {
            match (&mut whole[name], value) {
                (Value::Object(before), Value::Object(after))
                    if parted.contains(&name.as_str()) =>
                {
                    before.extend(after.clone());
                }
                (before, value) => *before = value.clone(),
            }
        }
        self.read(whole)
    }

    fn read<T: DeserializeOwned>(&self, whole: Value) -> Result<T, Error> {
        serde_json::from_value(whole).map_err(|why| self.members_are(why))
    }

    fn members_are(&self, why: serde_json::Error) -> Error {
        Error::Members { at: self.at, why }
    }
}

/// Members of a policy of which each member is replaced on its own.
const PARTED: [&str; 1] = ["conditions"];
