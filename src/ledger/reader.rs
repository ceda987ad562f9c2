//! A ledger to look at: no station, no right to write.

use super::entry::Entry;
use super::error::Error;
use super::state::State;
use super::store::Store;
use super::verify::{self, Verification};

/// A ledger opened for reading.
#[derive(Clone, Debug)]
pub struct Reader {
    store: Store,
}

impl Reader {
    /// Opens a ledger that exists.
    ///
    /// # Errors
    /// [`Error::Absent`] when there is nothing at that place, [`Error::Location`] when it cannot be one.
    pub fn open(location: &str) -> Result<Self, Error> {
        Self::open_store(Store::open(location)?)
    }

    /// The same on a store that is open already.
    ///
    /// # Errors
    /// [`Error::Absent`] when there is nothing.
    pub fn open_store(store: Store) -> Result<Self, Error> {
        if store.exists()? {
            Ok(Self::new(store))
        } else {
            Err(Error::Absent(store.location().to_owned()))
        }
    }

    /// Reads from a store that is open already, and need not hold anything.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Reads and verifies everything.
    ///
    /// # Errors
    /// When the storage cannot be read; what is wrong in the ledger is in the result.
    pub async fn verify(&self) -> Result<Verification, Error> {
        self.visit(drop).await
    }

    /// The same, and hands over every entry that is valid, in order. Holds none of them itself.
    ///
    /// # Errors
    /// When the storage cannot be read.
    pub async fn visit(&self, take: impl FnMut(Entry)) -> Result<Verification, Error> {
        let mut state = State::default();
        let findings = verify::read_on(&self.store, &mut state, take).await?;
        Ok(Verification {
            failure: findings.failure,
            warnings: findings.warnings,
            state,
        })
    }

    /// All entries that are valid, and what verifying them found.
    ///
    /// # Errors
    /// When the storage cannot be read.
    pub async fn read(&self) -> Result<(Vec<Entry>, Verification), Error> {
        let mut entries = Vec::new();
        let verification = self.visit(|entry| entries.push(entry)).await?;
        Ok((entries, verification))
    }

    /// All entries and what they add up to, if every one is valid.
    ///
    /// # Errors
    /// [`Error::Inconsistent`] when one is not, and when the storage cannot be read.
    pub async fn entries(&self) -> Result<(Vec<Entry>, State), Error> {
        let (entries, verification) = self.read().await?;
        Ok((entries, self.consistent(verification)?))
    }

    /// What a ledger adds up to, if every entry is valid.
    ///
    /// # Errors
    /// [`Error::Inconsistent`] when one is not.
    pub fn consistent(&self, verification: Verification) -> Result<State, Error> {
        match verification.failure {
            None => Ok(verification.state),
            Some(failure) => Err(Error::Inconsistent {
                location: self.store.location().to_owned(),
                failure: Box::new(failure),
            }),
        }
    }

    /// The error of who needs an entry where there is none.
    #[must_use]
    pub fn empty(&self) -> Error {
        Error::Empty(self.store.location().to_owned())
    }

    /// Where the ledger is, for messages.
    #[must_use]
    pub fn location(&self) -> &str {
        self.store.location()
    }
}
