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

pub use announced::{Announced, Change, Deed, Drill, Marks, Recorded, TOLERANCE};
pub use findings::{Finding, Findings, MOST_ADDRESSES, MOST_FINDINGS, Weight};
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
    /// The object ids of the groups that policies exclude.
    pub groups: Vec<String>,
}

impl Watched {
    fn account(&self, id: &str) -> Option<&str> {
        let found = self.accounts.iter().find(|(known, _)| same(known, id));
        found.map(|(known, _)| known.as_str())
    }

    /// Whether one of the accounts did this itself.
    #[must_use]
    pub fn did(&self, row: &DirectoryAudit) -> bool {
        let user = row.initiated_by.user.as_ref();
        let id = user.and_then(|user| user.id.as_deref());
        id.is_some_and(|id| self.account(id).is_some())
    }

    /// Whether a text names an account or the group by its id.
    fn is_named_in(&self, text: &str) -> bool {
        let text = text.to_ascii_lowercase();
        let ids = self.accounts.iter().map(|(id, _)| id).chain(&self.groups);
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
    /// What the log marks all rows of one request with.
    pub correlation_id: Option<String>,
    /// Of a sign-in, `uti` of the token that was issued.
    pub token_id: Option<String>,
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

/// What is known of a row besides what it says.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// By what it is known.
    pub id: &'a str,
    /// The account whose rows were asked for.
    pub account: Option<&'a str>,
    /// When it was asked: the time of a row that says none.
    pub now: Timestamp,
}

/// What is said of a row without a time.
const TIMELESS: &str = " (the log does not say when)";

impl Asked<'_> {
    /// When a row was, and what is to be said if it does not tell.
    fn time(&self, time: Option<&str>) -> (Timestamp, &'static str) {
        match time.and_then(|time| time.parse().ok()) {
            Some(time) => (time, ""),
            None => (self.now, TIMELESS),
        }
    }
}

/// A row of the sign-in log as an event; nothing if it says that it is of somebody else. One that does not say whose it is belongs to the
/// account that was asked for.
#[must_use]
pub fn of_sign_in(row: &SignIn, watched: &Watched, asked: Asked<'_>) -> Option<Event> {
    sign_in::event(row, watched, asked)
}

/// A row of the directory's log as an event.
#[must_use]
pub fn of_change(row: &DirectoryAudit, watched: &Watched, asked: Asked<'_>) -> Event {
    change::event(row, watched, asked)
}

/// A row that cannot be read: nobody knows what it says, so it counts as the worst.
#[must_use]
pub fn of_unreadable(log: Log, time: Option<&str>, why: &str, asked: Asked<'_>) -> Event {
    let (time, timeless) = asked.time(time);
    Event {
        log,
        id: asked.id.to_owned(),
        time,
        account: asked.account.map(str::to_owned),
        by: None,
        activity: format!("a row that cannot be read, {why}{timeless}"),
        application: None,
        targets: Vec::new(),
        ended: Ended::Unknown,
        methods: Vec::new(),
        policies: Vec::new(),
        address: None,
        is_interactive: true,
        severity: Severity::Error,
        correlation_id: None,
        token_id: None,
    }
}
