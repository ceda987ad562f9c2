//! `halligan key config`, from outside.

use halligan::emulator::Profile;
use serde_json::{Value, json};

use crate::bench::{Bench, Command, Key, PIN, WRONG_PIN};

use super::{enrolled, open_ceremonies, settings_stopped, since, with_key};

fn set(bench: &Bench, key: &Key, words: &[&str]) -> Command {
    let command = with_key(bench, key, &["key", "config", "set"]);
    command.with(words.iter().copied())
}

/// The value of a setting, as `key config show` tells it.
fn value(bench: &Bench, key: &Key, setting: &str) -> Value {
    let shown = with_key(bench, key, &["key", "config", "show", "--json"]);
    let shown = shown.run().exits(0).document();
    let rows = shown["settings"].as_array().unwrap();
    let row = rows.iter().find(|row| row["setting"] == setting);
    row.unwrap()["value"].clone()
}

#[test]
fn settings_are_shown_agreed_to_and_recorded() {
    let (bench, keys) = enrolled(&["BG1-A"]);
    let key = &keys[0];
    let before = bench.ledger().len();
    let words = [
        "--key",
        "BG1-A",
        "--min-pin-length",
        "8",
        "--always-uv",
        "on",
    ];
    let agreed = set(&bench, key, &words).with(["--yes", "--json"]).pin(PIN);
    let set_to = agreed.run().exits(0).document();
    assert_eq!(set_to["applied"], true);
    assert_eq!(set_to["changes"][1]["taken_back_by"], "reset");
    assert_eq!(since(&bench, before), ["config.intended", "config.applied"]);
    assert_eq!(value(&bench, key, "min_pin_length"), 8);
    assert_eq!(value(&bench, key, "always_uv"), true);
    // The same once more asks for nothing and records nothing.
    let again = set(&bench, key, &words).run().exits(0);
    again.prints("like that already");
    assert_eq!(bench.ledger().len(), before + 2);
    let off = set(
        &bench,
        key,
        &["--key", "BG1-A", "--always-uv", "off", "--yes"],
    );
    off.pin(PIN).run().exits(0);
    assert_eq!(value(&bench, key, "always_uv"), false);
    open_ceremonies(&bench, 0);
}

#[test]
fn every_setting_reaches_the_key() {
    let (bench, keys) = enrolled(&["BG1-A"]);
    let key = &keys[0];
    let words = [
        "--key",
        "BG1-A",
        "--min-pin-length",
        "6",
        "--min-pin-length-rp-id",
        "login.microsoft.com",
        "--force-pin-change",
        "--yes",
        "--json",
    ];
    let done = set(&bench, key, &words).pin(PIN).run().exits(0).document();
    let names: Vec<&Value> = done["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| &change["setting"])
        .collect();
    assert_eq!(
        names,
        [
            &json!("min_pin_length"),
            &json!("min_pin_length_rp_ids"),
            &json!("force_pin_change")
        ]
    );
    assert_eq!(value(&bench, key, "force_pin_change"), true);
    let body = bench.entries().pop().unwrap()["body"].clone();
    assert_eq!(
        body["settings"]["min_pin_length_rp_ids"],
        json!(["login.microsoft.com"])
    );
    bench
        .check(key, "BG1-A")
        .run()
        .exits(1)
        .prints("demands that its PIN be changed");
}

#[test]
fn nobody_at_the_terminal_agrees_to_nothing() {
    let (bench, keys) = enrolled(&["BG1-A"]);
    let before = bench.ledger();
    let words = ["--key", "BG1-A", "--min-pin-length", "8", "--json"];
    let refused = set(&bench, &keys[0], &words).pin(PIN).run().exits(2);
    refused.fails_with("declined");
    let dry = set(&bench, &keys[0], &words)
        .with(["--dry-run"])
        .run()
        .exits(0)
        .document();
    assert_eq!(
        (&dry["applied"], &dry["changes"][0]["to"]),
        (&false.into(), &"8".into())
    );
    assert_eq!(bench.ledger(), before);
    assert_eq!(value(&bench, &keys[0], "min_pin_length"), 4);
}

#[test]
fn what_a_key_cannot_have_is_refused_before_anything_is_asked() {
    let (bench, keys) = enrolled(&["BG1-A"]);
    let key = &keys[0];
    set(&bench, key, &["--min-pin-length", "8", "--yes"])
        .pin(PIN)
        .run()
        .exits(0);
    for (words, why) in [
        (vec!["--min-pin-length", "6"], "only a reset lowers"),
        (vec![], "no setting is named"),
    ] {
        set(&bench, key, &words).run().exits(2).says(why);
    }
    set(&bench, key, &["--always-uv", "maybe"]).run().exits(2);
    set(&bench, key, &["--min-pin-length", "64"]).run().exits(2);
    set(&bench, key, &["--min-pin-length-rp-id", "https://x"])
        .run()
        .exits(2);
    let old = bench.key(Profile::preview());
    set(&bench, &old, &["--always-uv", "on", "--json"])
        .run()
        .exits(2)
        .fails_with("setting_impossible");
}

#[test]
fn a_stranger_is_set_without_a_record() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    // Without a PIN a key takes settings from anybody.
    let fresh = set(&bench, &key, &["--min-pin-length", "6", "--yes"]);
    fresh.run().exits(0).prints("min_pin_length");
    assert_eq!(value(&bench, &key, "min_pin_length"), 6);
    assert_eq!(bench.ledger(), Vec::<String>::new());
}

#[test]
fn the_wrong_key_or_pin_changes_nothing() {
    let (bench, keys) = enrolled(&["BG1-A", "BG1-B"]);
    let before = bench.ledger();
    let words = ["--key", "BG1-A", "--min-pin-length", "8", "--yes", "--json"];
    let wrong = set(&bench, &keys[1], &words).pin(PIN).run().exits(3);
    wrong.fails_with("wrong_key");
    assert_eq!((keys[1].tries(), bench.ledger()), (8, before.clone()));
    let wrong = set(&bench, &keys[0], &words).pin(WRONG_PIN).run().exits(4);
    wrong.fails_with("pin_wrong");
    assert_eq!(
        since(&bench, before.len()),
        ["config.intended", "ceremony.failed", "ceremony.undone"]
    );
    assert_eq!(value(&bench, &keys[0], "min_pin_length"), 4);
    open_ceremonies(&bench, 0);
}

#[test]
fn a_key_pulled_out_in_the_middle_leaves_an_open_ceremony() {
    let (bench, keys, stopped) = settings_stopped("unplug-on=config");
    stopped.says("is not known");
    open_ceremonies(&bench, 1);
    let again = set(
        &bench,
        &keys[0],
        &["--key", "BG1-A", "--always-uv", "on", "--json"],
    );
    again.run().exits(7).fails_with("ceremony_open");
}

#[test]
fn no_room_for_the_intent_leaves_the_key_as_it_is() {
    let (bench, keys) = enrolled(&["BG1-A"]);
    let words = ["--key", "BG1-A", "--min-pin-length", "8", "--yes", "--json"];
    let full = set(&bench, &keys[0], &words).after("trap '' XFSZ; ulimit -f 0");
    full.pin(PIN).run().exits(6).fails_with("ledger_full_disk");
    assert_eq!(value(&bench, &keys[0], "min_pin_length"), 4);
    open_ceremonies(&bench, 0);
}
