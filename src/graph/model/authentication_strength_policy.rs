//! `authenticationStrengthPolicy`: which methods, and for passkeys which models, satisfy a policy.

use serde::{Deserialize, Serialize};

/// `authenticationStrengthPolicy`. In a Conditional Access policy that is sent, its id alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuthenticationStrengthPolicy {
    /// A GUID.
    pub id: String,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `fido2`, `password,sms`, … One of them is enough. None if it was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_combinations: Option<Vec<String>>,
    /// Narrower demands on some of them; a navigation property, missing unless asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub combination_configurations: Option<Vec<AuthenticationCombinationConfiguration>>,
}

/// `fido2CombinationConfiguration`, or another kind of `authenticationCombinationConfiguration`, which has less of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuthenticationCombinationConfiguration {
    /// A GUID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The combinations that it narrows.
    pub applies_to_combinations: Vec<String>,
    /// The models that count, as GUIDs.
    #[serde(rename = "allowedAAGUIDs", skip_serializing_if = "Option::is_none")]
    pub allowed_aaguids: Option<Vec<String>>,
}
