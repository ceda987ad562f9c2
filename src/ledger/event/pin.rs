//! Bodies of the entries about a key's PIN.

use serde::{Deserialize, Serialize};

use super::base64url_member;

/// A PIN, or an account's password, that only its custodians can read. `custody` seals and opens it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedSecret {
    /// How many parts are needed. With 1, each part holds the secret; with more, each holds a share of it.
    pub threshold: u8,
    /// The parts.
    pub parts: Vec<SealedPart>,
}

/// An age file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedPart {
    /// The recipients as the operator named them, any one of whom can open it.
    pub recipients: Vec<String>,
    /// The custodian's name for each of the recipients, in the same order, if they were named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custodians: Option<Vec<String>>,
    /// The file in its binary form.
    #[serde(with = "base64url_member")]
    pub ciphertext: Vec<u8>,
}

/// `pin.intended`: a station is about to change a key's PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinIntended {
    /// The key's label.
    pub label: String,
    /// The new PIN, sealed; none if the operator keeps it himself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<SealedSecret>,
}

/// `pin.opened`: somebody asked for a sealed PIN, and opened it or one share of it. Says only what was done with the tool: whoever
/// has an identity and a copy of the ledger can open it without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinOpened {
    /// The key's label.
    pub label: String,
    /// The custodians whose identities opened it; none if the sealed PIN does not name them.
    pub by: Vec<String>,
    /// Whether it was a share that was opened, and not the PIN.
    pub share: bool,
}

/// `pin.changed`: the key has the PIN that was intended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinChanged {
    /// The key's label.
    pub label: String,
    /// The PIN that the key turned out to have, sealed, where the ceremony was resumed: it takes the place of the intended one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<SealedSecret>,
}
