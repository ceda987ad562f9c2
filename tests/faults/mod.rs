//! What goes wrong in the middle: the key pulled out, the tenant failing before and after its commit, no room for the
//! ledger, the operator's Ctrl-C. Each time: a clear message, the right exit status, a ledger that shows how far it came, and
//! nothing left behind that nobody speaks of.

mod key;
mod misbehaviour;
mod operator;
mod storage;
mod tenant;

use halligan::emulator::Profile;
use serde_json::Value;

use crate::bench::{Bench, Key};

/// A bench and a key that has a PIN.
fn bench_and_key() -> (Bench, Key) {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.set_pin();
    (bench, key)
}

/// The newest entry of this kind.
fn newest(bench: &Bench, kind: &str) -> Value {
    let entries = bench.entries();
    let found = entries.into_iter().rfind(|entry| entry["kind"] == kind);
    found.unwrap_or_else(|| panic!("no {kind} in {:?}", bench.ledger()))
}

/// The ledger verifies, and this many ceremonies wait for somebody to look after them.
#[track_caller]
fn open_ceremonies(bench: &Bench, expected: usize) {
    let verified = bench.verified_ledger();
    let open = verified["open_ceremonies"].as_array().unwrap();
    assert_eq!(open.len(), expected, "{:?}", bench.ledger());
}

/// Nothing is left of the enrolment: not on the key, not in the tenant, no open ceremony.
#[track_caller]
fn nothing_is_left(bench: &Bench, key: &Key) {
    key.replug();
    assert_eq!(key.credentials(), Vec::<Vec<u8>>::new());
    assert_eq!(bench.registered(), 0);
    assert_eq!(bench.ledger().last().unwrap(), "ceremony.undone");
    open_ceremonies(bench, 0);
}
