//! `halligan key reset`, from outside.

use std::time::Duration;

use halligan::emulator::Profile;
use halligan::emulator::profile::ResetWindow;
use halligan::emulator::touch::Never;
use serde_json::Value;

use crate::bench::{Bench, Command, Finger, Key, PIN};

use super::{enrolled, open_ceremonies, resume, since, with_key};

fn reset(bench: &Bench, key: &Key, words: &[&str]) -> Command {
    let command = with_key(bench, key, &["key", "reset"]);
    command.with(words.iter().copied())
}

fn is_fresh(key: &Key) -> bool {
    key.open().info().options.client_pin == Some(false)
}

#[test]
fn a_reset_says_what_is_lost_and_wants_the_label() {
    let (bench, keys) = enrolled(&["BG1-A"]);
    let before = bench.ledger();
    let plan = reset(&bench, &keys[0], &["--key", "BG1-A", "--dry-run", "--json"]);
    let plan = plan.run().exits(0).document();
    assert_eq!(plan["losses"][0]["registered"], true);
    let refused = reset(&bench, &keys[0], &["--key", "BG1-A"]).run().exits(2);
    refused.says("STILL REGISTERED").says("was not typed");
    reset(&bench, &keys[0], &["--key", "BG1-A", "--confirm", "yes"])
        .run()
        .exits(2);
    assert_eq!(
        (bench.ledger(), is_fresh(&keys[0])),
        (before.clone(), false)
    );
    let agreed = reset(&bench, &keys[0], &["--key", "BG1-A", "--confirm", "BG1-A"]);
    agreed.run().exits(0).prints("Lost with that");
    assert!(is_fresh(&keys[0]));
    assert_eq!(
        since(&bench, before.len()),
        ["reset.intended", "reset.performed"]
    );
    open_ceremonies(&bench, 0);
    let life = bench.halligan(["ledger", "show", "--key", "BG1-A"]);
    life.run().exits(0).prints("RESET by entry");
}

#[test]
fn a_retired_key_is_reset_without_typing() {
    let (bench, keys) = enrolled(&["BG1-A", "BG1-B", "BG1-C"]);
    let retire = ["retire", "--key", "BG1-A", "--reason", "rotated"];
    bench.halligan(retire).run().exits(0);
    let done = reset(&bench, &keys[0], &["--json"])
        .run()
        .exits(0)
        .document();
    assert_eq!(
        (&done["losses"][0]["retired"], is_fresh(&keys[0])),
        (&true.into(), true)
    );
}

#[test]
fn all_credentials_of_the_key_are_lost_and_recorded() {
    let (bench, keys) = enrolled(&["BG1-A"]);
    let second = bench.account(1);
    bench.enroll_for(&second, &keys[0], "BG2-A").run().exits(0);
    let before = bench.ledger().len();
    let done = reset(
        &bench,
        &keys[0],
        &["--key", "BG1-A", "--confirm", "BG1-A", "--json"],
    );
    let done = done.run().exits(0).document();
    let labels: Vec<&Value> = done["losses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|loss| &loss["label"])
        .collect();
    assert_eq!(labels, ["BG1-A", "BG2-A"]);
    let kinds = since(&bench, before);
    assert_eq!(
        kinds,
        [
            "reset.intended",
            "reset.intended",
            "reset.performed",
            "reset.performed"
        ]
    );
    open_ceremonies(&bench, 0);
}

const AGREED: [&str; 4] = ["--key", "BG1-A", "--confirm", "BG1-A"];

/// A key that is plugged in anew, with these words on the command line.
fn plugged_in_anew(window: ResetWindow, plug_in: fn(&Key), words: &[&str]) -> (Bench, Key) {
    let bench = Bench::new();
    let key = bench.key(Profile {
        reset_window: window,
        ..Profile::default()
    });
    bench.enroll(&key, "BG1-A").run().exits(0);
    if let ResetWindow::AfterPowerUp(time) = window {
        std::thread::sleep(time);
    }
    let running = reset(&bench, &key, words).with(["--events"]);
    let (running, _) = running.start().until_event("reinsert_key");
    plug_in(&key);
    running.finish().exits(0);
    assert!(is_fresh(&key));
    (bench, key)
}

#[test]
fn a_key_that_wants_to_be_plugged_in_anew_is_waited_for() {
    let window = ResetWindow::AfterPowerUp(Duration::from_secs(10));
    let (bench, _key) = plugged_in_anew(window, Key::reinsert, &AGREED);
    assert_eq!(bench.ledger().last().unwrap(), "reset.performed");
}

#[test]
fn a_key_that_loses_power_and_keeps_its_channel_is_noticed() {
    // A key that takes a reset as its first command only may have to be plugged in twice: the power may go in the middle of an
    // answer, and then it is asked which key it is.
    let window = ResetWindow::AfterPowerUp(Duration::from_secs(5));
    let (bench, _key) = plugged_in_anew(window, Key::replug, &AGREED);
    assert_eq!(bench.ledger().last().unwrap(), "reset.performed");
    open_ceremonies(&bench, 0);
}

#[test]
fn a_long_touch_is_asked_for_and_a_short_one_resets_nothing() {
    let bench = Bench::new();
    let key = bench.key(Profile {
        long_touch_for_reset: true,
        ..Profile::default()
    });
    bench.enroll(&key, "BG1-A").run().exits(0);
    let finger = Finger::default();
    key.touched_by(finger.clone());
    let touched = || {
        let waiting = reset(&bench, &key, &AGREED).start();
        let waiting = waiting
            .until("wants a long touch")
            .until("Touch the key now");
        finger.touch();
        waiting
    };
    let short = touched();
    std::thread::sleep(Duration::from_secs(1));
    finger.lift();
    short.interrupt().finish().exits(7);
    assert_eq!(bench.ledger().last().unwrap(), "ceremony.undone");
    assert_eq!(key.credentials().len(), 1);
    touched().finish().exits(0);
    assert!(is_fresh(&key));
    assert_eq!(bench.ledger().last().unwrap(), "reset.performed");
    open_ceremonies(&bench, 0);
}

#[test]
fn another_key_is_not_reset() {
    let (bench, keys) = enrolled(&["BG1-A", "BG1-B"]);
    let wrong = reset(
        &bench,
        &keys[1],
        &["--key", "BG1-A", "--confirm", "BG1-A", "--json"],
    );
    wrong.run().exits(3).fails_with("wrong_key");
    assert!(!is_fresh(&keys[1]));
}

#[test]
fn a_stranger_is_reset_without_a_record() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.set_pin();
    reset(&bench, &key, &["--json"])
        .run()
        .exits(2)
        .fails_with("declined");
    reset(&bench, &key, &["--confirm", "reset"]).run().exits(0);
    assert!(is_fresh(&key));
    assert_eq!(bench.ledger(), Vec::<String>::new());
}

