//! What a key was like over time, from outside: `halligan check`, `halligan key test --key` and `halligan key history`.

use halligan::ctap::Permissions;
use halligan::emulator::Profile;
use halligan::secret::Pin;
use serde_json::{Value, json};

use crate::bench::{Bench, Command, Finished, Key, PIN, WRONG_PIN};

/// A bench with one enrolled key.
fn enrolled() -> (Bench, Key) {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.enroll(&key, "BG1-A").run().exits(0);
    (bench, key)
}

fn history(bench: &Bench) -> Command {
    bench.halligan(["key", "history", "BG1-A"])
}

/// Verdict and reason of the subject `unchanged`.
fn unchanged(checked: &Finished) -> (String, String) {
    let document = checked.document();
    let findings = document["findings"].as_array().unwrap().iter();
    let mut those = findings.filter(|finding| finding["subject"] == "unchanged");
    let finding = those.next().unwrap();
    let text = |member: &str| finding[member].as_str().unwrap_or_default().to_owned();
    (text("verdict"), text("why"))
}

/// A check that finds a change that nobody recorded.
#[track_caller]
fn is_changed(bench: &Bench, key: &Key, what: &str) {
    let checked = bench.check(key, "BG1-A").json().run().exits(1);
    let (verdict, why) = unchanged(&checked);
    assert_eq!(verdict, "fail", "{why}");
    assert!(why.contains(what), "{why:?} does not say {what:?}");
    history(bench).run().exits(1).prints(what);
    bench.verified_ledger();
}

/// A check that finds the key as it should be.
#[track_caller]
fn is_unchanged(bench: &Bench, key: &Key) -> String {
    let checked = bench.check(key, "BG1-A").pin(PIN).json().run().exits(0);
    let (verdict, why) = unchanged(&checked);
    assert_eq!(verdict, "pass");
    history(bench).run().exits(0);
    why
}

#[test]
fn a_key_that_is_left_alone_is_as_it_was() {
    let (bench, key) = enrolled();
    history(&bench).run().exits(0).prints("Seen once");
    for _ in 0..2 {
        assert_eq!(is_unchanged(&bench, &key), "");
    }
    let told = history(&bench).json().run().exits(0).document();
    assert_eq!(told["schema"], "halligan.key.history/1");
    let observations = told["observations"].as_array().unwrap();
    let kinds: Vec<_> = observations.iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, ["key.enrolled", "key.checked", "key.checked"]);
    for one in observations {
        let observed = &one["observed"];
        assert_eq!(observed["pin_retries"], 8);
        assert_eq!(observed["options"]["clientPin"], true);
        assert_eq!(observed["firmware"], "65536");
        assert!(observed["latency"]["getInfo"]["median_us"].is_u64());
        assert_eq!(one["changes"], json!([]));
    }
    // What getInfo said of the room for credentials before there was the credential says nothing later.
    let left = |one: &Value| one["observed"]["credentials_left"].clone();
    assert_eq!(left(&observations[0]), Value::Null);
    assert_eq!(left(&observations[1]), 99);
    assert_eq!(told["baseline"], observations[0]["index"]);
    bench.verified_ledger();
}

#[test]
fn a_touch_is_no_latency_of_the_key() {
    let (bench, key) = enrolled();
    let full = bench.check(&key, "BG1-A").with(["--full"]).pin(PIN);
    full.run().exits(0);
    for entry in bench.entries() {
        let latency = &entry["body"]["observed"]["latency"];
        assert_eq!(latency.get("makeCredential"), None, "{latency}");
    }
}

#[test]
fn pins_that_somebody_tried_are_found_until_the_right_one_restores_the_counter() {
    let (bench, key) = enrolled();
    is_unchanged(&bench, &key);
    let wrong = Pin::new(WRONG_PIN).unwrap();
    for _ in 0..2 {
        let mut open = key.open();
        let tried = open.pin_uv_auth(&wrong, Permissions::CM, None);
        assert!(tried.is_err());
    }
    is_changed(
        &bench,
        &key,
        "PIN tries 8, now 6: somebody tried PINs on the key",
    );
    // The check that restores the counter is still one that found it lowered.
    let full = bench.check(&key, "BG1-A").with(["--full"]).pin(PIN);
    full.run().exits(1);
    is_unchanged(&bench, &key);
    // What happened stays in the table.
    history(&bench).run().exits(0).prints("somebody tried PINs");
}

