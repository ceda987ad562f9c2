//! Stations come and go.

use serde::{Deserialize, Serialize};

use super::base64url_member;
use crate::ledger::station::StationName;

/// `station.joined`: a station introduces its public key, and signs the introduction with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationJoined {
    /// The station's name, the same as the entry's `station`.
    pub name: StationName,
    /// The Ed25519 public key, 32 bytes.
    #[serde(with = "base64url_member")]
    pub public_key: [u8; 32],
}

/// `station.revoked`: another station says that nothing which this one signs from now on is to be believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationRevoked {
    /// The station that is revoked.
    pub name: StationName,
    /// Why: its key was stolen, the machine was retired.
    pub reason: String,
}
