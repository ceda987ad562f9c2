//! Looks into the logs: what they have covered, and what of that nothing explains.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};

use super::Reviews;
use crate::ceremony::duty::calendar::is_ahead;
use crate::ledger::{self, Log, LogEvent, TenantMonitored};

/// How much may be missing between two looks.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// From one moment to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Stretch {
    from: Timestamp,
    until: Timestamp,
}

/// What of a log could not be read, and why.
struct Unread {
    log: Log,
    stretch: Stretch,
    why: String,
    /// For whom it could not be: identifiers in lower case.
    accounts: BTreeSet<String>,
}

/// A look into the logs.
pub(in crate::ceremony::duty) struct Look {
    /// Whether people examined what it tells, and signed.
    is_examined: bool,
    stretch: Stretch,
    /// Identifiers in lower case.
    accounts: BTreeSet<String>,
    unread: Vec<Unread>,
    events: Vec<LogEvent>,
    /// How many rows nothing explains that are not listed.
    unlisted: u32,
}

impl Look {
    pub(super) fn of(look: TenantMonitored, is_examined: bool, recorded: Timestamp) -> Self {
        let moment = |text: &str| text.parse().unwrap_or(recorded);
        let stretch = Stretch {
            from: moment(&look.period.from),
            until: moment(&look.period.until).min(recorded),
        };
        let unread = look.unread.iter().map(|one| Unread {
            log: one.log,
            stretch: match (one.period.from.parse(), one.period.until.parse()) {
                (Ok(from), Ok(until)) => Stretch { from, until },
                _ => stretch,
            },
            why: one.why.clone(),
            accounts: look
                .accounts
                .iter()
                .filter(|account| concerns(&look, one, &account.id))
                .map(|account| account.id.to_ascii_lowercase())
                .collect(),
        });
        let unread = unread.collect();
        let accounts = look.accounts.iter();
        Self {
            is_examined,
            stretch,
            accounts: accounts.map(|one| one.id.to_ascii_lowercase()).collect(),
            unread,
            unlisted: look.unlisted(),
            events: look.events,
        }
    }

    /// What of this log was read for this account.
    fn read(&self, log: Log, account: &str) -> Vec<Stretch> {
        let mut read = vec![self.stretch];
        for unread in self.unread(log, account) {
            let parts = read.iter().flat_map(|one| one.without(unread.stretch));
            read = parts.collect();
        }
        read
    }

    /// What of this log could not be read for this account.
    fn unread(&self, log: Log, account: &str) -> impl DoubleEndedIterator<Item = &Unread> {
        let account = account.to_ascii_lowercase();
        let unread = self.unread.iter();
        unread.filter(move |one| one.log == log && one.accounts.contains(&account))
    }

    /// Whether it saw everything that another saw.
    fn covers(&self, other: &Self) -> bool {
        self.stretch.from <= other.stretch.from
            && self.stretch.until >= other.stretch.until
            && self.accounts.is_superset(&other.accounts)
            && self.unread.is_empty()
    }
}

impl Stretch {
    /// The parts before and after another one.
    fn without(self, other: Self) -> impl Iterator<Item = Self> {
        let before = Self {
            from: self.from,
            until: self.until.min(other.from),
        };
        let after = Self {
            from: self.from.max(other.until),
            until: self.until,
        };
        [before, after]
            .into_iter()
            .filter(|part| part.from < part.until)
    }

    fn meets(self, other: Self) -> bool {
        self.from < other.until && other.from < self.until
    }
}

/// Whether what a look could not read is a gap for an account that it was at. What is about another account is none; an account that
/// nobody could be found by is unread in both logs under its name, and what has a name in the directory's log alone is about a group,
/// and concerns everybody.
pub(in crate::ceremony) fn concerns(
    look: &TenantMonitored,
    unread: &ledger::Unread,
    account: &str,
) -> bool {
    let Some(of) = &unread.of else {
        return true;
    };
    if of.eq_ignore_ascii_case(account) {
        return true;
    }
    let mut accounts = look.accounts.iter();
    let own = accounts.find(|one| one.id.eq_ignore_ascii_case(account));
    let is_named = own.is_some_and(|own| {
        let local = own.upn.split('@').next().unwrap_or_default();
        [own.upn.as_str(), local]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(of))
    });
    let mut accounts = look.accounts.iter();
    let mut sign_ins = look.unread.iter().filter(|one| one.log == Log::SignIns);
    let is_an_accounts = accounts.any(|one| one.id.eq_ignore_ascii_case(of))
        || sign_ins.any(|one| one.of.as_ref() == Some(of));
    is_named || !is_an_accounts
}

/// All looks, in the order in which they were recorded.
#[derive(Default)]
pub(in crate::ceremony::duty) struct Looks {
    past: Vec<Look>,
    /// Dated in the future: nobody knows which time they cover. What they saw was seen all the same.
    ahead: Vec<Look>,
}

/// A row, since it was last told that nothing explains it.
struct Row<'a> {
    first: &'a Look,
    /// Whether people examined any look that tells of it so.
    is_examined: bool,
    /// As it was last told.
    event: &'a LogEvent,
}

/// A time for which nobody knows what the logs had.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::ceremony::duty) struct Gap {
    pub(in crate::ceremony::duty) from: Timestamp,
    pub(in crate::ceremony::duty) why: String,
}

/// What nothing explains.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(in crate::ceremony::duty) struct Unexplained {
    pub(in crate::ceremony::duty) rows: u32,
    /// When the first of them was.
    pub(in crate::ceremony::duty) since: Option<Timestamp>,
}

impl Unexplained {
    fn add(&mut self, rows: u32, time: Timestamp) {
        self.rows = self.rows.saturating_add(rows);
        self.since = Some(self.since.map_or(time, |since| since.min(time)));
    }
}

