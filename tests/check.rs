//! `halligan check`, from outside: does an enrolled key still work, and is it the right one?

use halligan::ceremony;
use halligan::ceremony::check::Evidence;
use halligan::ctap::command::GET_ASSERTION;
use halligan::ctap::status::Status;
use halligan::emulator::Profile;
use halligan::encoding::cbor::{self, Value};
use serde_json::Value as Json;

use crate::bench::{Bench, Finished, Key, PIN, Person, WRONG_PIN};

/// A bench with one enrolled key.
fn enrolled() -> (Bench, Key) {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.enroll(&key, "BG1-A").run().exits(0);
    (bench, key)
}

/// The verdict on a subject, and the reason.
fn verdict(checked: &Finished, subject: &str) -> (String, String) {
    let document = checked.document();
    let findings = document["findings"].as_array().unwrap();
    let finding = findings
        .iter()
        .find(|finding| finding["subject"] == subject)
        .unwrap_or_else(|| panic!("nothing is said about {subject}: {document}"));
    let text = |member: &str| finding[member].as_str().unwrap_or_default().to_owned();
    (text("verdict"), text("why"))
}

#[track_caller]
fn is_not_safe(checked: Finished, subject: &str, why: &str) {
    let checked = checked.exits(1);
    assert_eq!(checked.document()["ok"], false);
    let (verdict, reason) = verdict(&checked, subject);
    assert_eq!(verdict, "fail", "{subject}: {}", checked.shown());
    assert!(reason.contains(why), "{reason:?} does not say {why:?}");
}

#[test]
fn a_living_key_signs_the_head_of_the_ledger() {
    let (bench, key) = enrolled();
    let checked = bench.check(&key, "BG1-A").json().run().exits(0).document();
    assert_eq!(
        (&checked["ok"], &checked["passed"]),
        (&Json::Bool(true), &Json::Bool(true))
    );
    let entry = bench.entries().pop().unwrap();
    assert_eq!(entry["kind"], "key.checked");
    assert_eq!(entry["proven"], true);
    assert_eq!(entry["hash"], checked["entry"]["hash"]);
    bench.verified_ledger();
}

#[test]
fn the_key_in_hand_is_recognised_without_its_label() {
    let (bench, key) = enrolled();
    let another = bench.key(Profile::default());
    bench
        .enroll_for(&bench.account(1), &another, "BG2-A")
        .run()
        .exits(0);
    for (key, label) in [(&key, "BG1-A"), (&another, "BG2-A")] {
        let checked = bench
            .halligan(["check", "--device", key.address(), "--json"])
            .run();
        assert_eq!(checked.exits(0).document()["label"], label);
    }
    let stranger = bench.key(Profile::default());
    let unknown = bench
        .halligan(["check", "--device", stranger.address(), "--json"])
        .run();
    unknown.exits(3).fails_with("unknown_key");
}

#[test]
fn a_key_that_was_reset_is_dead() {
    let (bench, key) = enrolled();
    key.reset();
    let checked = bench.check(&key, "BG1-A").json().run();
    is_not_safe(checked.clone(), "signature", "does not hold the credential");
    is_not_safe(checked, "pin_set", "has been reset");
    let entry = bench.entries().pop().unwrap();
    assert_eq!(
        (&entry["kind"], &entry["body"]["passed"]),
        (&"key.checked".into(), &false.into())
    );
    assert_eq!(entry["proven"], false);
    bench
        .check(&key, "BG1-A")
        .run()
        .exits(1)
        .prints("NOT PROVEN TO WORK");
    bench.verified_ledger();
}

#[test]
fn another_enrolled_key_is_the_wrong_one() {
    let (bench, _) = enrolled();
    let other = bench.key(Profile::default());
    bench
        .enroll_for(&bench.account(1), &other, "BG2-A")
        .run()
        .exits(0);
    let before = bench.ledger();
    bench
        .check(&other, "BG1-A")
        .run()
        .exits(3)
        .says("the key in hand is BG2-A, not BG1-A");
    bench
        .check(&other, "BG1-A")
        .json()
        .run()
        .exits(3)
        .fails_with("wrong_key");
    assert_eq!(bench.ledger(), before);
}

