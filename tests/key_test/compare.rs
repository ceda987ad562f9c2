//! `halligan key test --compare`: two keys, a key and a file, two files, and what is neither.

use halligan::emulator::Profile;
use halligan::emulator::profile::Family;
use serde_json::{Value, json};

use crate::bench::{Bench, Command, Finished, Key, PIN};

/// `key test --compare` of these two.
fn compare(bench: &Bench, first: &str, second: &str) -> Command {
    bench.halligan(["key", "test", "--compare", first, second, "--json"])
}

/// The result of a test with these checks, in a file.
fn file(bench: &Bench, key: &Key, name: &str, checks: &[&str]) -> String {
    let test = ["key", "test", "--json", "--device", key.address()];
    let tested = bench.halligan(test).with(checks.iter().copied()).run();
    let path = bench.path(name);
    std::fs::write(&path, &tested.stdout).unwrap();
    path.display().to_string()
}

fn members(document: &Value) -> Vec<String> {
    let info = document["differences"]["info"].as_array().unwrap().iter();
    info.map(|difference| difference["member"].as_str().unwrap().to_owned())
        .collect()
}

fn ids(document: &Value) -> Vec<String> {
    let checks = document["differences"]["checks"].as_array().unwrap().iter();
    checks
        .map(|difference| difference["id"].as_str().unwrap().to_owned())
        .collect()
}

fn document(finished: Finished) -> Value {
    let document = finished.document();
    assert_eq!(document["schema"], "halligan.key.compare/1");
    document
}

#[test]
fn two_keys_of_one_model_differ_in_nothing() {
    let bench = Bench::new();
    let keys = [(); 2].map(|()| bench.key(Profile::default()));
    let [first, second] = &keys;
    let only = ["--only", "info", "--only", "latency", "--only", "hid-ping"];
    let compared = compare(&bench, first.address(), second.address()).with(only);
    let found = document(compared.run().exits(0));
    assert_eq!((ids(&found), members(&found)), (vec![], vec![]));
    assert_eq!(
        found["same"],
        json!({"model": true, "firmware": true, "batch": null})
    );
    assert_eq!(found["keys"][1]["device"], second.address());
    let latency = found["latency"].as_array().unwrap();
    let get_info = latency.iter().find(|one| one["command"] == "getInfo");
    assert!(get_info.unwrap()["ratio"].is_number(), "{latency:?}");
}

#[test]
fn each_key_is_given_its_own_pin_and_attests_its_batch() {
    let bench = Bench::new();
    let keys = [(); 2].map(|()| bench.key(Profile::default()));
    for key in &keys {
        key.set_pin();
    }
    let [first, second] = &keys;
    let only = ["--only", "attestation", "--only", "pin-retries"];
    let roots = keys.each_ref().map(|key| key.attestation_root());
    let [one, other] = &roots;
    let roots = ["--attestation-root", one, "--attestation-root", other];
    let compared = compare(&bench, first.address(), second.address())
        .with(only)
        .with(roots);
    let pins = format!("{PIN}\n{PIN}\n");
    let compared = compared.with(["--pin-stdin"]).stdin(&pins).run();
    let found = document(compared.exits(0));
    assert!(found["same"]["batch"].is_boolean(), "{found}");
    let itself = compare(&bench, first.address(), first.address())
        .with(only)
        .with(roots);
    let itself = itself.with(["--pin-stdin"]).stdin(&pins).run();
    assert_eq!(document(itself.exits(0))["same"]["batch"], true);
}

#[test]
fn keys_of_two_models_differ_by_name() {
    let bench = Bench::new();
    let (first, second) = (bench.key(Profile::default()), bench.key(Profile::preview()));
    let compared = compare(&bench, first.address(), second.address()).with(["--only", "info"]);
    let found = document(compared.clone().run());
    assert_eq!(found["same"]["model"], false);
    let members = members(&found);
    for member in ["aaguid", "versions", "options.credMgmt"] {
        assert!(members.iter().any(|found| found == member), "{members:?}");
    }
    let people = [
        "key",
        "test",
        "--compare",
        first.address(),
        second.address(),
    ];
    let text = bench.halligan(people).with(["--only", "info"]).run();
    text.prints("different model").prints("options.credMgmt");
}

