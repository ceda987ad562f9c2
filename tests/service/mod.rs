//! What happens to a key in service: settings, PIN changes, custody, retirement, reset.

mod config;
mod handover;
mod pin;
mod reset;
mod resumed;
mod retire;

use halligan::emulator::Profile;

use crate::bench::{Bench, Command, Finished, Key, PIN};

/// A bench whose first account has keys with these labels.
fn enrolled(labels: &[&str]) -> (Bench, Vec<Key>) {
    let bench = Bench::new();
    let enroll = |label: &&str| {
        let key = bench.key(Profile::default());
        bench.enroll(&key, label).run().exits(0);
        key
    };
    let keys = labels.iter().map(enroll).collect();
    (bench, keys)
}

/// A change of BG1-A's settings that this fault of the key stops in the middle.
fn settings_stopped(fault: &str) -> (Bench, Vec<Key>, Finished) {
    let (bench, keys) = enrolled(&["BG1-A"]);
    keys[0].fault(fault);
    let set = ["key", "config", "set", "--key", "BG1-A", "--yes"];
    let set = bench.halligan(set).with(["--min-pin-length", "8"]);
    let set = set.with(["--device", keys[0].connection()]).pin(PIN);
    let stopped = set.run().exits(7);
    keys[0].replug();
    (bench, keys, stopped)
}

/// The kinds of the entries after those of the enrolments.
fn since(bench: &Bench, before: usize) -> Vec<String> {
    bench.ledger().split_off(before)
}

/// The ledger verifies, and this many ceremonies are open.
#[track_caller]
fn open_ceremonies(bench: &Bench, expected: usize) {
    let verified = bench.verified_ledger();
    let open = verified["open_ceremonies"].as_array().unwrap();
    assert_eq!(open.len(), expected, "{:?}", bench.ledger());
}

/// A command line with this key at hand.
fn with_key(bench: &Bench, key: &Key, words: &[&str]) -> Command {
    let command = bench.halligan(words.iter().copied());
    command.with(["--device", key.address()])
}

/// `resume` of the ceremony on BG1-A with this key at hand.
fn resume(bench: &Bench, key: &Key, words: &[&str]) -> Command {
    let command = with_key(bench, key, &["resume", "BG1-A"]);
    command.with(words.iter().copied())
}
