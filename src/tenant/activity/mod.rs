//! What the logs say of the emergency accounts: a row becomes an [`Event`], and what was announced or recorded explains it, or nothing
//! does. An emergency account rests; whatever it does without anybody's word is an incident until somebody says otherwise.

mod announced;
mod change;
mod error_code;
mod findings;
mod sign_in;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use crate::graph::model::{DirectoryAudit, SignIn};
use crate::tenant::audit::Severity;

pub use announced::{Announced, Deed, Drill, Recorded, TOLERANCE};
pub use findings::{Finding, Findings, MOST_ADDRESSES, MOST_FINDINGS};
pub use sign_in::is_passkey;

/// Which log a row is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Log {
    /// Changes in the directory.
    DirectoryAudits,
    /// Sign-ins.
    SignIns,
}

/// Whom the logs are asked about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watched {
    /// The emergency accounts: object ids, and names for people.
    pub accounts: Vec<(String, String)>,
    /// The object id of the group that policies exclude.
    pub group: Option<String>,
}

impl Watched {
    fn account(&self, id: &str) -> Option<&str> {
        let found = self.accounts.iter().find(|(known, _)| same(known, id));
        found.map(|(known, _)| known.as_str())
    }

    /// Whether a text names an account or the group by its id.
    fn is_named_in(&self, text: &str) -> bool {
        let text = text.to_ascii_lowercase();
        let ids = self.accounts.iter().map(|(id, _)| id).chain(&self.group);
        ids.into_iter()
            .any(|id| !id.is_empty() && text.contains(&id.to_ascii_lowercase()))
    }
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// How something ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Ended {
    /// It failed, with the number of an error or in the log's own word.
    Failed {
        /// The number of an AADSTS error, or the word.
        code: String,
        /// What that means, or why it was.
        why: String,
    },
    /// It stopped at a question that was not a refusal: for another factor, to stay signed in.
    Interrupted {
        /// The number of an AADSTS error.
        code: String,
        /// What was asked.
        why: String,
    },
    /// It succeeded.
    Succeeded,
    /// The log does not say.
    Unknown,
}

impl Ended {
    /// As the ledger has it: `success`, the number of an error, the log's own word.
    #[must_use]
    pub fn as_result(&self) -> Option<&str> {
        match self {
            Self::Succeeded => Some("success"),
            Self::Failed { code, .. } | Self::Interrupted { code, .. } => Some(code),
            Self::Unknown => None,
        }
    }
}

/// A policy, and what it did to a sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AppliedPolicy {
    /// Its name, or its id.
    pub name: String,
    /// `success`, `failure`, `reportOnlyFailure`, …
    pub result: String,
}

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Which log.
    pub log: Log,
    /// The row's own id.
    pub id: String,
    /// When it was.
    pub time: Timestamp,
    /// The emergency account that did it, or to which it was done: an object id.
    pub account: Option<String>,
    /// Who did it, if not the account itself.
    pub by: Option<String>,
    /// What was done, as the log names it; of a sign-in, by which application to what.
    pub activity: String,
    /// Of a sign-in, the application's id.
    pub application: Option<String>,
    /// To what it was done besides, for people.
    pub targets: Vec<String>,
    /// How it ended.
    pub ended: Ended,
    /// By which methods somebody signed in, as the service names them.
    pub methods: Vec<String>,
    /// The policies that did something.
    pub policies: Vec<AppliedPolicy>,
    /// From where.
    pub address: Option<String>,
    /// Of a sign-in, whether a person took part.
    pub is_interactive: bool,
    /// How bad it is if nothing explains it.
    pub severity: Severity,
}

/// What explains an event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Explanation {
    /// An entry of the ledger.
    By {
        /// Its index.
        entry: u64,
        /// What that says, for people.
        what: String,
    },
    /// Nothing, and why what comes near does not.
    Nothing {
        /// What stands against it; none if nothing comes near.
        why: Option<String>,
    },
}

impl Explanation {
    /// The entry.
    #[must_use]
    pub fn entry(&self) -> Option<u64> {
        match self {
            Self::By { entry, .. } => Some(*entry),
            Self::Nothing { .. } => None,
        }
    }
}

/// A row of the sign-in log as an event; nothing if it has no time, or is of somebody else.
#[must_use]
pub fn of_sign_in(row: &SignIn, watched: &Watched) -> Option<Event> {
    sign_in::event(row, watched)
}

/// A row of the directory's log as an event; nothing if it has no time.
#[must_use]
pub fn of_change(row: &DirectoryAudit, watched: &Watched) -> Option<Event> {
    change::event(row, watched)
}
