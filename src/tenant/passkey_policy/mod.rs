//! What the passkey policy says of one key of one account, and which of its settings says so.
//!
//! Targets decide whether the account is meant, profiles (or the settings for the whole tenant, where there are no profiles)
//! whether the key is. A key is taken if one profile that holds for the account takes it. Attestation counts at registration
//! only, models count at every sign-in: a model that is taken off the list locks its keys out. What the policy leaves open is
//! unknown, never allowed.

mod profile;
mod restrictions;
mod ruling;
mod target;
#[cfg(test)]
mod tests;

use crate::graph::model::Fido2AuthenticationMethodConfiguration as Policy;
use crate::tenant::Setting;
use crate::webauthn::Aaguid;

pub use profile::Applied;
pub use ruling::Ruling;
pub use target::{asks_for_groups, excluded, included};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its model; `None` if it is not chosen yet.
    pub aaguid: Option<Aaguid>,
    /// What its attestation is.
    pub attestation: Attestation,
}

/// What a key's attestation is to the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attestation {
    /// There is none.
    None,
    /// The credential signs for itself.
    SelfSigned,
    /// Nobody knows before the credential is made.
    Unknown,
    /// It leads to the FIDO metadata.
    Verified,
}

/// What the policy says of this key of this account.
#[must_use]
pub fn rule(policy: &Policy, account: Account<'_>, key: Key, purpose: Purpose) -> Ruling {
    let everybody = match purpose {
        Purpose::Registration => state(policy).and(self_service(policy)),
        Purpose::SignIn => state(policy),
    };
    let by_key = combined(&applied(policy, account), key, purpose);
    everybody
        .and(included(policy, account))
        .and(by_key)
        .and(excluded(policy, account))
}

/// Whether there are passkeys in the tenant.
#[must_use]
pub fn state(policy: &Policy) -> Ruling {
    match policy.state.as_deref() {
        Some("enabled") => Ruling::allowed("state: passkeys are enabled"),
        Some("disabled") => Ruling::refused(
            Setting::State,
            "state: passkeys are disabled in the whole tenant",
        ),
        _ => Ruling::unknown("the policy does not say whether passkeys are enabled"),
    }
}

/// Whether anybody can register anything: the switch counts for provisioning too.
#[must_use]
pub fn self_service(policy: &Policy) -> Ruling {
    match policy.is_self_service_registration_allowed {
        Some(true) => Ruling::allowed("isSelfServiceRegistrationAllowed is on"),
        Some(false) => Ruling::refused(
            Setting::SelfService,
            "isSelfServiceRegistrationAllowed is off",
        ),
        None => Ruling::unknown("the policy does not show isSelfServiceRegistrationAllowed"),
    }
}

/// The sets of settings that hold for the account, or may hold if its groups could not be read.
#[must_use]
pub fn applied<'a>(policy: &'a Policy, account: Account<'_>) -> Vec<Applied<'a>> {
    let mut found: Vec<Applied<'a>> = Vec::new();
    for (target, certain) in target::covering(policy, account) {
        for one in profile::of_target(policy, target, certain) {
            match found.iter_mut().find(|known| known.is_same(&one)) {
                Some(known) => known.certain |= one.certain,
                None => found.push(one),
            }
        }
    }
    found
}

/// What they say together: one that takes the key is enough.
#[must_use]
pub fn combined(applied: &[Applied<'_>], key: Key, purpose: Purpose) -> Ruling {
    let rulings = applied.iter().map(|one| one.rule(key, purpose));
    rulings
        .reduce(Ruling::or)
        .unwrap_or_else(|| Ruling::unknown("no passkey profile is known to hold for the account"))
}