#[test]
fn firmware_that_was_updated_fails_until_it_is_accepted() {
    let (bench, key) = enrolled();
    is_unchanged(&bench, &key);
    let key = key.turned_into(Profile {
        firmware_version: 0x0001_0001,
        ..Profile::default()
    });
    is_changed(&bench, &key, "firmware 65536, now 65537");
    is_changed(&bench, &key, "firmware 65536, now 65537");
    let accept = ["--accept-changes", "updated by the maker's tool"];
    let accepted = bench.check(&key, "BG1-A").with(accept).json();
    let (verdict, why) = unchanged(&accepted.run().exits(0));
    assert_eq!(verdict, "pass");
    assert!(why.starts_with("accepted (updated by the maker's tool): firmware"));
    assert_eq!(is_unchanged(&bench, &key), "");
    let told = history(&bench).json().run().exits(0).document();
    let observations = told["observations"].as_array().unwrap();
    assert_eq!(observations[4]["accepted"], accept[1]);
    assert_eq!(told["baseline"], observations[4]["index"]);
    // And back again is another change.
    let key = key.turned_into(Profile::default());
    is_changed(&bench, &key, "firmware 65537, now 65536");
}

#[test]
fn nothing_is_accepted_where_nothing_has_changed() {
    let (bench, key) = enrolled();
    let accept = ["--accept-changes", "to be on the safe side"];
    let checked = bench.check(&key, "BG1-A").with(accept).run().exits(0);
    checked.says("nothing on the key has changed");
    let entry = bench.entries().pop().unwrap();
    assert_eq!(entry["body"].get("accepted"), None);
    let empty = bench.check(&key, "BG1-A").with(["--accept-changes", " "]);
    empty.run().exits(2);
}

#[test]
fn settings_are_explained_by_the_ledger_and_not_without_it() {
    let (bench, key) = enrolled();
    let set = |words: &[&str]| {
        let set = ["key", "config", "set", "--yes", "--device", key.address()];
        let set = bench.halligan(set).with(words.iter().copied());
        set.pin(PIN).run().exits(0);
    };
    set(&[
        "--key",
        "BG1-A",
        "--min-pin-length",
        "6",
        "--always-uv",
        "on",
    ]);
    let why = is_unchanged(&bench, &key);
    assert!(
        why.contains("minimum PIN length 4, now 6: by entry"),
        "{why}"
    );
    assert!(
        why.contains("option alwaysUv off, now on: by entry"),
        "{why}"
    );
    // Without a label nothing is recorded.
    set(&["--min-pin-length", "8"]);
    let checked = bench.check(&key, "BG1-A").pin(PIN).json().run().exits(1);
    let (verdict, why) = unchanged(&checked);
    assert_eq!(verdict, "fail");
    assert!(why.contains("minimum PIN length 4, now 8: it was set to another value since"));
    assert!(!why.contains("alwaysUv"), "{why}");
}

#[test]
fn a_key_that_became_slow_is_told_and_passes() {
    let (bench, key) = enrolled();
    is_unchanged(&bench, &key);
    key.fault("delay=2s@getInfo");
    let why = is_unchanged(&bench, &key);
    assert!(why.contains("time of getInfo"), "{why}");
    history(&bench).run().exits(0).prints("time of getInfo");
}

#[test]
fn another_credential_on_the_key_is_found_unless_the_ledger_has_it() {
    let (bench, key) = enrolled();
    is_unchanged(&bench, &key);
    let second = bench.account(1);
    bench.enroll_for(&second, &key, "BG2-A").run().exits(0);
    let why = is_unchanged(&bench, &key);
    assert!(
        why.contains("room for credentials 99, now 98: by entry"),
        "{why}"
    );
}

