//! An enrolment in two rooms: one that reaches the tenant, and one with the key and without a network.
//!
//! ```text
//! connected   creation options of the tenant, the ledger           -> request
//! offline     a copy of the ledger continued: intent, PIN, credential, proof   -> response
//! connected   what was appended is brought in; registration, read back, outcome
//! ```
//!
//! The copy is a ledger like any other: a ceremony that stops offline is resumed there, and one that stops after the
//! response came in is resumed in the connected room, without the key.

mod request;
mod response;
#[cfg(test)]
mod tests;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use request::{EnrollRequest, Wanted, write};
pub use response::EnrollResponse;

use crate::graph::creation_options;
use crate::ledger::document::DocumentDefect;
use crate::ledger::{Entry, Failure, FormatError};

/// The most bytes that a file from the other room may have: 256 MiB, a ledger of a hundred thousand entries.
pub const SIZE_LIMIT: u64 = 256 << 20;

/// Why a file from the other room cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The signature does not verify.
    #[error("it is not what a station of its ledger signed: {0}")]
    Document(#[from] DocumentDefect),
    /// An entry in it is none.
    #[error("an entry in it is malformed: {0}")]
    Entry(#[from] FormatError),
    /// The challenge in it has ended.
    #[error("its challenge ended at {0}")]
    Expired(jiff::Timestamp),
    /// The ledger in it does not verify.
    #[error("the ledger in it is inconsistent: {0}")]
    Ledger(#[from] Failure),
    /// It is not such a file.
    #[error("it is not a file of this kind: {0}")]
    Malformed(String),
    /// It holds no ledger.
    #[error("it holds no ledger")]
    NoLedger,
    /// The creation options in it cannot be used.
    #[error(transparent)]
    Options(#[from] creation_options::Error),
    /// It was written by another version.
    #[error("it has version {0}, this program knows 1")]
    Version(u32),
}

fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, FileError> {
    serde_json::from_slice(text).map_err(|error| FileError::Malformed(error.to_string()))
}

fn parse_members<T: DeserializeOwned>(members: Map<String, Value>) -> Result<T, FileError> {
    T::deserialize(Value::Object(members)).map_err(|error| FileError::Malformed(error.to_string()))
}

fn entries(ledger: Option<&Value>) -> Result<Vec<Entry>, FileError> {
    let entries = ledger
        .and_then(Value::as_array)
        .ok_or(FileError::NoLedger)?;
    entries
        .iter()
        .map(|entry| match entry {
            Value::Object(members) => Ok(Entry::from_members(members)?),
            _ => Err(FileError::Malformed(
                "an entry that is no object".to_owned(),
            )),
        })
        .collect()
}
