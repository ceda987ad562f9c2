//! `halligan handover` and `halligan ledger show --key`, from outside.

use serde_json::json;

use crate::bench::{Bench, Command};

use super::{enrolled, since, with_key};

fn handover(bench: &Bench, label: &str, location: &str, custodian: &str) -> Command {
    let words = [
        "handover",
        "--key",
        label,
        "--location",
        location,
        "--custodian",
        custodian,
    ];
    bench.halligan(words)
}

#[test]
fn a_handover_tells_from_where_to_where() {
    let (bench, _keys) = enrolled(&["BG1-A"]);
    let before = bench.ledger().len();
    let first = handover(&bench, "BG1-A", "Berlin, safe 2", "A. Jones");
    let first = first.with([
        "--container",
        "envelope 7",
        "--seal",
        "0042",
        "--note",
        "first day",
    ]);
    let first = first.json().run().exits(0).document();
    assert_eq!(first["from"], json!(null));
    assert_eq!(first["to"]["seal"], "0042");
    let second = handover(&bench, "BG1-A", "Paris", "B. Smith").with(["--custodian", "C. Roy"]);
    let second = second.run().exits(0);
    second
        .prints("Berlin, safe 2, envelope 7, seal 0042, with A. Jones")
        .prints("Paris, with B. Smith and C. Roy");
    assert_eq!(
        since(&bench, before),
        ["key.handed_over", "key.handed_over"]
    );
    bench.verified_ledger();
}

#[test]
fn the_key_in_hand_signs_where_it_goes() {
    let (bench, keys) = enrolled(&["BG1-A", "BG1-B"]);
    let prove = |key: usize| {
        let words = [
            "handover",
            "--key",
            "BG1-A",
            "--location",
            "Berlin",
            "--custodian",
            "A. Jones",
            "--prove",
        ];
        with_key(&bench, &keys[key], &words).json()
    };
    let proven = prove(0).run().exits(0).document();
    assert_eq!(proven["evidence"], "silent");
    assert_eq!(bench.entries().pop().unwrap()["proven"], true);
    prove(1).run().exits(3).fails_with("wrong_key");
    bench.verified_ledger();
}

#[test]
fn all_keys_in_one_place_or_hand_are_warned_of() {
    let (bench, _keys) = enrolled(&["BG1-A", "BG1-B"]);
    let first = handover(&bench, "BG1-A", "Berlin", "A. Jones")
        .run()
        .exits(0);
    assert!(!first.stderr.contains("warning"), "{}", first.shown());
    let same = handover(&bench, "BG1-B", "berlin ", "A. Jones")
        .run()
        .exits(0);
    same.says("all 2 keys").says("A. Jones alone");
    let apart = handover(&bench, "BG1-B", "Paris", "B. Smith")
        .run()
        .exits(0);
    assert!(!apart.stderr.contains("warning"), "{}", apart.shown());
}

#[test]
fn a_handover_of_nothing_or_nobody_is_refused() {
    let (bench, _keys) = enrolled(&["BG1-A"]);
    handover(&bench, "BG9-Z", "Berlin", "A. Jones")
        .json()
        .run()
        .exits(2)
        .fails_with("unknown_label");
    handover(&bench, "BG1-A", " ", "A. Jones").run().exits(2);
    handover(&bench, "BG1-A", "Ber\u{7}lin", "A. Jones")
        .run()
        .exits(2);
    bench
        .halligan(["handover", "--key", "BG1-A", "--location", "Berlin"])
        .run()
        .exits(2);
    bench
        .halligan(["handover", "--key", "BG1-A"])
        .run()
        .exits(2);
    let account = bench.account(0);
    let retire = [
        "retire",
        "--key",
        "BG1-A",
        "--reason",
        "lost",
        "--confirm",
        &account,
    ];
    bench.halligan(retire).run().exits(0);
    handover(&bench, "BG1-A", "Berlin", "A. Jones")
        .json()
        .run()
        .exits(2)
        .fails_with("out_of_service");
}

#[test]
fn no_room_for_a_handover_is_said() {
    let (bench, _keys) = enrolled(&["BG1-A"]);
    let full = handover(&bench, "BG1-A", "Berlin", "A. Jones").after("trap '' XFSZ; ulimit -f 0");
    full.json().run().exits(6).fails_with("ledger_full_disk");
}

#[test]
fn a_keys_life_is_told() {
    let (bench, keys) = enrolled(&["BG1-A", "BG1-B"]);
    bench.check(&keys[0], "BG1-A").run().exits(0);
    handover(&bench, "BG1-A", "Berlin", "A. Jones")
        .run()
        .exits(0);
    let account = bench.account(0);
    let retire = [
        "retire",
        "--key",
        "BG1-A",
        "--reason",
        "compromised",
        "--confirm",
        &account,
    ];
    bench.halligan(retire).run().exits(0);
    let life = || bench.halligan(["ledger", "show", "--key", "BG1-A"]);
    let told = life().run().exits(0);
    let told = told
        .prints("RETIRED as compromised by entry")
        .prints("Berlin, with A. Jones")
        .prints("checked: works; signed by the key")
        .prints("FORCED")
        .prints("not judged");
    assert!(!told.stdout.contains("BG1-B"), "{}", told.shown());
    let document = life().json().run().exits(0).document();
    assert_eq!(document["key"]["in_service"], false);
    assert_eq!(document["key"]["retired"]["reason"], "compromised");
    assert_eq!(document["open_ceremonies"], json!([]));
    assert!(document["entries"].as_array().unwrap().len() > 8);
    let nobody = bench.halligan(["ledger", "show", "--key", "BG9-Z"]);
    nobody.run().exits(0).prints("says nothing of BG9-Z");
}

#[test]
fn the_attestation_is_judged_again_by_the_roots_of_today() {
    let (bench, keys) = enrolled(&["BG1-A"]);
    let configure =
        |root: &str| bench.configure_further(&format!("[attestation]\nroots = [{root:?}]"));
    configure(&keys[0].attestation_root());
    let life = bench.halligan(["ledger", "show", "--key", "BG1-A"]);
    // Without metadata, what FIDO reports of the model is not known.
    life.run()
        .exits(0)
        .prints("attestation     sound as far as it could be verified")
        .prints("✓ chain");
}