#[test]
fn a_check_for_which_the_key_did_not_sign_says_nothing_of_the_key() {
    let (bench, key) = enrolled();
    let stranger = bench.key(Profile {
        firmware_version: 7,
        ..Profile::default()
    });
    stranger.set_pin();
    bench.check(&stranger, "BG1-A").run().exits(1);
    let told = history(&bench).json().run().exits(0).document();
    assert_eq!(told["observations"].as_array().unwrap().len(), 1);
    is_unchanged(&bench, &key);
}

#[test]
fn a_copy_of_the_ledger_is_enough() {
    let (bench, key) = enrolled();
    is_unchanged(&bench, &key);
    let export = ["ledger", "export", "--output", "copy.jsonl"];
    bench.halligan(export).run().exits(0);
    let copy = ["--config", "elsewhere.toml", "--ledger", "jsonl:copy.jsonl"];
    std::fs::write(bench.path("elsewhere.toml"), "").unwrap();
    let told = history(&bench).with(copy).run().exits(0);
    told.prints("key.checked");
    let unknown = bench.halligan(["key", "history", "BG9-Z", "--json"]);
    unknown.run().exits(2).fails_with("unknown_label");
}

fn test(bench: &Bench, key: &Key, label: &str) -> Command {
    let test = ["key", "test", "--only", "info", "--key", label, "--json"];
    bench.halligan(test).with(["--device", key.connection()])
}

#[test]
fn a_test_of_an_enrolled_key_is_recorded_and_is_no_sign_of_life() {
    let (bench, key) = enrolled();
    let life = || {
        let show = ["ledger", "show", "--key", "BG1-A", "--json"];
        bench.halligan(show).run().exits(0).document()["key"]["last_proof"].clone()
    };
    let before = life();
    let tested = test(&bench, &key, "BG1-A").run().exits(0).document();
    let entry = bench.entries().pop().unwrap();
    assert_eq!(entry["kind"], "key.tested");
    assert_eq!(entry["hash"], tested["entry"]["hash"]);
    assert_eq!(
        (&entry["body"]["passed"], &entry["proven"]),
        (&json!(true), &json!(false))
    );
    let checks = entry["body"]["checks"].as_array().unwrap();
    assert_eq!(checks.len(), tested["checks"].as_array().unwrap().len());
    assert_eq!(entry["body"]["observed"]["pin_retries"], 8);
    assert_eq!(life(), before);
    let told = history(&bench).json().run().exits(0).document();
    assert_eq!(told["observations"][1]["kind"], "key.tested");
    let show = ["ledger", "show", "--key", "BG1-A"];
    bench.halligan(show).run().exits(0).prints("tested: ");
    bench.verified_ledger();
}

#[test]
fn a_test_is_recorded_only_of_the_key_itself_and_only_whole() {
    let (bench, key) = enrolled();
    let before = bench.ledger();
    let stranger = bench.key(Profile::default());
    let refused = test(&bench, &stranger, "BG1-A").run().exits(3);
    refused.fails_with("wrong_key");
    let unknown = test(&bench, &key, "BG9-Z").run().exits(2);
    unknown.fails_with("unknown_label");
    key.fault("unplug@makeCredential");
    let cut_off = ["key", "test", "--only", "make-credential", "--key", "BG1-A"];
    let cut_off = bench.halligan(cut_off).with(["--device", key.connection()]);
    cut_off.pin(PIN).run().exits(3);
    assert_eq!(bench.ledger(), before);
}

#[test]
fn a_test_that_fails_is_recorded_as_failed() {
    let (bench, key) = enrolled();
    key.fault("bad-signature");
    let test = [
        "key",
        "test",
        "--only",
        "assertion-signature",
        "--key",
        "BG1-A",
    ];
    let test = bench.halligan(test).with(["--device", key.address()]);
    test.pin(PIN).run().exits(1).prints("recorded as entry");
    let entry = bench.entries().pop().unwrap();
    assert_eq!(entry["body"]["passed"], false);
    let show = ["ledger", "show", "--key", "BG1-A"];
    bench
        .halligan(show)
        .run()
        .exits(0)
        .prints("tested: NOT PASSED");
}