#[test]
fn a_key_of_another_model_is_the_wrong_one() {
    let (bench, _) = enrolled();
    let other = bench.key(Profile::preview());
    bench
        .check(&other, "BG1-A")
        .json()
        .run()
        .exits(3)
        .fails_with("wrong_key");
}

#[test]
fn a_stranger_of_the_same_model_is_not_taken_for_the_key() {
    let (bench, _) = enrolled();
    let stranger = bench.key(Profile::default());
    stranger.set_pin();
    let checked = bench.check(&stranger, "BG1-A").json().run();
    is_not_safe(checked, "signature", "does not hold the credential");
}

#[test]
fn a_label_that_nobody_gave_is_a_mistake_of_the_caller() {
    let (bench, key) = enrolled();
    bench
        .check(&key, "BG9-Z")
        .json()
        .run()
        .exits(2)
        .fails_with("unknown_label");
}

#[test]
fn a_key_that_was_removed_from_the_tenant_is_not_safe() {
    let (bench, key) = enrolled();
    bench.change_tenant(|state| state.fido2_methods.clear());
    let checked = bench.check(&key, "BG1-A").json().run();
    is_not_safe(checked, "method", "no longer registered");
    assert_eq!(bench.entries().pop().unwrap()["proven"], true);
    bench.verified_ledger();
}

#[test]
fn a_disabled_account_is_not_safe() {
    let (bench, key) = enrolled();
    bench.change_tenant(|state| state.users[0].account_enabled = false);
    is_not_safe(
        bench.check(&key, "BG1-A").json().run(),
        "account",
        "disabled",
    );
}

#[test]
fn a_deleted_account_is_not_safe() {
    let (bench, key) = enrolled();
    bench.change_tenant(|state| drop(state.users.remove(0)));
    is_not_safe(
        bench.check(&key, "BG1-A").json().run(),
        "account",
        "not in the directory",
    );
}

#[test]
fn a_tenant_that_cannot_be_asked_leaves_the_answer_open() {
    let (bench, key) = enrolled();
    bench.cut_the_network();
    let checked = bench.check(&key, "BG1-A").json().run().exits(5);
    assert_eq!(checked.document()["ok"], false);
    assert_eq!(checked.document()["evidence"], "silent");
    for subject in ["account", "method"] {
        let (verdict, why) = verdict(&checked, subject);
        assert_eq!(verdict, "unknown");
        assert!(why.contains("no connection to localhost"), "{why}");
    }
    let entry = bench.entries().pop().unwrap();
    assert_eq!(
        (&entry["body"]["passed"], &entry["proven"]),
        (&false.into(), &true.into())
    );
    bench
        .check(&key, "BG1-A")
        .run()
        .exits(5)
        .says("could not be asked");
    bench.verified_ledger();
}

#[test]
fn a_dead_key_is_not_safe_whether_or_not_the_tenant_can_be_asked() {
    let (bench, key) = enrolled();
    bench.cut_the_network();
    key.reset();
    bench.check(&key, "BG1-A").run().exits(1);
}

#[test]
fn a_check_without_the_tenant_needs_no_network() {
    let (bench, key) = enrolled();
    bench.cut_the_network();
    let checked = bench
        .check(&key, "BG1-A")
        .with(["--no-tenant"])
        .json()
        .run()
        .exits(0);
    assert_eq!(verdict(&checked, "method").0, "not_applicable");
    bench.verified_ledger();
}

#[test]
fn a_signature_that_does_not_verify_is_not_taken_for_a_proof() {
    let (bench, key) = enrolled();
    key.fault("bad-signature");
    let checked = bench.check(&key, "BG1-A").json().run();
    is_not_safe(checked, "signature", "signature");
    assert_eq!(bench.entries().pop().unwrap()["proven"], false);
    bench.verified_ledger();
}

#[test]
fn a_signature_counter_that_goes_back_is_found() {
    let (bench, key) = enrolled();
    key.fault("sign-count-back");
    bench.check(&key, "BG1-A").run();
    let checked = bench.check(&key, "BG1-A").json().run();
    is_not_safe(checked, "signature", "count");
    bench.verified_ledger();
}

