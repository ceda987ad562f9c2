//! Looks into the logs: what they have covered, and what of that nothing explains.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::Reviews;
use crate::ledger::{Log, LogEvent, TenantMonitored};

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
}

/// A look into the logs.
pub(in crate::ceremony::duty) struct Look {
    /// The entry.
    index: u64,
    stretch: Stretch,
    /// Identifiers in lower case.
    accounts: BTreeSet<String>,
    unread: Vec<Unread>,
    events: Vec<LogEvent>,
    /// How many rows nothing explains that are not listed.
    unlisted: u32,
}

impl Look {
    pub(super) fn of(look: TenantMonitored, index: u64, recorded: Timestamp) -> Self {
        let moment = |text: &str| text.parse().unwrap_or(recorded);
        let stretch = Stretch {
            from: moment(&look.period.from),
            until: moment(&look.period.until).min(recorded),
        };
        let unread = look.unread.into_iter().map(|one| Unread {
            log: one.log,
            stretch: match (one.period.from.parse(), one.period.until.parse()) {
                (Ok(from), Ok(until)) => Stretch { from, until },
                _ => stretch,
            },
            why: one.why,
        });
        let open = look.events.iter().filter(|row| row.explained_by.is_none());
        let listed = open.map(rows_of).fold(0, u32::saturating_add);
        let accounts = look.accounts.iter();
        Self {
            index,
            stretch,
            accounts: accounts.map(|one| one.id.to_ascii_lowercase()).collect(),
            unread: unread.collect(),
            unlisted: look.unexplained.saturating_sub(listed),
            events: look.events,
        }
    }

    /// What of this log was read.
    fn read(&self, log: Log) -> Vec<Stretch> {
        let mut read = vec![self.stretch];
        for unread in self.unread.iter().filter(|one| one.log == log) {
            let parts = read.iter().flat_map(|one| one.without(unread.stretch));
            read = parts.collect();
        }
        read
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

/// How many rows an event stands for.
fn rows_of(event: &LogEvent) -> u32 {
    event.alike.as_ref().map_or(1, |alike| alike.rows)
}

/// All looks, in the order in which they were recorded.
#[derive(Default)]
pub(in crate::ceremony::duty) struct Looks(pub(super) Vec<Look>);

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
    pub(in crate::ceremony::duty) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The end of the last look, whatever it could read.
    pub(in crate::ceremony::duty) fn until(&self) -> Option<Timestamp> {
        self.0.iter().map(|look| look.stretch.until).max()
    }

    /// Whether any look was for this account.
    pub(in crate::ceremony::duty) fn know(&self, account: &str) -> bool {
        self.of(account).next().is_some()
    }

    /// Up to when both logs were read for this account.
    pub(in crate::ceremony::duty) fn seen(&self, account: &str) -> Option<Timestamp> {
        let ends = [Log::SignIns, Log::DirectoryAudits].map(|log| {
            let read = self.of(account).flat_map(|look| look.read(log));
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
            let mut read: Vec<Stretch> = self.of(account).flat_map(|look| look.read(log)).collect();
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
        let looks = self.of(account).flat_map(|look| &look.unread);
        let mut unread = looks.filter(|one| one.log == log && one.stretch.meets(missing));
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
        let looks = self.0.iter();
        looks.filter(move |look| look.accounts.contains(&account))
    }

    /// The rows that the last look which told of them could not explain, and that no review has explained since. A later look that
    /// does not tell of a row explains nothing: the service may have forgotten it.
    pub(in crate::ceremony::duty) fn unexplained(&self, reviews: &Reviews) -> Unexplained {
        let mut rows: BTreeMap<(Log, &str), (&Look, &LogEvent)> = BTreeMap::new();
        let mut open = Unexplained::default();
        for (at, look) in self.0.iter().enumerate() {
            for event in &look.events {
                let known = rows.entry((event.log, &event.id)).or_insert((look, event));
                known.1 = event;
            }
            let later = &self.0[at + 1..];
            let again = later
                .iter()
                .any(|later| later.unlisted == 0 && later.covers(look));
            if look.unlisted > 0 && !again && !reviews.explains(look.index) {
                open.add(look.unlisted, look.stretch.from);
            }
        }
        for (first, event) in rows.values() {
            if event.explained_by.is_none() && !reviews.explains(first.index) {
                open.add(
                    rows_of(event),
                    event.time.parse().unwrap_or(first.stretch.from),
                );
            }
        }
        open
    }
}
