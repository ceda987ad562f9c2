//! Entries as objects: listed, read, created.

use bytes::Bytes;
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutPayload};

use super::{Created, LAST_INDEX, Listing, Object, Place, Store, local, remote, trouble};
use crate::ledger::entry::SIZE_LIMIT;
use crate::ledger::error::Error;

const PREFIX: &str = "entries";

impl Store {
    /// Lists what is there from `first` on.
    pub(in crate::ledger) async fn list(&self, first: u64) -> Result<Listing, Error> {
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
    pub(in crate::ledger) async fn read(&self, index: u64) -> Result<Object, Error> {
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
    pub(in crate::ledger) async fn create(
        &self,
        index: u64,
        bytes: &[u8],
    ) -> Result<Created, Error> {
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
        let payload = Bytes::copy_from_slice(bytes).into();
        match put_new(objects, &object_path(index), payload).await {
            Ok(()) => Ok(Created::Ours),
            Err(
                object_store::Error::AlreadyExists { .. }
                | object_store::Error::Precondition { .. },
            ) => {
                // A second try can meet the object that the first one created.
                Ok(match self.read(index).await? {
                    Object::Bytes(existing) if existing == bytes => Created::Ours,
                    _ => Created::Theirs,
                })
            }
            Err(source) => Err(self.error("create an entry", source)),
        }
    }
}

/// Creates an object, and tries again where the client does not: when the answer is lost, so that the object may be there. A
/// second try does no harm, because whoever meets an object compares it with his own.
async fn put_new(
    objects: &dyn ObjectStore,
    path: &Path,
    payload: PutPayload,
) -> object_store::Result<()> {
    let mut retries = 0;
    loop {
        let options = PutMode::Create.into();
        match objects.put_opts(path, payload.clone(), options).await {
            Err(error) if retries < remote::RETRIES && trouble::answer_lost(&error) => retries += 1,
            result => return result.map(drop),
        }
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
