//! A ledger to write to. It was verified when it was opened, and nothing is appended that would not verify.

use std::time::Duration;

use jiff::Timestamp;
use tracing::debug;

use super::chain::{EntryHash, EntryRef};
use super::defect::Warning;
use super::entry::{Draft, Entry, FormatError};
use super::error::Error;
use super::event::{EntryMerged, Event, StationJoined};
use super::proof::ProofRequest;
use super::reader::Reader;
use super::state::State;
use super::station::Station;
use super::store::{Created, LAST_INDEX, Object, Store};
use super::verify::{self, Failure, Verification};
use crate::env::Env;

/// How long we may pause altogether, because entries of other stations came between us and ours, before we give up.
const PATIENCE: Duration = Duration::from_secs(60);
/// The bounds of one pause: it begins with a short one, and doubles the bound with each lost race.
const SHORTEST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(320);

/// A ledger opened by a station, which joins with the first entry that it appends.
pub struct Ledger {
    store: Store,
    station: Station,
    env: Env,
    state: State,
    entries: Vec<Entry>,
    warnings: Vec<Warning>,
}

impl Ledger {
    /// Opens and verifies the ledger at `location`. Writes nothing: where there is no ledger, it is an empty one, which comes
    /// into being with the first entry.
    ///
    /// # Errors
    /// [`Error::Location`] when it cannot be one, and as [`Self::refresh`].
    pub async fn open(location: &str, station: &Station, env: Env) -> Result<Self, Error> {
        Self::open_store(Store::open(location)?, station, env).await
    }

    /// The same on a store that is open already.
    ///
    /// # Errors
    /// As [`Self::refresh`].
    pub async fn open_store(store: Store, station: &Station, env: Env) -> Result<Self, Error> {
        let mut ledger = Self {
            store,
            station: station.clone(),
            env,
            state: State::default(),
            entries: Vec::new(),
            warnings: Vec::new(),
        };
        ledger.refresh().await?;
        Ok(ledger)
    }

    /// Signs a draft and writes it as the next entry; before the station's first, the entry with which it joins.
    ///
    /// # Errors
    /// [`Error::Refused`] for a draft that would not verify, [`Error::StorageFull`] when there is no room: then nothing of the
    /// draft was written. After [`Error::Storage`] and [`Error::Unreachable`] a remote store may hold the entry all the same; [`Self::refresh`] shows.
    /// [`Error::NotKept`] when the store lost or changed what it took, [`Error::StationNameTaken`] when another station joined
    /// under our name first, [`Error::Contended`] when others won every race for a minute.
    pub async fn append(&mut self, draft: Draft) -> Result<Entry, Error> {
        let mut waited = Duration::ZERO;
        let mut lost = 0;
        loop {
            // Asked anew after a race: another process of this very station may have let it join.
            let joined = self.has_joined();
            let next = if joined {
                draft.clone()
            } else {
                self.introduction()
            };
            match self.attempt(next).await? {
                Some(entry) if joined => return Ok(entry),
                Some(_) => continue,
                None => lost += 1,
            }
            if waited >= PATIENCE {
                return Err(Error::Contended {
                    index: self.state.next_index(),
                    attempts: lost,
                    waited,
                });
            }
            let pause = self.pause(lost);
            self.env.sleep(pause).await;
            waited += pause;
            // Not before: what others write during the pause would cost us the next race.
            self.catch_up().await?;
        }
    }

    /// A random share of a bound that grows with every lost race, so that stations do not meet again and again.
    fn pause(&self, lost: u32) -> Duration {
        let bound = SHORTEST_PAUSE
            .saturating_mul(1 << lost.min(16))
            .min(LONGEST_PAUSE);
        bound * u32::from(u16::from_le_bytes(self.env.random())) / u32::from(u16::MAX)
    }

