//! Entries as they tell what was done, those of branches too, and what was known to whoever had read up to one of them.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use uuid::Uuid;

use super::chain::{EntryHash, EntryRef};
use super::entry::Entry;
use super::event::Event;

/// What an entry tells; one of a branch stands where the entry does that brought it in.
pub(crate) struct Told {
    /// The entry of the ledger.
    pub(crate) index: u64,
    /// When it was written, to the ledger or to the branch.
    pub(crate) time: Timestamp,
    pub(crate) ceremony: Option<Uuid>,
    /// The credential that signed it.
    pub(crate) signed_by: Option<Vec<u8>>,
    pub(crate) event: Event,
    /// As the station wrote it, to the ledger or to the branch.
    pub(crate) written: EntryRef,
    pub(crate) is_merged: bool,
}

impl Told {
    /// What entries tell, in the order of the ledger.
    pub(crate) fn all(entries: &[Entry]) -> Vec<Self> {
        entries.iter().filter_map(Self::of).collect()
    }

    fn of(entry: &Entry) -> Option<Self> {
        let merged = entry.merged();
        let told = merged.as_ref().unwrap_or(entry);
        let event = told.event().ok()??;
        Some(Self {
            index: entry.index,
            time: told.time,
            ceremony: told.ceremony,
            signed_by: told.proof.as_ref().map(|one| one.credential_id.clone()),
            event,
            written: told.reference(),
            is_merged: merged.is_some(),
        })
    }
}

/// An entry, and all before it, as the station knew them that read or wrote it.
#[derive(Default)]
pub(crate) struct Lineage {
    /// The ledger itself up to here.
    trunk: Option<u64>,
    /// These of a branch.
    branch: HashSet<EntryHash>,
}

impl Lineage {
    /// Whether it has the entry that the station wrote so and that stands in the ledger at this index.
    pub(crate) fn has(&self, index: u64, written: &EntryRef) -> bool {
        self.has_index(index) || self.branch.contains(&written.hash)
    }

    /// Whether it has the ledger's own entry at this index.
    pub(crate) fn has_index(&self, index: u64) -> bool {
        self.trunk.is_some_and(|trunk| index <= trunk)
    }

    /// What has this index for those who know these entries: on a branch other entries have it than in the ledger.
    pub(crate) fn at<'a>(&self, index: u64, told: &'a [Told]) -> Option<&'a Told> {
        let mut told = told.iter();
        match self.has_index(index) {
            true => told.find(|one| one.index == index),
            false => told
                .find(|one| one.written.index == index && self.branch.contains(&one.written.hash)),
        }
    }
}

/// The entries that were brought in from branches, and what each follows.
pub(crate) struct Branches(HashMap<EntryHash, Option<EntryRef>>);

impl Branches {
    pub(crate) fn of(entries: &[Entry]) -> Self {
        let merged = entries.iter().filter_map(Entry::merged).map(|entry| {
            let before = entry.index.checked_sub(1).map(|index| EntryRef {
                index,
                hash: entry.previous,
            });
            (entry.reference().hash, before)
        });
        Self(merged.collect())
    }

    /// What was known to whoever had read up to this entry.
    pub(crate) fn lineage(&self, entry: &EntryRef) -> Lineage {
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
