//! What object stores do that a ledger has to live with: they list more than they were asked for, and leave requests unanswered.

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

use super::faulty::{Fault, Faulty};
use super::run;
use super::writing::{note, open};
use crate::ledger::store::{Created, Object};
use crate::ledger::{Settings, Store};

#[test]
fn what_is_known_is_not_new_because_a_service_lists_from_the_beginning() {
    let objects = Arc::new(Faulty::new(Fault::ListsFromTheBeginning));
    let store = Store::new(objects, "faulty");
    run(async {
        let mut first = open(&store, "a", 1).await.unwrap();
        let mut second = open(&store, "b", 2).await.unwrap();
        for _ in 0..3 {
            first.append(note("x")).await.unwrap();
        }
        assert_eq!(store.list(3).await.unwrap().entries, BTreeSet::from([3]));
        second.refresh().await.unwrap();
        first.append(note("y")).await.unwrap();
        second.refresh().await.unwrap();
        assert_eq!(second.head(), first.head());
    });
}

/// A blob service that carries out the first request with one method, and never answers it.
struct Silent {
    once_at: Method,
    blobs: BTreeMap<String, Bytes>,
    requests: Vec<Method>,
}

impl Silent {
    fn carry_out(&mut self, method: &Method, path: &str, body: Bytes) -> Response {
        match self.blobs.get(path).cloned() {
            Some(_) if method == Method::PUT => StatusCode::CONFLICT.into_response(),
            Some(blob) => (described(), blob).into_response(),
            None if method == Method::PUT => {
                self.blobs.insert(path.to_owned(), body);
                (StatusCode::CREATED, described()).into_response()
            }
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }
}

fn described() -> [(header::HeaderName, &'static str); 2] {
    [
        (header::ETAG, "\"1\""),
        (header::LAST_MODIFIED, "Sun, 01 Mar 2026 09:00:00 GMT"),
    ]
}

async fn answer(
    State(silent): State<Arc<Mutex<Silent>>>,
    method: Method,
    uri: Uri,
    body: Bytes,
) -> Response {
    let (answer, lost) = {
        let mut silent = silent.lock().unwrap();
        let lost = method == silent.once_at && !silent.requests.contains(&method);
        silent.requests.push(method.clone());
        (silent.carry_out(&method, uri.path(), body), lost)
    };
    if lost { pending().await } else { answer }
}

/// Starts the service; a store in it.
async fn serve(silent: &Arc<Mutex<Silent>>) -> Store {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}/account", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer).with_state(silent.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let settings: Settings = [
        ("AZURE_STORAGE_ACCOUNT_NAME", "account"),
        ("AZURE_STORAGE_ACCOUNT_KEY", "c2VjcmV0"),
        ("AZURE_STORAGE_ENDPOINT", endpoint.as_str()),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into_iter()
    .collect();
    Store::open_with("az://container", &settings).unwrap()
}

/// Creates an entry and reads it, while one answer is lost. Returns the requests that it took.
fn create_and_read(once_at: Method) -> Vec<Method> {
    let silent = Arc::new(Mutex::new(Silent {
        once_at,
        blobs: BTreeMap::new(),
        requests: Vec::new(),
    }));
    run(async {
        let store = serve(&silent).await;
        let started = Instant::now();
        let created = store.create(0, b"{}").await.unwrap();
        assert_eq!(created, Created::Ours);
        let read = store.read(0).await.unwrap();
        assert_eq!(read, Object::Bytes(Bytes::from_static(b"{}")));
        assert!(started.elapsed().as_secs() < 9, "{:?}", started.elapsed());
    });
    silent.lock().unwrap().requests.clone()
}

#[test]
fn an_entry_whose_creation_is_not_answered_is_ours_all_the_same() {
    // The second try meets the object of the first one, and compares it.
    let requests = [Method::PUT, Method::PUT, Method::GET, Method::GET];
    assert_eq!(create_and_read(Method::PUT), requests);
}

#[test]
fn a_read_that_is_not_answered_is_asked_for_again() {
    let requests = [Method::PUT, Method::GET, Method::GET];
    assert_eq!(create_and_read(Method::GET), requests);
}
