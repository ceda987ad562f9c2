//! `halligan ledger …`, from outside.

use std::sync::LazyLock;

use halligan::emulator::Profile;
use serde_json::{Value, json};

use crate::bench::{Bench, Snapshot};

/// A ledger that knows two keys and a check of each. Made once: the tests differ in what they do to it.
static TWO_KEYS: LazyLock<Snapshot> = LazyLock::new(|| {
    let bench = Bench::new();
    for (number, label) in ["BG1-A", "BG2-A"].into_iter().enumerate() {
        let key = bench.key(Profile::default());
        let account = bench.account(number);
        bench.enroll_for(&account, &key, label).run().exits(0);
        bench.check(&key, label).run().exits(0);
    }
    Snapshot::of(&bench.path("ledger"))
});

/// A bench with a copy of that ledger.
fn two_keys() -> Bench {
    let bench = Bench::new();
    TWO_KEYS.restore(&bench.path("ledger"));
    bench
}

#[test]
fn show_tells_every_entry_in_order() {
    let bench = two_keys();
    let entries = bench.entries();
    let indexes: Vec<u64> = entries
        .iter()
        .map(|entry| entry["index"].as_u64().unwrap())
        .collect();
    assert_eq!(indexes, (0..13).collect::<Vec<_>>());
    for entry in &entries {
        assert_eq!(entry["station"], "workbench");
        assert!(entry["time"].as_str().unwrap().ends_with('Z'));
    }
    let shown = bench.halligan(["ledger", "show"]).run().exits(0);
    assert_eq!(shown.stdout.lines().count(), entries.len());
    shown
        .prints("key.checked")
        .prints(": passed")
        .prints("signed by the key");
}

#[test]
fn show_tells_the_life_of_one_key() {
    let bench = two_keys();
    let life = bench
        .halligan(["ledger", "show", "--key", "BG2-A", "--json"])
        .run()
        .exits(0)
        .document();
    let kinds: Vec<&Value> = life["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["kind"])
        .collect();
    assert_eq!(
        kinds,
        [
            "enroll.intended",
            "enroll.pin_set",
            "enroll.credential_created",
            "enroll.registered",
            "key.enrolled",
            "key.checked"
        ]
    );
    let nobody = ["ledger", "show", "--key", "BG9-Z"];
    let nobody = bench.halligan(nobody).run().exits(0);
    nobody.prints("says nothing of BG9-Z");
}

#[test]
fn verify_names_head_and_number_of_entries() {
    let bench = two_keys();
    let verified = bench.verified_ledger();
    let last = bench.entries().pop().unwrap();
    assert_eq!(verified["entries"], 13);
    assert_eq!(
        verified["head"],
        json!({"index": last["index"], "hash": last["hash"]})
    );
    let text = bench.halligan(["ledger", "verify"]).run().exits(0);
    text.prints("13 entries verified")
        .prints(last["hash"].as_str().unwrap());
}

#[test]
fn looking_needs_neither_configuration_nor_station_and_writes_nothing() {
    let bench = two_keys();
    std::fs::remove_file(bench.path("halligan.toml")).unwrap();
    let before = Snapshot::of(&bench.path("ledger"));
    bench.verified_ledger();
    let elsewhere = format!("file:{}", bench.path("ledger").display());
    bench
        .halligan(["ledger", "show", "--ledger", &elsewhere])
        .run()
        .exits(0);
    assert_eq!(Snapshot::of(&bench.path("ledger")), before);
    assert!(!bench.path("station").exists());
}

#[test]
fn no_ledger_is_told_from_an_empty_one() {
    let bench = Bench::new();
    for command in ["show", "verify"] {
        let absent = bench.halligan(["ledger", command, "--json"]).run();
        absent.exits(6).fails_with("ledger_absent");
        let wrong = [
            "ledger",
            command,
            "--ledger",
            "https://example.org/",
            "--json",
        ];
        bench
            .halligan(wrong)
            .run()
            .exits(2)
            .fails_with("ledger_location");
    }
    std::fs::create_dir_all(bench.path("ledger/entries")).unwrap();
    bench
        .halligan(["ledger", "verify"])
        .run()
        .exits(0)
        .prints("The ledger is empty.");
    bench
        .halligan(["ledger", "show"])
        .run()
        .exits(0)
        .prints("No entries.");
    assert_eq!(bench.verified_ledger()["entries"], 0);
}

#[test]
fn every_flipped_byte_is_found_and_its_entry_named() {
    let bench = two_keys();
    for (number, at) in [(0_u64, 0.3), (3, 0.9), (5, 0.5), (12, 0.99)] {
        let path = bench.path(&format!("ledger/entries/{number:08}.json"));
        let intact = std::fs::read(&path).unwrap();
        let mut tampered = intact.clone();
        let length = u32::try_from(tampered.len()).unwrap();
        let place = (1..length)
            .rfind(|place| f64::from(*place) < f64::from(length) * at)
            .unwrap();
        tampered[usize::try_from(place).unwrap()] ^= 0x01;
        std::fs::write(&path, &tampered).unwrap();
        let found = bench
            .halligan(["ledger", "verify", "--json"])
            .run()
            .exits(1)
            .document();
        assert_eq!(
            (&found["ok"], &found["failure"]["index"]),
            (&json!(false), &json!(number))
        );
        assert_eq!(found["entries"], number);
        let text = bench.halligan(["ledger", "verify"]).run().exits(1);
        text.prints(&format!("NOT CONSISTENT: entry {number}"));
        std::fs::write(&path, intact).unwrap();
    }
    bench.verified_ledger();
}

#[test]
fn an_entry_that_was_removed_is_missed() {
    let bench = two_keys();
    std::fs::remove_file(bench.path("ledger/entries/00000004.json")).unwrap();
    let found = bench
        .halligan(["ledger", "verify", "--json"])
        .run()
        .exits(1)
        .document();
    assert_eq!(found["failure"]["defect"], "missing");
    assert_eq!(found["failure"]["index"], 4);
}

#[test]
fn a_stranger_among_the_entries_is_a_warning() {
    let bench = two_keys();
    std::fs::write(bench.path("ledger/entries/notes.txt"), "x").unwrap();
    let verified = bench.verified_ledger();
    assert!(
        verified["warnings"][0]
            .as_str()
            .unwrap()
            .contains("notes.txt"),
        "{verified}"
    );
}
