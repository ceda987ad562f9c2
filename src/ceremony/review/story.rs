//! What the ledger tells, in the order in which it was recorded, and which of it belongs to this review.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::Material;
use crate::ceremony::duty::Tenancy;
use crate::ledger::{
    Account, Ceremony, EnrolledKey, Entry, EntryHash, EntryRef, Event, Kind, Review, State,
    TenantMonitored,
};

/// How far clocks of stations may differ before what they date in the future counts for nothing.
pub(super) const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// One thing that the ledger tells.
pub(super) struct Told {
    /// The entry; of what came from a branch, the entry that brought it in.
    pub(super) index: u64,
    /// When it was written.
    pub(super) time: Timestamp,
    pub(super) ceremony: Option<Uuid>,
    /// The credential that signed it.
    pub(super) signed_by: Option<Vec<u8>>,
    pub(super) event: Event,
    /// As the station wrote it, to the ledger or to a branch.
    written: EntryRef,
    pub(super) is_merged: bool,
}

/// A drill that came to its end.
pub(super) struct Drill<'a> {
    pub(super) ceremony: Uuid,
    pub(super) account: &'a Account,
    pub(super) time: Timestamp,
    pub(super) passed: bool,
}

/// All of it.
pub(super) struct Story<'a> {
    pub(super) told: Vec<Told>,
    /// Sign-in names by object id.
    names: BTreeMap<String, String>,
    /// The last review of this tenant.
    pub(super) last: Option<&'a Review>,
    /// What that one knew.
    known: Lineage,
    branches: Branches,
    state: &'a State,
    /// When the last review ended, or when the ledger begins.
    pub(super) from: Timestamp,
    /// When this one ends.
    pub(super) until: Timestamp,
    /// Now.
    clock: Timestamp,
    tenancy: Tenancy,
}

/// The last review of a tenant; of any where it is not known which.
#[must_use]
pub fn last_review<'a>(
    entries: &[Entry],
    state: &'a State,
    tenant: Option<&str>,
) -> Option<&'a Review> {
    let told: Vec<Told> = entries.iter().filter_map(tell).collect();
    last_of(state, &tenancy(tenant, &told))
}

fn last_of<'a>(state: &'a State, tenancy: &Tenancy) -> Option<&'a Review> {
    let mut reviews = state.reviews().iter();
    reviews.rfind(|one| tenancy.has(&one.review.tenant))
}

fn tenancy(tenant: Option<&str>, told: &[Told]) -> Tenancy {
    Tenancy::of(tenant, told.iter().map(|one| &one.event))
}

impl<'a> Story<'a> {
    pub(super) fn of(material: &Material<'a>) -> Self {
        let told: Vec<Told> = material.entries.iter().filter_map(tell).collect();
        let tenancy = tenancy(Some(material.tenant), &told);
        let last = last_of(material.state, &tenancy);
        let branches = Branches::of(material.entries);
        let begin = material
            .entries
            .first()
            .map_or(material.now, |first| first.time);
        let end = last.and_then(|last| last.review.period.until.parse().ok());
        // A review that was dated in the future must not hide what happened until then.
        let end = end.filter(|end| is_past(*end, material.clock));
        let known = last.and_then(|last| last.review.head);
        Self {
            from: end.unwrap_or(begin).min(material.now),
            until: material.now,
            clock: material.clock,
            tenancy,
            names: told.iter().flat_map(named).collect(),
            known: known.map(|head| branches.before(&head)).unwrap_or_default(),
            branches,
            state: material.state,
            told,
            last,
        }
    }

    /// What was recorded since the last review and is not about another tenant, oldest first.
    pub(super) fn since(&self) -> impl Iterator<Item = &Told> {
        let told = self.told.iter();
        told.filter(|one| self.is_new(one) && self.concerns(one))
    }

    /// Whether the last review did not know it. Where an entry stands does not tell: other stations write while a review is held.
    pub(super) fn is_new(&self, told: &Told) -> bool {
        !self.known.has(told)
    }

