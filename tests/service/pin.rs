//! `halligan key pin change --key`, from outside: recorded, sealed, and found out after a crash.

use age::secrecy::ExposeSecret;
use halligan::custody::{Identity, open};
use halligan::emulator::Profile;
use halligan::ledger::SealedSecret;
use halligan::secret::Pin;
use serde_json::Value;

use crate::bench::{Bench, Command, Key, PIN, WRONG_PIN};

use super::{enrolled, open_ceremonies, resume, since, with_key};

/// What the key gets. As odd as the others, so that it stands in no output by chance.
const NEW_PIN: &str = "thimble-58264";

/// Alice, who can open what is sealed to her.
struct Custodian(Identity);

impl Custodian {
    fn of(bench: &Bench) -> Self {
        let secret = age::x25519::Identity::generate();
        bench.configure_further(&format!(
            "[[custody.custodian]]\nname = \"Alice\"\nrecipient = \"{}\"",
            secret.to_public()
        ));
        let text = secret.to_string();
        let file = text.expose_secret().as_bytes();
        Self(Identity::read("alice", file, &mut |_| None).unwrap())
    }

    /// The PIN that an entry of this kind holds; the newest.
    fn opens(&self, bench: &Bench, kind: &str) -> String {
        let entries = bench.entries();
        let entry = entries.iter().rfind(|entry| entry["kind"] == kind);
        let sealed: SealedSecret =
            serde_json::from_value(entry.unwrap()["body"]["pin"].clone()).unwrap();
        let opened = open::<Pin>(&sealed, std::slice::from_ref(&self.0)).unwrap();
        String::from_utf8(opened.secret.expose_bytes().to_vec()).unwrap()
    }
}

fn change(bench: &Bench, key: &Key, present: &str, new: &str) -> Command {
    let words = ["key", "pin", "change", "--key", "BG1-A"];
    with_key(bench, key, &words).pin(&format!("{present}\n{new}"))
}

/// Whether the key has this PIN.
fn has(bench: &Bench, key: &Key, pin: &str) -> bool {
    let list = with_key(bench, key, &["key", "credentials", "list"]);
    list.pin(pin).run().succeeded()
}

#[test]
fn the_new_pin_is_sealed_before_the_key_has_it() {
    let (bench, keys) = enrolled(&["BG1-A"]);
    let alice = Custodian::of(&bench);
    let before = bench.ledger().len();
    let changed = change(&bench, &keys[0], PIN, NEW_PIN).json().run().exits(0);
    let changed = changed
        .says_nothing_of(NEW_PIN)
        .says_nothing_of(PIN)
        .document();
    assert_eq!(changed["sealed_to"], serde_json::json!(["Alice"]));
    assert_eq!(since(&bench, before), ["pin.intended", "pin.changed"]);
    assert_eq!(alice.opens(&bench, "pin.intended"), NEW_PIN);
    assert!(has(&bench, &keys[0], NEW_PIN));
    open_ceremonies(&bench, 0);
    let life = bench.halligan(["ledger", "show", "--key", "BG1-A"]);
    life.run().exits(0).prints("sealed to Alice");
}

#[test]
fn a_generated_pin_is_known_to_custodians_only() {
    let (bench, keys) = enrolled(&["BG1-A"]);
    let words = ["key", "pin", "change", "--key", "BG1-A", "--pin-generate"];
    let generate = || with_key(&bench, &keys[0], &words).pin(PIN);
    generate().run().exits(2).says("no [custody]");
    let alice = Custodian::of(&bench);
    let ended = generate().run().exits(0);
    let pin = alice.opens(&bench, "pin.intended");
    ended.says_nothing_of(&pin);
    assert!(has(&bench, &keys[0], &pin));
}

#[test]
fn without_custodians_the_operator_keeps_the_pin() {
    let (bench, keys) = enrolled(&["BG1-A"]);
    change(&bench, &keys[0], PIN, NEW_PIN)
        .run()
        .exits(0)
        .prints("not sealed");
    let intent = bench
        .entries()
        .into_iter()
        .rfind(|entry| entry["kind"] == "pin.intended");
    assert_eq!(intent.unwrap()["body"]["pin"], Value::Null);
}

