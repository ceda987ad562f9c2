//! The authenticator against scripted keys that answer whole messages.
#![allow(clippy::unwrap_used)]

mod credential;
mod credential_management;
mod key;
mod pin;
mod selection;
mod settings;

use std::sync::Arc;

use key::{Key, Log, info, pin_key};

use super::{Authenticator, PinUvAuth};
use crate::ctap::command::client_pin::Permissions;
use crate::ctap::command::{CredentialDescriptor, RelyingParty, User, make_credential};
use crate::ctap::error::Error;
use crate::ctap::status::Status;
use crate::ctap::transport::Wait;
use crate::encoding::cbor::{self, Value};
use crate::env::{Env, ManualClock, SeededRng};
use crate::secret::Pin;
use crate::webauthn::RpId;

fn env() -> Env {
    let clock = Arc::new(ManualClock::new(jiff::Timestamp::UNIX_EPOCH));
    Env::new(clock, Arc::new(SeededRng::new(3)))
}

fn rp_id() -> RpId {
    "login.microsoft.com".parse().unwrap()
}

fn pin(text: &str) -> Pin {
    Pin::new(text).ok().unwrap()
}

fn descriptor(first: u8, length: usize) -> CredentialDescriptor {
    let mut id = vec![0xcd; length];
    id[0] = first;
    CredentialDescriptor { id }
}

fn creation() -> make_credential::Request {
    let rp = RelyingParty {
        id: rp_id(),
        name: None,
    };
    let user = User {
        id: vec![1],
        name: None,
        display_name: None,
    };
    make_credential::Request::new([5; 32], rp, user)
}

/// A proof for everything that a test may want to do.
fn proof(key: &mut Authenticator, permissions: Permissions) -> PinUvAuth {
    let needs_rp = permissions.intersect(Permissions::MC | Permissions::GA);
    let rp_id = needs_rp.then(rp_id);
    key.pin_uv_auth(&pin("123456"), permissions, rp_id.as_ref())
        .unwrap()
}

/// The command bytes that a key received.
fn commands(log: &Log) -> Vec<u8> {
    log.lock()
        .unwrap()
        .iter()
        .map(|message| message[0])
        .collect()
}

/// The parameters of the message that a key received last.
fn last(log: &Log) -> Vec<(Value, Value)> {
    let log = log.lock().unwrap();
    parameters(log.last().unwrap())
}

fn parameters(message: &[u8]) -> Vec<(Value, Value)> {
    assert!(cbor::is_canonical(&message[1..]));
    cbor::decode(&message[1..]).unwrap().into_map().unwrap()
}

fn member(map: &[(Value, Value)], key: u8) -> Option<Value> {
    cbor::get(map, &Value::from(key)).cloned()
}

fn status_of(error: &Error) -> Option<Status> {
    match error {
        Error::Status { status, .. } => Some(*status),
        _ => None,
    }
}
