//! Looking again and again: what is recorded, what is told, and what becomes of it where the ledger cannot be opened.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use super::bucket::Bucket;
use super::telling::webhook;
use super::*;
use crate::bench::Finished;

/// For what has been sent when it is asked for, if it ever is.
const PATIENCE: Duration = Duration::from_secs(30);

fn follow(bench: &Bench) -> Command {
    let follow = ["--follow", "--every", "1s"];
    monitor(bench).with(follow).json()
}

/// The document of each look.
fn looks(finished: &Finished) -> Vec<Value> {
    let shown = finished.shown();
    let documents = shown
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    documents
        .filter(|one: &Value| one["schema"] == "halligan.monitor/1" && one["events"].is_array())
        .collect()
}

/// The rows that were told of, in that order.
fn told(looks: &[Value]) -> Vec<&str> {
    let told = looks.iter().flat_map(events);
    told.map(|one| one["id"].as_str().unwrap()).collect()
}

/// A sign-in that no look tells of together with another.
fn unlike(bench: &Bench, id: &str) -> Value {
    let mut row = sign_in(bench, id, 30, 0);
    row["appDisplayName"] = id.into();
    row
}

/// How a row is named.
fn names(row: &str) -> String {
    format!("\"id\":\"{row}\"")
}

/// All files beneath it, with their bytes.
fn files(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(self::files(&path)),
            false => files.push((path.clone(), std::fs::read(&path).unwrap())),
        }
    }
    files.sort();
    files
}

#[test]
fn what_is_not_recorded_is_told_once_and_leaves_the_ledger_as_it_was() {
    let bench = bench();
    monitor(&bench).run().exits(0);
    let ledger = bench.path("ledger");
    let before = files(&ledger);
    has_signed_in(&bench, &[unlike(&bench, "first")]);
    let (url, received) = webhook(&[200, 200, 200]);
    let told_to = ["--no-record", "--webhook", &url];
    let started = follow(&bench).with(told_to).start();
    let mut started = started.until_printed(&names("first"));
    for row in ["second", "third"] {
        has_signed_in(&bench, &[unlike(&bench, row)]);
        started = started.until_printed(&names(row));
    }
    let looks = looks(&started.interrupt().finish().exits(1));
    assert_eq!(told(&looks), ["first", "second", "third"], "each once");
    for row in ["first", "second", "third"] {
        let request = received.recv_timeout(PATIENCE).unwrap();
        let others = ["first", "second", "third"].into_iter();
        let named: Vec<&str> = others.filter(|one| request.contains(&names(one))).collect();
        assert_eq!(named, [row]);
    }
    assert!(
        looks.iter().all(|look| look["entry"].is_null()),
        "{looks:?}"
    );
    assert!(files(&ledger) == before, "the ledger was written");
    // Whoever looks next and does record has all of it to tell.
    let look = monitor(&bench).json().run().exits(1).document();
    assert_eq!(look["unexplained"], 3, "{look}");
}

#[test]
fn without_a_ledger_nothing_is_written_either() {
    let bench = bench();
    has_signed_in(&bench, &[unlike(&bench, "first")]);
    let started = follow(&bench).with(["--no-record"]).start();
    let started = started.until_printed(&names("first"));
    has_signed_in(&bench, &[unlike(&bench, "second")]);
    let started = started.until_printed(&names("second"));
    let looks = looks(&started.interrupt().finish().exits(1));
    assert_eq!(told(&looks), ["first", "second"]);
    for path in ["ledger", "station"] {
        assert!(!bench.path(path).exists(), "{path}");
    }
}

#[test]
fn a_ledger_that_is_damaged_ends_the_watch_and_is_told() {
    let bench = bench();
    monitor(&bench).run().exits(0);
    std::fs::write(bench.path("ledger/entries/00000001.json"), "{}").unwrap();
    has_signed_in(&bench, &[sign_in(&bench, "unseen", 30, 0)]);
    for record in [&[][..], &["--no-record"]] {
        let (url, received) = webhook(&[200]);
        let run = follow(&bench).with(["--webhook", &url]);
        let run = run.with(record.iter().copied()).run();
        let failed = run.exits(6).fails_with("ledger_inconsistent");
        assert!(looks(&failed).is_empty(), "nobody looked");
        let request = received.recv_timeout(PATIENCE).unwrap();
        assert!(request.contains("nobody looked into the logs"), "{request}");
        assert!(request.contains("is inconsistent"), "{request}");
    }
}

#[test]
fn a_ledger_that_cannot_be_reached_is_said_and_waited_for() {
    let bench = bench();
    let mut bucket = Bucket::closed();
    let endpoint = format!(
        "[object_store]\nendpoint = \"http://{}\"\nregion = \"nowhere-1\"",
        bucket.address
    );
    bench.configure_further(&endpoint);
    has_signed_in(&bench, &[sign_in(&bench, "in", 30, 0)]);
    let credentials = "export AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x";
    let far = ["--ledger", "s3://halligan/watch"];
    let started = follow(&bench).with(far).after(credentials).start();
    let (started, line) = started.until_line("looking again in");
    assert!(line.contains("s3://halligan/watch"), "{line}");
    assert_eq!(bucket.paths(), Vec::<String>::new());
    bucket.open();
    let started = started.until_printed(&names("in"));
    let finished = started.interrupt().finish().exits(1);
    let looks = looks(&finished);
    assert_eq!(told(&looks), ["in"]);
    assert!(looks[0]["entry"].is_object(), "it is recorded: {looks:?}");
    let entries = bucket.paths();
    let expected = [0, 1].map(|index| format!("halligan/watch/entries/{index:08}.json"));
    assert_eq!(entries, expected, "the station joined, and one look");
}

#[test]
fn a_watch_that_ends_while_its_looks_fail_is_not_green() {
    let bench = bench();
    bench.tenant_fault("any=500,times=always");
    let started = follow(&bench).start().until("looking again in");
    let finished = started.interrupt().finish().exits(5);
    assert!(looks(&finished).is_empty());
}
