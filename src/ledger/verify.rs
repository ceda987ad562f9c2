//! Verification: every entry from the first on, against everything before it. Ends at the first entry that fails, because
//! nothing after it is evidence. Reads objects only, so it needs neither a station nor the right to write.

use std::fmt;

use futures::{StreamExt, TryStreamExt, stream};

use super::chain::EntryRef;
use super::defect::{Defect, Warning};
use super::entry::{Entry, FormatError};
use super::error::Error;
use super::keyring::{Keyring, Prepared};
use super::state::{Change, State};
use super::store::{Object, Store};

/// How many entries are read ahead: enough to hide the latency of an object store.
const READ_AHEAD: usize = 32;

/// The first entry that fails, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Its index.
    pub index: u64,
    /// What is wrong with it.
    pub defect: Defect,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "entry {}: {}", self.index, self.defect)
    }
}

impl std::error::Error for Failure {}

/// What verifying a ledger found.
#[derive(Debug, Clone)]
pub struct Verification {
    /// The entry that fails; none if the whole ledger is consistent.
    pub failure: Option<Failure>,
    /// What is odd, but no failure.
    pub warnings: Vec<Warning>,
    /// What the entries before the failure add up to.
    pub state: State,
}

impl Verification {
    /// Whether every entry that exists is valid. That none was cut off at the end shows only against a head noted elsewhere.
    #[must_use]
    pub fn is_consistent(&self) -> bool {
        self.failure.is_none()
    }

    /// How many entries are valid.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.state.next_index()
    }

    /// The newest valid entry.
    #[must_use]
    pub fn head(&self) -> Option<EntryRef> {
        self.state.head()
    }

    /// Holds the ledger against a head that was noted elsewhere. Only so does it show that its end was cut off.
    pub fn expect_head(&mut self, noted: &EntryRef) {
        let defect = match self.state.hash(noted.index) {
            Some(hash) if hash == noted.hash => return,
            Some(found) => Defect::OtherHead {
                noted: noted.hash,
                found,
            },
            None => Defect::Truncated {
                entries: self.entries(),
            },
        };
        // What fails in the ledger itself comes first: a noted head beyond it was not even looked at.
        self.failure.get_or_insert(Failure {
            index: noted.index,
            defect,
        });
    }

    /// Whether the ledger still holds an entry whose index and hash were noted elsewhere: a printed head, a proof.
    #[must_use]
    pub fn contains(&self, noted: &EntryRef) -> bool {
        self.state.hash(noted.index) == Some(noted.hash)
    }
}

/// What reading found besides valid entries.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) failure: Option<Failure>,
    pub(super) warnings: Vec<Warning>,
}

/// Reads and checks what follows the state's last entry, and hands over each entry that is valid. Entries ahead are read, and
/// their signatures verified, while this one is checked; no more of them than a few are held.
pub(super) async fn read_on(
    store: &Store,
    state: &mut State,
    mut take: impl FnMut(Entry),
) -> Result<Findings, Error> {
    let first = state.next_index();
    let listing = store.list(first).await?;
    let mut findings = Findings {
        failure: None,
        warnings: listing
            .unexpected
            .into_iter()
            .map(Warning::UnexpectedObject)
            .collect(),
    };
    let keyring = Keyring::default();
    keyring.learn(state);
    let mut ahead = stream::iter((first..).zip(listing.entries))
        .map(|(index, next)| prepare(store, index, next, &keyring))
        .buffered(READ_AHEAD);
    for index in first.. {
        let Some(prepared) = ahead.try_next().await? else {
            break;
        };
        match prepared.and_then(|prepared| checked(state, prepared)) {
            Ok((entry, mut change)) => {
                findings.warnings.append(&mut change.warnings);
                state.commit(&entry, change);
                keyring.learn(state);
                take(entry);
            }
            Err(defect) => {
                findings.failure = Some(Failure { index, defect });
                break;
            }
        }
    }
    Ok(findings)
}

/// As [`read_on`], one entry after the other until there is none: cheap where few can be new, and blind for a gap.
pub(super) async fn catch_up(
    store: &Store,
    state: &mut State,
    mut take: impl FnMut(Entry),
) -> Result<Findings, Error> {
    let mut findings = Findings {
        failure: None,
        warnings: Vec::new(),
    };
    while findings.failure.is_none() {
        let index = state.next_index();
        let entry = match store.read(index).await? {
            Object::Absent => break,
            object => parse(object, index),
        };
        match entry.and_then(|entry| Ok((state.check(&entry)?, entry))) {
            Ok((mut change, entry)) => {
                findings.warnings.append(&mut change.warnings);
                state.commit(&entry, change);
                take(entry);
            }
            Err(defect) => findings.failure = Some(Failure { index, defect }),
        }
    }
    Ok(findings)
}

fn checked(state: &State, prepared: Prepared) -> Result<(Entry, Change), Defect> {
    let change = state.check_vouched(&prepared.entry, &prepared.vouched)?;
    Ok((prepared.entry, change))
}

/// Everything about the entry that needs no state. The cryptography runs on another thread.
async fn prepare(
    store: &Store,
    index: u64,
    next: u64,
    keyring: &Keyring,
) -> Result<Result<Prepared, Defect>, Error> {
    if index != next {
        return Ok(Err(Defect::Missing { next }));
    }
    let object = store.read(index).await?;
    let keyring = keyring.clone();
    let work = move || parse(object, next).map(|entry| Prepared::new(entry, &keyring));
    match tokio::task::spawn_blocking(work).await {
        Ok(prepared) => Ok(prepared),
        Err(stopped) => std::panic::resume_unwind(stopped.into_panic()),
    }
}

fn parse(object: Object, next: u64) -> Result<Entry, Defect> {
    match object {
        Object::Absent => Err(Defect::Missing { next }),
        Object::TooLarge(size) => Err(Defect::Format(FormatError::TooLarge(size))),
        Object::Bytes(bytes) => Entry::parse(&bytes).map_err(Defect::Format),
    }
}