    /// Whether the last review did not know the entry at this index of the ledger itself.
    pub(super) fn is_new_index(&self, index: u64) -> bool {
        self.known.trunk.is_none_or(|trunk| index > trunk)
    }

    /// Whether it is not dated in the future.
    pub(super) fn is_past(&self, time: Timestamp) -> bool {
        is_past(time, self.clock)
    }

    /// The event with which this ceremony began.
    pub(super) fn intent(&self, ceremony: Option<Uuid>) -> Option<&'a Event> {
        Some(&self.state.ceremony(ceremony?)?.intent)
    }

    /// The keys in service for accounts of this tenant.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'a EnrolledKey> {
        let keys = self.state.keys_in_service();
        keys.filter(|key| self.is_about(&key.enrolled.tenant))
    }

    /// The looks into the logs of this tenant, in the order in which they were made: one of a branch was made before it was brought in.
    pub(super) fn looks(&self) -> Vec<(&Told, &TenantMonitored)> {
        let looks = self.told.iter().filter_map(|told| match &told.event {
            Event::TenantMonitored(look) if self.is_about(&look.tenant) => Some((told, look)),
            _ => None,
        });
        let mut looks: Vec<(&Told, &TenantMonitored)> = looks.collect();
        looks.sort_by_key(|(told, _)| told.time);
        looks
    }

    /// The drills in this tenant, in the order in which they were held.
    pub(super) fn drills(&self) -> Vec<Drill<'a>> {
        let ended = self.told.iter().filter_map(|told| {
            let Event::DrillCompleted(drill) = &told.event else {
                return None;
            };
            match self.intent(told.ceremony)? {
                Event::DrillIntended(intended) if self.is_about(&intended.tenant) => Some(Drill {
                    ceremony: told.ceremony?,
                    account: &intended.account,
                    time: told.time,
                    passed: drill.passed,
                }),
                _ => None,
            }
        });
        let mut drills: Vec<Drill<'a>> = ended.filter(|one| self.is_past(one.time)).collect();
        drills.sort_by_key(|one| one.time);
        drills
    }

    /// What a row of a look names as its explanation: an index in the ledger or branch that the look was written to.
    pub(super) fn explanation(&self, look: &Told, index: u64) -> Option<&Told> {
        let mut told = self.told.iter();
        if !look.is_merged {
            return told.find(|one| one.index == index);
        }
        let before = self.branches.before(&look.written);
        match before.trunk.is_some_and(|trunk| index <= trunk) {
            true => told.find(|one| one.index == index),
            false => told.find(|one| {
                one.written.index == index && before.branch.contains(&one.written.hash)
            }),
        }
    }

    /// An account as people call it.
    pub(super) fn name_of<'b>(&'b self, id: &'b str) -> &'b str {
        self.names
            .get(&id.to_ascii_lowercase())
            .map_or(id, String::as_str)
    }

    /// Whether this is about the tenant that is reviewed.
    pub(super) fn is_about(&self, tenant: &str) -> bool {
        self.tenancy.has(tenant)
    }

    /// The ceremonies that came to no end yet and are not about another tenant.
    pub(super) fn open_ceremonies(&self) -> Vec<&'a Ceremony> {
        let mut open = self.state.open_ceremonies();
        open.retain(|one| self.tenancy.has_ceremony(one, self.state));
        open
    }

    /// Whether it is not about another tenant. What is about none, as stations and reviewers are, concerns every one.
    fn concerns(&self, told: &Told) -> bool {
        let by_credential = |id: &[u8]| self.state.key_by_credential(id);
        let by_label = |label: &str| self.state.key_by_label(label);
        let tenant_of = |key: Option<&'a EnrolledKey>| Some(key?.enrolled.tenant.as_str());
        let tenant = match &told.event {
            Event::AlertReceived(alert) => self.tenant_of_ceremony(Some(alert.drill)),
            Event::ConfigApplied(config) => tenant_of(by_label(&config.label)),
            Event::DrillCompleted(_) | Event::TenantChanged(_) => {
                self.tenant_of_ceremony(told.ceremony)
            }
            Event::KeyChecked(key) => tenant_of(by_credential(&key.credential_id)),
            Event::KeyEnrolled(key) => Some(key.tenant.as_str()),
            Event::KeyHandedOver(key) => tenant_of(by_credential(&key.credential_id)),
            Event::KeyRetired(key) => tenant_of(by_credential(&key.credential_id)),
            Event::KeyTested(key) => tenant_of(by_credential(&key.credential_id)),
            Event::PinChanged(pin) => tenant_of(by_label(&pin.label)),
            Event::PinOpened(pin) => tenant_of(by_label(&pin.label)),
            Event::ResetPerformed(reset) => tenant_of(by_credential(&reset.credential_id)),
            _ => None,
        };
        tenant.is_none_or(|tenant| self.is_about(tenant))
    }

    fn tenant_of_ceremony(&self, ceremony: Option<Uuid>) -> Option<&'a str> {
        match self.intent(ceremony)? {
            Event::DrillIntended(intended) => Some(&intended.tenant),
            Event::TenantChangeIntended(intended) => Some(&intended.tenant),
            _ => None,
        }
    }
}

