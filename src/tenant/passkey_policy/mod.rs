//! What the passkey policy says of one key of one account, and which of its settings says so.
//!
//! Targets decide whether the account is meant, profiles (or the settings for the whole tenant, where there are no profiles)
//! whether the key is. A key is taken if one profile that holds for the account takes it. Attestation counts at registration
//! only, models count at every sign-in: a model that is taken off the list locks its keys out. What the policy leaves open is
//! unknown, never allowed.

mod restrictions;
#[cfg(test)]
mod tests;

use crate::graph::model::{
    Fido2AuthenticationMethodConfiguration as Policy, PasskeyAuthenticationMethodTarget as Target,
    PasskeyProfile,
};
use crate::webauthn::Aaguid;

/// The target that covers every account.
const ALL_USERS: &str = "all_users";

/// What the key is to be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The key is about to be registered.
    Registration,
    /// The key is registered, and somebody signs in with it.
    SignIn,
}

/// The account that a key opens.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    /// Its object id.
    pub id: &'a str,
    /// The ids of the groups it is in, groups within groups included; `None` if they could not be read.
    pub groups: Option<&'a [String]>,
}

/// The key in question. It is bound to its device: that is what the tool enrols.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its model.
    pub aaguid: Aaguid,
    /// Whether the service can verify its attestation; `None` if nobody knows.
    pub attested: Option<bool>,
}

/// What the policy says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// The key is taken.
    Allowed {
        /// The setting that takes it.
        by: String,
    },
    /// The key is not taken.
    Refused {
        /// The settings that refuse it.
        by: String,
    },
    /// The policy, or what could be read of it, does not say.
    Unknown {
        /// What is missing.
        why: String,
    },
}

impl Ruling {
    fn allowed(by: impl Into<String>) -> Self {
        Self::Allowed { by: by.into() }
    }

    fn refused(by: impl Into<String>) -> Self {
        Self::Refused { by: by.into() }
    }

    fn unknown(why: impl Into<String>) -> Self {
        Self::Unknown { why: why.into() }
    }

    /// The ruling where one of several is enough: a single yes decides, a no needs all of them.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (allowed @ Self::Allowed { .. }, _) | (_, allowed @ Self::Allowed { .. }) => allowed,
            (unknown @ Self::Unknown { .. }, _) | (_, unknown @ Self::Unknown { .. }) => unknown,
            (Self::Refused { by: first }, Self::Refused { by: second }) if first == second => {
                Self::refused(first)
            }
            (Self::Refused { by: first }, Self::Refused { by: second }) => {
                Self::refused(format!("{first}; {second}"))
            }
        }
    }

    /// The ruling if the condition for it may not hold: then only a no is certain.
    fn perhaps(self, why: &str) -> Self {
        match self {
            Self::Allowed { .. } => Self::unknown(why),
            other => other,
        }
    }
}

/// Whether the policy needs to know the account's groups.
#[must_use]
pub fn asks_for_groups(policy: &Policy) -> bool {
    let targets = [&policy.include_targets, &policy.exclude_targets];
    targets
        .into_iter()
        .flatten()
        .flatten()
        .any(|target| target.id != ALL_USERS && !names_a_user(target))
}

/// What the policy says of this key of this account.
#[must_use]
pub fn rule(policy: &Policy, account: Account<'_>, key: Key, purpose: Purpose) -> Ruling {
    match policy.state.as_deref() {
        Some("enabled") => {}
        Some("disabled") => {
            return Ruling::refused("state: passkeys are disabled in the whole tenant");
        }
        _ => return Ruling::unknown("the policy does not say whether passkeys are enabled"),
    }
    if purpose == Purpose::Registration
        && policy.is_self_service_registration_allowed == Some(false)
    {
        return Ruling::refused("isSelfServiceRegistrationAllowed is off");
    }
    let included = of_included(policy, account, key, purpose);
    let Some(excluded) = &policy.exclude_targets else {
        return included.perhaps("the policy does not show its excludeTargets");
    };
    match covers_any(excluded, account) {
        Some(true) => Ruling::refused("excludeTargets: the account is excluded"),
        Some(false) => included,
        None => included.perhaps(
            "the account's groups could not be read, and one of them may be in excludeTargets",
        ),
    }
}

