//! Passkey profiles, and what one set of settings says about a key.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::simulator::tenant::PolicyRefusal;
use crate::webauthn::Aaguid;

/// What the AAGUID list of the policy means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EnforcementType {
    /// Only these models.
    Allow,
    /// All but these models.
    Block,
}

/// `fido2KeyRestrictions`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyRestrictions {
    /// Whether the list counts.
    pub is_enforced: bool,
    /// What it means.
    pub enforcement_type: EnforcementType,
    /// The models.
    pub aa_guids: Vec<Aaguid>,
}

impl KeyRestrictions {
    /// Every model is taken.
    #[must_use]
    pub fn none() -> Self {
        Self {
            is_enforced: false,
            enforcement_type: EnforcementType::Allow,
            aa_guids: Vec::new(),
        }
    }

    /// Whether keys of this model may be registered, and may sign in.
    ///
    /// # Errors
    /// [`PolicyRefusal::Model`] when not.
    pub fn admit(&self, aaguid: Aaguid) -> Result<(), PolicyRefusal> {
        let wanted = self.enforcement_type == EnforcementType::Allow;
        if !self.is_enforced || self.aa_guids.contains(&aaguid) == wanted {
            Ok(())
        } else {
            Err(PolicyRefusal::Model(aaguid))
        }
    }
}

/// `passkeyTypes`, which are flags: `deviceBound`, `synced` or `deviceBound,synced`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PasskeyTypes {
    /// Credentials that cannot leave their authenticator.
    pub device_bound: bool,
    /// Credentials that can: the authenticator data has the flag BE.
    pub synced: bool,
}

impl PasskeyTypes {
    /// Either kind.
    pub const ALL: Self = Self {
        device_bound: true,
        synced: true,
    };
    /// Device-bound ones only.
    pub const DEVICE_BOUND: Self = Self {
        device_bound: true,
        synced: false,
    };
    /// Synced ones only.
    pub const SYNCED: Self = Self {
        device_bound: false,
        synced: true,
    };

    const fn has(self, is_synced: bool) -> bool {
        if is_synced {
            self.synced
        } else {
            self.device_bound
        }
    }
}

impl TryFrom<String> for PasskeyTypes {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut types = Self {
            device_bound: false,
            synced: false,
        };
        for flag in text.split(',') {
            match flag.trim() {
                "deviceBound" => types.device_bound = true,
                "synced" => types.synced = true,
                _ => return Err(format!("{text:?} is not a value of passkeyTypes")),
            }
        }
        Ok(types)
    }
}

impl From<PasskeyTypes> for String {
    fn from(types: PasskeyTypes) -> Self {
        let flags = [
            (types.device_bound, "deviceBound"),
            (types.synced, "synced"),
        ];
        let set = flags.iter().filter(|(is_set, _)| *is_set);
        set.map(|(_, name)| *name).collect::<Vec<_>>().join(",")
    }
}

/// `passkeyProfile`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasskeyProfile {
    /// The profile's id.
    pub id: Uuid,
    /// For people.
    pub name: String,
    /// Which kinds of passkeys.
    pub passkey_types: PasskeyTypes,
    /// `registrationOnly`: the attestation must lead to a trust anchor.
    #[serde(rename = "attestationEnforcement", with = "enforcement")]
    pub is_attestation_enforced: bool,
    /// Models allowed or blocked.
    pub key_restrictions: KeyRestrictions,
}

/// `attestationEnforcement`
mod enforcement {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum Enforcement {
        Disabled,
        RegistrationOnly,
    }

    // Serde calls it with a reference.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub(super) fn serialize<S: Serializer>(
        is_enforced: &bool,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let enforcement = if *is_enforced {
            Enforcement::RegistrationOnly
        } else {
            Enforcement::Disabled
        };
        enforcement.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<bool, D::Error> {
        let enforcement = Enforcement::deserialize(deserializer)?;
        Ok(matches!(enforcement, Enforcement::RegistrationOnly))
    }
}

/// A key about to be registered, by what the policy looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewKey {
    /// The model.
    pub aaguid: Aaguid,
    /// Whether its attestation leads to a trust anchor, for a model that may be attested.
    pub is_attested: bool,
    /// Whether the credential may leave its authenticator (BE flag).
    pub is_backup_eligible: bool,
}

/// One set of settings for keys: a profile, or the deprecated members of the policy.
#[derive(Clone, Copy)]
pub(super) struct KeySettings<'a> {
    pub(super) passkey_types: PasskeyTypes,
    pub(super) is_attestation_enforced: bool,
    pub(super) key_restrictions: &'a KeyRestrictions,
}

impl<'a> KeySettings<'a> {
    pub(super) fn of(profile: &'a PasskeyProfile) -> Self {
        Self {
            passkey_types: profile.passkey_types,
            is_attestation_enforced: profile.is_attestation_enforced,
            key_restrictions: &profile.key_restrictions,
        }
    }

    pub(super) fn admit(&self, key: NewKey) -> Result<(), PolicyRefusal> {
        self.key_restrictions.admit(key.aaguid)?;
        if !self.passkey_types.has(key.is_backup_eligible) {
            Err(PolicyRefusal::PasskeyType)
        } else if self.is_attestation_enforced && !key.is_attested {
            Err(PolicyRefusal::AttestationUntrusted)
        } else {
            Ok(())
        }
    }
}
