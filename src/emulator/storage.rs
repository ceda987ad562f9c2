//! Where a key keeps its state: one opaque blob, replaced atomically. [`Directory`] survives restarts and crashes and is
//! locked against a second process; [`Memory`] is for keys that end with the program.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use zeroize::Zeroizing;

/// Larger state is refused unread: a full key needs a few hundred kilobytes.
const STATE_LIMIT: u64 = 16 * 1024 * 1024;
const STATE_FILE: &str = "key.json";
const LOCK_FILE: &str = "lock";

/// Why state could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// No room left; the authenticator answers CTAP2_ERR_KEY_STORE_FULL.
    #[error("no room left to write {path}")]
    Full {
        /// What was being written.
        path: PathBuf,
    },
    /// Another process has the directory open.
    #[error("{path} is in use by another emulated key")]
    InUse {
        /// The state directory.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("{attempted} {path}: {source}")]
    Io {
        /// What was being done.
        attempted: &'static str,
        /// To which file.
        path: PathBuf,
        /// The operating system's answer.
        source: std::io::Error,
    },
    /// The file is larger than any state the emulator writes.
    #[error("{path} is {length} bytes long, more than any state of an emulated key")]
    TooLarge {
        /// The state file.
        path: PathBuf,
        /// Its length in bytes.
        length: u64,
    },
}

/// One blob that holds a key's whole state.
pub trait Storage: Send {
    /// Where the blob is, for messages.
    fn place(&self) -> String;

    /// The blob stored last; `None` for a key that has never been used.
    ///
    /// # Errors
    /// When it exists and cannot be read.
    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError>;

    /// Replaces the blob by the one that `encode` makes: afterwards it is durable, or the old one is still there and an error
    /// is returned.
    ///
    /// # Errors
    /// When it could not be made durable.
    fn store(&mut self, encode: &dyn Fn() -> Zeroizing<Vec<u8>>) -> Result<(), StorageError>;
}

/// Keeps nothing: the state lives as long as the emulator that has it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Memory;

impl Storage for Memory {
    fn place(&self) -> String {
        "in memory".to_owned()
    }

    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        Ok(None)
    }

    fn store(&mut self, _encode: &dyn Fn() -> Zeroizing<Vec<u8>>) -> Result<(), StorageError> {
        Ok(())
    }
}

/// State in a directory (mode 0700) as one file (mode 0600), exclusively locked while the value lives.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
    _lock: File,
}

impl Directory {
    /// Opens, and creates if need be, the directory and locks it.
    ///
    /// # Errors
    /// [`StorageError::InUse`] when another process has it; otherwise what the operating system says.
    pub fn open(path: &Path) -> Result<Self, StorageError> {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(failed("create directory", path))?;
        let lock_path = path.join(LOCK_FILE);
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&lock_path)
            .map_err(failed("open", &lock_path))?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive).map_err(|error| {
            if error == rustix::io::Errno::WOULDBLOCK {
                StorageError::InUse {
                    path: path.to_owned(),
                }
            } else {
                failed("lock", &lock_path)(error.into())
            }
        })?;
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// Whether something has been stored in this directory.
    pub(super) fn holds_state(path: &Path) -> bool {
        path.join(STATE_FILE).exists()
    }
}

impl Storage for Directory {
    fn place(&self) -> String {
        self.path.join(STATE_FILE).display().to_string()
    }

    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        read_limited(&self.path.join(STATE_FILE))
    }

    fn store(&mut self, encode: &dyn Fn() -> Zeroizing<Vec<u8>>) -> Result<(), StorageError> {
        replace(&self.path, STATE_FILE, &encode())
    }
}

/// Reads a file of bounded length; `None` when there is none.
fn read_limited(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed("open", path))?,
    };
    let length = file.metadata().map_err(failed("inspect", path))?.len();
    if length > STATE_LIMIT {
        return Err(StorageError::TooLarge {
            path: path.to_owned(),
            length,
        });
    }
    let mut blob = Zeroizing::new(Vec::new());
    file.take(STATE_LIMIT)
        .read_to_end(&mut blob)
        .map_err(failed("read", path))?;
    Ok(Some(blob))
}

/// Replaces `directory/name` so that a crash leaves either the old or the new content: temporary file in the same
/// directory, sync, rename, sync of the directory. The file can be read by its owner only.
pub(super) fn replace(directory: &Path, name: &str, content: &[u8]) -> Result<(), StorageError> {
    let target = directory.join(name);
    // `tempfile` creates with mode 0600 and removes the file again when it is dropped before it is persisted.
    let mut temporary = tempfile::Builder::new()
        .prefix(name)
        .suffix(".new")
        .tempfile_in(directory)
        .map_err(failed("create a temporary file beside", &target))?;
    temporary
        .write_all(content)
        .and_then(|()| temporary.as_file().sync_all())
        .map_err(failed("write", &target))?;
    temporary
        .persist(&target)
        .map_err(|error| failed("replace", &target)(error.error))?;
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(failed("sync", directory))
}

/// Names what was attempted, and tells a full disk from everything else.
fn failed(attempted: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> StorageError {
    let path = path.to_owned();
    move |source| match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StorageError::Full { path },
        _ => StorageError::Io {
            attempted,
            path,
            source,
        },
    }
}
