//! The policy, and whom and what it admits.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::simulator::tenant::fido2::profile::KeySettings;
use crate::simulator::tenant::{
    IncludeTarget, KeyRestrictions, NewKey, PasskeyProfile, PasskeyTypes, Target, User, UserType,
};
use crate::webauthn::Aaguid;

/// `fido2AuthenticationMethodConfiguration`, stored as Graph writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fido2Policy {
    /// `state` is `enabled`.
    #[serde(rename = "state", with = "state")]
    pub is_enabled: bool,
    /// The provisioning interface needs it, even for applications. For the whole tenant, whatever the profiles say.
    pub is_self_service_registration_allowed: bool,
    /// Deprecated: the attestation must lead to a trust anchor. In force while there are no profiles.
    pub is_attestation_enforced: bool,
    /// Deprecated: models allowed or blocked. In force while there are no profiles.
    pub key_restrictions: KeyRestrictions,
    /// The profile for included targets that name none.
    #[serde(default)]
    pub default_passkey_profile: Option<Uuid>,
    /// Once there is one, the two deprecated settings no longer count.
    #[serde(default)]
    pub passkey_profiles: Vec<PasskeyProfile>,
    /// Who may have keys.
    pub include_targets: Vec<IncludeTarget>,
    /// Who may not, although included.
    pub exclude_targets: Vec<Target>,
}

/// `state`
mod state {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum State {
        Disabled,
        Enabled,
    }

    // Serde calls it with a reference.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub(super) fn serialize<S: Serializer>(
        is_enabled: &bool,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let state = if *is_enabled {
            State::Enabled
        } else {
            State::Disabled
        };
        state.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<bool, D::Error> {
        Ok(matches!(State::deserialize(deserializer)?, State::Enabled))
    }
}

impl Default for Fido2Policy {
    fn default() -> Self {
        Self {
            is_enabled: true,
            is_self_service_registration_allowed: true,
            is_attestation_enforced: false,
            key_restrictions: KeyRestrictions::none(),
            default_passkey_profile: None,
            passkey_profiles: Vec::new(),
            include_targets: vec![Target::AllUsers.into()],
            exclude_targets: Vec::new(),
        }
    }
}

/// Why the policy refuses a registration. The text goes into the answer's inner message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyRefusal {
    /// Attestation is enforced, and this one does not lead to a trust anchor.
    #[error("Attestation is required by policy, but the attestation could not be verified.")]
    AttestationUntrusted,
    /// The method is switched off.
    #[error("FIDO2 security keys are disabled by policy.")]
    Disabled,
    /// A guest account.
    #[error("Passkey registration is not supported for guest users.")]
    Guest,
    /// The model is blocked or not allowed.
    #[error("The authenticator model {0} is disallowed by the key restriction policy.")]
    Model(Aaguid),
    /// The user is included, but by targets whose profiles do not exist.
    #[error("No passkey profile applies to the user.")]
    NoProfile,
    /// Not included, or excluded.
    #[error("The user is not targeted by the FIDO2 security key policy.")]
    NotTargeted,
    /// The profile wants synced passkeys and this is none, or the other way round.
    #[error("The passkey type is disallowed by the passkey profile.")]
    PasskeyType,
    /// Self-service setup is off.
    #[error("Self-service registration of FIDO2 security keys is not allowed by policy.")]
    SelfService,
}

impl Fido2Policy {
    /// Whether the user may register any key.
    ///
    /// # Errors
    /// The first rule that says no.
    pub fn admit_user(&self, user: &User) -> Result<(), PolicyRefusal> {
        if !self.is_enabled {
            Err(PolicyRefusal::Disabled)
        } else if !self.is_self_service_registration_allowed {
            Err(PolicyRefusal::SelfService)
        } else if user.user_type == UserType::Guest {
            Err(PolicyRefusal::Guest)
        } else if !self.targets(user) {
            Err(PolicyRefusal::NotTargeted)
        } else {
            Ok(())
        }
    }

    /// Whether one of the settings that hold for the user takes this key.
    ///
    /// # Errors
    /// Why the last of them does not.
    pub fn admit_key(&self, user: &User, key: NewKey) -> Result<(), PolicyRefusal> {
        self.any_setting(user, |settings| settings.admit(key))
    }

    /// Whether the user is included and not excluded.
    pub(super) fn targets(&self, user: &User) -> bool {
        let mut excluded = self.exclude_targets.iter();
        self.including(user).next().is_some() && !excluded.any(|target| target.covers(user))
    }

    /// One of several settings that agrees is enough.
    pub(super) fn any_setting(
        &self,
        user: &User,
        agrees: impl Fn(KeySettings<'_>) -> Result<(), PolicyRefusal>,
    ) -> Result<(), PolicyRefusal> {
        let mut verdict = Err(PolicyRefusal::NoProfile);
        for settings in self.settings_for(user) {
            verdict = agrees(settings);
            if verdict.is_ok() {
                break;
            }
        }
        verdict
    }

    /// The settings of which one must take a user's key.
    fn settings_for(&self, user: &User) -> Vec<KeySettings<'_>> {
        if self.passkey_profiles.is_empty() {
            return vec![KeySettings {
                passkey_types: PasskeyTypes::ALL,
                is_attestation_enforced: self.is_attestation_enforced,
                key_restrictions: &self.key_restrictions,
            }];
        }
        let named: Vec<Uuid> = self
            .including(user)
            .flat_map(|included| self.profiles_of(included))
            .collect();
        let profiles = self.passkey_profiles.iter();
        let holding = profiles.filter(|profile| named.contains(&profile.id));
        holding.map(KeySettings::of).collect()
    }

    fn including(&self, user: &User) -> impl Iterator<Item = &IncludeTarget> {
        let included = self.include_targets.iter();
        included.filter(|included| included.target.covers(user))
    }

    fn profiles_of(&self, included: &IncludeTarget) -> Vec<Uuid> {
        if included.allowed_passkey_profiles.is_empty() {
            self.default_passkey_profile.into_iter().collect()
        } else {
            included.allowed_passkey_profiles.clone()
        }
    }
}
