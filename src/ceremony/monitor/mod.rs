//! A look into the tenant's logs: what the emergency accounts did, what was done to them and to what protects them since the last
//! look, and what of that the ledger explains.
//!
//! A look costs four requests for each account, three for what protects all of them, and two or three to know whom to ask about; and
//! one more for every further thousand rows. It holds a page of rows at a time, and of many rows alike one.
//!
//! What cannot be read is part of the result, and the next look begins where this one should have. What only fails for the moment
//! ends the look, unless there is something to be told already: then the rest is one more thing that could not be read.

mod ask;
mod evidence;
mod known;
mod past;
mod read;
mod recent;
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

pub use past::Marks;
pub use recent::{Recent, Refused};
pub use record::record;

/// Rows come late: minutes, sometimes hours. Each look begins so much before the end of the last one.
pub const OVERLAP: SignedDuration = SignedDuration::from_hours(24);

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
    /// What this process knows of its looks that the ledger does not.
    pub memory: Memory,
}

/// What was told of and not recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memory {
    /// The rows that the next look may meet again, by their ids.
    pub told: HashSet<String>,
    /// What of deeds was used up: the entry, the activity, the request.
    pub used: Vec<(u64, String, String)>,
    /// Of which time refused sign-ins were told of without being among those.
    pub refused: Vec<Refused>,
    /// Up to when the logs were read; nothing if the ledger says that.
    pub read: Option<Marks>,
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
    /// Of whom: an account's object id, or a name that nobody could be found by; nothing of everybody.
    pub of: Option<String>,
    /// The service's own code, or another word that stays the same from look to look.
    pub code: String,
}

impl Unread {
    /// Whether two say the same, of whatever time and request.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        let key = |one: &Self| (one.log, one.permission.clone(), one.of.clone());
        key(self) == key(other) && self.code == other.code
    }
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
    /// Of those, how many may be a drill's that goes on: a later look tells of them.
    pub waiting: u32,
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
    /// The groups that were looked for.
    pub groups: Vec<String>,
    /// Ids of rows that the next look meets again, and that no earlier look has told of.
    pub recent: Vec<Recent>,
    /// What the next look has to know if this one is not recorded.
    pub memory: Memory,
    /// Refused sign-ins up to this moment were too many for `recent`.
    pub refused_until: Option<Timestamp>,
    /// Whether somebody was to be told, and could not be. It is for those who tell to say so.
    pub untold: bool,
}

impl Look {
    /// Whether everything was read, and everything is explained.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.unexplained == 0 && self.unread.is_empty()
    }

    /// Whether something could not be read of which nobody was told yet today (UTC): the last look before could read it, or was
    /// yesterday's. Who watches must hear that the watch is blind, and not every hour. That a log cannot be read now is something else than
    /// that the service has forgotten what was before.
    #[must_use]
    pub fn is_newly_blind(&self, entries: &[Entry]) -> bool {
        let day = |time: Timestamp| time.as_second().div_euclid(24 * 3600);
        let told = past::looks(entries, &self.tenant).filter(|(look, _)| !look.untold);
        let last = told
            .last()
            .filter(|(_, until)| day(*until) == day(self.window.until));
        let known = last.map_or_else(Vec::new, |(look, _)| {
            let unread = look.unread.into_iter();
            let until = look.period.until;
            unread
                .map(|one| (one.log, one.of, one.period.until == until))
                .collect()
        });
        let mut unread = self.unread.iter();
        unread.any(|one| {
            let is_now = one.window.until == self.window.until;
            !known.contains(&(record::log(one.log), one.of.clone(), is_now))
        })
    }
}

/// So long before.
fn before(time: Timestamp, span: SignedDuration) -> Timestamp {
    time.saturating_sub(span).unwrap_or(Timestamp::MIN)
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
    let mut who = who::find(client, (entries, state), request).await?;
    let known = known::Known::new(entries, state, &who, request, now);
    let spans = past::Spans::new(&known.read, request.since, who.retention(), now);
    who.unread.extend(spans.forgotten(&who));
    let mut reading = read::Reading::begin(&who, known, spans, sink)?;
    progress(Part::SignIns);
    reading.sign_ins(client).await?;
    progress(Part::DirectoryAudits);
    reading.directory_audits(client).await?;
    reading.finish(who)
}
