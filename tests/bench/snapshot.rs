//! What a directory holds, to see that nothing in it has changed.

use std::collections::BTreeMap;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Every file below a directory with its bytes, by its path from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Snapshot(pub(crate) BTreeMap<PathBuf, Vec<u8>>);

impl Snapshot {
    /// A directory that does not exist holds nothing.
    pub(crate) fn of(directory: &Path) -> Self {
        let mut files = BTreeMap::new();
        collect(directory, &mut files);
        let relative = |path: PathBuf| path.strip_prefix(directory).unwrap().to_owned();
        let files = files
            .into_iter()
            .map(|(path, bytes)| (relative(path), bytes));
        Self(files.collect())
    }

    /// Puts the same files into another directory, where nobody else reads them.
    pub(crate) fn restore(&self, directory: &Path) {
        for (path, bytes) in &self.0 {
            let path = directory.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, bytes).unwrap();
            std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        }
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