impl Looks {
    /// Of looks, each with its date.
    pub(super) fn of_dated(mut looks: Vec<(Timestamp, Look)>, now: Timestamp) -> Self {
        looks.sort_by_key(|(recorded, _)| *recorded);
        let mut all = Self::default();
        for (recorded, look) in looks {
            match is_ahead(recorded, now) {
                true => all.ahead.push(look),
                false => all.past.push(look),
            }
        }
        all
    }

    /// Whether none covers any time.
    pub(in crate::ceremony::duty) fn is_empty(&self) -> bool {
        self.past.is_empty()
    }

    /// Whether nobody has seen anything, by whatever clock.
    pub(in crate::ceremony::duty) fn saw_nothing(&self) -> bool {
        self.past.is_empty() && self.ahead.is_empty()
    }

    /// The end of the last look, whatever it could read.
    pub(in crate::ceremony::duty) fn until(&self) -> Option<Timestamp> {
        self.past.iter().map(|look| look.stretch.until).max()
    }

    /// Whether any look was for this account.
    pub(in crate::ceremony::duty) fn know(&self, account: &str) -> bool {
        self.of(account).next().is_some()
    }

    /// Up to when both logs were read for this account.
    pub(in crate::ceremony::duty) fn seen(&self, account: &str) -> Option<Timestamp> {
        let ends = [Log::SignIns, Log::DirectoryAudits].map(|log| {
            let read = self.of(account).flat_map(|look| look.read(log, account));
            read.map(|stretch| stretch.until).max()
        });
        // None is less than any time.
        ends.into_iter().min().flatten()
    }

    /// What is missing for this account between the first time that was read and the end of the last look, unless those who signed a
    /// review know of it.
    pub(in crate::ceremony::duty) fn gaps(&self, account: &str, reviews: &Reviews) -> Vec<Gap> {
        let reviewed = reviews.until().unwrap_or(Timestamp::MIN);
        let ends = self.of(account).map(|look| look.stretch.until);
        let Some(end) = ends.max() else {
            return Vec::new();
        };
        let mut gaps = Vec::new();
        for log in [Log::SignIns, Log::DirectoryAudits] {
            let read = self.of(account).flat_map(|look| look.read(log, account));
            let mut read: Vec<Stretch> = read.collect();
            read.sort_unstable();
            let first = read.first().map(|one| one.from);
            let mut seen = first.unwrap_or(Timestamp::MIN).max(reviewed);
            for next in read.into_iter().chain([Stretch {
                from: end,
                until: end,
            }]) {
                if next.from.duration_since(seen) > TOLERANCE {
                    gaps.push(self.gap(
                        account,
                        log,
                        Stretch {
                            from: seen,
                            until: next.from,
                        },
                    ));
                }
                seen = seen.max(next.until);
            }
        }
        gaps.sort_by_key(|gap| gap.from);
        gaps
    }

    fn gap(&self, account: &str, log: Log, missing: Stretch) -> Gap {
        let unread = self.of(account).flat_map(|look| look.unread(log, account));
        let mut unread = unread.filter(|one| one.stretch.meets(missing));
        let Stretch { from, until } = missing;
        Gap {
            from,
            why: match unread.next_back() {
                Some(unread) => format!("not all was read: {}", unread.why),
                None if from == Timestamp::MIN => "no look could read the logs".to_owned(),
                None => format!("nobody looked at the logs of {from} to {until}"),
            },
        }
    }

    fn of(&self, account: &str) -> impl DoubleEndedIterator<Item = &Look> {
        let account = account.to_ascii_lowercase();
        let looks = self.past.iter();
        looks.filter(move |look| look.accounts.contains(&account))
    }

    /// The rows that the last look which told of them could not explain, and that no review examined. A later look that
    /// does not tell of a row explains nothing: the service may have forgotten it. A clock that is right has the last word.
    pub(in crate::ceremony::duty) fn unexplained(&self) -> Unexplained {
        let looks: Vec<&Look> = self.ahead.iter().chain(&self.past).collect();
        let mut rows: BTreeMap<(Log, &str), Row<'_>> = BTreeMap::new();
        let mut tellers: HashMap<(Log, &str), Vec<usize>> = HashMap::new();
        for (at, look) in looks.iter().copied().enumerate() {
            for event in &look.events {
                let row = (event.log, event.id.as_str());
                let known = rows.entry(row).or_insert(Row {
                    first: look,
                    is_examined: false,
                    event,
                });
                // A review that was held while it was explained did not examine it.
                if known.event.explained_by.is_some() && event.explained_by.is_none() {
                    known.first = look;
                    known.is_examined = false;
                }
                known.is_examined |= look.is_examined;
                known.event = event;
                tellers.entry(row).or_default().push(at);
            }
        }
        let mut open = Unexplained::default();
        for (at, look) in looks.iter().enumerate() {
            // A later look tells of what is not listed again only if it tells again of what is.
            let is_again = || {
                let rows = look.events.iter();
                let mut later = rows.filter_map(|row| tellers.get(&(row.log, row.id.as_str())));
                later.any(|later| {
                    let mut later = later.iter().rev().take_while(|&&one| one > at);
                    later.any(|&one| looks[one].covers(look))
                })
            };
            if look.unlisted > 0 && !look.is_examined && !is_again() {
                open.add(look.unlisted, look.stretch.from);
            }
        }
        for row in rows.values() {
            if row.event.explained_by.is_none() && !row.is_examined {
                let time = row.event.time.parse();
                open.add(row.event.rows(), time.unwrap_or(row.first.stretch.from));
            }
        }
        open
    }
}
