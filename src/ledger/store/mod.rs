//! Where entries are kept: entry *n* is the object `entries/%08d.json`, created once and never overwritten. The store knows
//! bytes and indexes only.

mod address;
mod directory;
mod export;
mod remote;
mod settings;
mod trouble;

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutMode};

pub use settings::Settings;

use super::entry::SIZE_LIMIT;
use super::error::Error;
use address::Address;
use directory::Directory;
use export::Export;

/// The last index that eight digits can write.
pub(super) const LAST_INDEX: u64 = 99_999_999;
const PREFIX: &str = "entries";

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

    /// Lists what is there from `first` on.
    pub(super) async fn list(&self, first: u64) -> Result<Listing, Error> {
        let mut listing = Listing::default();
        if let Place::Export(export) = &self.place {
            listing.entries.extend(first..export.entries());
            return Ok(listing);
        }
        let Some(objects) = self.objects()? else {
            return Ok(listing);
        };
        let prefix = Path::from(PREFIX);
        // Objects from `first` on sort after the name of the one before it.
        let mut found = match first.checked_sub(1) {
            Some(last_known) => objects.list_with_offset(Some(&prefix), &object_path(last_known)),
            None => objects.list(Some(&prefix)),
        };
        loop {
            let object = match found.try_next().await {
                Ok(Some(object)) => object,
                Ok(None) => return Ok(listing),
                // A directory without entries; a bucket that is not there is another matter.
                Err(object_store::Error::NotFound { .. }) if !self.is_remote() => {
                    return Ok(listing);
                }
                Err(source) => return Err(self.error("list the entries", source)),
            };
            match index_of(&object.location) {
                // Some services do not know where to begin and list everything.
                Some(index) if index < first => {}
                Some(index) => {
                    listing.entries.insert(index);
                }
                None => listing.unexpected.push(object.location.to_string()),
            }
        }
    }

    /// Reads an entry's bytes, if they are not too many.
    pub(super) async fn read(&self, index: u64) -> Result<Object, Error> {
        if let Place::Export(export) = &self.place {
            let read = export.read(index);
            return read.map_err(|source| self.error("read an entry", local(source)));
        }
        let Some(objects) = self.objects()? else {
            return Ok(Object::Absent);
        };
        let result = match objects.get(&object_path(index)).await {
            Ok(result) => result,
            Err(object_store::Error::NotFound { .. }) => return Ok(Object::Absent),
            Err(source) => return Err(self.error("read an entry", source)),
        };
        let size = result.meta.size;
        if usize::try_from(size).map_or(true, |size| size > SIZE_LIMIT) {
            return Ok(Object::TooLarge(size));
        }
        match result.bytes().await {
            Ok(bytes) => Ok(Object::Bytes(bytes)),
            Err(source) => Err(self.error("read an entry", source)),
        }
    }

    /// Creates an entry unless it exists, and the directory for it if necessary.
    pub(super) async fn create(&self, index: u64, bytes: &[u8]) -> Result<Created, Error> {
        let path = object_path(index);
        let payload = Bytes::copy_from_slice(bytes).into();
        let objects: &dyn ObjectStore = match &self.place {
            Place::Directory(directory) => directory
                .create()
                .map_err(|source| self.error("create the directory", source))?,
            Place::Objects { objects, .. } => objects,
            Place::Export(_) | Place::Nowhere => {
                return Err(Error::ReadOnly {
                    attempt: "create an entry",
                    location: self.location.clone(),
                });
            }
        };
        let options = PutMode::Create.into();
        match objects.put_opts(&path, payload, options).await {
            Ok(_) => Ok(Created::Ours),
            Err(
                object_store::Error::AlreadyExists { .. }
                | object_store::Error::Precondition { .. },
            ) => {
                // A retry inside the client can meet the object that its own first try created.
                Ok(match self.read(index).await? {
                    Object::Bytes(existing) if existing == bytes => Created::Ours,
                    _ => Created::Theirs,
                })
            }
            Err(source) => Err(self.error("create an entry", source)),
        }
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

fn object_path(index: u64) -> Path {
    Path::from(format!("{PREFIX}/{index:08}.json"))
}

fn index_of(path: &Path) -> Option<u64> {
    let digits = path
        .as_ref()
        .strip_prefix("entries/")?
        .strip_suffix(".json")?;
    let index: u64 = digits.parse().ok()?;
    (object_path(index) == *path && index <= LAST_INDEX).then_some(index)
}
