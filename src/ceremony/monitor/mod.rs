//! A look into the tenant's logs: what the emergency accounts did, what was done to them and to what protects them since the last
//! look, and what of that the ledger explains.
//!
//! A look costs four requests for each account, three for what protects all of them, and two or three to know whom to ask about; and
//! one more for every further thousand rows. It holds a page of rows at a time, and of many rows alike one.
//!
//! What cannot be read is part of the result. What only fails for the moment ends the look, so that the next begins where this one
//! should have.

mod evidence;
mod known;
mod read;
mod record;
#[cfg(test)]
mod tests;
mod who;

use std::collections::HashSet;
use std::io;

use jiff::{SignedDuration, Timestamp};

use crate::ceremony::Error;
use crate::graph::{Client, Window};
use crate::ledger::{Account, Entry, State};
use crate::tenant::activity::{Finding, Log};
use crate::tenant::desired::GroupReference;

pub use record::record;

/// Rows come late: minutes, sometimes more. Each look begins so much before the end of the last one.
pub const OVERLAP: SignedDuration = SignedDuration::from_hours(2);

/// What a look is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The tenant as the configuration names it.
    pub tenant: String,
    /// The emergency accounts: sign-in names, object ids, or names in the tenant's initial domain.
    pub accounts: Vec<String>,
    /// Whether the accounts of the keys that the ledger has in service are looked at too.
    pub accounts_of_ledger: bool,
    /// The group that policies exclude.
    pub group: Option<GroupReference>,
    /// Where to begin, whatever earlier looks have told of; without it at the end of the last look.
    pub since: Option<Timestamp>,
    /// The application by which drills sign in, if that is known.
    pub drill_application: Option<String>,
    /// Ids of rows that were told of and not recorded.
    pub told: HashSet<String>,
}

/// A log for a time for which it could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Which.
    pub log: Log,
    /// For which time.
    pub window: Window,
    /// Why.
    pub why: String,
    /// The permission that would tell, where one would.
    pub permission: Option<String>,
}

/// How many rows there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rows {
    /// Of the sign-in log.
    pub sign_ins: u32,
    /// Of the directory's log.
    pub directory_audits: u32,
    /// Of those, how many an earlier look has told of.
    pub told: u32,
}

/// What was seen.
#[derive(Debug, Clone)]
pub struct Look {
    /// The tenant's identifier, or its name where that could not be read.
    pub tenant: String,
    /// The accounts that were looked for.
    pub accounts: Vec<Account>,
    /// The time that was looked at.
    pub window: Window,
    /// How many rows were read.
    pub rows: Rows,
    /// What they come to, oldest first.
    pub findings: Vec<Finding>,
    /// Rows that no finding has room for.
    pub omitted: u32,
    /// Rows that nothing explains.
    pub unexplained: u32,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// SHA-256 of the document with all rows, hexadecimal.
    pub evidence: String,
    /// Ids of the rows near the end, which the next look meets again.
    pub recent: Vec<String>,
}

impl Look {
    /// Whether everything was read, and everything is explained.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.unexplained == 0 && self.unread.is_empty()
    }
}

/// What is being asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Accounts, group and licence.
    Who,
    /// The sign-in log.
    SignIns,
    /// The directory's log.
    DirectoryAudits,
}

/// Looks. All rows go to `sink` as they come, as one JSON document.
///
/// # Errors
/// [`Error::Tenant`] when there is no sign-in, or the tenant does not answer at the moment; [`Error::NoAccounts`] when there is nobody
/// to ask about; [`Error::Evidence`] when `sink` takes no more.
pub async fn look(
    client: &Client,
    (entries, state): (&[Entry], &State),
    request: &Request,
    now: Timestamp,
    sink: &mut dyn io::Write,
    progress: &mut dyn FnMut(Part),
) -> Result<Look, Error> {
    progress(Part::Who);
    let mut who = who::find(client, state, request).await?;
    let known = known::Known::new(entries, state, &who, request);
    let spans = known::Spans::new(&known, request.since, who.retention(), now);
    who.unread.extend(spans.forgotten(&who));
    let mut reading = read::Reading::begin(&who, known, now, sink)?;
    progress(Part::SignIns);
    reading.sign_ins(client, &spans).await?;
    progress(Part::DirectoryAudits);
    reading.directory_audits(client, &spans).await?;
    reading.finish(who, spans.whole())
}
