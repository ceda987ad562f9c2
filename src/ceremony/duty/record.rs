//! What the ledger says of what was done, in sum.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use uuid::Uuid;

use crate::ledger::{
    Account, DrillCompleted, Entry, Event, Outcome, OutcomeVerdict, State, TenantAudited,
    TenantMonitored,
};

/// How something ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    Passed,
    /// What was not as it should be.
    Failed(String),
    /// What could not be seen.
    Inconclusive(String),
}

/// A drill that came to its end.
pub(super) struct Drill {
    pub(super) ceremony: Uuid,
    pub(super) account: Account,
    pub(super) time: Timestamp,
    pub(super) ending: Ending,
}

/// A look into the logs.
pub(super) struct Look {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    accounts: BTreeSet<String>,
    /// What could not be read, and why.
    pub(super) unread: Option<String>,
    /// The rows that nothing explains, by their identifiers.
    unexplained: BTreeSet<String>,
    /// How many more there were.
    uncounted: u32,
}

impl Look {
    /// Whether these accounts were looked for.
    pub(super) fn covers<'a>(&self, mut ids: impl Iterator<Item = &'a str>) -> bool {
        ids.all(|id| self.accounts.contains(&id.to_ascii_lowercase()))
    }
}

/// What was done, newest last.
#[derive(Default)]
pub(super) struct Record {
    pub(super) drills: Vec<Drill>,
    /// When somebody said that the alert about this drill came.
    pub(super) alerts: HashMap<Uuid, Timestamp>,
    /// By credential.
    pub(super) checks: HashMap<Vec<u8>, Ending>,
    /// When somebody last said where a key lies, by credential.
    pub(super) placed: HashMap<Vec<u8>, Timestamp>,
    /// When a key's PIN was last changed, by label.
    pub(super) pins: HashMap<String, Timestamp>,
    /// Of when the tenant is that was audited last, and how that ended.
    pub(super) audit: Option<(Timestamp, Ending)>,
    pub(super) looks: Vec<Look>,
    /// When the last review was held, and whether it found everything in order.
    pub(super) review: Option<(Timestamp, bool)>,
    /// Identifiers of accounts and their sign-in names, the pair that was last seen last.
    names: Vec<(String, String)>,
}

impl Record {
    /// What entries say of a tenant, those that were merged from a branch too.
    pub(super) fn of(entries: &[Entry], state: &State, tenant: Option<&str>) -> Self {
        let mut record = Self::default();
        for entry in entries {
            match entry.event() {
                Ok(Some(Event::EntryMerged(merged))) => {
                    if let Ok(merged) = Entry::from_members(&merged.entry) {
                        record.take_in(&merged, state, tenant);
                    }
                }
                _ => record.take_in(entry, state, tenant),
            }
        }
        record
    }

    fn take_in(&mut self, entry: &Entry, state: &State, tenant: Option<&str>) {
        let time = entry.time;
        let Ok(Some(event)) = entry.event() else {
            return;
        };
        match event {
            Event::AlertReceived(alert) => {
                self.alerts.entry(alert.drill).or_insert(time);
            }
            Event::DrillCompleted(drill) => {
                if let Some(drill) = ended(entry, drill, state, tenant) {
                    self.know(&drill.account);
                    self.drills.push(drill);
                }
            }
            Event::KeyChecked(check) => {
                let ending = Ending::of(check.passed, &check.findings);
                self.checks.insert(check.credential_id, ending);
            }
            Event::KeyEnrolled(enrolled) if is_same(tenant, &enrolled.tenant) => {
                self.know(&enrolled.account);
                if places(entry, state) {
                    self.placed.insert(enrolled.credential_id, time);
                }
            }
            Event::KeyHandedOver(handed_over) => {
                self.placed.insert(handed_over.credential_id, time);
            }
            Event::PinChanged(changed) => {
                self.pins.insert(changed.label, time);
            }
            Event::ReviewHeld(review) if is_same(tenant, &review.tenant) => {
                self.review = self.review.max(Some((time, review.passed)));
            }
            Event::TenantAudited(audited) if is_same(tenant, &audited.tenant) => {
                let audit = (read_at(&audited, time), Ending::of_audit(&audited));
                if self.audit.as_ref().is_none_or(|before| before.0 <= audit.0) {
                    self.audit = Some(audit);
                }
            }
            Event::TenantMonitored(monitored) if is_same(tenant, &monitored.tenant) => {
                monitored.accounts.iter().for_each(|one| self.know(one));
                self.looks.push(look(&monitored, time));
            }
            _ => {}
        }
    }

    fn know(&mut self, account: &Account) {
        let pair = (account.id.to_ascii_lowercase(), account.upn.clone());
        self.names.retain(|known| *known != pair);
        self.names.push(pair);
    }

