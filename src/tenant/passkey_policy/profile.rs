//! One set of settings that holds for an account: a passkey profile, or the deprecated settings for the whole tenant.

use super::{Key, Policy, Purpose, Ruling, restrictions};
use crate::graph::model::{PasskeyAuthenticationMethodTarget as Target, PasskeyProfile};
use crate::tenant::{Scope, Setting};

/// Settings that hold for an account.
#[derive(Debug, Clone, Copy)]
pub struct Applied<'a> {
    settings: Settings<'a>,
    /// Whether it is certain that they hold; else the account's groups could not be read.
    pub certain: bool,
}

#[derive(Debug, Clone, Copy)]
enum Settings<'a> {
    Profile(&'a PasskeyProfile),
    /// A target names this profile, and the policy does not show it.
    Unread(&'a str),
    WholeTenant(&'a Policy),
}

/// The settings to which a target leads. One that names no profile has the default one. The profiles are a navigation property:
/// where the policy shows none of them at all and the target names none, the settings for the whole tenant hold.
pub(super) fn of_target<'a>(
    policy: &'a Policy,
    target: &'a Target,
    certain: bool,
) -> Vec<Applied<'a>> {
    let named = target
        .allowed_passkey_profiles
        .as_deref()
        .unwrap_or_default();
    let ids: Vec<&String> = match (&policy.passkey_profiles, named) {
        (None, []) => Vec::new(),
        (Some(_), []) => policy.default_passkey_profile.iter().collect(),
        (_, named) => named.iter().collect(),
    };
    let applied = |settings| Applied { settings, certain };
    if ids.is_empty() {
        return vec![applied(Settings::WholeTenant(policy))];
    }
    ids.into_iter()
        .map(|id| applied(find(policy, id)))
        .collect()
}

fn find<'a>(policy: &'a Policy, id: &'a str) -> Settings<'a> {
    let mut shown = policy.passkey_profiles.iter().flatten();
    shown
        .find(|profile| profile.id.eq_ignore_ascii_case(id))
        .map_or(Settings::Unread(id), Settings::Profile)
}

impl Applied<'_> {
    /// What people call the settings.
    #[must_use]
    pub fn name(&self) -> String {
        match self.settings {
            Settings::Profile(profile) => format!("passkey profile {:?}", name(profile)),
            Settings::Unread(id) => format!("passkey profile {id:?}"),
            Settings::WholeTenant(_) => "settings for the whole tenant".to_owned(),
        }
    }

    /// What these settings say of a key.
    #[must_use]
    pub fn rule(&self, key: Key, purpose: Purpose) -> Ruling {
        let ruling = match self.settings {
            Settings::Profile(profile) => of_profile(profile, key, purpose),
            Settings::Unread(id) => {
                Ruling::unknown(format!("the passkey profile {id:?} could not be read"))
            }
            Settings::WholeTenant(policy) => of_whole_tenant(policy, key, purpose),
        };
        if self.certain {
            return ruling;
        }
        ruling.perhaps(
            "the account's groups could not be read, so it is open whether includeTargets covers it",
        )
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.settings.id() == other.settings.id()
    }
}

impl<'a> Settings<'a> {
    /// The profile's id.
    fn id(self) -> Option<&'a str> {
        match self {
            Self::Profile(profile) => Some(&profile.id),
            Self::Unread(id) => Some(id),
            Self::WholeTenant(_) => None,
        }
    }
}

fn name(profile: &PasskeyProfile) -> &str {
    profile.name.as_deref().unwrap_or(&profile.id)
}

fn of_profile(profile: &PasskeyProfile, key: Key, purpose: Purpose) -> Ruling {
    let scope = Scope::Profile(name(profile).to_owned());
    let title = format!("passkey profile {:?}", name(profile));
    let types = profile.passkey_types.as_deref();
    match types.map(|types| types.split(',').any(|one| one.trim() == "deviceBound")) {
        Some(true) => {}
        // What becomes of a key that is registered already is documented for its model only.
        Some(false) if purpose == Purpose::SignIn => {
            return Ruling::unknown(format!(
                "{title}: passkeyTypes leaves device-bound keys out, and it is open whether that counts at a sign-in"
            ));
        }
        Some(false) => {
            return Ruling::refused(
                Setting::PasskeyTypes(scope),
                format!("{title}: passkeyTypes leaves device-bound keys out"),
            );
        }
        None => return Ruling::unknown(format!("{title}: passkeyTypes is missing")),
    }
    let enforced = match profile.attestation_enforcement.as_deref() {
        Some("disabled") => Some(false),
        Some("registrationOnly") => Some(true),
        _ => None,
    };
    let settings = restrictions::Settings {
        title: &title,
        scope: &scope,
        attestation_enforced: enforced,
        restrictions: profile.key_restrictions.as_ref(),
    };
    settings.rule(key, purpose)
}

fn of_whole_tenant(policy: &Policy, key: Key, purpose: Purpose) -> Ruling {
    let settings = restrictions::Settings {
        title: "settings for the whole tenant",
        scope: &Scope::WholeTenant,
        attestation_enforced: policy.is_attestation_enforced,
        restrictions: policy.key_restrictions.as_ref(),
    };
    settings.rule(key, purpose)
}
