//! The resources, against answers as Microsoft's documentation shows them.
#![allow(clippy::unwrap_used)]

mod batch;
mod conditional_access;
mod directory;
mod logs;
mod methods;
mod roles;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::credential::Fixed;
use super::test_server::{Reply, TestServer};
use super::{Client, Retry};
use crate::env::Env;
use crate::secret::AccessToken;

const USER: &str = "6be4b305-0000-4000-8000-000000000001";
const GROUP: &str = "6be4b305-0000-4000-8000-000000000002";

/// A client without patience for pace, and with little for anything else.
fn client(server: &TestServer) -> Client {
    let token = Arc::new(Fixed::new(AccessToken::new("token".to_owned())));
    let retry = Retry {
        first_wait: Duration::from_millis(5),
        longest_wait: Duration::from_secs(1),
        ..Retry::default()
    };
    Client::new(server.http(), server.url.clone(), token, Env::system())
        .retry(retry)
        .paced(false)
}

fn refusal(status: u16, code: &str, message: &str) -> Reply {
    let error = json!({"error": {"code": code, "message": message, "innerError": {
        "date": "2026-03-01T09:00:00", "request-id": "r-1", "client-request-id": "c-1"}}});
    Reply::json(status, error)
}

fn body(server: &TestServer, request: usize) -> Value {
    serde_json::from_str(&server.seen()[request].body).unwrap()
}

async fn serve(replies: impl IntoIterator<Item = Reply>) -> (TestServer, Client) {
    let server = TestServer::start(replies).await;
    let client = client(&server);
    (server, client)
}
