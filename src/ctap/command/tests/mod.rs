//! Requests against the specification's examples and hand-written CBOR, responses against recordings of real keys.
#![allow(clippy::unwrap_used)]

mod requests;
mod responses;

use crate::encoding::hex;

fn bytes(digits: &str) -> Vec<u8> {
    hex::decode(digits).unwrap()
}
