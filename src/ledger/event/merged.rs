//! The body of an entry that brings in another one.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// `entry.merged`: an entry of a branch, exactly as its station wrote and signed it. A branch is what a station appended to a
/// copy of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryMerged {
    /// The entry.
    pub entry: Map<String, Value>,
}
