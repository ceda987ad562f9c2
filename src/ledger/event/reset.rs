//! Bodies of the entries about a reset (CTAP 2.1 §6.6), which ends every credential and the PIN.

use serde::{Deserialize, Serialize};

use super::base64url_member;

/// `reset.intended`: a station is about to reset a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetIntended {
    /// The key's label.
    pub label: String,
    /// The credential that will be lost.
    #[serde(with = "base64url_member")]
    pub credential_id: Vec<u8>,
}

/// `reset.performed`: the key is as it left the factory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetPerformed {
    /// The key's label.
    pub label: String,
    /// The credential that is lost.
    #[serde(with = "base64url_member")]
    pub credential_id: Vec<u8>,
}