#[test]
fn a_full_check_asks_for_touch_and_pin_as_a_sign_in_does() {
    let (bench, key) = enrolled();
    let full = || bench.check(&key, "BG1-A").with(["--full"]).json();
    assert_eq!(
        full().pin(PIN).run().exits(0).document()["evidence"],
        "touch_and_pin"
    );
    full().pin(WRONG_PIN).run().exits(4).fails_with("pin_wrong");
    assert_eq!(key.tries(), 7);
    full().run().exits(2).fails_with("pin_source");
    assert_eq!(key.tries(), 7);
    bench.verified_ledger();
}

#[test]
fn a_pin_that_is_nearly_blocked_is_not_safe() {
    let (bench, key) = enrolled();
    for tries in (3..8).rev() {
        bench
            .check(&key, "BG1-A")
            .with(["--full"])
            .pin(WRONG_PIN)
            .run()
            .exits(4);
        assert_eq!(key.tries(), tries);
        key.replug();
    }
    is_not_safe(
        bench.check(&key, "BG1-A").json().run(),
        "pin_tries",
        "only 3 PIN tries",
    );
    let full = bench
        .check(&key, "BG1-A")
        .with(["--full"])
        .pin(PIN)
        .json()
        .run();
    full.exits(4).fails_with("too_few_pin_tries");
    assert_eq!(key.tries(), 3);
}

/// The member of a getAssertion request, if it is one (CTAP 2.1 §6.2).
fn member(request: &[u8], key: u8) -> Option<Value> {
    let [GET_ASSERTION, members @ ..] = request else {
        return None;
    };
    let members = cbor::decode(members).unwrap().into_map().unwrap();
    cbor::get(&members, &Value::from(key)).cloned()
}

fn is_silent(request: &[u8]) -> bool {
    let silent = Value::Map(vec![("up".into(), false.into())]);
    member(request, 0x05) == Some(silent)
}

fn has_pin(request: &[u8]) -> bool {
    member(request, 0x06).is_some()
}

#[test]
fn a_key_that_never_signs_silently_is_touched() {
    let (bench, key) = enrolled();
    let library = bench
        .in_process()
        .refusing(|request| is_silent(request).then_some(Status::UnsupportedOption));
    let mut person = Person::new();
    let checked = library.check(&key, "BG1-A", &mut person).unwrap();
    assert_eq!(
        (checked.passed, checked.evidence),
        (true, Some(Evidence::Touch))
    );
    assert!(!person.heard("pin"));
    bench.verified_ledger();
}

#[test]
fn a_key_that_signs_nothing_without_its_pin_is_given_it_once() {
    let (bench, key) = enrolled();
    let library = bench.in_process().refusing(|request| {
        let unproven = request.first() == Some(&GET_ASSERTION) && !has_pin(request);
        unproven.then_some(Status::PuatRequired)
    });
    let mut person = Person::new();
    let checked = library.check(&key, "BG1-A", &mut person).unwrap();
    assert_eq!(
        (checked.passed, checked.evidence),
        (true, Some(Evidence::TouchAndPin))
    );
    assert_eq!(
        person.heard.iter().filter(|heard| *heard == "pin").count(),
        1
    );
    bench.verified_ledger();
}

#[test]
fn a_key_that_cannot_be_asked_silently_refuses_a_second_enrolment_by_its_exclude_list() {
    let (bench, key) = enrolled();
    let library = bench
        .in_process()
        .refusing(|request| is_silent(request).then_some(Status::UnsupportedOption));
    let ended = library.enroll(&key, "BG1-B", &mut Person::new());
    let refused = ended.unwrap_err();
    let known = matches!(*refused, ceremony::Error::AlreadyEnrolled { .. });
    assert!(known, "{refused}");
    assert_eq!((key.credentials().len(), bench.registered()), (1, 1));
    assert_eq!(
        bench.ledger()[6..],
        ["enroll.intended", "ceremony.failed", "ceremony.undone"]
    );
    bench.verified_ledger();
}
