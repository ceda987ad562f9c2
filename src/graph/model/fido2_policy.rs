//! `fido2AuthenticationMethodConfiguration`: who may have passkeys, and of which models.

use serde::{Deserialize, Serialize};

/// `fido2AuthenticationMethodConfiguration`, in the form with passkey profiles and in the one before them. The members for the
/// whole tenant are deprecated since October 2025 and are to return nothing from October 2027 on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fido2AuthenticationMethodConfiguration {
    /// `enabled` or `disabled`.
    pub state: Option<String>,
    /// Whether registrations are possible at all, by people and by provisioning. For the whole tenant.
    pub is_self_service_registration_allowed: Option<bool>,
    /// Deprecated: whether the attestation must be verified at registration.
    pub is_attestation_enforced: Option<bool>,
    /// Deprecated: which models.
    pub key_restrictions: Option<Fido2KeyRestrictions>,
    /// The id of the profile for targets that name none.
    pub default_passkey_profile: Option<String>,
    /// A navigation property, so it may be missing unless asked for.
    pub passkey_profiles: Option<Vec<PasskeyProfile>>,
    /// Who may have passkeys.
    pub include_targets: Option<Vec<PasskeyAuthenticationMethodTarget>>,
    /// Who may not, although included.
    pub exclude_targets: Option<Vec<PasskeyAuthenticationMethodTarget>>,
}

/// `fido2KeyRestrictions`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fido2KeyRestrictions {
    /// Whether the list counts.
    pub is_enforced: Option<bool>,
    /// `allow` or `block`.
    pub enforcement_type: Option<String>,
    /// The models, as GUIDs.
    pub aa_guids: Option<Vec<String>>,
}

/// `passkeyProfile`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasskeyProfile {
    /// A GUID.
    pub id: String,
    /// For people.
    pub name: Option<String>,
    /// `deviceBound`, `synced`, or both with a comma between.
    pub passkey_types: Option<String>,
    /// `disabled` or `registrationOnly`.
    pub attestation_enforcement: Option<String>,
    /// Which models.
    pub key_restrictions: Option<Fido2KeyRestrictions>,
}

/// `passkeyAuthenticationMethodTarget`, and the `excludeTarget` and plain `authenticationMethodTarget` that have less of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasskeyAuthenticationMethodTarget {
    /// `group` or `user`.
    pub target_type: Option<String>,
    /// The object's id, or `all_users`.
    pub id: String,
    /// The ids of the profiles that hold for the target.
    pub allowed_passkey_profiles: Option<Vec<String>>,
}