#[test]
fn a_key_is_compared_with_its_own_earlier_result() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    let only = ["--only", "info", "--only", "hid-ping"];
    let earlier = file(&bench, &key, "earlier.json", &only);
    let then_and_now = || compare(&bench, &earlier, key.address()).with(only);
    assert!(ids(&document(then_and_now().run().exits(0))).is_empty());
    let key = key.turned_into(Profile {
        firmware_version: 9,
        ..Profile::default()
    });
    let then_and_now = || compare(&bench, &earlier, key.address()).with(only);
    let updated = document(then_and_now().run().exits(0));
    assert_eq!(updated["same"]["firmware"], false);
    assert_eq!(members(&updated), ["firmware_version"]);
    key.fault("non-canonical@getInfo");
    let worse = document(then_and_now().run().exits(1));
    assert!(!ids(&worse).is_empty(), "{worse}");
    assert_eq!(worse["ok"], false);
}

#[test]
fn two_files_need_no_key_and_checks_that_only_one_was_asked_differ() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    let first = file(&bench, &key, "a.json", &["--only", "info"]);
    let second = file(
        &bench,
        &key,
        "b.json",
        &["--only", "info", "--skip", "get-info-stable"],
    );
    drop(key);
    document(compare(&bench, &first, &first).run().exits(0));
    let found = document(compare(&bench, &first, &second).run());
    let expected = ids(&found).len();
    assert_eq!(expected == 0, found["ok"] == true);
}

#[test]
fn what_is_neither_a_key_nor_a_result_is_the_callers_mistake() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    let whole = file(&bench, &key, "whole.json", &["--only", "info"]);
    let text = std::fs::read_to_string(&whole).unwrap();
    let write = |name: &str, text: &str| {
        std::fs::write(bench.path(name), text).unwrap();
        bench.path(name).display().to_string()
    };
    let cut = write("cut.json", &text[..text.len() / 2]);
    let other = write(
        "other.json",
        r#"{"schema":"halligan.key.info/1","ok":true}"#,
    );
    let list = bench.halligan(["key", "test", "--list", "--json"]).run();
    let list = write("list.json", &list.exits(0).stdout);
    let large = write("large.json", &" ".repeat((4 << 20) + 1));
    for (damaged, why) in [
        (cut, "not JSON"),
        (other, "halligan.key.info/1"),
        (list, "not a whole result"),
        (large, "more than a result"),
    ] {
        let refused = compare(&bench, key.address(), &damaged).run().exits(2);
        refused.clone().fails_with("test_result");
        let message = refused.document()["error"]["message"].clone();
        assert!(message.as_str().unwrap().contains(why), "{message}");
    }
    let nowhere = compare(&bench, "udp:nowhere", &whole).run().exits(2);
    nowhere.fails_with("usage");
    let alone = bench.halligan(["key", "test", "--compare", &whole]);
    alone.run().exits(2);
    let with_device = compare(&bench, &whole, &whole).with(["--device", key.address()]);
    with_device.run().exits(2);
}

#[test]
fn a_key_that_is_pulled_out_leaves_what_was_found_till_then() {
    let bench = Bench::new();
    let (first, second) = (bench.key(Profile::default()), bench.key(Profile::default()));
    let only = ["--only", "info", "--only", "latency"];
    second.fault("unplug@getInfo,nth:3");
    let cut_off = compare(&bench, first.connection(), second.connection()).with(only);
    let found = document(cut_off.run().exits(3));
    assert!(!ids(&found).is_empty());
    assert_eq!(found["error"]["exit_status"], 3);
    second.replug();
    first.fault("unplug@getInfo,nth:3");
    let cut_off = compare(&bench, first.connection(), second.connection()).with(only);
    cut_off.run().exits(3);
}

#[test]
fn every_family_is_compared_with_itself_without_a_difference() {
    let bench = Bench::new();
    for family in Family::ALL.iter().take(3) {
        let key = bench.key(family.read().profile);
        let compared = compare(&bench, key.address(), key.address()).with(["--only", "info"]);
        let found = document(compared.run());
        assert_eq!(
            (ids(&found), members(&found)),
            (vec![], vec![]),
            "{}",
            family.name
        );
    }
}
