//! The rows that the next look may meet again: it must know them, or it would tell of them twice.

use std::collections::HashSet;

use jiff::Timestamp;

use super::{OVERLAP, before};
use crate::ledger::Account;
use crate::tenant::activity::{Ended, Event, Log};
use crate::tenant::audit::Severity;

/// The most rows that are remembered.
const MOST: usize = 100_000;

/// The longest id that is remembered, in bytes; those of the service are of 36 and of some 90. A row with a longer one is told of again.
const LONGEST_ID: usize = 200;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    /// By what it is known.
    pub id: String,
    /// When it was.
    pub time: Timestamp,
    /// Whether it is a sign-in that got nowhere, of which there may be any number.
    pub is_refused: bool,
}

impl Recent {
    pub(super) fn new(event: &Event) -> Self {
        Self {
            id: event.id.clone(),
            time: event.time,
            is_refused: is_refused(event),
        }
    }
}

/// Whether a row may be taken for told because rows like it were too many to be remembered.
pub(super) fn is_refused(event: &Event) -> bool {
    let failed = matches!(event.ended, Ended::Failed { .. });
    event.log == Log::SignIns && failed && event.severity < Severity::Error
}

/// A time of which an account's refused sign-ins count as told although their ids are not remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The account's object id.
    pub account: String,
    /// From here.
    pub from: Timestamp,
    /// Up to here.
    pub until: Timestamp,
}

impl Refused {
    /// What a look over this time told of. `unread` says of whom, if not of everybody, sign-ins up to which moment were not read: of those
    /// nobody was told.
    pub(super) fn of(
        accounts: &[Account],
        (from, until): (Timestamp, Timestamp),
        unread: &[(Option<String>, Timestamp)],
    ) -> Vec<Self> {
        let of_account = accounts.iter().map(|account| {
            let id = &account.id;
            let concerns =
                |of: &Option<String>| of.as_ref().is_none_or(|of| of.eq_ignore_ascii_case(id));
            let unread = unread.iter().filter(|(of, _)| concerns(of));
            Self {
                account: id.clone(),
                from: unread.map(|(_, until)| *until).fold(from, Ord::max),
                until,
            }
        });
        of_account.filter(|one| one.from < one.until).collect()
    }

    /// Puts it to others; what overlaps becomes one.
    pub(super) fn add_to(self, all: &mut Vec<Self>) {
        let other = all.iter_mut().find(|one| {
            let is_same = one.account.eq_ignore_ascii_case(&self.account);
            is_same && one.from <= self.until && self.from <= one.until
        });
        match other {
            Some(other) => {
                other.from = other.from.min(self.from);
                other.until = other.until.max(self.until);
            }
            None => all.push(self),
        }
    }

    pub(super) fn includes(&self, event: &Event) -> bool {
        let account = event.account.as_deref().unwrap_or_default();
        let is_in_time = self.from <= event.time && event.time <= self.until;
        is_refused(event) && is_in_time && self.account.eq_ignore_ascii_case(account)
    }
}

/// All of a look.
#[derive(Default)]
pub(super) struct Met {
    /// With the log, and whether no earlier look told of it.
    rows: Vec<(Log, bool, Recent)>,
    refused_until: Option<Timestamp>,
}

impl Met {
    pub(super) fn add(&mut self, event: &Event, is_new: bool) {
        if event.id.len() > LONGEST_ID {
            return;
        }
        let row = Recent::new(event);
        if self.rows.len() < MOST {
            self.rows.push((event.log, is_new, row));
        } else if row.is_refused {
            self.refused_until = self.refused_until.max(Some(row.time));
        }
    }

    /// Those that are new, and the ids of all, as far as the next look meets them: of a log that was read to its end it begins
    /// [`OVERLAP`] before that, of another it begins where this one did.
    pub(super) fn end(
        self,
        now: Timestamp,
        is_whole: impl Fn(Log) -> bool,
    ) -> (Vec<Recent>, HashSet<String>, Option<Timestamp>) {
        let from = before(now, OVERLAP);
        let whole = [Log::DirectoryAudits, Log::SignIns].map(|log| (log, is_whole(log)));
        let is_met = |log: Log, time: Timestamp| time >= from || whole.contains(&(log, false));
        let (mut new, mut all) = (Vec::new(), HashSet::new());
        for (log, is_new, row) in self.rows {
            if !is_met(log, row.time) {
                continue;
            }
            all.insert(row.id.clone());
            if is_new {
                new.push(row);
            }
        }
        (new, all, self.refused_until)
    }
}
