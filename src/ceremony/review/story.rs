//! What the ledger tells, in the order in which it happened, and which of it belongs to this review.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::Material;
use crate::ledger::{Entry, Event, Review};

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
}

/// All of it.
pub(super) struct Story<'a> {
    pub(super) told: Vec<Told>,
    /// Sign-in names by object id.
    names: BTreeMap<String, String>,
    /// The last review of this tenant.
    pub(super) last: Option<&'a Review>,
    /// When it ended, or when the ledger begins.
    pub(super) from: Timestamp,
    /// Now.
    pub(super) until: Timestamp,
    /// The tenant's identifier.
    pub(super) tenant: &'a str,
}

impl<'a> Story<'a> {
    pub(super) fn of(material: &Material<'a>) -> Self {
        let told: Vec<Told> = material.entries.iter().filter_map(tell).collect();
        let mut reviews = material.state.reviews().iter().rev();
        let last = reviews.find(|one| is_same(&one.review.tenant, material.tenant));
        let begin = told.first().map_or(material.now, |first| first.time);
        let end = last.and_then(|last| last.review.period.until.parse().ok());
        Self {
            from: end.unwrap_or(begin).min(material.now),
            until: material.now,
            tenant: material.tenant,
            names: told.iter().flat_map(named).collect(),
            told,
            last,
        }
    }

    /// What was recorded since the last review, oldest first.
    pub(super) fn since(&self) -> impl Iterator<Item = &Told> {
        self.told.iter().filter(|one| self.is_new(one))
    }

    pub(super) fn is_new(&self, told: &Told) -> bool {
        self.last.is_none_or(|last| told.index > last.entry.index)
    }

    /// The event with which this ceremony began.
    pub(super) fn intent(&self, ceremony: Option<Uuid>) -> Option<&Event> {
        let mut told = self.told.iter();
        let first = told.find(|one| one.ceremony.is_some() && one.ceremony == ceremony)?;
        Some(&first.event)
    }

    /// An account as people call it.
    pub(super) fn name_of<'b>(&'b self, id: &'b str) -> &'b str {
        self.names
            .get(&id.to_ascii_lowercase())
            .map_or(id, String::as_str)
    }

    /// Whether this is about the tenant that is reviewed.
    pub(super) fn is_about(&self, tenant: &str) -> bool {
        is_same(self.tenant, tenant)
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

/// An identifier and a domain may be the same tenant's: nobody can tell from the two.
fn is_same(one: &str, other: &str) -> bool {
    let is_id = |name: &str| Uuid::try_parse(name).is_ok();
    one.eq_ignore_ascii_case(other) || is_id(one) != is_id(other)
}

fn tell(entry: &Entry) -> Option<Told> {
    let event = entry.event().ok()??;
    let Event::EntryMerged(merged) = event else {
        return Some(told(entry, entry.index, event));
    };
    let branch = Entry::from_members(&merged.entry).ok()?;
    let event = branch.event().ok()??;
    Some(told(&branch, entry.index, event))
}

fn told(entry: &Entry, index: u64, event: Event) -> Told {
    Told {
        index,
        time: entry.time,
        ceremony: entry.ceremony,
        signed_by: entry.proof.as_ref().map(|one| one.credential_id.clone()),
        event,
    }
}
