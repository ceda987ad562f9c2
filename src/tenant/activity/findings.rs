//! Events that say the same become one finding: a hundred thousand wrong passwords are one line, and as little memory.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{Ended, Event, Explanation, Log};

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
        if event.time < self.event.time {
            self.event = event;
        }
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

/// All findings of a look.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    by_likeness: HashMap<Likeness, usize>,
    found: Vec<Finding>,
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
    pub fn add(&mut self, event: Event, explanation: Explanation) {
        if explanation.entry().is_none() {
            self.unexplained = self.unexplained.saturating_add(1);
        }
        let likeness = Likeness::of(&event, &explanation);
        if let Some(&at) = self.by_likeness.get(&likeness) {
            self.found[at].join(event);
        } else if self.found.len() < MOST_FINDINGS {
            self.by_likeness.insert(likeness, self.found.len());
            self.found.push(Finding::new(event, explanation));
        } else {
            self.omitted = self.omitted.saturating_add(1);
        }
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
