//! Entries, as far as they tell what was done.

use jiff::Timestamp;
use uuid::Uuid;

use crate::ledger::{Entry, Event};

/// What an entry tells; one of a branch by the entry that brought it in.
pub(in crate::ceremony::duty) struct Told {
    pub(super) index: u64,
    pub(super) time: Timestamp,
    pub(super) ceremony: Option<Uuid>,
    /// The credential that signed it.
    pub(super) signed_by: Option<Vec<u8>>,
    pub(in crate::ceremony::duty) event: Event,
}

/// What entries tell, in the order of the ledger.
pub(in crate::ceremony::duty) fn story(entries: &[Entry]) -> Vec<Told> {
    entries.iter().filter_map(tell).collect()
}

fn tell(entry: &Entry) -> Option<Told> {
    let (told, event) = match entry.event().ok()?? {
        Event::EntryMerged(merged) => {
            let branch = Entry::from_members(&merged.entry).ok()?;
            let event = branch.event().ok()??;
            (branch, event)
        }
        event => return Some(Told::of(entry, entry.index, event)),
    };
    Some(Told::of(&told, entry.index, event))
}

impl Told {
    fn of(entry: &Entry, index: u64, event: Event) -> Self {
        let proof = entry.proof.as_ref();
        Self {
            index,
            time: entry.time,
            ceremony: entry.ceremony,
            signed_by: proof.map(|proof| proof.credential_id.clone()),
            event,
        }
    }
}
