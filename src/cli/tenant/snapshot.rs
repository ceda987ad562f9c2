//! What is known of the tenant: as it was written into a file.

use std::path::{Path, PathBuf};

use crate::cli::Error;
use crate::tenant::snapshot::Snapshot;

/// Where the facts come from.
#[derive(Debug, clap::Args)]
pub(super) struct SnapshotChoice {
    /// File that `tenant export` wrote, instead of asking the tenant
    #[arg(long, value_name = "FILE")]
    snapshot: PathBuf,
}

impl SnapshotChoice {
    /// What is known.
    pub(super) fn take(&self) -> Result<Snapshot, Error> {
        let text = text(&self.snapshot)?;
        text.parse().map_err(|source| Error::Snapshot {
            path: self.snapshot.clone(),
            source: Box::new(source),
        })
    }
}

/// A file's text.
pub(super) fn text(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}
