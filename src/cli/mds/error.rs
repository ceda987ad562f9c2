//! Why there is no metadata, or none that may be used.

use std::path::PathBuf;

use crate::attestation::mds;
use crate::graph::http;

/// Why there is no metadata, or none that may be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// None was ever stored.
    #[error("there is no FIDO metadata in {directory}")]
    Absent { directory: PathBuf },
    /// The blob is not the one that was verified.
    #[error("{path} is not the metadata that was verified and stored: its SHA-256 is another")]
    Changed { path: PathBuf },
    /// What stands beside the blob cannot be read.
    #[error("{path}: {why}")]
    Damaged { path: PathBuf, why: String },
    #[error("fetching {url}: {source}")]
    Fetch { url: String, source: http::Error },
    #[error("stopped while fetching; nothing was changed")]
    Interrupted,
    /// A rollback, by mistake or not.
    #[error("edition {offered} is older than the stored edition {stored}")]
    Older { offered: u64, stored: u64 },
    #[error("metadata from {from} is refused: {source}")]
    Refused { from: String, source: mds::Error },
    #[error("the metadata has no model {0:?}")]
    UnknownModel(String),
    #[error(transparent)]
    UnknownWord(#[from] mds::UnknownWord),
}
