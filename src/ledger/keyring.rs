//! What verification can do before an entry's turn comes: parse it, and verify its signatures with the keys that are known by
//! then. It changes no result: a signature counts as verified only under the very key that the rules say it must be by.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use super::entry::Entry;
use super::event::{Event, Kind};
use super::state::State;
use super::station::StationName;
use crate::webauthn::CoseKey;

/// The keys that the entries so far introduced. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Keyring(Arc<RwLock<Keys>>);

#[derive(Debug, Default)]
struct Keys {
    stations: BTreeMap<StationName, [u8; 32]>,
    credentials: HashMap<Vec<u8>, CoseKey>,
    /// How many of the state's keys are among them.
    known: usize,
}

/// The keys under which an entry's signatures verify.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Vouched {
    /// Of the station.
    pub(super) station: Option<[u8; 32]>,
    /// Of the proof's credential.
    pub(super) prover: Option<CoseKey>,
}

/// An entry that was parsed, and whose signatures were verified as far as its keys were known.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) entry: Entry,
    pub(super) vouched: Vouched,
}

impl Keyring {
    /// Takes in what is new in the state.
    pub(super) fn learn(&self, state: &State) {
        let mut keys = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if keys.stations.len() != state.stations().len() {
            let stations = state.stations().iter();
            keys.stations = stations
                .map(|(name, station)| (name.clone(), station.public_key))
                .collect();
        }
        for key in state.keys().iter().skip(keys.known) {
            let id = key.enrolled.credential_id.clone();
            keys.credentials.insert(id, key.public_key().clone());
        }
        keys.known = state.keys().len();
    }

    fn station(&self, entry: &Entry) -> Option<[u8; 32]> {
        if entry.kind == Kind::StationJoined {
            return match entry.event() {
                Ok(Some(Event::StationJoined(joined))) => Some(joined.public_key),
                _ => None,
            };
        }
        let keys = self.0.read().unwrap_or_else(PoisonError::into_inner);
        keys.stations.get(&entry.station).copied()
    }

    fn credential(&self, id: &[u8]) -> Option<CoseKey> {
        let keys = self.0.read().unwrap_or_else(PoisonError::into_inner);
        keys.credentials.get(id).cloned()
    }
}

impl Prepared {
    pub(super) fn new(entry: Entry, keyring: &Keyring) -> Self {
        let station = keyring.station(&entry);
        let prover = entry
            .proof
            .as_ref()
            .and_then(|proof| Some((proof, keyring.credential(&proof.credential_id)?)));
        let vouched = Vouched {
            station: station.filter(|key| entry.is_signed_by(key)),
            prover: prover
                .filter(|(proof, key)| proof.is_signed_by(key))
                .map(|(_, key)| key),
        };
        Self { entry, vouched }
    }
}
