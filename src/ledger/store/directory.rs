//! A ledger's directory, which need not exist: looking into it leaves no trace, and the first entry creates it.

use std::io;
use std::path::PathBuf;
use std::sync::OnceLock;

use object_store::Result;
use object_store::local::LocalFileSystem;

use super::local;

/// A place in the file system. Opened when it is first found to exist.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    objects: OnceLock<LocalFileSystem>,
}

impl Directory {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            objects: OnceLock::new(),
        }
    }

    /// The objects in it; none if it does not exist.
    pub(super) fn existing(&self) -> Result<Option<&LocalFileSystem>> {
        if let Some(objects) = self.objects.get() {
            return Ok(Some(objects));
        }
        match std::fs::metadata(&self.path) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => return Err(local(io::ErrorKind::NotADirectory.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(local(error)),
        }
        let objects = LocalFileSystem::new_with_prefix(&self.path)?.with_fsync(true);
        Ok(Some(self.objects.get_or_init(|| objects)))
    }

    /// The same, after creating it and its parents if necessary.
    pub(super) fn create(&self) -> Result<&LocalFileSystem> {
        if let Some(objects) = self.existing()? {
            return Ok(objects);
        }
        std::fs::create_dir_all(&self.path).map_err(local)?;
        self.existing()?
            .ok_or_else(|| local(io::ErrorKind::NotFound.into()))
    }
}
