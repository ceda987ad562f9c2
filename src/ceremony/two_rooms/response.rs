//! The file that goes back: what was appended to the copy of the ledger. Each entry is signed by its station and names the one
//! before it, so the file needs no signature.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::FileError;
use crate::ledger::{Entry, EntryRef};

const VERSION: u32 = 1;

/// What the room with the key did.
#[derive(Debug, Clone, PartialEq)]
pub struct EnrollResponse {
    /// The ceremony that is to be finished.
    pub ceremony: Uuid,
    /// The entries after the request's head.
    pub entries: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    v: u32,
    ceremony: Uuid,
    branch: Vec<Map<String, Value>>,
}

impl EnrollResponse {
    /// The part of a continued copy that follows the request's head.
    #[must_use]
    pub fn since(head: &EntryRef, entries: &[Entry], ceremony: Uuid) -> Self {
        let newer = entries.iter().filter(|entry| entry.index > head.index);
        Self {
            ceremony,
            entries: newer.cloned().collect(),
        }
    }

    /// The file's text.
    #[must_use]
    pub fn to_members(&self) -> Map<String, Value> {
        let wire = Wire {
            v: VERSION,
            ceremony: self.ceremony,
            branch: self.entries.iter().map(Entry::to_members).collect(),
        };
        match serde_json::to_value(&wire) {
            Ok(Value::Object(members)) => members,
            _ => unreachable!("a struct with text keys serializes to a JSON object"),
        }
    }

    /// Opens a response. Its entries are verified when they are brought into the ledger.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn open(text: &[u8]) -> Result<Self, FileError> {
        let wire: Wire = super::parse_members(super::parse(text)?)?;
        if wire.v != VERSION {
            return Err(FileError::Version(wire.v));
        }
        let entries = wire.branch.iter().map(Entry::from_members);
        Ok(Self {
            ceremony: wire.ceremony,
            entries: entries.collect::<Result<_, _>>()?,
        })
    }
}
