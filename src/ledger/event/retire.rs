//! Bodies of the entries that taking a key out of service leaves.

use serde::{Deserialize, Serialize};

use super::{Account, base64url_member};

/// Why a key goes out of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetireReason {
    /// Somebody may have had it, or its PIN.
    Compromised,
    /// It does not work.
    Damaged,
    /// Nobody knows where it is.
    Lost,
    /// Another key takes its place.
    Rotated,
}

impl RetireReason {
    /// As it is written in the ledger, and typed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compromised => "compromised",
            Self::Damaged => "damaged",
            Self::Lost => "lost",
            Self::Rotated => "rotated",
        }
    }
}

/// `retire.intended`: a station is about to take a key out of service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetireIntended {
    /// The key's label.
    pub label: String,
    /// The credential.
    #[serde(with = "base64url_member")]
    pub credential_id: Vec<u8>,
    /// The account that the key opens.
    pub account: Account,
    /// The authentication method's identifier in the tenant.
    pub method_id: String,
    /// Why.
    pub reason: RetireReason,
    /// Whether the credential is to be deleted from the key too.
    pub delete_credential: bool,
    /// How many working keys the account keeps, as far as the ledger knows.
    pub keys_left: u32,
    /// Whether the operator insisted although fewer than two are left.
    pub forced: bool,
}

/// `retire.method_removed`: the tenant no longer knows the credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetireMethodRemoved {
    /// The key's label.
    pub label: String,
    /// The authentication method's identifier in the tenant.
    pub method_id: String,
}

/// `retire.credential_deleted`: the key no longer holds the credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetireCredentialDeleted {
    /// The key's label.
    pub label: String,
    /// The credential.
    #[serde(with = "base64url_member")]
    pub credential_id: Vec<u8>,
}

/// `key.retired`: the key is out of service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRetired {
    /// The key's label.
    pub label: String,
    /// The credential.
    #[serde(with = "base64url_member")]
    pub credential_id: Vec<u8>,
    /// Why.
    pub reason: RetireReason,
}
