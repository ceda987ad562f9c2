//! What the ledger tells, in the order in which it was recorded, and which of it belongs to this review.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::Material;
use crate::ceremony::duty::{Tenancy, is_ahead};
use crate::ledger::{
    Account, Branches, Ceremony, EnrolledKey, Entry, Event, Lineage, Review, State,
    TenantMonitored, Told,
};

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
    let told = Told::all(entries);
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
        let told = Told::all(material.entries);
        let tenancy = tenancy(Some(material.tenant), &told);
        let last = last_of(material.state, &tenancy);
        let branches = Branches::of(material.entries);
        let begin = material
            .entries
            .first()
            .map_or(material.now, |first| first.time);
        let end = last.and_then(|last| last.review.period.until.parse().ok());
        // A review that was dated in the future must not hide what happened until then.
        let end = end.filter(|end| !is_ahead(*end, material.clock));
        let known = last.and_then(|last| last.review.head);
        Self {
            from: end.unwrap_or(begin).min(material.now),
            until: material.now,
            clock: material.clock,
            tenancy,
            names: told.iter().flat_map(named).collect(),
            known: known
                .map(|head| branches.lineage(&head))
                .unwrap_or_default(),
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
        !self.known.has(told.index, &told.written)
    }

    /// Whether the last review did not know the entry at this index of the ledger itself.
    pub(super) fn is_new_index(&self, index: u64) -> bool {
        !self.known.has_index(index)
    }

    /// Whether it is not dated in the future.
    pub(super) fn is_past(&self, time: Timestamp) -> bool {
        !is_ahead(time, self.clock)
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
        self.branches.lineage(&look.written).at(index, &self.told)
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
