//! The body of the entry about a look into the logs.

use serde::{Deserialize, Serialize};

use super::Account;

/// Which log a row is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Log {
    /// `/auditLogs/directoryAudits`
    DirectoryAudits,
    /// `/auditLogs/signIns`
    SignIns,
}

/// From one moment to another, RFC 3339; the end does not belong to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first moment.
    pub from: String,
    /// The first moment that is not in it.
    pub until: String,
}

/// A log for a time that it could not be read for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// Which.
    pub log: Log,
    /// For which time.
    pub period: Period,
    /// Why: the service keeps it no longer, there is no licence for it, a permission is missing.
    pub why: String,
}

/// A row of a log that is about an emergency account, or about what protects it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEvent {
    /// Which log.
    pub log: Log,
    /// The row's own identifier.
    pub id: String,
    /// When the service says it was, RFC 3339.
    pub time: String,
    /// What was done, as the log names it; of a sign-in, to what.
    pub activity: String,
    /// The account that did it, or to which it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// How it ended, as the log says it: `success`, `failure`, the number of an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// The entry of this ledger that explains it; none of what nobody announced or recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explained_by: Option<u64>,
    /// Of many rows alike, how many there were, and when the last was, RFC 3339; none of a single one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alike: Option<Alike>,
}

/// Rows that say the same as another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alike {
    /// How many there were, with that one.
    pub rows: u32,
    /// When the last was, RFC 3339.
    pub last: String,
}

/// `tenant.monitored`: somebody looked into the logs for what the emergency accounts did and what was done to them. The station's
/// word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantMonitored {
    /// The tenant's identifier.
    pub tenant: String,
    /// The accounts that were looked for.
    pub accounts: Vec<Account>,
    /// The time that was looked at.
    pub period: Period,
    /// What of that could not be read.
    pub unread: Vec<Unread>,
    /// What was found, oldest first; of many rows alike the first.
    pub events: Vec<LogEvent>,
    /// How many rows there were besides those in `events`.
    pub omitted: u32,
    /// The rows of those that a later look may see again, by their ids: a log tells of some rows late, so looks overlap.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<String>,
    /// How many rows nothing explains.
    pub unexplained: u32,
    /// SHA-256 of the document with all rows as they were read, hexadecimal.
    pub evidence: String,
}
