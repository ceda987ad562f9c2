//! A lock by which processes of one station know of each other.

use std::fs::{File, TryLockError};
use std::io;

use super::station::Station;

/// Held as long as this lives. The system takes it from a process that ends, however it ends.
#[derive(Debug)]
pub struct StationLock {
    /// None of a station that is kept nowhere, and is nobody else's.
    _file: Option<File>,
}

impl Station {
    /// Takes the station's lock, without waiting for it; none if another process has it. It is on the station's own file (flock), so
    /// that nothing is written, and a directory that is only read from will do.
    ///
    /// # Errors
    /// When the file cannot be opened, or its file system knows no locks.
    pub fn lock(&self) -> Result<Option<StationLock>, io::Error> {
        let Some(path) = self.path() else {
            return Ok(Some(StationLock { _file: None }));
        };
        let file = File::open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(StationLock { _file: Some(file) })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::env::Env;

    #[test]
    fn one_at_a_time_has_the_lock() {
        let directory = tempfile::tempdir().unwrap();
        let name = "vault-1".parse().unwrap();
        let station = Station::create(directory.path(), name, &Env::system()).unwrap();
        let first = station.lock().unwrap();
        assert!(first.is_some());
        let other = Station::open(directory.path()).unwrap();
        assert!(other.lock().unwrap().is_none());
        drop(first);
        assert!(other.lock().unwrap().is_some());
    }

    #[test]
    fn a_station_that_is_gone_has_none() {
        let directory = tempfile::tempdir().unwrap();
        let name = "vault-1".parse().unwrap();
        let station = Station::create(directory.path(), name, &Env::system()).unwrap();
        directory.close().unwrap();
        assert!(station.lock().is_err());
    }
}
