//! What a directory holds, to see that nothing in it has changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Every file below a directory with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Snapshot(pub(crate) BTreeMap<PathBuf, Vec<u8>>);

impl Snapshot {
    /// A directory that does not exist holds nothing.
    pub(crate) fn of(directory: &Path) -> Self {
        let mut files = BTreeMap::new();
        collect(directory, &mut files);
        Self(files)
    }
}

fn collect(directory: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for entry in entries {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            collect(&entry.path(), files);
        } else if kind.is_file() {
            files.insert(entry.path(), std::fs::read(entry.path()).unwrap());
        }
    }
}
