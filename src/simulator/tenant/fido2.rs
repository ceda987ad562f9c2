//! The FIDO2 policy, the registered methods and the challenges under way.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::simulator::tenant::{Blob, User, UserType};
use crate::webauthn::Aaguid;

/// Whom the policy includes or excludes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Target {
    /// `all_users`
    AllUsers,
    /// The members of a group.
    Group(String),
    /// One user, by object id.
    User(Uuid),
}

impl Target {
    fn covers(&self, user: &User) -> bool {
        match self {
            Self::AllUsers => true,
            Self::Group(id) => user.groups.contains(id),
            Self::User(id) => user.id == *id,
        }
    }
}

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
#[serde(rename_all = "camelCase")]
pub struct KeyRestrictions {
    /// Whether the list counts.
    pub is_enforced: bool,
    /// What it means.
    pub enforcement_type: EnforcementType,
    /// The models.
    pub aa_guids: Vec<Aaguid>,
}

/// `passkeyProfile`, for device-bound keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasskeyProfile {
    /// The profile's id.
    pub id: Uuid,
    /// For people.
    pub name: String,
    /// The attestation must lead to a trust anchor.
    pub is_attestation_enforced: bool,
    /// Models allowed or blocked.
    pub key_restrictions: KeyRestrictions,
    /// The included targets that have it among their `allowedPasskeyProfiles`.
    pub targets: Vec<Target>,
}

/// One set of settings for keys.
#[derive(Debug, Clone, Copy)]
pub struct KeySettings<'a> {
    /// The attestation must lead to a trust anchor.
    pub is_attestation_enforced: bool,
    /// Models allowed or blocked.
    pub key_restrictions: &'a KeyRestrictions,
}

/// The part of `fido2AuthenticationMethodConfiguration` that decides about registrations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fido2Policy {
    /// `state` is `enabled`.
    pub is_enabled: bool,
    /// The provisioning interface needs it, even for applications.
    pub is_self_service_registration_allowed: bool,
    /// The attestation must lead to a trust anchor.
    pub is_attestation_enforced: bool,
    /// Models allowed or blocked.
    pub key_restrictions: KeyRestrictions,
    /// Once there is one, the two settings before no longer count.
    #[serde(default)]
    pub passkey_profiles: Vec<PasskeyProfile>,
    /// Who may have keys.
    pub include_targets: Vec<Target>,
    /// Who may not, although included.
    pub exclude_targets: Vec<Target>,
}

impl Default for Fido2Policy {
    fn default() -> Self {
        Self {
            is_enabled: true,
            is_self_service_registration_allowed: true,
            is_attestation_enforced: false,
            key_restrictions: KeyRestrictions {
                is_enforced: false,
                enforcement_type: EnforcementType::Allow,
                aa_guids: Vec::new(),
            },
            passkey_profiles: Vec::new(),
            include_targets: vec![Target::AllUsers],
            exclude_targets: Vec::new(),
        }
    }
}

/// Why the policy refuses a registration. The text goes into the answer's inner message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyRefusal {
    /// The method is switched off.
    #[error("FIDO2 security keys are disabled by policy.")]
    Disabled,
    /// A guest account.
    #[error("Passkey registration is not supported for guest users.")]
    Guest,
    /// The model is blocked or not allowed.
    #[error("The authenticator model {0} is disallowed by the key restriction policy.")]
    Model(Aaguid),
    /// Not included, or excluded.
    #[error("The user is not targeted by the FIDO2 security key policy.")]
    NotTargeted,
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
        let covered = |targets: &[Target]| targets.iter().any(|target| target.covers(user));
        if !self.is_enabled {
            Err(PolicyRefusal::Disabled)
        } else if !self.is_self_service_registration_allowed {
            Err(PolicyRefusal::SelfService)
        } else if user.user_type == UserType::Guest {
            Err(PolicyRefusal::Guest)
        } else if !covered(&self.include_targets) || covered(&self.exclude_targets) {
            Err(PolicyRefusal::NotTargeted)
        } else {
            Ok(())
        }
    }

    /// The settings of which one must take a user's key.
    #[must_use]
    pub fn settings_for(&self, user: &User) -> Vec<KeySettings<'_>> {
        if self.passkey_profiles.is_empty() {
            return vec![KeySettings {
                is_attestation_enforced: self.is_attestation_enforced,
                key_restrictions: &self.key_restrictions,
            }];
        }
        let profiles = self.passkey_profiles.iter();
        let holds =
            |profile: &&PasskeyProfile| profile.targets.iter().any(|target| target.covers(user));
        let settings = profiles.filter(holds).map(|profile| KeySettings {
            is_attestation_enforced: profile.is_attestation_enforced,
            key_restrictions: &profile.key_restrictions,
        });
        settings.collect()
    }
}

impl KeyRestrictions {
    /// Whether keys of this model may be registered.
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

/// A registered key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fido2Method {
    /// Whose key it is.
    pub user_id: Uuid,
    /// The credential id; the method's id is its `UrlToken` form.
    pub credential_id: Blob,
    /// The credential public key as a COSE_Key.
    pub public_key: Blob,
    /// The signature counter at registration.
    pub sign_count: u32,
    /// The whole attestation object as posted.
    pub attestation_object: Blob,
    /// Given at creation.
    pub display_name: String,
    /// When it was registered.
    pub created: Timestamp,
    /// When it shows up in answers; later than `created` only by a scripted fault.
    pub visible_from: Timestamp,
    /// The model.
    pub aaguid: Aaguid,
    /// Certificates of the attestation statement (DER), leaf first.
    pub attestation_certificates: Vec<Blob>,
    /// Whether the attestation leads to a trust anchor.
    pub is_attested: bool,
    /// Whether the credential may leave its authenticator (BE flag).
    pub is_backup_eligible: bool,
}

/// A challenge that was handed out. The challenge itself is long, so only its hash is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssuedChallenge {
    /// SHA-256 of the challenge bytes.
    pub hash: Blob,
    /// For whom.
    pub user_id: Uuid,
    /// Until when.
    pub expires: Timestamp,
}
