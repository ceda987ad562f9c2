//! What the ledger knows of the machines that write it.

use jiff::Timestamp;

use super::super::station::StationName;

/// A station as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinedStation {
    /// Its Ed25519 public key.
    pub public_key: [u8; 32],
    /// The entry with which it joined.
    pub joined: Moment,
    /// Its newest entry.
    pub last: Moment,
    /// Whether it must not write any more, and why.
    pub revoked: Option<Revocation>,
}

/// An entry, and when it was written by its station's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The entry's index.
    pub index: u64,
    /// Its time.
    pub time: Timestamp,
}

/// The end of a station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// The entry that says so.
    pub index: u64,
    /// Its time.
    pub time: Timestamp,
    /// The station that wrote it.
    pub by: StationName,
    /// Why.
    pub reason: String,
}
