//! Keys that do what they should.

use std::time::Duration;

use halligan::emulator::profile::{Family, Profile};
use halligan::emulator::touch::Never;

use super::{test, test_at, with_verdict};
use crate::bench::{Bench, PIN, WRONG_PIN};

/// Every kind of key, with and without a PIN. One that only knows U2F is rightly not taken for fit, and nothing else is wrong
/// with it.
#[test]
fn no_kind_of_key_raises_a_false_alarm() {
    let bench = Bench::new();
    assert!(Family::ALL.len() >= 12);
    for family in Family::ALL {
        let profile = family.read().profile;
        let is_fido2 = profile.has_ctap2();
        let key = bench.key(profile);
        for with_pin in [false, true] {
            if with_pin && is_fido2 {
                key.set_pin();
            }
            let tested = test(&bench, &key).run();
            let wrong = with_verdict(&tested, "fail");
            let unknown = with_verdict(&tested, "unknown");
            let shown = format!("{} {wrong:?} {unknown:?} {}", family.name, tested.shown());
            if is_fido2 {
                assert!(
                    tested.succeeded() && wrong.is_empty() && unknown.is_empty(),
                    "{shown}"
                );
            } else {
                assert_eq!(
                    (wrong, unknown.len()),
                    (vec!["fit-for-entra".to_owned()], 0),
                    "{shown}"
                );
                tested.exits(1);
            }
        }
    }
}

#[test]
fn nothing_stays_on_the_key() {
    let bench = Bench::new();
    for profile in [Profile::default(), Profile::preview()] {
        let key = bench.key(profile);
        bench.enroll(&key, "BG1-A").run().exits(0);
        let before = (key.credentials(), key.tries());
        let tested = test(&bench, &key).run().exits(0);
        assert!(with_verdict(&tested, "pass").contains(&"discoverable-credential".to_owned()));
        assert_eq!((key.credentials(), key.tries()), before);
        std::fs::remove_dir_all(bench.path("ledger")).unwrap();
        bench.change_tenant(|state| state.fido2_methods.clear());
    }
}

#[test]
fn without_the_pin_what_needs_it_is_unknown_and_the_rest_is_tested() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.set_pin();
    let root = key.attestation_root();
    let words = [
        "key",
        "test",
        "--json",
        "--device",
        key.address(),
        "--attestation-root",
        &root,
    ];
    let tested = bench.halligan(words).run().exits(1);
    assert_eq!(with_verdict(&tested, "fail"), Vec::<String>::new());
    let unknown = with_verdict(&tested, "unknown");
    assert_eq!(
        unknown,
        ["pin-token", "credential-storage", "discoverable-credential"]
    );
    let skipped = bench.halligan(words).with(["--skip", "pin"]).run().exits(0);
    assert_eq!(with_verdict(&skipped, "unknown"), Vec::<String>::new());
    assert_eq!(key.tries(), 8);
}

#[test]
fn a_wrong_pin_costs_one_try_and_ends_the_run() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.set_pin();
    let wrong = test(&bench, &key).pin(WRONG_PIN).run().exits(4);
    let wrong = wrong.fails_with("pin_wrong");
    assert!(with_verdict(&wrong, "unknown").len() > 40);
    assert_eq!(key.tries(), 7);
}

#[test]
fn a_pin_with_few_tries_left_is_not_tried() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.set_pin();
    let list = ["key", "credentials", "list", "--device", key.address()];
    for _ in 0..5 {
        bench.halligan(list).pin(WRONG_PIN).run().exits(4);
        key.replug();
    }
    let tested = test(&bench, &key).run().exits(1);
    assert_eq!(with_verdict(&tested, "fail"), ["pin-retries"]);
    assert_eq!(key.tries(), 3);
}

#[test]
fn checks_are_chosen_by_id_and_by_tag() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    let chosen = |words: &[&str]| {
        let tested = test(&bench, &key)
            .with(words.iter().copied())
            .run()
            .exits(0);
        with_verdict(&tested, "pass")
    };
    assert_eq!(
        chosen(&["--only", "hid-ping", "--only", "selection"]),
        ["hid-ping", "selection"]
    );
    let hid = chosen(&["--only", "hid", "--skip", "hid-ping"]);
    assert!(hid.len() > 8 && !hid.contains(&"hid-ping".to_owned()));
    let unknown = test(&bench, &key).with(["--only", "hid-pong"]).run();
    unknown.exits(2).fails_with("usage");
    // Nothing asked is nothing passed.
    let none = ["--only", "hid-ping", "--skip", "hid"];
    let none = test(&bench, &key).with(none).run();
    none.exits(2).fails_with("usage");
}

#[test]
fn a_touch_is_asked_for_with_its_purpose_and_can_be_missed() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.touched_by(Never);
    let words = [
        "key",
        "test",
        "--device",
        key.address(),
        "--only",
        "make-credential",
    ];
    let waiting = bench.halligan(words).start();
    let waiting = waiting.until("up to 1 touch is needed");
    let waiting = waiting.until("Touch the key now: a credential is made as it was asked for");
    waiting.interrupt().finish().exits(7);
    let cancelled = test(&bench, &key)
        .with(["--only", "touch-cancelled"])
        .run()
        .exits(0);
    assert_eq!(with_verdict(&cancelled, "pass"), ["touch-cancelled"]);
}

#[test]
fn a_touch_that_never_comes_is_given_up() {
    let bench = Bench::new();
    let key = bench.key(Profile {
        touch_timeout: Duration::from_secs(6),
        ..Profile::default()
    });
    key.touched_by(Never);
    let late = test(&bench, &key).with(["--only", "touch-timeout", "--only", "keep-alives"]);
    let late = late.run().exits(0);
    assert_eq!(
        with_verdict(&late, "pass"),
        ["touch-timeout", "keep-alives"]
    );
}

#[test]
fn results_are_written_as_junit_and_html() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.fault("wrong-aaguid");
    let files = ["--junit", "result.xml", "--html", "result.html"];
    test(&bench, &key).with(files).run().exits(1);
    let junit = std::fs::read_to_string(bench.path("result.xml")).unwrap();
    assert!(
        junit.contains("<testcase classname=\"model\" name=\"aaguid-agrees\""),
        "{junit}"
    );
    assert_eq!(junit.matches("<failure ").count(), 2, "{junit}");
    assert_eq!(
        junit.matches("<testcase ").count(),
        junit.matches("</testcase>").count()
    );
    let nowhere = test(&bench, &key).with(["--html", "no-such-folder/result.html"]);
    nowhere.run().exits(2).fails_with("write");
    let html = std::fs::read_to_string(bench.path("result.html")).unwrap();
    assert!(html.contains("Test of a key: not passed"), "{html}");
    assert!(html.contains("getInfo says"), "{html}");
    assert!(
        html.contains("<td>clientPIN getKeyAgreement</td>"),
        "{html}"
    );
}

#[test]
fn a_key_in_the_same_process_is_tested_too() {
    let bench = Bench::new();
    let own = [
        "key",
        "test",
        "--device",
        "emulator:own",
        "--skip",
        "attestation",
    ];
    let tested = bench.halligan(own).run().exits(0);
    tested.prints("✓ make-credential").prints("milliseconds");
    bench.halligan(own).pin(PIN).run().exits(0);
    let key = bench.key(Profile::default());
    for address in key.addresses() {
        test_at(&bench, address, &key)
            .with(["--only", "hid"])
            .run()
            .exits(0);
    }
}
