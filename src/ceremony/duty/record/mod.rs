//! What the ledger says of what was done, in sum.

mod ending;
mod looks;
mod reviews;

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use uuid::Uuid;

pub(super) use ending::Ending;
pub(super) use looks::Looks;
pub(in crate::ceremony) use looks::concerns;
pub(super) use reviews::Reviews;

use super::calendar::is_ahead;
use super::newest::Newest;
use super::tenancy::Tenancy;
use crate::ledger::{Account, DrillCompleted, Event, State, TenantAudited, Told};
use looks::Look;

/// A drill that came to its end.
pub(super) struct Drill {
    pub(super) ceremony: Uuid,
    pub(super) account: Account,
    pub(super) time: Timestamp,
    pub(super) ending: Ending,
}

/// What was done.
pub(super) struct Record {
    /// In the order of the ledger.
    pub(super) drills: Vec<Drill>,
    /// When somebody said that the alert about this drill came.
    pub(super) alerts: HashMap<Uuid, Timestamp>,
    /// By credential.
    pub(super) checks: HashMap<Vec<u8>, Newest<Ending>>,
    /// Tests of a whole key, by credential.
    pub(super) tests: HashMap<Vec<u8>, Newest<Ending>>,
    /// Signatures, by credential.
    pub(super) proofs: HashMap<Vec<u8>, Newest<()>>,
    /// When somebody last said where a key lies, by credential.
    pub(super) placed: HashMap<Vec<u8>, Newest<()>>,
    /// When a key's PIN was last changed, by label.
    pub(super) pins: HashMap<String, Newest<()>>,
    /// Of when the tenant is that was audited last, and how that ended.
    pub(super) audit: Newest<Ending>,
    pub(super) looks: Looks,
    /// The date of a look that is in the future.
    pub(super) look_ahead: Option<Timestamp>,
    pub(super) reviews: Reviews,
    /// Identifiers of accounts and their sign-in names, the pair that was last seen last.
    names: Vec<(String, String)>,
    now: Timestamp,
}

impl Record {
    /// What is told of a tenant.
    pub(super) fn of(
        story: Vec<Told>,
        state: &State,
        tenancy: &Tenancy,
        reviews: Reviews,
        now: Timestamp,
    ) -> Self {
        let mut record = Self {
            drills: Vec::new(),
            alerts: HashMap::new(),
            checks: HashMap::new(),
            tests: HashMap::new(),
            proofs: HashMap::new(),
            placed: HashMap::new(),
            pins: HashMap::new(),
            audit: Newest::default(),
            looks: Looks::default(),
            look_ahead: None,
            reviews,
            names: Vec::new(),
            now,
        };
        let placing = placing(&story);
        let mut looks = Vec::new();
        for told in story {
            if let Some(credential) = told.signed_by.clone() {
                let proofs = record.proofs.entry(credential).or_default();
                proofs.take(told.time, (), now);
            }
            record.take_in(told, state, tenancy, &placing, &mut looks);
        }
        record.looks = Looks::of_dated(looks, now);
        record
    }

    fn take_in(
        &mut self,
        told: Told,
        state: &State,
        tenancy: &Tenancy,
        placing: &HashSet<Uuid>,
        looks: &mut Vec<(Timestamp, Look)>,
    ) {
        let (time, now) = (told.time, self.now);
        match told.event {
            Event::AlertReceived(alert) if !is_ahead(time, now) => {
                self.alerts.entry(alert.drill).or_insert(time);
            }
            Event::DrillCompleted(drill) => {
                if let Some(drill) = ended(told.ceremony, time, &drill, state, tenancy) {
                    self.know(&drill.account);
                    self.drills.push(drill);
                }
            }
            Event::KeyChecked(check) => {
                let ending = Ending::of(check.passed, check.findings.iter());
                let checks = self.checks.entry(check.credential_id).or_default();
                checks.take(time, ending, now);
            }
            Event::KeyEnrolled(enrolled) if tenancy.has(&enrolled.tenant) => {
                self.know(&enrolled.account);
                if told.ceremony.is_some_and(|id| placing.contains(&id)) {
                    let placed = self.placed.entry(enrolled.credential_id).or_default();
                    placed.take(time, (), now);
                }
            }
            Event::KeyHandedOver(handed_over) => {
                let placed = self.placed.entry(handed_over.credential_id).or_default();
                placed.take(time, (), now);
            }
            Event::KeyTested(test) => {
                let ending = Ending::of(test.passed, test.checks.iter());
                let tests = self.tests.entry(test.credential_id).or_default();
                tests.take(time, ending, now);
            }
            Event::PinChanged(changed) => {
                let pins = self.pins.entry(changed.label).or_default();
                pins.take(time, (), now);
            }
            Event::TenantAudited(audited) if tenancy.has(&audited.tenant) => {
                let ending = Ending::of_audit(&audited);
                self.audit.take(read_at(&audited, time), ending, now);
            }
            Event::TenantMonitored(look) if tenancy.has(&look.tenant) => {
                look.accounts.iter().for_each(|one| self.know(one));
                if is_ahead(time, now) {
                    self.look_ahead = Some(time);
                }
                let is_examined = self.reviews.know(told.index, &told.written);
                looks.push((time, Look::of(look, is_examined, time)));
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

    /// The domain in which all of these accounts sign in.
    pub(super) fn domain<'a>(&self, ids: impl Iterator<Item = &'a str>) -> Option<String> {
        let mut domains = ids.filter_map(|id| {
            let mut pairs = self.names.iter().rev();
            let (_, upn) = pairs.find(|(known, _)| known.eq_ignore_ascii_case(id))?;
            Some(upn.split_once('@')?.1.to_ascii_lowercase())
        });
        let first = domains.next()?;
        domains.all(|other| other == first).then_some(first)
    }
}

/// A drill whose intent is in the ledger, as every one's is that was verified.
fn ended(
    ceremony: Option<Uuid>,
    time: Timestamp,
    completed: &DrillCompleted,
    state: &State,
    tenancy: &Tenancy,
) -> Option<Drill> {
    let ceremony = state.ceremony(ceremony?)?;
    match &ceremony.intent {
        Event::DrillIntended(intended) if tenancy.has(&intended.tenant) => Some(Drill {
            ceremony: ceremony.id,
            account: intended.account.clone(),
            time,
            ending: Ending::of(completed.passed, completed.findings.iter()),
        }),
        _ => None,
    }
}

/// The enrolments that said where the key was to lie.
fn placing(story: &[Told]) -> HashSet<Uuid> {
    let placing = story.iter().filter(|told| match &told.event {
        Event::EnrollIntended(intended) => intended.custody.is_some(),
        _ => false,
    });
    placing.filter_map(|told| told.ceremony).collect()
}

/// A document may be judged long after it was read.
fn read_at(audited: &TenantAudited, recorded: Timestamp) -> Timestamp {
    let taken_at = audited.taken_at.parse();
    taken_at.map_or(recorded, |taken_at: Timestamp| taken_at.min(recorded))
}
