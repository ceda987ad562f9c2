//! `key test --destructive`: for fresh keys, with consent, and with a reset at the end whatever comes.

use halligan::ctap::command::{RelyingParty, User, make_credential};
use halligan::ctap::{Permissions, Wait};
use halligan::emulator::profile::{Family, Profile};
use halligan::encoding::cbor::Value;
use halligan::secret::Pin;

use super::liars::{in_info, liar};
use super::misled::is_locked;
use super::{destroy, test, test_at, with_verdict};
use crate::bench::{Bench, Key};

/// What is about PINs and resets, blocking a PIN included.
const RULES: [&str; 5] = ["--slow", "--only", "pin", "--only", "reset"];

fn is_fresh(key: &Key) -> bool {
    key.open().info().options.client_pin == Some(false)
}

/// Stores a credential on a key without a PIN.
fn store(key: &Key, rp_id: &str) {
    let rp = RelyingParty {
        id: rp_id.parse().unwrap(),
        name: None,
    };
    let user = User {
        id: vec![7; 16],
        name: Some("somebody".to_owned()),
        display_name: None,
    };
    let mut request = make_credential::Request::new([1; 32], rp, user);
    request.rk = Some(true);
    let mut key = key.open();
    key.make_credential(&request, None, &mut Wait::unattended())
        .unwrap();
}

#[test]
fn no_kind_of_key_raises_a_false_alarm() {
    let bench = Bench::new();
    let keys: Vec<(&str, bool, Key)> = Family::ALL
        .iter()
        .map(|family| {
            let profile = family.read().profile;
            (family.name, profile.has_ctap2(), bench.key(profile))
        })
        .collect();
    std::thread::scope(|scope| {
        for (name, is_fido2, key) in &keys {
            let bench = &bench;
            scope.spawn(move || {
                let tested = destroy(bench, key.connection(), key, &RULES).exits(0);
                let passed = with_verdict(&tested, "pass").len();
                let shown = format!("{name} {}", tested.shown());
                assert_eq!(passed > 15, *is_fido2, "{shown}");
                if *is_fido2 {
                    assert!(is_fresh(key), "{shown}");
                }
            });
        }
    });
}

#[test]
fn a_key_behind_a_socket_that_keeps_its_channel_is_tested_too() {
    let bench = Bench::new();
    let key = bench.key(Profile::strict());
    let tested = destroy(&bench, key.address(), &key, &RULES).exits(0);
    assert!(with_verdict(&tested, "pass").contains(&"pin-blocked".to_owned()));
    assert!(is_fresh(&key));
}

#[test]
fn a_destructive_check_runs_only_when_that_is_said() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    let alone = test(&bench, &key).with(["--only", "pin-lockout"]).run();
    let alone = alone.exits(2).fails_with("usage");
    alone.prints("only runs with --destructive");
    let by_tag = test(&bench, &key).with(["--only", "pin"]).run().exits(0);
    by_tag.says_nothing_of("pin-lockout");
    let list = ["key", "test", "--list"];
    let quiet = bench.halligan(list).run().exits(0);
    quiet.says_nothing_of("pin-lockout");
    let shown = bench.halligan(list).with(["--destructive"]).run().exits(0);
    shown.prints("pin-lockout").says_nothing_of("pin-blocked");
}

#[test]
fn nothing_is_written_until_the_address_is_typed() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    for words in [
        &["--destructive"][..],
        &["--destructive", "--confirm", "yes"],
    ] {
        let refused = test(&bench, &key).with(words.iter().copied()).run();
        let refused = refused.exits(2).fails_with("declined");
        refused
            .says("To be plugged in anew: up to")
            .says(key.connection());
        assert!(is_fresh(&key));
    }
}

#[test]
fn a_key_in_use_is_refused_and_stays_as_it_is() {
    let bench = Bench::new();
    let with_pin = bench.key(Profile::default());
    with_pin.set_pin();
    let with_passkey = bench.key(Profile::default());
    store(&with_passkey, "login.microsoft.com");
    let enrolled = bench.key(Profile::default());
    bench.enroll(&enrolled, "BG1-A").run().exits(0);
    for (key, sign) in [
        (&with_pin, "a PIN is set"),
        (
            &with_passkey,
            "it holds a credential for login.microsoft.com",
        ),
        (&enrolled, "the ledger knows it as BG1-A"),
    ] {
        let refused = destroy(&bench, key.connection(), key, &[]);
        let refused = refused.exits(3).fails_with("key_in_use");
        refused.prints(sign);
    }
    assert_eq!(
        (
            with_pin.tries(),
            with_passkey.open().info().options.client_pin
        ),
        (8, Some(false))
    );
    bench.check(&enrolled, "BG1-A").run().exits(0);
}