#[test]
fn the_wrong_key_or_pin_changes_nothing() {
    let (bench, keys) = enrolled(&["BG1-A", "BG1-B"]);
    let before = bench.ledger();
    change(&bench, &keys[1], PIN, NEW_PIN)
        .json()
        .run()
        .exits(3)
        .fails_with("wrong_key");
    change(&bench, &keys[0], PIN, "123")
        .json()
        .run()
        .exits(4)
        .fails_with("pin_unfit");
    assert_eq!(
        (keys[1].tries(), keys[0].tries(), bench.ledger()),
        (8, 8, before.clone())
    );
    change(&bench, &keys[0], WRONG_PIN, NEW_PIN)
        .json()
        .run()
        .exits(4)
        .fails_with("pin_wrong");
    assert_eq!(
        since(&bench, before.len()),
        ["pin.intended", "ceremony.failed", "ceremony.undone"]
    );
    assert!(has(&bench, &keys[0], PIN));
    open_ceremonies(&bench, 0);
}

#[test]
fn a_change_behind_the_ledgers_back_is_warned_of() {
    let (bench, keys) = enrolled(&["BG1-A"]);
    let before = bench.ledger();
    let words = ["key", "pin", "change"];
    let behind = with_key(&bench, &keys[0], &words).pin(&format!("{PIN}\n{NEW_PIN}"));
    behind.run().exits(0).says("will not be recorded");
    assert_eq!(bench.ledger(), before);
    let stranger = bench.key(Profile::default());
    stranger.set_pin();
    let unknown = with_key(&bench, &stranger, &words).pin(&format!("{PIN}\n{NEW_PIN}"));
    let unknown = unknown.run().exits(0);
    assert!(!unknown.stderr.contains("recorded"), "{}", unknown.shown());
}

/// A change of the PIN during which the key was pulled out, before or after it had taken the new one.
fn interrupted(fault: &str) -> (Bench, Vec<Key>, Custodian) {
    let (bench, keys) = enrolled(&["BG1-A"]);
    let alice = Custodian::of(&bench);
    keys[0].fault(fault);
    let words = ["key", "pin", "change", "--key", "BG1-A"];
    let pulled = bench
        .halligan(words)
        .with(["--device", keys[0].connection()]);
    let pulled = pulled.pin(&format!("{PIN}\n{NEW_PIN}")).run();
    pulled
        .exits(7)
        .says("whether the key took the new PIN is not known");
    keys[0].replug();
    open_ceremonies(&bench, 1);
    (bench, keys, alice)
}

const BEFORE: &str = "unplug@clientPIN,nth:3";
const AFTER: &str = "unplug=answer@clientPIN,nth:3";

#[test]
fn a_key_that_took_the_new_pin_is_found_out_with_one_try() {
    let (bench, keys, alice) = interrupted(AFTER);
    assert!(has(&bench, &keys[0], NEW_PIN));
    resume(&bench, &keys[0], &["--finish"])
        .pin(NEW_PIN)
        .run()
        .exits(0);
    assert_eq!(bench.ledger().last().unwrap(), "pin.changed");
    assert_eq!(alice.opens(&bench, "pin.changed"), NEW_PIN);
    open_ceremonies(&bench, 0);
}

#[test]
fn a_key_that_kept_the_old_pin_gets_the_new_one() {
    let (bench, keys, alice) = interrupted(BEFORE);
    let both = format!("{NEW_PIN}\n{PIN}");
    resume(&bench, &keys[0], &["--finish"])
        .pin(&both)
        .run()
        .exits(0);
    assert!(has(&bench, &keys[0], NEW_PIN));
    assert_eq!(alice.opens(&bench, "pin.changed"), NEW_PIN);
    open_ceremonies(&bench, 0);
}

#[test]
fn a_change_that_did_not_happen_is_undone_and_the_true_pin_sealed() {
    let (bench, keys, alice) = interrupted(BEFORE);
    let wrong = resume(&bench, &keys[0], &["--undo", "--json"]).pin(NEW_PIN);
    wrong.run().exits(7).fails_with("not_undoable");
    assert_eq!(keys[0].tries(), 7);
    resume(&bench, &keys[0], &["--undo"])
        .pin(PIN)
        .run()
        .exits(0);
    assert_eq!(bench.ledger().last().unwrap(), "ceremony.undone");
    assert_eq!(alice.opens(&bench, "ceremony.undone"), PIN);
    open_ceremonies(&bench, 0);
    change(&bench, &keys[0], PIN, NEW_PIN).run().exits(0);
}

#[test]
fn too_few_tries_are_not_spent_on_finding_out() {
    let (bench, keys, _alice) = interrupted(BEFORE);
    for _ in 0..5 {
        assert!(!has(&bench, &keys[0], WRONG_PIN));
        keys[0].replug();
    }
    let refused = resume(&bench, &keys[0], &["--json"]).pin(NEW_PIN).run();
    refused.exits(7).fails_with("not_finishable");
    assert_eq!(keys[0].tries(), 3);
}
