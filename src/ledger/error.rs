//! Why the ledger could not be read or written. What is wrong *in* a ledger is a [`Failure`], not an error,
//! unless somebody wants to write to it or to rely on it.

use std::time::Duration;

use super::canonical;
use super::chain::EntryHash;
use super::defect::Defect;
use super::event::Kind;
use super::station::StationName;
use super::verify::Failure;

/// Why the ledger could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no ledger at this place.
    #[error("no ledger at {0}")]
    Absent(String),
    /// The container or bucket does not exist; it is not for us to make one.
    #[error("the container or bucket of {location} does not exist")]
    BucketAbsent {
        /// Which ledger.
        location: String,
        /// What came back.
        source: object_store::Error,
    },
    /// A body that has no canonical form.
    #[error("the body of {kind} cannot be recorded: {source}")]
    Body {
        /// The kind of entry.
        kind: Kind,
        /// What is wrong with it.
        source: canonical::Error,
    },
    /// Other stations were faster every time.
    #[error("lost the race for {attempts} entries in a row within {} s, the last of them {index}", waited.as_secs())]
    Contended {
        /// The entry of the last attempt.
        index: u64,
        /// How often it was tried.
        attempts: u32,
        /// How long it paused in between, altogether.
        waited: Duration,
    },
    /// There is no entry that could be named: no anchor for a proof, no head.
    #[error("the ledger at {0} is empty")]
    Empty(String),
    /// The ledger is as large as its format allows.
    #[error("the ledger is full: {0} entries")]
    Full(u64),
    /// The ledger does not verify, so nothing is appended to it and nothing read from it is relied on.
    #[error("the ledger at {location} is inconsistent: {failure}")]
    Inconsistent {
        /// Which ledger.
        location: String,
        /// The first entry that fails, and why.
        failure: Box<Failure>,
    },
    /// The address has a form that is not supported.
    #[error(
        "not the address of a ledger (DIRECTORY, file:DIRECTORY, jsonl:FILE, az://…, s3://…, gs://…): {0}"
    )]
    Location(String),
    /// The place holds a ledger of another history.
    #[error("the ledger at {location} is not a copy: its entry {index} is another one")]
    NotACopy {
        /// Which ledger.
        location: String,
        /// The first entry that differs.
        index: u64,
    },
    /// The store said that it wrote the entry, but holds something else.
    #[error("entry {index} was written as {written} and read back as {}", .found.map_or_else(|| "nothing".to_owned(), |hash| hash.to_string()))]
    NotKept {
        /// The entry.
        index: u64,
        /// The hash of what was written.
        written: EntryHash,
        /// The hash of what was read back.
        found: Option<EntryHash>,
    },
    /// The storage service does not know who we are.
    #[error("not signed in to {location}")]
    NotSignedIn {
        /// Which ledger.
        location: String,
        /// What came back.
        source: object_store::Error,
    },
    /// The operating system or the storage service denies access.
    #[error("no right to {attempt} in {location}")]
    PermissionDenied {
        /// What was attempted.
        attempt: &'static str,
        /// In which ledger.
        location: String,
        /// What came back.
        source: object_store::Error,
    },
    /// A file system that is mounted so, or an export.
    #[error("cannot {attempt} in {location}: it can only be read")]
    ReadOnly {
        /// What was attempted.
        attempt: &'static str,
        /// In which ledger.
        location: String,
    },
    /// We refused to write an entry that no verifier would accept.
    #[error("refused to record {kind}: {defect}")]
    Refused {
        /// The kind of entry.
        kind: Kind,
        /// What is wrong with it.
        defect: Defect,
    },
    /// Settings that make no client of an object store.
    #[error("the settings for {location} cannot be used")]
    Settings {
        /// Which ledger.
        location: String,
        /// What is wrong with them.
        source: object_store::Error,
    },
    /// The ledger knows the station's name with another public key.
    #[error(
        "the station name {station} belongs to another station, which joined in entry {joined}"
    )]
    StationNameTaken {
        /// The name.
        station: StationName,
        /// The entry with which the other station joined.
        joined: u64,
    },
    /// The ledger says that this station must not write any more.
    #[error("the station {station} was revoked in entry {revoked}: {reason}")]
    StationRevoked {
        /// Its name.
        station: StationName,
        /// The entry that revoked it.
        revoked: u64,
        /// Why.
        reason: String,
    },
    /// The storage failed in another way.
    #[error("cannot {attempt} in {location}")]
    Storage {
        /// What was attempted.
        attempt: &'static str,
        /// In which ledger.
        location: String,
        /// What came back.
        source: object_store::Error,
    },
    /// No room is left, or the quota is used up.
    #[error("no space left to {attempt} in {location}")]
    StorageFull {
        /// What was attempted.
        attempt: &'static str,
        /// In which ledger.
        location: String,
        /// What came back.
        source: object_store::Error,
    },
    /// The storage service does not answer.
    #[error("cannot reach {location}")]
    Unreachable {
        /// Which ledger.
        location: String,
        /// What came back.
        source: object_store::Error,
    },
}
