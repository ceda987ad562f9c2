//! A bucket that knows as much of S3's protocol as a ledger needs, and that nobody reaches before it is opened.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use rustix::net::{AddressFamily, SocketType};
use tokio::runtime::Runtime;

/// Objects by their paths, which begin with the bucket's name.
type Objects = Arc<Mutex<BTreeMap<String, Bytes>>>;

pub(super) struct Bucket {
    pub(super) address: SocketAddr,
    socket: Option<OwnedFd>,
    objects: Objects,
    runtime: Runtime,
}

impl Bucket {
    /// Its port is taken and refuses every connection.
    pub(super) fn closed() -> Self {
        let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        rustix::net::bind(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = rustix::net::getsockname(&socket).unwrap();
        Self {
            address: address.try_into().unwrap(),
            socket: Some(socket),
            objects: Objects::default(),
            runtime: Runtime::new().unwrap(),
        }
    }

    /// It answers from now on.
    pub(super) fn open(&mut self) {
        let socket = self.socket.take().unwrap();
        rustix::net::listen(&socket, 16).unwrap();
        let listener = TcpListener::from(socket);
        listener.set_nonblocking(true).unwrap();
        let router = Router::new()
            .fallback(answer)
            .with_state(self.objects.clone());
        self.runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, router).await.unwrap();
        });
    }

    /// The paths of what is in it.
    pub(super) fn paths(&self) -> Vec<String> {
        self.objects.lock().unwrap().keys().cloned().collect()
    }
}

async fn answer(
    State(objects): State<Objects>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path().trim_matches('/').to_owned();
    let mut objects = objects.lock().unwrap();
    let marks = [
        ("etag", "\"1\""),
        ("last-modified", "Thu, 01 Jan 2026 00:00:00 GMT"),
    ];
    if method == Method::PUT {
        // As everything is created and nothing overwritten.
        assert_eq!(headers["if-none-match"], "*");
        if objects.contains_key(&path) {
            return StatusCode::PRECONDITION_FAILED.into_response();
        }
        objects.insert(path, body);
        return (marks, "").into_response();
    }
    assert_eq!(method, Method::GET);
    match (objects.get(&path), path.split_once('/')) {
        (Some(object), _) => (marks, object.clone()).into_response(),
        (None, Some(_)) => StatusCode::NOT_FOUND.into_response(),
        (None, None) => list(&path, &objects).into_response(),
    }
}

/// All of them, from wherever the list was to begin: the ledger leaves out what it knows.
fn list(bucket: &str, objects: &BTreeMap<String, Bytes>) -> String {
    let listed = objects.iter().map(|(path, object)| {
        let key = &path[bucket.len() + 1..];
        let size = object.len();
        format!(
            "<Contents><Key>{key}</Key><Size>{size}</Size><ETag>\"1\"</ETag>\
             <LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
        )
    });
    let listed: String = listed.collect();
    format!(
        "<ListBucketResult><Name>{bucket}</Name><IsTruncated>false</IsTruncated>{listed}</ListBucketResult>"
    )
}
