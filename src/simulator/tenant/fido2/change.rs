//! A change of the policy: a JSON object with the members that change, as in a PATCH to Graph.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::simulator::tenant::{Fido2Policy, PasskeyProfile, PasskeyTypes};

/// Profiles, the default one included.
const PROFILE_LIMIT: usize = 3;

/// Bytes of the policy as JSON.
const SIZE_LIMIT: usize = 20 * 1024;

/// The profile that the deprecated settings turn into.
const DEFAULT_PROFILE: Uuid = Uuid::from_u128(1);

/// Why a policy cannot be as wanted.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The default profile is not among the profiles, or there are profiles and no default.
    #[error("defaultPasskeyProfile must be the id of a passkey profile.")]
    DefaultProfile,
    /// Two profiles have the same id.
    #[error("The ids of passkey profiles must differ.")]
    DuplicateProfile,
    /// A member has the wrong type, or there is no such member.
    #[error("Invalid property: {0}.")]
    Malformed(#[from] serde_json::Error),
    /// Who has profiles has them for good.
    #[error("Opting in to passkey profiles cannot be undone.")]
    OptedIn,
    /// The policy takes more than 20 KB.
    #[error("The policy exceeds the size limit of {SIZE_LIMIT} bytes.")]
    TooLarge,
    /// More than three.
    #[error("A policy has at most {PROFILE_LIMIT} passkey profiles.")]
    TooManyProfiles,
    /// A target names a profile that does not exist.
    #[error("The passkey profile {0} does not exist.")]
    UnknownProfile(Uuid),
}

impl Fido2Policy {
    /// The policy after a change. Collections are replaced as a whole, objects member by member.
    ///
    /// # Errors
    /// The first reason against it.
    pub fn changed(&self, change: Map<String, Value>) -> Result<Self, PolicyError> {
        let mut change = Value::Object(change);
        identify_profiles(&mut change);
        let mut wire = serde_json::to_value(self)?;
        merge(&mut wire, change);
        let mut changed: Self = serde_json::from_value(wire)?;
        if self.passkey_profiles.is_empty() {
            changed.keep_former_settings();
        } else if changed.passkey_profiles.is_empty() {
            return Err(PolicyError::OptedIn);
        }
        changed.check()?;
        Ok(changed)
    }

    /// On opting in without a default, the deprecated settings become the default profile.
    fn keep_former_settings(&mut self) {
        if self.passkey_profiles.is_empty() || self.default_passkey_profile.is_some() {
            return;
        }
        self.passkey_profiles.insert(
            0,
            PasskeyProfile {
                id: DEFAULT_PROFILE,
                name: "Default passkey profile".to_owned(),
                passkey_types: PasskeyTypes::ALL,
                is_attestation_enforced: self.is_attestation_enforced,
                key_restrictions: self.key_restrictions.clone(),
            },
        );
        self.default_passkey_profile = Some(DEFAULT_PROFILE);
    }

    fn check(&self) -> Result<(), PolicyError> {
        let ids: BTreeSet<Uuid> = self.passkey_profiles.iter().map(|known| known.id).collect();
        let mut named = self
            .include_targets
            .iter()
            .flat_map(|included| &included.allowed_passkey_profiles);
        let default_is_known = match self.default_passkey_profile {
            Some(id) => ids.contains(&id),
            None => ids.is_empty(),
        };
        if self.passkey_profiles.len() > PROFILE_LIMIT {
            Err(PolicyError::TooManyProfiles)
        } else if ids.len() < self.passkey_profiles.len() {
            Err(PolicyError::DuplicateProfile)
        } else if !default_is_known {
            Err(PolicyError::DefaultProfile)
        } else if let Some(unknown) = named.find(|id| !ids.contains(id)) {
            Err(PolicyError::UnknownProfile(*unknown))
        } else if serde_json::to_vec(self)?.len() > SIZE_LIMIT {
            Err(PolicyError::TooLarge)
        } else {
            Ok(())
        }
    }
}

/// Profiles come without an id when they are new; they get the first that is free, so that the same seed makes the same ids.
fn identify_profiles(change: &mut Value) {
    let profiles = change
        .get_mut("passkeyProfiles")
        .and_then(Value::as_array_mut);
    let Some(profiles) = profiles else { return };
    let known: BTreeSet<Uuid> = profiles
        .iter()
        .filter_map(|profile| profile["id"].as_str()?.parse().ok())
        .collect();
    let mut free = (2..).map(Uuid::from_u128).filter(|id| !known.contains(id));
    for profile in profiles.iter_mut().filter_map(Value::as_object_mut) {
        if !profile.contains_key("id") {
            profile.insert(
                "id".to_owned(),
                free.next().map_or(Value::Null, |id| id.to_string().into()),
            );
        }
    }
}

fn merge(old: &mut Value, new: Value) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, value) in new {
                merge(old.entry(name).or_insert(Value::Null), value);
            }
        }
        (old, new) => *old = new,
    }
}

/// Takes the `@odata.…` members out, at every level.
pub(in crate::simulator) fn strip_annotations(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !name.contains("@odata."));
            members.values_mut().for_each(strip_annotations);
        }
        Value::Array(items) => items.iter_mut().for_each(strip_annotations),
        _ => {}
    }
}
