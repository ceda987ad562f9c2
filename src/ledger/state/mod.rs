//! What the entries so far add up to: stations, keys, ceremonies, objects in the tenant, reviews. An entry is first checked against the state and then
//! committed to it; writing and verifying use the same rules, so a station cannot write what the verifier would refuse.

mod ceremony;
mod keys;
mod proofs;
mod reviews;
mod rules;
mod stations;
mod tenant;

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use uuid::Uuid;

pub use ceremony::{Ceremony, CeremonyDefect, CeremonyKind, CeremonyPhase, EarlyProof};
pub use reviews::{Review, Reviewer, Signature};
pub(super) use rules::Change;
pub use stations::{JoinedStation, Moment, Revocation};
pub use tenant::OwnedObject;

use super::chain::{EntryHash, EntryRef};
use super::entry::Entry;
use super::event::{Custody, KeyEnrolled, RetireReason, SealedSecret};
use super::station::StationName;
use super::verify::Failure;
use crate::webauthn::CoseKey;

/// A key that was put into service, in service or not.
#[derive(Debug, Clone, PartialEq)]
pub struct EnrolledKey {
    /// The entry that enrolled it.
    pub index: u64,
    /// When that entry was written.
    pub enrolled_at: Timestamp,
    /// What that entry says.
    pub enrolled: KeyEnrolled,
    /// The signature counter that was last seen.
    pub sign_count: u32,
    /// The newest entry with a proof by this key, and when it was written.
    pub last_proof: Option<(u64, Timestamp)>,
    /// Where it is, if anybody said so.
    pub custody: Option<Custody>,
    /// Its PIN as it was last set by us, sealed to its custodians.
    pub pin: Option<SealedSecret>,
    /// The entry that took it out of service, and why.
    pub retired: Option<(u64, RetireReason)>,
    /// The entry that says that it was reset, and its credential lost.
    pub reset: Option<u64>,
    public_key: CoseKey,
}

impl EnrolledKey {
    /// Whether it was neither retired nor reset.
    #[must_use]
    pub fn is_in_service(&self) -> bool {
        self.retired.is_none() && self.reset.is_none()
    }

    pub(super) fn public_key(&self) -> &CoseKey {
        &self.public_key
    }
}

/// The sum of all entries so far.
#[derive(Debug, Clone, Default)]
pub struct State {
    hashes: Vec<EntryHash>,
    /// Index in its branch of each entry that was brought in.
    merged: HashMap<EntryHash, u64>,
    last_time: Option<Timestamp>,
    stations: BTreeMap<StationName, JoinedStation>,
    keys: Vec<EnrolledKey>,
    by_credential: HashMap<Vec<u8>, usize>,
    ceremonies: BTreeMap<Uuid, Ceremony>,
    challenges: HashSet<[u8; 32]>,
    owned: Vec<OwnedObject>,
    reviewers: Vec<Reviewer>,
    reviews: Vec<Review>,
}

impl State {
    /// What these entries add up to, from the first on.
    ///
    /// # Errors
    /// The first that fails, and why.
    pub fn replay<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Result<Self, Failure> {
        let mut state = Self::default();
        for (index, entry) in (0..).zip(entries) {
            match state.check(entry) {
                Ok(change) => state.commit(entry, change),
                Err(defect) => return Err(Failure { index, defect }),
            }
        }
        Ok(state)
    }

    /// The newest entry; none in an empty ledger.
    #[must_use]
    pub fn head(&self) -> Option<EntryRef> {
        let index = self.next_index().checked_sub(1)?;
        Some(EntryRef {
            index,
            hash: *self.hashes.last()?,
        })
    }

    /// The index of the next entry, which is the number of entries.
    #[must_use]
    pub fn next_index(&self) -> u64 {
        u64::try_from(self.hashes.len()).unwrap_or(u64::MAX)
    }

    /// When the newest entry was written, by its station's clock.
    #[must_use]
    pub fn last_time(&self) -> Option<Timestamp> {
        self.last_time
    }

    /// The hash of an entry, to compare with one that was noted elsewhere.
    #[must_use]
    pub fn hash(&self, index: u64) -> Option<EntryHash> {
        self.hashes.get(usize::try_from(index).ok()?).copied()
    }

    /// Whether this entry is in the ledger, as one of its own or brought in from a branch.
    #[must_use]
    pub fn knows(&self, entry: &EntryRef) -> bool {
        self.hash(entry.index) == Some(entry.hash)
            || self.merged.get(&entry.hash) == Some(&entry.index)
    }

    /// The stations by name.
    #[must_use]
    pub fn stations(&self) -> &BTreeMap<StationName, JoinedStation> {
        &self.stations
    }

    /// The keys in the order of their enrolment.
    #[must_use]
    pub fn keys(&self) -> &[EnrolledKey] {
        &self.keys
    }

    /// The key with this credential.
    #[must_use]
    pub fn key_by_credential(&self, credential_id: &[u8]) -> Option<&EnrolledKey> {
        self.keys.get(*self.by_credential.get(credential_id)?)
    }

    /// The keys in service: neither retired nor reset.
    pub fn keys_in_service(&self) -> impl Iterator<Item = &EnrolledKey> {
        self.keys.iter().filter(|key| key.is_in_service())
    }

    /// The key that last got this label.
    #[must_use]
    pub fn key_by_label(&self, label: &str) -> Option<&EnrolledKey> {
        self.keys
            .iter()
            .rev()
            .find(|key| key.enrolled.label == label)
    }

    /// The open ceremony on the key with this label, if there is one; of several the oldest.
    #[must_use]
    pub fn open_ceremony_on(&self, label: &str) -> Option<&Ceremony> {
        self.open_ceremonies()
            .into_iter()
            .find(|ceremony| ceremony.label == label)
    }

    /// The open ceremony with this identifier, or the one on the key with this label; of several on a key the oldest, which the
    /// others are parts of.
    #[must_use]
    pub fn open_ceremony(&self, name: &str) -> Option<&Ceremony> {
        let by_id = name.parse().ok().and_then(|id| self.ceremony(id));
        by_id
            .filter(|ceremony| ceremony.is_open())
            .or_else(|| self.open_ceremony_on(name))
    }

    /// A ceremony by its identifier, open or closed.
    #[must_use]
    pub fn ceremony(&self, id: Uuid) -> Option<&Ceremony> {
        self.ceremonies.get(&id)
    }

    /// All ceremonies, in no particular order.
    pub fn ceremonies(&self) -> impl Iterator<Item = &Ceremony> {
        self.ceremonies.values()
    }

    /// The ceremonies that were neither completed nor undone, oldest first.
    #[must_use]
    pub fn open_ceremonies(&self) -> Vec<&Ceremony> {
        let mut open: Vec<&Ceremony> = self
            .ceremonies
            .values()
            .filter(|ceremony| ceremony.is_open())
            .collect();
        open.sort_by_key(|ceremony| ceremony.entries.first().copied());
        open
    }
}
