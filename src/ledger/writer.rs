//! A ledger to write to. It was verified when it was opened, and nothing is appended that would not verify.

use jiff::Timestamp;
use tracing::debug;

use super::chain::{EntryHash, EntryRef};
use super::entry::{Draft, Entry, FormatError};
use super::error::Error;
use super::event::{Event, StationJoined};
use super::proof::ProofRequest;
use super::reader::Reader;
use super::state::State;
use super::station::Station;
use super::store::{Created, LAST_INDEX, Object, Store};
use super::verify::{self, Verification};
use crate::env::Env;

/// How many entries of other stations may come between us and ours before we give up.
const ATTEMPTS: u32 = 32;

/// A ledger opened by a station.
pub struct Ledger {
    store: Store,
    station: Station,
    env: Env,
    state: State,
    entries: Vec<Entry>,
}

impl Ledger {
    /// Opens the ledger at `location`, creates it if necessary, verifies it, and lets the station join if it is new.
    ///
    /// # Errors
    /// [`Error::Inconsistent`] when it does not verify, [`Error::Refused`] when another station has the name, and whatever
    /// the storage answers.
    pub async fn open(location: &str, station: &Station, env: Env) -> Result<Self, Error> {
        Self::open_store(Store::open_or_create(location)?, station, env).await
    }

    /// The same on a store that is open already.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_store(store: Store, station: &Station, env: Env) -> Result<Self, Error> {
        let mut ledger = Self {
            store,
            station: station.clone(),
            env,
            state: State::default(),
            entries: Vec::new(),
        };
        ledger.refresh().await?;
        let known = ledger.state.stations().get(station.name());
        if known.is_none_or(|known| known.public_key != *station.public_key()) {
            let joined = Event::StationJoined(StationJoined {
                name: station.name().clone(),
                public_key: *station.public_key(),
            });
            ledger.append(Draft::new(&joined, None)).await?;
        }
        Ok(ledger)
    }

    /// Signs a draft and writes it as the next entry.
    ///
    /// # Errors
    /// [`Error::Refused`] for a draft that would not verify, [`Error::StorageFull`] when there is no room: then nothing was
    /// written. After [`Error::Storage`] a remote store may hold the entry all the same; [`Self::refresh`] shows.
    /// [`Error::NotKept`] when the store lost or changed what it took.
    pub async fn append(&mut self, draft: Draft) -> Result<Entry, Error> {
        for _ in 0..ATTEMPTS {
            let entry = self.sign(draft.clone())?;
            let refused = |defect| Error::Refused {
                kind: draft.kind.clone(),
                defect,
            };
            let change = self.state.check(&entry).map_err(refused)?;
            match self.store.create(entry.index, entry.as_bytes()).await? {
                Created::Ours => {
                    self.read_back(&entry).await?;
                    debug!(index = entry.index, kind = %entry.kind, "appended");
                    self.state.commit(&entry, change);
                    self.entries.push(entry.clone());
                    return Ok(entry);
                }
                Created::Theirs => {
                    debug!(index = entry.index, "lost the race");
                    self.refresh().await?;
                }
            }
        }
        Err(Error::Contended {
            index: self.state.next_index(),
            attempts: ATTEMPTS,
        })
    }

    /// Reads and verifies what other stations wrote meanwhile.
    ///
    /// # Errors
    /// [`Error::Inconsistent`] when an entry of theirs does not verify, and when the storage cannot be read.
    pub async fn refresh(&mut self) -> Result<(), Error> {
        let findings = verify::read_on(&self.store, &mut self.state, &mut self.entries).await?;
        match findings.failure {
            None => Ok(()),
            Some(failure) => Err(Error::Inconsistent {
                location: self.store.location().to_owned(),
                failure: Box::new(failure),
            }),
        }
    }

    /// Asks for a proof of a draft's body, anchored at the newest entry we know. The body must not change any more.
    ///
    /// # Errors
    /// [`Error::Body`] when the body cannot be recorded.
    pub fn prove(&self, draft: &Draft) -> Result<ProofRequest, Error> {
        ProofRequest::new(self.head(), &draft.body).map_err(|source| Error::Body {
            kind: draft.kind.clone(),
            source,
        })
    }

    /// The newest entry that we know.
    #[must_use]
    pub fn head(&self) -> EntryRef {
        self.state
            .head()
            .expect("opening a ledger leaves at least the station's own entry in it")
    }

    /// All entries that we know, in order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What they add up to.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The station that writes.
    #[must_use]
    pub fn station(&self) -> &Station {
        &self.station
    }

    /// Reads and verifies everything anew.
    ///
    /// # Errors
    /// When the storage cannot be read.
    pub async fn verify(&self) -> Result<Verification, Error> {
        Reader::new(self.store.clone()).verify().await
    }

    fn sign(&self, draft: Draft) -> Result<Entry, Error> {
        let index = self.state.next_index();
        if index > LAST_INDEX {
            return Err(Error::Full(index));
        }
        let previous = self.state.head().map_or(EntryHash::NONE, |head| head.hash);
        let now = Timestamp::from_second(self.env.now().as_second())
            .expect("the whole seconds of a time are a time");
        let kind = draft.kind.clone();
        Entry::sign(draft, index, previous, now, &self.station).map_err(|error| match error {
            FormatError::NotCanonical(Some(source)) => Error::Body { kind, source },
            error => Error::Refused {
                kind,
                defect: error.into(),
            },
        })
    }

    /// A store can claim create-if-absent and still lose a write.
    async fn read_back(&self, entry: &Entry) -> Result<(), Error> {
        let found = match self.store.read(entry.index).await? {
            Object::Bytes(bytes) if bytes == entry.as_bytes() => return Ok(()),
            Object::Bytes(bytes) => Some(EntryHash::of(&bytes)),
            Object::Absent | Object::TooLarge(_) => None,
        };
        Err(Error::NotKept {
            index: entry.index,
            written: entry.reference().hash,
            found,
        })
    }
}
