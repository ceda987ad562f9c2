//! The listener on this machine that gets the answer of the sign-in page.
//!
//! Anything on this machine and any page in its browser can send requests here, so only the path `/` with the members
//! of an authorization response is taken, once, and only with the state of this sign-in; everything else gets 404 and
//! changes nothing. The page shown repeats nothing of what was received.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use subtle::ConstantTimeEq;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// How long the browser has to fetch the closing page.
const FAREWELL: Duration = Duration::from_secs(1);

const PAGE: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Halligan</title>\
<p>The answer of the sign-in page has been received. You can close this window and go back to the terminal.";

/// The members of an authorization response (RFC 6749 §4.1.2).
#[derive(Deserialize)]
pub(super) struct Received {
    pub(super) code: Option<String>,
    state: Option<String>,
    pub(super) error: Option<String>,
    pub(super) error_description: Option<String>,
}

/// Bound to loopback addresses only, and serving until dropped.
pub(super) struct Loopback {
    port: u16,
    answers: mpsc::Receiver<Received>,
    servers: JoinSet<io::Result<()>>,
}

#[derive(Clone)]
struct Expected {
    state: Arc<str>,
    sender: mpsc::Sender<Received>,
}

impl Loopback {
    /// Listens on a free port of 127.0.0.1, and of ::1 where that is possible: browsers take either for `localhost`. Only an
    /// answer with this state is taken.
    pub(super) async fn bind(state: &str) -> io::Result<Self> {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = v4.local_addr()?.port();
        let v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok();
        let (sender, answers) = mpsc::channel(1);
        let expected = Expected {
            state: state.into(),
            sender,
        };
        let router = Router::new().route("/", get(receive)).with_state(expected);
        let mut servers = JoinSet::new();
        for listener in std::iter::once(v4).chain(v6) {
            let server = axum::serve(listener, router.clone());
            servers.spawn(server.into_future());
        }
        Ok(Self {
            port,
            answers,
            servers,
        })
    }

    /// What the application has registered as `http://localhost`; the authority ignores the port.
    pub(super) fn redirect_uri(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Waits for the first authorization response to this sign-in.
    pub(super) async fn receive(mut self) -> io::Result<Received> {
        let received = self.answers.recv().await;
        tokio::spawn(async move {
            tokio::time::sleep(FAREWELL).await;
            self.servers.shutdown().await;
        });
        received.ok_or_else(|| io::ErrorKind::BrokenPipe.into())
    }
}

/// The answer to another sign-in, or one that somebody made up, must neither be taken nor end the wait for the right one.
async fn receive(State(expected): State<Expected>, Query(received): Query<Received>) -> Response {
    let theirs = received.state.as_deref().unwrap_or_default();
    let is_ours = bool::from(theirs.as_bytes().ct_eq(expected.state.as_bytes()));
    let complete = received.code.is_some() || received.error.is_some();
    if !is_ours || !complete || expected.sender.try_send(received).is_err() {
        return StatusCode::NOT_FOUND.into_response();
    }
    // Neither the code in the address nor this page may be kept or passed on by the browser.
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
        (header::CONNECTION, "close"),
    ];
    (headers, Html(PAGE)).into_response()
}
