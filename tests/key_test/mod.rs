//! `halligan key test` from outside: no false alarm on any kind of key, each way to misbehave found and named, nothing left on
//! the key, and the table of checks as the pages and `--list` tell it.

mod compare;
mod destructive;
mod faults;
mod liars;
mod misled;
mod pages;
mod profiles;

use crate::bench::{Bench, Command, Finished, Key, PIN};

/// `key test` of a key, with its attestation's root and its PIN at hand.
fn test(bench: &Bench, key: &Key) -> Command {
    test_at(bench, key.connection(), key)
}

/// The same at another address of the key.
fn test_at(bench: &Bench, address: &str, key: &Key) -> Command {
    let root = key.attestation_root();
    let words = [
        "key",
        "test",
        "--device",
        address,
        "--attestation-root",
        &root,
    ];
    bench.halligan(words).pin(PIN).json()
}

/// The same with `--destructive`, agreed to; whoever is asked plugs the key in anew.
fn destroy(bench: &Bench, address: &str, key: &Key, words: &[&str]) -> Finished {
    let words = words.iter().copied();
    let destroying = ["--destructive", "--confirm", address, "--events"];
    let command = test_at(bench, address, key).with(destroying).with(words);
    let over_udp = address.starts_with("udp:");
    command.start().attended("reinsert_key", || match over_udp {
        // A socket that keeps its channel when the power goes.
        true => key.power_cycle(),
        false => key.reinsert(),
    })
}

/// The ids of the checks with this verdict, in order.
fn with_verdict(finished: &Finished, verdict: &str) -> Vec<String> {
    let document = finished.document();
    let checks = document["checks"].as_array();
    let checks = checks.unwrap_or_else(|| panic!("nothing was asked: {}", finished.shown()));
    let checks = checks.iter();
    let those = checks.filter(|check| check["verdict"] == verdict);
    those
        .map(|check| check["id"].as_str().unwrap().to_owned())
        .collect()
}