fn is_past(time: Timestamp, now: Timestamp) -> bool {
    time.duration_since(now) <= CLOCK_TOLERANCE
}

/// An entry, and all before it, as the station knew them that read or wrote it.
#[derive(Default)]
struct Lineage {
    /// The ledger itself up to here.
    trunk: Option<u64>,
    /// These of a branch.
    branch: HashSet<EntryHash>,
}

impl Lineage {
    fn has(&self, told: &Told) -> bool {
        self.trunk.is_some_and(|trunk| told.index <= trunk)
            || self.branch.contains(&told.written.hash)
    }
}

/// The entries that were brought in from branches, and what each follows.
struct Branches(HashMap<EntryHash, Option<EntryRef>>);

impl Branches {
    fn of(entries: &[Entry]) -> Self {
        let merged = entries.iter().filter_map(merged).map(|entry| {
            let before = entry.index.checked_sub(1).map(|index| EntryRef {
                index,
                hash: entry.previous,
            });
            (entry.reference().hash, before)
        });
        Self(merged.collect())
    }

    fn before(&self, entry: &EntryRef) -> Lineage {
        let mut lineage = Lineage::default();
        let mut at = Some(*entry);
        while let Some(entry) = at {
            let Some(before) = self.0.get(&entry.hash) else {
                lineage.trunk = Some(entry.index);
                break;
            };
            lineage.branch.insert(entry.hash);
            at = *before;
        }
        lineage
    }
}

/// The accounts that it names, by object id.
fn named(told: &Told) -> Vec<(String, String)> {
    let accounts = match &told.event {
        Event::KeyEnrolled(key) => std::slice::from_ref(&key.account),
        Event::TenantMonitored(look) => look.accounts.as_slice(),
        _ => &[],
    };
    let named = accounts.iter();
    named
        .map(|account| (account.id.to_ascii_lowercase(), account.upn.clone()))
        .collect()
}

/// The entry of a branch that this one brings in.
fn merged(entry: &Entry) -> Option<Entry> {
    if entry.kind != Kind::EntryMerged {
        return None;
    }
    match entry.event().ok()?? {
        Event::EntryMerged(merged) => Entry::from_members(&merged.entry).ok(),
        _ => None,
    }
}

fn tell(entry: &Entry) -> Option<Told> {
    match entry.event().ok()?? {
        Event::EntryMerged(merged) => {
            let branch = Entry::from_members(&merged.entry).ok()?;
            let event = branch.event().ok()??;
            let told = told(&branch, entry.index, event);
            Some(Told {
                is_merged: true,
                ..told
            })
        }
        event => Some(told(entry, entry.index, event)),
    }
}

fn told(entry: &Entry, index: u64, event: Event) -> Told {
    Told {
        index,
        time: entry.time,
        ceremony: entry.ceremony,
        signed_by: entry.proof.as_ref().map(|one| one.credential_id.clone()),
        event,
        written: entry.reference(),
        is_merged: false,
    }
}
