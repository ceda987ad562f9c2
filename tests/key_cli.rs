//! `halligan key …`, from outside: one key, without tenant and ledger.

use halligan::emulator::Profile;
use halligan::encoding::hex;
use serde_json::{Value, json};

use crate::bench::{Bench, Command, Key, PIN, WRONG_PIN};

/// `key …` with this key and `--json`.
fn on(bench: &Bench, key: &Key, words: &[&str]) -> Command {
    let command = bench.halligan(["key"]).with(words.iter().copied());
    command.with(["--device", key.address(), "--json"])
}

#[test]
fn info_says_what_the_key_says_and_invents_nothing() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    let info = on(&bench, &key, &["info"]).run().exits(0).document();
    assert_eq!(info["schema"], "halligan.key.info/1");
    assert_eq!(info["aaguid"], "8b1d6c52-0f3e-4b6a-9c77-2e5a41d093f4");
    assert_eq!(
        info["versions"],
        json!(["U2F_V2", "FIDO_2_0", "FIDO_2_1_PRE", "FIDO_2_1"])
    );
    assert_eq!(info["options"]["clientPin"], false);
    assert_eq!(info["pin_retries"], Value::Null);
    let old = bench.key(Profile::preview());
    let old = on(&bench, &old, &["info"]).run().exits(0).document();
    assert_eq!(old["options"]["alwaysUv"], Value::Null);
    assert_eq!(old["pin_uv_auth_protocols"], json!([1]));
    let text = bench
        .halligan(["key", "info", "--device", key.address()])
        .run();
    text.exits(0).prints("not set").prints("FIDO_2_1");
}

#[test]
fn list_and_info_without_a_key_say_that_there_is_none() {
    let bench = Bench::new();
    let list = bench.halligan(["key", "list", "--json"]).run().exits(0);
    if list.document()["keys"] == json!([]) {
        let info = bench.halligan(["key", "info", "--json"]).run();
        info.exits(3).fails_with("no_key");
    }
}

#[test]
fn identify_lets_the_key_blink() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    let identified = on(&bench, &key, &["identify"]).run().exits(0).document();
    assert_eq!(identified["identified_by"], "blinked");
    assert_eq!(identified["device"], key.address());
}

#[test]
fn a_pin_is_set_once_changed_and_counted() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    let key = |words: &[&str]| on(&bench, &key, words);
    key(&["pin", "retries"]).run().exits(2).fails_with("usage");
    key(&["pin", "set"]).pin(PIN).run().exits(0);
    key(&["pin", "set"])
        .pin(PIN)
        .run()
        .exits(2)
        .fails_with("usage");
    let retries = || key(&["pin", "retries"]).run().exits(0).document()["retries"].clone();
    assert_eq!(retries(), 8);

    let both = |present: &str, new: &str| key(&["pin", "change"]).pin(&format!("{present}\n{new}"));
    both(WRONG_PIN, "another one")
        .run()
        .exits(4)
        .fails_with("pin_wrong");
    assert_eq!(retries(), 7);
    both(PIN, "another one").run().exits(0);
    assert_eq!(retries(), 8);
    both(PIN, "a third one")
        .run()
        .exits(4)
        .fails_with("pin_wrong");
    both("another one", "123")
        .run()
        .exits(4)
        .fails_with("pin_unfit");
    // A new PIN that cannot be one must not cost a try of the present one.
    assert_eq!(retries(), 7);
    key(&["pin", "change"]).pin("another one").run().exits(4);
    assert_eq!(retries(), 7);
}

#[test]
fn a_pin_comes_from_a_descriptor_as_well() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    let set = on(&bench, &key, &["pin", "set", "--pin-fd", "5"]);
    set.after(&format!("exec 5<<'EOF'\n{PIN}\nEOF"))
        .run()
        .exits(0);
    bench.enroll(&key, "BG1-A").run().exits(0);
    on(&bench, &key, &["pin", "change", "--pin-fd", "77"])
        .run()
        .exits(2)
        .fails_with("pin_source");
    let both = on(
        &bench,
        &key,
        &["pin", "change", "--pin-fd", "5", "--pin-stdin"],
    );
    both.run().exits(2).fails_with("usage");
}