/// What the targets that include the account say.
fn of_included(policy: &Policy, account: Account<'_>, key: Key, purpose: Purpose) -> Ruling {
    let Some(targets) = &policy.include_targets else {
        return Ruling::unknown("the policy does not show its includeTargets");
    };
    let rulings = targets.iter().filter_map(|target| {
        let ruling = || of_target(policy, target, key, purpose);
        match covers(target, account) {
            Some(true) => Some(ruling()),
            Some(false) => None,
            None => Some(ruling().perhaps(
                "the account's groups could not be read, so it is open whether includeTargets covers it",
            )),
        }
    });
    rulings
        .reduce(Ruling::or)
        .unwrap_or_else(|| Ruling::refused("includeTargets: none of them covers the account"))
}

/// What the profiles of a target say, or the settings for the whole tenant where it has none.
fn of_target(policy: &Policy, target: &Target, key: Key, purpose: Purpose) -> Ruling {
    let named = target
        .allowed_passkey_profiles
        .as_deref()
        .unwrap_or_default();
    let default = policy.default_passkey_profile.as_ref();
    let ids: Vec<&String> = if named.is_empty() {
        default.into_iter().collect()
    } else {
        named.iter().collect()
    };
    let profiles = ids.into_iter().map(|id| {
        let known = policy.passkey_profiles.iter().flatten();
        let profile = known
            .into_iter()
            .find(|profile| profile.id.eq_ignore_ascii_case(id));
        match profile {
            Some(profile) => of_profile(profile, key, purpose),
            None => Ruling::unknown(format!("the passkey profile {id:?} could not be read")),
        }
    });
    profiles
        .reduce(Ruling::or)
        .unwrap_or_else(|| of_whole_tenant(policy, key, purpose))
}

fn of_profile(profile: &PasskeyProfile, key: Key, purpose: Purpose) -> Ruling {
    let name = format!(
        "passkey profile {:?}",
        profile.name.as_deref().unwrap_or(&profile.id)
    );
    let types = profile.passkey_types.as_deref();
    match types.map(|types| types.split(',').any(|one| one.trim() == "deviceBound")) {
        Some(true) => {}
        Some(false) => {
            return Ruling::refused(format!("{name}: passkeyTypes leaves device-bound keys out"));
        }
        None => return Ruling::unknown(format!("{name}: passkeyTypes is missing")),
    }
    let enforced = match profile.attestation_enforcement.as_deref() {
        Some("disabled") => Some(false),
        Some("registrationOnly") => Some(true),
        _ => None,
    };
    let restrictions = profile.key_restrictions.as_ref();
    restrictions::rule(&name, enforced, restrictions, key, purpose)
}

fn of_whole_tenant(policy: &Policy, key: Key, purpose: Purpose) -> Ruling {
    let restrictions = policy.key_restrictions.as_ref();
    restrictions::rule(
        "settings for the whole tenant",
        policy.is_attestation_enforced,
        restrictions,
        key,
        purpose,
    )
}

/// Whether one of the targets covers the account; `None` if that depends on groups that could not be read.
fn covers_any(targets: &[Target], account: Account<'_>) -> Option<bool> {
    let mut open = false;
    for target in targets {
        match covers(target, account) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => open = true,
        }
    }
    (!open).then_some(false)
}

fn covers(target: &Target, account: Account<'_>) -> Option<bool> {
    if target.id == ALL_USERS {
        return Some(true);
    }
    if names_a_user(target) {
        return Some(target.id.eq_ignore_ascii_case(account.id));
    }
    let groups = account.groups?;
    Some(
        groups
            .iter()
            .any(|group| group.eq_ignore_ascii_case(&target.id)),
    )
}

fn names_a_user(target: &Target) -> bool {
    target.target_type.as_deref() == Some("user")
}
