//! The state directory: one process at a time, files replaced as a whole, nothing readable by others that is secret.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Why the state directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused.
    #[error("state directory: cannot {action} {}: {cause}", path.display())]
    Io {
        /// `create`, `read`, `write`, …
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        cause: io::Error,
    },
    /// Another simulator serves this directory.
    #[error("state directory {} is in use by another process", .0.display())]
    InUse(PathBuf),
    /// A file is there but is not what the simulator wrote.
    #[error("state directory: {} is damaged: {cause}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
}

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Mode 0600: keys, secrets and the tenant's state.
    Owner,
    /// Mode 0644: certificates.
    Everybody,
}

/// A locked state directory; the lock ends with the value.
pub struct Directory {
    path: PathBuf,
    _lock: File,
}

impl Directory {
    /// Creates the directory (mode 0700) if needed and takes its lock.
    ///
    /// # Errors
    /// [`Error::InUse`] when another process holds the lock, [`Error::Io`] otherwise.
    pub fn open(path: &Path) -> Result<Self, Error> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(failed("create", path))?;
        let lock_path = path.join("lock");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&lock_path)
            .map_err(failed("open", &lock_path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(Error::InUse(path.to_owned())),
            Err(TryLockError::Error(cause)) => Err(failed("lock", &lock_path)(cause)),
        }
    }

    /// The path of a file in the directory.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The file's bytes, or `None` when there is no such file.
    ///
    /// # Errors
    /// When it exists but cannot be read.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let path = self.path(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(failed("read", &path)(cause)),
        }
    }

    /// Adds to the end of a file, mode 0600. That it is durable is not waited for: after a crash of the machine the last bytes
    /// may be missing.
    ///
    /// # Errors
    /// When the bytes could not be written.
    pub fn append(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.path(name);
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&path);
        file.and_then(|mut file| file.write_all(bytes))
            .map_err(failed("write", &path))
    }

    /// Replaces the file as a whole: after a crash it holds either the old or the new bytes.
    ///
    /// # Errors
    /// When the bytes could not be made durable.
    pub fn replace(&self, name: &str, bytes: &[u8], access: Access) -> Result<(), Error> {
        let path = self.path(name);
        let temporary = self.path(&format!("{name}.new"));
        write_durably(&temporary, bytes, access).map_err(failed("write", &temporary))?;
        fs::rename(&temporary, &path).map_err(failed("replace", &path))?;
        File::open(&self.path)
            .and_then(|directory| directory.sync_all())
            .map_err(failed("sync", &self.path))
    }
}

fn write_durably(path: &Path, bytes: &[u8], access: Access) -> io::Result<()> {
    // A file left over from a crash may have another mode.
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
        _ => {}
    }
    let mode = match access {
        Access::Owner => 0o600,
        Access::Everybody => 0o644,
    };
    let mut file = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(mode)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn failed<'a>(action: &'static str, path: &'a Path) -> impl Fn(io::Error) -> Error + 'a {
    move |cause| Error::Io {
        action,
        path: path.to_owned(),
        cause,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_second_opening_is_refused_until_the_first_ends() {
        let folder = tempfile::tempdir().unwrap();
        let first = Directory::open(folder.path()).unwrap();
        assert!(matches!(
            Directory::open(folder.path()),
            Err(Error::InUse(_))
        ));
        drop(first);
        assert!(Directory::open(folder.path()).is_ok());
    }

    #[test]
    fn files_are_replaced_whole_and_secrets_stay_private() {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::open(folder.path()).unwrap();
        assert_eq!(directory.read("a").unwrap(), None);
        directory.replace("a", b"one", Access::Everybody).unwrap();
        directory.replace("a", b"two", Access::Owner).unwrap();
        assert_eq!(directory.read("a").unwrap(), Some(b"two".to_vec()));
        let mode = fs::metadata(directory.path("a"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(!directory.path("a.new").exists());
    }
}
