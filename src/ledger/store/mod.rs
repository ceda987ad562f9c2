//! Where entries are kept: entry *n* is the object `entries/%08d.json`, created once and never overwritten. The store knows
//! bytes and indexes only.

mod address;
mod directory;
mod entries;
mod export;
mod remote;
mod settings;
mod trouble;

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use object_store::ObjectStore;
use object_store::memory::InMemory;

pub use settings::Settings;

use super::error::Error;
use address::Address;
use directory::Directory;
use export::Export;

/// The last index that eight digits can write.
pub(super) const LAST_INDEX: u64 = 99_999_999;

/// Objects of a ledger. Cheap to clone; clones share the objects.
#[derive(Clone, Debug)]
pub struct Store {
    place: Place,
    location: String,
}

#[derive(Clone, Debug)]
enum Place {
    Directory(Arc<Directory>),
    Export(Arc<Export>),
    Objects {
        objects: Arc<dyn ObjectStore>,
        remote: bool,
    },
    /// An export that is not there.
    Nowhere,
}

/// What lies among the entries.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Indexes.
    pub(super) entries: BTreeSet<u64>,
    /// Names that are no entry's.
    pub(super) unexpected: Vec<String>,
}

/// What lies at an entry's place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Object {
    /// Nothing.
    Absent,
    /// An object of a size that an entry may have.
    Bytes(Bytes),
    /// An object of this many bytes, which nobody needs to read.
    TooLarge(u64),
}

/// What became of an attempt to create an entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Created {
    /// The entry is there, and it is ours.
    Ours,
    /// Somebody else created this entry first.
    Theirs,
}

impl Store {
    /// Opens `file:DIRECTORY`, a plain directory, `jsonl:FILE` (an export, read only), or `memory:` (new and empty). Creates
    /// nothing: a directory that does not exist reads as an empty one, and comes into being with the first entry.
    ///
    /// # Errors
    /// As [`Self::open_with`].
    pub fn open(location: &str) -> Result<Self, Error> {
        Self::open_with(location, &Settings::default())
    }

    /// The same, and `az://CONTAINER[/PREFIX]`, `s3://BUCKET[/PREFIX]`, `gs://BUCKET[/PREFIX]` as the settings have it. Asks no
    /// service anything.
    ///
    /// # Errors
    /// [`Error::Location`] for another scheme, [`Error::Settings`] for settings that make no client.
    pub fn open_with(location: &str, settings: &Settings) -> Result<Self, Error> {
        let place = match Address::parse(location)? {
            Address::Directory(path) => Place::Directory(Arc::new(Directory::new(path))),
            Address::Export(path) => match Export::open(&path) {
                Ok(Some(export)) => Place::Export(Arc::new(export)),
                Ok(None) => Place::Nowhere,
                Err(source) => {
                    return Err(trouble::classify(
                        "open the export",
                        location,
                        false,
                        local(source),
                    ));
                }
            },
            Address::Memory => Place::Objects {
                objects: Arc::new(InMemory::new()),
                remote: false,
            },
            Address::Remote(address) => Place::Objects {
                objects: remote::open(&address, settings).map_err(|source| Error::Settings {
                    location: location.to_owned(),
                    source,
                })?,
                remote: true,
            },
        };
        Ok(Self {
            place,
            location: location.to_owned(),
        })
    }

    /// A store of another making, for tests and for sharing one in memory. `location` is for messages.
    #[must_use]
    pub fn new(objects: Arc<dyn ObjectStore>, location: &str) -> Self {
        Self {
            place: Place::Objects {
                objects,
                remote: false,
            },
            location: location.to_owned(),
        }
    }

    /// Where the ledger is, for messages.
    #[must_use]
    pub fn location(&self) -> &str {
        &self.location
    }

    /// Whether there is such a place, with entries or without.
    pub(super) fn exists(&self) -> Result<bool, Error> {
        match &self.place {
            Place::Export(_) => Ok(true),
            _ => Ok(self.objects()?.is_some()),
        }
    }

    fn is_remote(&self) -> bool {
        matches!(self.place, Place::Objects { remote: true, .. })
    }

    fn objects(&self) -> Result<Option<&dyn ObjectStore>, Error> {
        match &self.place {
            Place::Directory(directory) => {
                let existing = directory
                    .existing()
                    .map_err(|source| self.error("open the directory", source))?;
                Ok(existing.map(|objects| -> &dyn ObjectStore { objects }))
            }
            Place::Objects { objects, .. } => Ok(Some(objects)),
            Place::Export(_) | Place::Nowhere => Ok(None),
        }
    }

    fn error(&self, attempt: &'static str, source: object_store::Error) -> Error {
        trouble::classify(attempt, &self.location, self.is_remote(), source)
    }
}

/// An error of the file system, as `object_store` says it.
fn local(source: io::Error) -> object_store::Error {
    object_store::Error::Generic {
        store: "LocalFileSystem",
        source: Box::new(source),
    }
}