#[test]
fn a_touch_that_does_not_come_resets_nothing() {
    let (bench, keys) = enrolled(&["BG1-A"]);
    keys[0].touched_by(Never);
    let waiting = reset(&bench, &keys[0], &["--key", "BG1-A", "--confirm", "BG1-A"]);
    let waiting = waiting.start().until("Touch the key now");
    waiting.interrupt().finish().exits(7);
    assert_eq!(bench.ledger().last().unwrap(), "ceremony.undone");
    assert_eq!(keys[0].credentials().len(), 1);
    open_ceremonies(&bench, 0);
}

/// A reset during which the key was pulled out.
fn interrupted(fault: &str) -> (Bench, Vec<Key>) {
    let (bench, keys) = enrolled(&["BG1-A"]);
    keys[0].fault(fault);
    let words = ["key", "reset", "--key", "BG1-A", "--confirm", "BG1-A"];
    let pulled = bench
        .halligan(words)
        .with(["--device", keys[0].connection()]);
    pulled
        .run()
        .exits(7)
        .says("whether the key was reset is not known");
    keys[0].replug();
    open_ceremonies(&bench, 1);
    (bench, keys)
}

#[test]
fn a_reset_that_did_not_happen_is_undone_or_done() {
    let (bench, keys) = interrupted("unplug-on=reset");
    let shown = bench
        .halligan(["resume", "--device", keys[0].address()])
        .run();
    shown.exits(0).prints("it was not reset");
    resume(&bench, &keys[0], &["--undo"]).run().exits(0);
    assert_eq!(
        (
            bench.ledger().last().unwrap().as_str(),
            keys[0].credentials().len()
        ),
        ("ceremony.undone", 1)
    );
    let (bench, keys) = interrupted("unplug-on=reset");
    resume(&bench, &keys[0], &["--finish"])
        .run()
        .exits(2)
        .says("was not typed");
    resume(&bench, &keys[0], &["--finish", "--confirm", "BG1-A"])
        .run()
        .exits(0);
    assert!(is_fresh(&keys[0]));
    assert_eq!(bench.ledger().last().unwrap(), "reset.performed");
}

#[test]
fn a_reset_that_happened_is_recorded() {
    let (bench, keys) = interrupted("unplug=answer@reset");
    assert!(is_fresh(&keys[0]));
    let undo = resume(&bench, &keys[0], &["--undo", "--json"]).run();
    undo.exits(7).fails_with("not_undoable");
    resume(&bench, &keys[0], &["--confirm", "BG1-A"])
        .run()
        .exits(0);
    assert_eq!(bench.ledger().last().unwrap(), "reset.performed");
    open_ceremonies(&bench, 0);
    // A label is never given twice, so the key comes back under another.
    bench.enroll(&keys[0], "BG1-D").pin(PIN).run().exits(0);
}

#[test]
fn a_reset_that_a_key_did_not_answer_before_it_was_gone_is_not_known() {
    let (bench, keys) = enrolled(&["BG1-A"]);
    // It wants to be plugged in anew, takes the reset when it is asked again, and is pulled out before it says so.
    keys[0].faults(&["status=0x30@reset,times:1", "unplug=answer@reset,nth:2"]);
    let running = bench.halligan(["key", "reset"]).with(AGREED);
    let running = running.with(["--device", keys[0].connection()]).start();
    while !keys[0].is_gone() {
        std::thread::sleep(Duration::from_millis(5));
    }
    keys[0].replug();
    let stopped = running.finish().exits(7);
    stopped.says("whether the key was reset is not known");
    open_ceremonies(&bench, 1);
    resume(&bench, &keys[0], &["--confirm", "BG1-A"])
        .run()
        .exits(0);
    assert_eq!(bench.ledger().last().unwrap(), "reset.performed");
}