#[test]
fn three_wrong_pins_in_a_row_lock_the_key_until_it_is_replugged() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.set_pin();
    let list = |pin: &str| on(&bench, &key, &["credentials", "list"]).pin(pin).run();
    list(WRONG_PIN).exits(4).fails_with("pin_wrong");
    list(WRONG_PIN).exits(4).fails_with("pin_wrong");
    let third = list(WRONG_PIN)
        .exits(4)
        .fails_with("pin_auth_blocked")
        .document();
    assert_eq!(third["error"]["tries_left"], 5);
    list(PIN).exits(4).fails_with("pin_auth_blocked");
    assert_eq!(key.tries(), 5);
    key.replug();
    list(PIN).exits(0);
    assert_eq!(key.tries(), 8);
}

#[test]
fn the_last_three_tries_are_spent_only_on_demand_and_then_the_pin_is_blocked() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.set_pin();
    let list = |pin: &str| on(&bench, &key, &["credentials", "list"]).pin(pin);
    for _ in 0..5 {
        list(WRONG_PIN).run().exits(4);
        key.replug();
    }
    list(PIN).run().exits(4).fails_with("too_few_pin_tries");
    assert_eq!(key.tries(), 3);
    for _ in 0..3 {
        let spend = list(WRONG_PIN).with(["--spend-last-pin-tries"]);
        spend.run().exits(4);
        key.replug();
    }
    assert_eq!(key.tries(), 0);
    // No right PIN restores this counter, so nobody is told that it would.
    list(PIN).run().exits(4).fails_with("pin_blocked");
    let spend = list(PIN).with(["--spend-last-pin-tries"]);
    spend.run().exits(4).fails_with("pin_blocked");
}

#[test]
fn credentials_are_listed_and_deleted_one_by_one() {
    let bench = Bench::new();
    for profile in [Profile::default(), Profile::preview()] {
        let key = bench.key(profile);
        for (number, label) in ["one", "two"].into_iter().enumerate() {
            let label = format!("{label} {}", key.address());
            bench
                .enroll_for(&bench.account(number), &key, &label[..30.min(label.len())])
                .run()
                .exits(0);
        }
        let list = || {
            on(&bench, &key, &["credentials", "list"])
                .pin(PIN)
                .run()
                .exits(0)
                .document()
        };
        let held = list()["credentials"].as_array().unwrap().clone();
        assert_eq!(held.len(), 2);
        let mut names: Vec<&str> = held
            .iter()
            .map(|held| held["user_name"].as_str().unwrap())
            .collect();
        names.sort_unstable();
        assert_eq!(names, [bench.account(0), bench.account(1)]);
        assert_eq!(held[0]["rp_id"], "login.microsoft.com");

        let id = held[0]["credential_id"].as_str().unwrap();
        let delete = |id: &str| on(&bench, &key, &["credentials", "delete", "--id", id]).pin(PIN);
        // Nobody is there to type the end of the id.
        delete(id).run().exits(2);
        assert_eq!(key.credentials().len(), 2);
        delete(id).with(["--yes"]).run().exits(0);
        assert_eq!(
            key.credentials(),
            [hex::decode(held[1]["credential_id"].as_str().unwrap()).unwrap()]
        );
        delete(id).with(["--yes"]).run().exits(3);
        delete("no hex")
            .with(["--yes"])
            .run()
            .exits(2)
            .fails_with("usage");
        assert_eq!(list()["credentials"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_key_in_the_same_process_keeps_its_state() {
    let bench = Bench::new();
    let own = |words: &[&str]| {
        let command = bench.halligan(["key"]).with(words.iter().copied());
        command.with(["--device", "emulator:own", "--json"])
    };
    own(&["pin", "set"]).pin(PIN).run().exits(0);
    assert_eq!(own(&["info"]).run().exits(0).document()["pin_retries"], 8);
    own(&["credentials", "list"]).pin(WRONG_PIN).run().exits(4);
    assert_eq!(
        own(&["pin", "retries"]).run().exits(0).document()["retries"],
        7
    );
}
