//! The body of an entry that brings in another one.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ledger::canonical;
use crate::ledger::entry::{Entry, FormatError};

/// `entry.merged`: an entry of a branch, exactly as its station wrote and signed it. A branch is what a station appended to a copy of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryMerged {
    /// The entry.
    pub entry: Map<String, Value>,
}

impl EntryMerged {
    /// Brings an entry in.
    #[must_use]
    pub fn new(entry: &Entry) -> Self {
        let members = serde_json::from_slice(entry.as_bytes());
        Self {
            entry: members.expect("an entry is a JSON object"),
        }
    }

    /// The entry in its own form.
    ///
    /// # Errors
    /// When it has none.
    pub fn entry(&self) -> Result<Entry, FormatError> {
        let bytes = canonical::to_bytes(&self.entry)
            .map_err(|error| FormatError::NotCanonical(Some(error)))?;
        Entry::parse(&bytes)
    }
}
