//! Bodies of the entries about a key's settings (CTAP 2.1 §6.11).

use serde::{Deserialize, Serialize};

/// Settings of a key; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySettings {
    /// The fewest code points that a PIN may have. Can be raised, and lowered only by a reset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_pin_length: Option<u8>,
    /// Relying parties that may ask for the minimum PIN length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_pin_length_rp_ids: Option<Vec<String>>,
    /// Whether the key demands another PIN before it signs again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub force_pin_change: Option<bool>,
    /// Whether the key verifies its user for every assertion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub always_uv: Option<bool>,
    /// Whether the key may show its serial number in its attestation. Can be switched off only by a reset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enterprise_attestation: Option<bool>,
}

impl KeySettings {
    /// Whether nothing is to be set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// `config.intended`: a station is about to change a key's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigIntended {
    /// The key's label.
    pub label: String,
    /// What is to be set.
    pub settings: KeySettings,
}

/// `config.applied`: the key has these settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigApplied {
    /// The key's label.
    pub label: String,
    /// What was set.
    pub settings: KeySettings,
}
