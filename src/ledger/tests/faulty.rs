//! An object store in memory that fails or lies when it is told to.

use std::fmt;
use std::io;
use std::sync::Mutex;

use async_trait::async_trait;
use futures::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// What goes wrong.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    /// Nothing.
    None,
    /// Other bytes are kept than were given.
    Changes,
    /// Access is denied.
    Denied,
    /// It says that it wrote, and did not.
    Forgets,
    /// No space is left.
    Full,
    /// Whoever asks for what comes after an object gets what came before it too.
    ListsFromTheBeginning,
    /// It says that the object exists, and it does not.
    SaysExists,
    /// It writes, and says that the object existed.
    WritesThenSaysExists,
}

#[derive(Debug)]
pub(super) struct Faulty {
    objects: InMemory,
    fault: Mutex<Fault>,
}

impl Faulty {
    pub(super) fn new(fault: Fault) -> Self {
        Self {
            objects: InMemory::new(),
            fault: Mutex::new(fault),
        }
    }

    pub(super) fn set(&self, fault: Fault) {
        *self.fault.lock().unwrap() = fault;
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Faulty")
    }
}

fn generic(kind: io::ErrorKind) -> object_store::Error {
    object_store::Error::Generic {
        store: "Faulty",
        source: Box::new(io::Error::from(kind)),
    }
}

fn exists(location: &Path) -> object_store::Error {
    object_store::Error::AlreadyExists {
        path: location.to_string(),
        source: "says so".into(),
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        let fault = *self.fault.lock().unwrap();
        let forgotten = PutResult {
            e_tag: None,
            version: None,
            extensions: Default::default(),
        };
        match fault {
            Fault::None | Fault::ListsFromTheBeginning => {
                self.objects.put_opts(location, payload, options).await
            }
            Fault::Changes => {
                let other = PutPayload::from_static(b"{}");
                self.objects.put_opts(location, other, options).await
            }
            Fault::Denied => Err(generic(io::ErrorKind::PermissionDenied)),
            Fault::Forgets => Ok(forgotten),
            Fault::Full => Err(generic(io::ErrorKind::StorageFull)),
            Fault::SaysExists => Err(exists(location)),
            Fault::WritesThenSaysExists => {
                self.objects.put_opts(location, payload, options).await?;
                Err(exists(location))
            }
        }
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.objects.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.objects.get_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.objects.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.objects.list(prefix)
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        match *self.fault.lock().unwrap() {
            Fault::ListsFromTheBeginning => self.objects.list(prefix),
            _ => self.objects.list_with_offset(prefix, offset),
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.objects.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.objects.copy_opts(from, to, options).await
    }
}
