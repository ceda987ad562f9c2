//! Events that say the same become one finding: a hundred thousand wrong passwords are one line, and as little memory.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{Ended, Event, Explanation, Log};
use crate::tenant::audit::Severity;

/// The most findings that are kept; what comes after is counted.
pub const MOST_FINDINGS: usize = 5_000;

/// The most addresses that are kept of a finding.
pub const MOST_ADDRESSES: usize = 8;

/// Events that say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The first of them.
    pub event: Event,
    /// What explains them.
    pub explanation: Explanation,
    /// How many there are.
    pub rows: u32,
    /// When the last was.
    pub last: Timestamp,
    /// From where, up to [`MOST_ADDRESSES`], and whether there were more.
    pub addresses: Vec<String>,
    /// Whether there were more addresses than those.
    pub more_addresses: bool,
}

impl Finding {
    /// Whether something explains it.
    #[must_use]
    pub fn is_explained(&self) -> bool {
        self.explanation.entry().is_some()
    }

    /// How much it is worth telling, the most first where not all can be told.
    #[must_use]
    pub fn weight(&self) -> Weight {
        Weight::of(&self.event, &self.explanation)
    }

    fn new(event: Event, explanation: Explanation) -> Self {
        let mut finding = Self {
            explanation,
            rows: 1,
            last: event.time,
            addresses: Vec::new(),
            more_addresses: false,
            event,
        };
        let address = finding.event.address.clone();
        finding.came_from(address);
        finding
    }

    /// In whatever order they come.
    fn join(&mut self, event: Event) {
        self.rows = self.rows.saturating_add(1);
        self.came_from(event.address.clone());
        self.last = self.last.max(event.time);
        // The worst of them stands for all.
        let severity = self.event.severity.max(event.severity);
        if event.time < self.event.time {
            self.event = event;
        }
        self.event.severity = severity;
    }

    fn came_from(&mut self, address: Option<String>) {
        let Some(address) = address else { return };
        if self.addresses.contains(&address) {
            return;
        }
        match self.addresses.len() < MOST_ADDRESSES {
            true => self.addresses.push(address),
            false => self.more_addresses = true,
        }
    }
}

/// How much something is worth telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Something explains it.
    Explained,
    /// Somebody tried, and was refused; a change of something else.
    Slight,
    /// Somebody knows a secret, or changed what protects the accounts.
    Grave,
    /// Somebody got in.
    Entry,
}

impl Weight {
    /// The place among all, the slightest first.
    fn rank(self) -> usize {
        match self {
            Self::Explained => 0,
            Self::Slight => 1,
            Self::Grave => 2,
            Self::Entry => 3,
        }
    }

    fn of(event: &Event, explanation: &Explanation) -> Self {
        let got_in = event.log == Log::SignIns && event.ended == Ended::Succeeded;
        match (explanation.entry(), event.severity) {
            (Some(_), _) => Self::Explained,
            (None, Severity::Error) if got_in => Self::Entry,
            (None, Severity::Error) => Self::Grave,
            (None, Severity::Warning | Severity::Note) => Self::Slight,
        }
    }
}

/// All findings of a look.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    by_likeness: HashMap<Likeness, usize>,
    found: Vec<Finding>,
    /// Where the findings of each weight are that give way to graver ones, [`Weight::Explained`] first.
    yielding: [Vec<usize>; 3],
    /// Rows that no finding has room for.
    pub omitted: u32,
    /// Rows that nothing explains, with those that are omitted.
    pub unexplained: u32,
}

/// What events that say the same have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Likeness {
    log: Log,
    account: Option<String>,
    by: Option<String>,
    activity: String,
    targets: Vec<String>,
    ended: Ended,
    methods: Vec<String>,
    explanation: Explanation,
    is_interactive: bool,
    /// Who got in is told from everywhere apart.
    address: Option<String>,
}

impl Findings {
    /// Takes in an event.
    ///
    /// Once there are [`MOST_FINDINGS`], one that is worth less gives way: a flood of tries must not hide who got in.
    pub fn add(&mut self, event: Event, explanation: Explanation) {
        if explanation.entry().is_none() {
            self.unexplained = self.unexplained.saturating_add(1);
        }
        let likeness = Likeness::of(&event, &explanation);
        if let Some(&at) = self.by_likeness.get(&likeness) {
            self.found[at].join(event);
            return;
        }
        let weight = Weight::of(&event, &explanation);
        let finding = Finding::new(event, explanation);
        let at = if self.found.len() < MOST_FINDINGS {
            self.found.push(finding);
            self.found.len() - 1
        } else if let Some(at) = self.slighter_than(weight) {
            let given_way = std::mem::replace(&mut self.found[at], finding);
            self.omitted = self.omitted.saturating_add(given_way.rows);
            let likeness = Likeness::of(&given_way.event, &given_way.explanation);
            self.by_likeness.remove(&likeness);
            at
        } else {
            self.omitted = self.omitted.saturating_add(1);
            return;
        };
        self.by_likeness.insert(likeness, at);
        if let Some(yielding) = self.yielding.get_mut(weight.rank()) {
            yielding.push(at);
        }
    }

    /// A finding that is worth less than this, if there is one.
    fn slighter_than(&mut self, weight: Weight) -> Option<usize> {
        let lists = self.yielding.iter_mut().take(weight.rank());
        for (index, list) in lists.enumerate() {
            // One that became graver since, or gave way itself, is where it was put last.
            while let Some(at) = list.pop() {
                if self.found[at].weight().rank() == index {
                    return Some(at);
                }
            }
        }
        None
    }

    /// The findings, oldest first.
    #[must_use]
    pub fn sorted(mut self) -> Vec<Finding> {
        self.found.sort_by(|one, other| {
            (one.event.time, &one.event.id).cmp(&(other.event.time, &other.event.id))
        });
        self.found
    }
}

impl Likeness {
    fn of(event: &Event, explanation: &Explanation) -> Self {
        let got_in = event.ended == Ended::Succeeded;
        Self {
            log: event.log,
            account: event.account.clone(),
            by: event.by.clone(),
            activity: event.activity.clone(),
            targets: event.targets.clone(),
            ended: event.ended.clone(),
            methods: event.methods.clone(),
            explanation: explanation.clone(),
            is_interactive: event.is_interactive,
            address: event.address.clone().filter(|_| got_in),
        }
    }
}