#[test]
fn another_key_in_its_place_ends_the_run() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    let changeling = liar(&key, about_its_model_after_a_lockout);
    let ended = destroy(&bench, &changeling, &key, &["--only", "pin-lockout"]);
    let ended = ended.exits(3).fails_with("not_the_same_key");
    let document = ended.document();
    let pin = document["left_behind"]["pins"][0].as_str().unwrap();
    assert_eq!(stored(&key, pin), 0);
}

fn about_its_model_after_a_lockout(
    _: u8,
    request: &[u8],
    said: Vec<u8>,
    locked: &mut Vec<u8>,
) -> Option<Vec<u8>> {
    Some(match is_locked(&said, locked) {
        true => in_info(request, said, 0x03, Value::Bytes(vec![0xaa; 16])),
        false => said,
    })
}

#[test]
fn a_key_that_cannot_be_unplugged_is_not_begun_with() {
    let bench = Bench::new();
    let own = ["key", "test", "--device", "emulator:own", "--destructive"];
    let refused = bench.halligan(own).run().exits(2);
    refused.says("cannot be unplugged");
    assert!(!bench.path("own").exists());
}

/// What a key without a PIN does not tell, it tells whoever has set one.
#[test]
fn credentials_that_show_late_are_not_erased() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    store(&key, "elsewhere.example");
    let ended = destroy(&bench, key.connection(), &key, &["--only", "pin"]);
    let ended = ended.exits(3).fails_with("key_in_use");
    let document = ended.document();
    let pin = document["left_behind"]["pins"][0].as_str().unwrap();
    assert_eq!(stored(&key, pin), 1);
}

fn stored(key: &Key, pin: &str) -> u64 {
    let mut key = key.open();
    let proof = key.pin_uv_auth(&Pin::new(pin).unwrap(), Permissions::CM, None);
    let metadata = key.credentials_metadata(&proof.unwrap()).unwrap();
    metadata.existing_resident_credentials_count
}

#[test]
fn an_interrupted_run_tells_the_pin_and_a_reset_takes_it_away() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    let confirm = ["--destructive", "--confirm", key.connection(), "--events"];
    let only = ["--only", "protected-credential", "--only", "pin-lockout"];
    let running = test(&bench, &key).with(confirm).with(only).start();
    let (running, _) = running.until_event("reinsert_key");
    let ended = running
        .interrupt()
        .finish()
        .exits(7)
        .fails_with("cancelled");
    let document = ended.document();
    let pin = document["left_behind"]["pins"][0].as_str().unwrap();
    key.power_cycle();
    assert_eq!(stored(&key, pin), 1);
    let reset = [
        "key",
        "reset",
        "--device",
        key.address(),
        "--confirm",
        "reset",
    ];
    bench.halligan(reset).run().exits(0);
    assert!(is_fresh(&key));
}

#[test]
fn a_key_that_is_pulled_out_leaves_a_pin_that_is_told() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.fault("unplug@makeCredential");
    let words = ["--destructive", "--confirm", key.connection()];
    let root = key.attestation_root();
    let test = [
        "key",
        "test",
        "--device",
        key.connection(),
        "--only",
        "protected-credential",
    ];
    let gone = bench
        .halligan(test)
        .with(words)
        .with(["--attestation-root", &root]);
    let gone = gone.run().exits(3).prints("ON THE KEY: the test's PIN ");
    let (_, told) = gone.stdout.split_once("the test's PIN ").unwrap();
    let (pin, _) = told.split_once(';').unwrap();
    key.replug();
    assert_eq!(stored(&key, pin), 0);
}

#[test]
fn results_are_written_as_for_the_others() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    let words = [
        "--only",
        "pin-wrong",
        "--junit",
        "result.xml",
        "--html",
        "result.html",
    ];
    let tested = destroy(&bench, key.connection(), &key, &words).exits(0);
    let document = tested.document();
    assert_eq!(document["checks"][0]["kind"], "destructive");
    assert!(document["left_behind"].is_null());
    for file in ["result.xml", "result.html"] {
        let text = std::fs::read_to_string(bench.path(file)).unwrap();
        assert!(text.contains("pin-wrong"), "{text}");
    }
    let again = test_at(&bench, key.connection(), &key).with(["--only", "pin-policy"]);
    again.run().exits(0);
}
