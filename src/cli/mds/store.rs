//! Where verified metadata is kept: the blob as it came, named by its hash, and `stored.json`, which says where it came from and
//! when it was verified. The latter is replaced last and whole, so that whatever stops a store leaves the metadata before it.
//!
//! The signer's certificates are valid for a year at most. They are verified as of the day of storing, whenever the metadata is
//! loaded, and so is the signature; what the disk holds is trusted in nothing but that day.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Error;
use crate::attestation::Roots;
use crate::attestation::mds::{Blob, Metadata, Origin, SIZE_LIMIT};
use crate::ceremony::duty::StoredMetadata;
use crate::cli;
use crate::cli::config::Config;
use crate::cli::file::{self, Readers};
use crate::encoding::hex;

const STORED: &str = "stored.json";

/// The directory of verified metadata.
pub(super) struct Store {
    directory: PathBuf,
}

/// What `stored.json` says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Stored {
    source: String,
    stored_at: Timestamp,
    sha256: String,
    pub(super) no: u64,
    next_update: Date,
}

impl Stored {
    pub(super) fn dates(&self) -> StoredMetadata {
        StoredMetadata {
            stored_at: self.stored_at,
            next_update: self.next_update,
        }
    }
}

impl Store {
    /// The directory of the configuration; `mds` beside the file by default.
    pub(super) fn of(config: &Config) -> Self {
        let directory = config.file.mds.directory.as_deref();
        Self {
            directory: config.resolve(directory.unwrap_or(Path::new("mds"))),
        }
    }

    pub(super) fn absent(&self) -> Error {
        Error::Absent {
            directory: self.directory.clone(),
        }
    }

    /// What is stored, as it was noted; none where nothing is.
    pub(super) fn stored(&self) -> Result<Option<Stored>, cli::Error> {
        let path = self.directory.join(STORED);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            read => read.map_err(|source| cli::Error::Read {
                path: path.clone(),
                source,
            })?,
        };
        let stored = serde_json::from_slice(&text).map_err(|error| Error::Damaged {
            path,
            why: error.to_string(),
        })?;
        Ok(Some(stored))
    }

    /// The metadata, verified again; none where nothing is stored.
    pub(super) fn load(&self, roots: &Roots) -> Result<Option<Metadata>, cli::Error> {
        let Some(stored) = self.stored()? else {
            return Ok(None);
        };
        let path = self.blob(&stored.sha256)?;
        let bytes = read(&path)?;
        let sha256 = Blob::sha256(&bytes);
        if hex::encode(&sha256) != stored.sha256 {
            return Err(Error::Changed { path }.into());
        }
        let blob = Blob::verify(&bytes, roots, stored.stored_at).map_err(|source| {
            let from = path.display().to_string();
            Error::Refused { from, source }
        })?;
        let origin = Origin {
            source: stored.source,
            stored_at: stored.stored_at,
            sha256,
        };
        Ok(Some(Metadata::new(blob.payload, origin)))
    }

    /// Stores a blob that was verified, in the place of what was there.
    pub(super) fn save(&self, bytes: &[u8], metadata: &Metadata) -> Result<(), cli::Error> {
        let origin = metadata.origin();
        let stored = Stored {
            source: origin.source.clone(),
            stored_at: origin.stored_at,
            sha256: hex::encode(&origin.sha256),
            no: metadata.number(),
            next_update: metadata.next_update(),
        };
        // What cannot be read is replaced all the same.
        let before = self.stored().ok().flatten();
        fs::create_dir_all(&self.directory).map_err(|source| cli::Error::Write {
            path: self.directory.clone(),
            source,
        })?;
        // As readable as any file: whoever checks keys may be another user.
        file::write(&self.blob(&stored.sha256)?, bytes, Readers::Usual)?;
        let text = serde_json::to_vec_pretty(&stored).expect("texts and numbers");
        file::write(&self.directory.join(STORED), &text, Readers::Usual)?;
        if let Some(before) = before.filter(|before| before.sha256 != stored.sha256)
            && let Ok(path) = self.blob(&before.sha256)
        {
            // What stays behind is of no use and does no harm.
            let _ = fs::remove_file(path);
        }
        Ok(())
    }

    /// The file of the blob with this hash. A text that is no hash must not lead elsewhere.
    fn blob(&self, sha256: &str) -> Result<PathBuf, Error> {
        match hex::decode(sha256) {
            Ok(hash) if hash.len() == 32 => {
                Ok(self.directory.join(format!("{}.jwt", hex::encode(&hash))))
            }
            _ => Err(Error::Damaged {
                path: self.directory.join(STORED),
                why: "its sha256 is none".to_owned(),
            }),
        }
    }
}

/// Reads a file, one byte more than a blob may have at most: whoever verifies it refuses it then.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, cli::Error> {
    let failed = |source| cli::Error::Read {
        path: path.to_owned(),
        source,
    };
    let limit = u64::try_from(SIZE_LIMIT).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(failed)?;
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Ok(bytes)
}
