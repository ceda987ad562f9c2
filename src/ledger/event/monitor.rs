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

/// From one moment to another, RFC 3339. Of a look, both belong to it: what happens in its last second may be told later, so the next
/// look begins well before. Of a review, the end does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first moment.
    pub from: String,
    /// The last moment, or the first that is not in it.
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
    /// The account, by its object id, or the name that nobody could be found by; none if it is about everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
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
    /// What the log marks all rows of one request with. One deed explains one request: a later look must know which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
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
    /// The groups of emergency accounts that were looked for, by their object ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// What of that could not be read.
    pub unread: Vec<Unread>,
    /// What was found, oldest first; of many rows alike the first.
    pub events: Vec<LogEvent>,
    /// How many rows there were besides those in `events`.
    pub omitted: u32,
    /// The rows of those that a later look may see again, by their ids: a log tells of some rows late, so looks overlap.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<String>,
    /// Refused sign-ins up to this moment, RFC 3339, were too many to be listed by their ids: a later look takes them for told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_until: Option<String>,
    /// Whether somebody was to be told of it and could not be: then the next look tells of all of it again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub untold: bool,
    /// How many rows nothing explains.
    pub unexplained: u32,
    /// SHA-256 of the document with all rows as they were read, hexadecimal.
    pub evidence: String,
}

impl LogEvent {
    /// How many rows it stands for.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.alike.as_ref().map_or(1, |alike| alike.rows)
    }
}

impl TenantMonitored {
    /// How many of the rows that nothing explains are counted and not among `events`.
    #[must_use]
    pub fn unlisted(&self) -> u32 {
        let open = self.events.iter().filter(|row| row.explained_by.is_none());
        let listed = open.map(LogEvent::rows).fold(0, u32::saturating_add);
        self.unexplained.saturating_sub(listed)
    }
}