    /// Lets the station join, if it has not: what it signs outside the ledger is judged by that entry.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub async fn join(&mut self) -> Result<(), Error> {
        // A lost race is won by another station, of which there are few.
        while !self.has_joined() {
            if self.attempt(self.introduction()).await?.is_none() {
                self.env.sleep(self.pause(1)).await;
                self.catch_up().await?;
            }
        }
        Ok(())
    }

    /// Brings in the entries of a branch: of what a station appended to a copy of this ledger. Those that are known already are
    /// passed over, so that it can be done again after it stopped in the middle. Returns the new entries.
    ///
    /// # Errors
    /// [`Error::Refused`] for an entry that does not follow what is known or would not verify here, and as [`Self::append`].
    pub async fn merge(&mut self, branch: &[Entry]) -> Result<Vec<EntryRef>, Error> {
        self.refresh().await?;
        let mut merged = Vec::new();
        for entry in branch {
            if self.state.knows(&entry.reference()) {
                continue;
            }
            let event = Event::EntryMerged(EntryMerged {
                entry: entry.to_members(),
            });
            let appended = self.append(Draft::new(&event, None)).await?;
            merged.push(appended.reference());
        }
        Ok(merged)
    }

    /// Tries to write a draft as the next entry; none if somebody else wrote that one, which we are to read before
    /// the next try.
    async fn attempt(&mut self, draft: Draft) -> Result<Option<Entry>, Error> {
        let kind = draft.kind.clone();
        let entry = self.sign(draft)?;
        let mut change = self
            .state
            .check(&entry)
            .map_err(|defect| Error::Refused { kind, defect })?;
        match self.store.create(entry.index, entry.as_bytes()).await? {
            Created::Ours => {
                self.read_back(&entry).await?;
                debug!(index = entry.index, kind = %entry.kind, "appended");
                self.warnings.append(&mut change.warnings);
                self.state.commit(&entry, change);
                self.entries.push(entry.clone());
                Ok(Some(entry))
            }
            Created::Theirs => {
                debug!(index = entry.index, "lost the race");
                Ok(None)
            }
        }
    }

    fn has_joined(&self) -> bool {
        self.state.stations().contains_key(self.station.name())
    }

    fn introduction(&self) -> Draft {
        let joined = Event::StationJoined(StationJoined {
            name: self.station.name().clone(),
            public_key: *self.station.public_key(),
        });
        Draft::new(&joined, None)
    }

    /// Reads and verifies what other stations wrote meanwhile.
    ///
    /// # Errors
    /// [`Error::Inconsistent`] when an entry of theirs does not verify, [`Error::StationNameTaken`] when one of them has our
    /// name, [`Error::StationRevoked`] when one of them revoked us, and when the storage cannot be read.
    pub async fn refresh(&mut self) -> Result<(), Error> {
        let entries = &mut self.entries;
        let mut findings =
            verify::read_on(&self.store, &mut self.state, |entry| entries.push(entry)).await?;
        // What is no entry is met each time.
        findings.warnings.retain(|one| !self.warnings.contains(one));
        self.warnings.append(&mut findings.warnings);
        self.may_go_on(findings.failure)
    }

    /// Reads and verifies what comes next, entry by entry, without a list of all that there are.
    async fn catch_up(&mut self) -> Result<(), Error> {
        let entries = &mut self.entries;
        let mut findings =
            verify::catch_up(&self.store, &mut self.state, |entry| entries.push(entry)).await?;
        self.warnings.append(&mut findings.warnings);
        self.may_go_on(findings.failure)
    }

    fn may_go_on(&self, failure: Option<Failure>) -> Result<(), Error> {
        if let Some(failure) = failure {
            return Err(Error::Inconsistent {
                location: self.store.location().to_owned(),
                failure: Box::new(failure),
            });
        }
        let Some(known) = self.state.stations().get(self.station.name()) else {
            return Ok(());
        };
        let station = self.station.name().clone();
        if known.public_key != *self.station.public_key() {
            return Err(Error::StationNameTaken {
                station,
                joined: known.joined.index,
            });
        }
        match &known.revoked {
            Some(revocation) => Err(Error::StationRevoked {
                station,
                revoked: revocation.index,
                reason: revocation.reason.clone(),
            }),
            None => Ok(()),
        }
    }

    /// Asks for a proof of a draft's body, anchored at the newest entry we know. The body must not change any more.
    ///
    /// # Errors
    /// [`Error::Body`] when the body cannot be recorded, [`Error::Empty`] when there is no entry to anchor it at.
    pub fn prove(&self, draft: &Draft) -> Result<ProofRequest, Error> {
        let anchor = self
            .head()
            .ok_or_else(|| Error::Empty(self.store.location().to_owned()))?;
        ProofRequest::new(anchor, &draft.body).map_err(|source| Error::Body {
            kind: draft.kind.clone(),
            source,
        })
    }

    /// The newest entry that we know; none in an empty ledger.
    #[must_use]
    pub fn head(&self) -> Option<EntryRef> {
        self.state.head()
    }

    /// All entries that we know, in order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What verifying them remarked on, without making any of them invalid.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
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
