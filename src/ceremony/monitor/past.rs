//! What earlier looks have read, and what this one has to.

use jiff::Timestamp;

use super::who::{Retention, Who};
use super::{OVERLAP, Unread, before};
use crate::graph::Window;
use crate::ledger::{self, Entry, Event, Kind, TenantMonitored};
use crate::tenant::activity::{Log, TOLERANCE};

/// Up to when each log has been read, for all accounts and without a gap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    /// The sign-in log.
    pub sign_ins: Option<Timestamp>,
    /// The directory's log.
    pub directory_audits: Option<Timestamp>,
}

impl Marks {
    pub(super) fn of(entries: &[Entry], who: &Who, now: Timestamp) -> Self {
        let past: Vec<Past> = told_looks(entries, &who.tenant, now)
            .filter_map(|(look, until)| Past::new(look, until))
            .collect();
        let of = |log| {
            let mut accounts = who.accounts.iter();
            let first = mark(&past, who, log, &accounts.next()?.id)?;
            accounts.try_fold(first, |earliest, account| {
                Some(earliest.min(mark(&past, who, log, &account.id)?))
            })
        };
        Self {
            sign_ins: of(ledger::Log::SignIns),
            directory_audits: of(ledger::Log::DirectoryAudits),
        }
    }

    /// Nothing if one log was never read.
    pub(super) fn earliest(&self) -> Option<Timestamp> {
        Some(self.sign_ins?.min(self.directory_audits?))
    }
}

/// What an earlier look has read.
struct Past {
    from: Timestamp,
    until: Timestamp,
    accounts: Vec<String>,
    groups: Vec<String>,
    /// Which log up to the look's end could not be read, and of whom if not of everybody.
    unread: Vec<(ledger::Log, Option<String>)>,
}

impl Past {
    fn new(look: TenantMonitored, until: Timestamp) -> Option<Self> {
        let unread = look.unread.into_iter();
        let unread = unread.filter(|one| one.period.until == look.period.until);
        Some(Self {
            from: look.period.from.parse().ok()?,
            until,
            accounts: look.accounts.into_iter().map(|one| one.id).collect(),
            groups: look.groups,
            unread: unread.map(|one| (one.log, one.of)).collect(),
        })
    }

    /// Whether it read all of a log up to its end, as far as the log is about this account.
    fn has_read(&self, who: &Who, log: ledger::Log, account: &str) -> bool {
        let is_in = |ids: &[String], id: &str| ids.iter().any(|one| one.eq_ignore_ascii_case(id));
        let concerns = |of: &Option<String>| match of {
            Some(of) => of.eq_ignore_ascii_case(account),
            None => true,
        };
        let mut unread = self.unread.iter();
        let mut groups = who.groups.iter();
        is_in(&self.accounts, account)
            && !unread.any(|(one, of)| *one == log && concerns(of))
            && (log == ledger::Log::SignIns || groups.all(|group| is_in(&self.groups, group)))
    }
}

/// Looks that begin where one before them ended, or earlier, go on with it; any other leaves a gap, and what it read does not count: who
/// asks for the last hour has not seen the day before it.
fn mark(past: &[Past], who: &Who, log: ledger::Log, account: &str) -> Option<Timestamp> {
    let longest = who.retention().longest;
    let mut mark: Option<Timestamp> = None;
    for look in past.iter().filter(|look| look.has_read(who, log, account)) {
        let goes_on = match mark {
            Some(mark) => look.from <= mark,
            // A look that began where the service's memory does.
            None => look.from <= before(look.until, longest - TOLERANCE),
        };
        if goes_on {
            mark = mark.max(Some(look.until));
        }
    }
    mark
}

/// The looks at this tenant, oldest first, and when they ended: no look has seen what came after its entry was written.
pub(super) fn looks<'a>(
    entries: &'a [Entry],
    tenant: &'a str,
) -> impl Iterator<Item = (TenantMonitored, Timestamp)> + 'a {
    let looks = entries
        .iter()
        .filter(|entry| entry.kind == Kind::TenantMonitored);
    looks.filter_map(move |entry| match entry.event() {
        Ok(Some(Event::TenantMonitored(look))) if look.tenant.eq_ignore_ascii_case(tenant) => {
            let until: Timestamp = look.period.until.parse().ok()?;
            Some((look, until.min(entry.time)))
        }
        _ => None,
    })
}

/// The same without those that do not count: of which nobody could be told, and of a station whose clock was ahead, which say that they
/// have read what has not happened yet.
pub(super) fn told_looks<'a>(
    entries: &'a [Entry],
    tenant: &'a str,
    now: Timestamp,
) -> impl Iterator<Item = (TenantMonitored, Timestamp)> + 'a {
    let latest = now.saturating_add(TOLERANCE).unwrap_or(now);
    looks(entries, tenant).filter(move |(look, until)| !look.untold && *until <= latest)
}

/// The time that each log is asked for, and what of it the service has forgotten.
pub(super) struct Spans {
    now: Timestamp,
    wanted: [(Log, Timestamp); 2],
    retention: Retention,
}

impl Spans {
    pub(super) fn new(
        read: &Marks,
        since: Option<Timestamp>,
        retention: Retention,
        now: Timestamp,
    ) -> Self {
        // What may still be there is asked for; `forgotten` says what may not.
        let oldest = before(now, retention.longest);
        let from = |until: Option<Timestamp>| {
            since.unwrap_or_else(|| {
                until
                    .map_or(oldest, |until| before(until, OVERLAP))
                    .min(now)
            })
        };
        Self {
            now,
            wanted: [
                (Log::SignIns, from(read.sign_ins)),
                (Log::DirectoryAudits, from(read.directory_audits)),
            ],
            retention,
        }
    }

    /// What this log is asked for.
    pub(super) fn of(&self, log: Log) -> Window {
        let oldest = before(self.now, self.retention.longest);
        Window {
            from: self.wanted(log).max(oldest),
            until: self.now,
        }
    }

    /// From the first moment that is wanted of any log.
    pub(super) fn whole(&self) -> Window {
        Window {
            from: self.wanted[0].1.min(self.wanted[1].1),
            until: self.now,
        }
    }

    fn wanted(&self, log: Log) -> Timestamp {
        self.wanted[usize::from(log == self.wanted[1].0)].1
    }

    /// What is no longer there, and what could not be found out beforehand.
    pub(super) fn forgotten(&self, who: &Who) -> Vec<Unread> {
        let kept = before(self.now, self.retention.certain);
        let forgotten = self.wanted.iter().filter(|(_, from)| *from < kept);
        let forgotten = forgotten.map(|&(log, from)| Unread {
            log,
            window: Window { from, until: kept },
            why: self.retention.why.clone(),
            permission: None,
            of: None,
            code: String::new(),
        });
        let unknown = who.unknown.iter().map(|unknown| Unread {
            log: unknown.log,
            window: self.of(unknown.log),
            why: unknown.unread.why.clone(),
            permission: unknown.unread.permission.as_deref().map(str::to_owned),
            of: Some(unknown.of.clone()),
            code: String::new(),
        });
        forgotten.chain(unknown).collect()
    }
}
