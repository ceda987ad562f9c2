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
        let store = Store::open(location)?;
        if store.exists()? {
            Ok(Self::new(store))
        } else {
            Err(Error::Absent(location.to_owned()))
        }
    }

    /// Reads from a store that is open already.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Reads and verifies everything.
    ///
    /// # Errors
    /// When the storage cannot be read; what is wrong in the ledger is in the result.
    pub async fn verify(&self) -> Result<Verification, Error> {
        Ok(self.read().await?.1)
    }

    /// All entries that are valid, and what verifying them found.
    ///
    /// # Errors
    /// When the storage cannot be read.
    pub async fn read(&self) -> Result<(Vec<Entry>, Verification), Error> {
        let mut state = State::default();
        let mut entries = Vec::new();
        let findings = verify::read_on(&self.store, &mut state, &mut entries).await?;
        let verification = Verification {
            failure: findings.failure,
            warnings: findings.warnings,
            state,
        };
        Ok((entries, verification))
    }

    /// All entries and what they add up to, if every one is valid.
    ///
    /// # Errors
    /// [`Error::Inconsistent`] when one is not, and when the storage cannot be read.
    pub async fn entries(&self) -> Result<(Vec<Entry>, State), Error> {
        let (entries, verification) = self.read().await?;
        match verification.failure {
            None => Ok((entries, verification.state)),
            Some(failure) => Err(Error::Inconsistent {
                location: self.store.location().to_owned(),
                failure: Box::new(failure),
            }),
        }
    }
}
