//! Verification: every entry from the first on, against everything before it. Ends at the first entry that fails, because
//! nothing after it is evidence. Reads objects only, so it needs neither a station nor the right to write.

use std::fmt;

use super::chain::EntryRef;
use super::defect::{Defect, Warning};
use super::entry::{Entry, FormatError};
use super::error::Error;
use super::state::State;
use super::store::{Object, Store};

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

/// Reads and checks what follows the state's last entry.
pub(super) async fn read_on(
    store: &Store,
    state: &mut State,
    entries: &mut Vec<Entry>,
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
    for (index, next) in (first..).zip(listing.entries.into_keys()) {
        let entry = match read(store, index, next).await? {
            Ok(entry) => state.check(&entry).map(|change| (entry, change)),
            Err(defect) => Err(defect),
        };
        match entry {
            Ok((entry, mut change)) => {
                findings.warnings.append(&mut change.warnings);
                state.commit(&entry, change);
                entries.push(entry);
            }
            Err(defect) => {
                findings.failure = Some(Failure { index, defect });
                break;
            }
        }
    }
    Ok(findings)
}

async fn read(store: &Store, index: u64, next: u64) -> Result<Result<Entry, Defect>, Error> {
    if index != next {
        return Ok(Err(Defect::Missing { next }));
    }
    Ok(match store.read(index).await? {
        Object::Absent => Err(Defect::Missing { next }),
        Object::TooLarge(size) => Err(Defect::Format(FormatError::TooLarge(size))),
        Object::Bytes(bytes) => Entry::parse(&bytes).map_err(Defect::Format),
    })
}