    /// The identifier of the account that is or was called so; of several the one that was last. A name without `@` is what stands
    /// before it.
    pub(super) fn id_of(&self, name: &str) -> Option<&str> {
        let is_so = |upn: &str| {
            let local = upn.split('@').next().unwrap_or_default();
            let called = if name.contains('@') { upn } else { local };
            called.eq_ignore_ascii_case(name)
        };
        let mut pairs = self.names.iter().rev();
        let (id, _) = pairs.find(|(_, upn)| is_so(upn))?;
        Some(id)
    }

    /// How many rows of the logs nobody has explained: those of looks since the last review, unless a later look at the same time
    /// found nothing. A row that two looks show is one.
    pub(super) fn unexplained(&self) -> u32 {
        let mut rows = BTreeSet::new();
        let mut uncounted: u32 = 0;
        for (at, look) in self.looks.iter().enumerate() {
            let again = |later: &Look| later.from <= look.from && later.until >= look.until;
            let reviewed = self.review.is_some_and(|(time, _)| time >= look.until);
            if !reviewed && !self.looks[at + 1..].iter().any(again) {
                rows.extend(&look.unexplained);
                uncounted = uncounted.saturating_add(look.uncounted);
            }
        }
        u32::try_from(rows.len())
            .unwrap_or(u32::MAX)
            .saturating_add(uncounted)
    }
}

impl Ending {
    fn of(passed: bool, findings: &[Outcome]) -> Self {
        let those = |verdict: OutcomeVerdict| {
            let those = findings.iter().filter(|one| one.verdict == verdict);
            let subjects: Vec<&str> = those.map(|one| one.subject.as_str()).collect();
            (!subjects.is_empty()).then(|| subjects.join(", "))
        };
        match (those(OutcomeVerdict::Fail), those(OutcomeVerdict::Unknown)) {
            _ if passed => Self::Passed,
            (None, Some(unknown)) => Self::Inconclusive(unknown),
            (failed, _) => Self::Failed(failed.unwrap_or_else(|| "not passed".to_owned())),
        }
    }

    fn of_audit(audited: &TenantAudited) -> Self {
        match (audited.passed, audited.failed.as_slice()) {
            (true, _) => Self::Passed,
            (false, []) => Self::Inconclusive(audited.unknown.join(", ")),
            (false, failed) => Self::Failed(failed.join(", ")),
        }
    }
}

/// A drill whose intent is in the ledger, as every one's is that was verified.
fn ended(
    entry: &Entry,
    completed: DrillCompleted,
    state: &State,
    tenant: Option<&str>,
) -> Option<Drill> {
    let ceremony = state.ceremony(entry.ceremony?)?;
    match &ceremony.intent {
        Event::DrillIntended(intended) if is_same(tenant, &intended.tenant) => Some(Drill {
            ceremony: ceremony.id,
            account: intended.account.clone(),
            time: entry.time,
            ending: Ending::of(completed.passed, &completed.findings),
        }),
        _ => None,
    }
}

/// Whether an enrolment said where the key was to lie.
fn places(entry: &Entry, state: &State) -> bool {
    let ceremony = entry.ceremony.and_then(|id| state.ceremony(id));
    ceremony.is_some_and(|ceremony| match &ceremony.intent {
        Event::EnrollIntended(intended) => intended.custody.is_some(),
        _ => false,
    })
}

/// A document may be judged long after it was read.
fn read_at(audited: &TenantAudited, recorded: Timestamp) -> Timestamp {
    let taken_at = audited.taken_at.parse();
    taken_at.map_or(recorded, |taken_at: Timestamp| taken_at.min(recorded))
}

fn look(monitored: &TenantMonitored, recorded: Timestamp) -> Look {
    let moment = |text: &str| text.parse().unwrap_or(recorded);
    let rows = monitored.events.iter();
    let unexplained: BTreeSet<String> = rows
        .filter(|row| row.explained_by.is_none())
        .map(|row| row.id.clone())
        .collect();
    let listed = u32::try_from(unexplained.len()).unwrap_or(u32::MAX);
    let accounts = monitored.accounts.iter();
    Look {
        from: moment(&monitored.period.from),
        until: moment(&monitored.period.until).min(recorded),
        accounts: accounts.map(|one| one.id.to_ascii_lowercase()).collect(),
        unread: monitored.unread.first().map(|unread| unread.why.clone()),
        uncounted: monitored.unexplained.saturating_sub(listed),
        unexplained,
    }
}

/// Whether two names may be the same tenant's. An identifier and a domain may: nobody can tell without asking the tenant.
pub(super) fn is_same(tenant: Option<&str>, named: &str) -> bool {
    let is_id = |name: &str| Uuid::try_parse(name).is_ok();
    match tenant {
        Some(tenant) if is_id(tenant) == is_id(named) => tenant.eq_ignore_ascii_case(named),
        _ => true,
    }
}
