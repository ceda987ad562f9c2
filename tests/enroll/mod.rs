//! `halligan enroll`, from outside.

mod refusals;

use halligan::emulator::Profile;
use halligan::emulator::profile::PinUvAuthProtocol;

use serde_json::Value;

use crate::bench::{Bench, Command, PIN, Snapshot};

/// What a whole enrolment of a fresh key leaves in the ledger.
const FRESH_KEY: [&str; 6] = [
    "station.joined",
    "enroll.intended",
    "enroll.pin_set",
    "enroll.credential_created",
    "enroll.registered",
    "key.enrolled",
];

#[test]
fn a_fresh_key_becomes_a_registered_verified_recorded_one() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    let enrolled = bench.enroll(&key, "BG1-A").json().run().exits(0).document();
    assert_eq!(enrolled["schema"], "halligan.enroll/1");
    assert_eq!(enrolled["ok"], true);
    assert_eq!(enrolled["plan"]["pin"], "set");

    assert_eq!(bench.ledger(), FRESH_KEY);
    assert_eq!(bench.verified_ledger()["ok"], true);
    let in_tenant = bench.in_tenant(|state| state.fido2_methods[0].clone());
    assert_eq!(in_tenant.display_name, "BG1-A");
    assert_eq!(
        key.credentials(),
        std::slice::from_ref(&in_tenant.credential_id.0)
    );
    let last = bench.entries().pop().unwrap();
    assert_eq!(last["proven"], true);
    assert_eq!(last["hash"], enrolled["entry"]["hash"]);

    let checked = bench.check(&key, "BG1-A").json().run().exits(0).document();
    assert_eq!(checked["ok"], true);
    assert_eq!(checked["evidence"], "silent");
    let info = ["key", "info", "--device", key.address(), "--json"];
    let info = bench.halligan(info).run().exits(0).document();
    assert_eq!(info["ok"], true);
    assert_eq!(info["pin_retries"], 8);
}

#[test]
fn three_processes_play_key_tenant_and_tool() {
    let bench = Bench::new();
    let tenant = [
        "simulator",
        "serve",
        "--state",
        "t",
        "--listen",
        "127.0.0.1:0",
        "--json",
    ];
    let (tenant, served) = bench.halligan(tenant).start().ready();
    let key = [
        "emulator",
        "serve",
        "--state",
        "k",
        "--listen",
        "udp:127.0.0.1:0",
        "--json",
    ];
    let (key, plugged_in) = bench.halligan(key).start().ready();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (config, account) = (text(&served["config"]), text(&served["accounts"][0]));
    let device = text(&plugged_in["listening"][0]);
    let halligan = |words: &str| {
        let command = bench
            .halligan(["--config", &config, "--json"])
            .with(words.split(' '));
        command.with(["--device", &device])
    };

    let enroll = || halligan("enroll").with(["--account", &account, "--label", "BG1-A"]);
    let ok = |command: Command| assert_eq!(command.run().exits(0).document()["ok"], true);
    ok(enroll().pin(PIN));
    ok(halligan("check"));
    ok(halligan("key info"));
    ok(bench.halligan(["--config", &config, "--json", "ledger", "verify"]));
    let again = halligan("enroll").with(["--account", &account, "--label", "BG1-B"]);
    again.pin(PIN).run().exits(3).fails_with("already_enrolled");

    for server in [key, tenant] {
        server.interrupt().finish().exits(0);
    }
}

#[test]
fn a_key_that_has_a_pin_keeps_it() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.set_pin();
    let enrolled = bench.enroll(&key, "BG1-A").json().run().exits(0).document();
    assert_eq!(enrolled["plan"]["pin"], "use");
    assert!(!bench.ledger().contains(&"enroll.pin_set".to_owned()));
    bench.verified_ledger();
}

/// Kinds of keys that exist in the field: each is enrolled and then found alive.
fn enrols_and_checks(profile: Profile) {
    let bench = Bench::new();
    let key = bench.key(profile);
    bench.enroll(&key, "BG1-A").run().exits(0);
    let silently = bench.check(&key, "BG1-A").json().run();
    assert_eq!(silently.exits(0).document()["evidence"], "silent");
    let fully = bench.check(&key, "BG1-A").with(["--full"]).pin(PIN);
    let fully = fully.json().run().exits(0).document();
    assert_eq!(fully["evidence"], "touch_and_pin");
    assert_eq!(bench.ledger()[..6], FRESH_KEY);
    bench.verified_ledger();
}

#[test]
fn a_key_of_the_prototype_generation_is_enrolled_and_checked() {
    enrols_and_checks(Profile::preview());
}

#[test]
fn a_key_that_resets_only_after_power_up_is_enrolled_and_checked() {
    enrols_and_checks(Profile::strict());
}

#[test]
fn a_key_that_always_verifies_the_user_is_enrolled_and_checked() {
    let always_uv = Profile {
        always_uv: Some(true),
        ..Profile::default()
    };
    enrols_and_checks(always_uv);
}

#[test]
fn both_pin_protocols_enrol_and_check() {
    for protocol in [PinUvAuthProtocol::One, PinUvAuthProtocol::Two] {
        let only = Profile {
            pin_uv_auth_protocols: vec![protocol],
            ..Profile::default()
        };
        enrols_and_checks(only);
    }
}

#[test]
fn a_dry_run_changes_nothing() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    let registrations =
        || bench.in_tenant(|state| (state.users.clone(), state.fido2_methods.clone()));
    let before = (Snapshot::of(&key.directory), registrations());

    let plan = bench.enroll(&key, "BG1-A").with(["--dry-run"]).json().run();
    let plan = plan.exits(0).document();
    assert_eq!(plan["dry_run"], true);
    assert_eq!(plan["plan"]["label"], "BG1-A");

    // The challenge that the service noted is no change that anybody could see.
    assert_eq!((Snapshot::of(&key.directory), registrations()), before);
    assert_eq!(
        Snapshot::of(&bench.path("ledger")),
        Snapshot::of(&bench.path("nowhere"))
    );
    assert_eq!(
        Snapshot::of(&bench.path("station")),
        Snapshot::of(&bench.path("nowhere"))
    );
}

#[test]
fn a_dry_run_on_a_ledger_in_use_changes_nothing_either() {
    let bench = Bench::new();
    let (key, another) = (bench.key(Profile::default()), bench.key(Profile::default()));
    bench.enroll(&key, "BG1-A").run().exits(0);
    another.set_pin();
    let state =
        || ["ledger", "station", "key-1", "key-2"].map(|name| Snapshot::of(&bench.path(name)));
    let before = state();
    bench
        .enroll(&another, "BG1-B")
        .with(["--dry-run"])
        .run()
        .exits(0)
        .prints("nothing was changed");
    assert_eq!(state(), before);
    assert_eq!(bench.registered(), 1);
}

#[test]
fn a_key_is_the_same_over_every_socket() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench
        .enroll_over(key.addresses()[2], "BG1-A")
        .run()
        .exits(0);
    for address in key.addresses() {
        let check = ["check", "--device", address, "--key", "BG1-A"];
        bench.halligan(check).run().exits(0);
    }
}

#[test]
fn a_key_in_the_same_process_is_enrolled_and_checked() {
    let bench = Bench::new();
    bench.enroll_over("emulator:own", "BG1-A").run().exits(0);
    bench
        .halligan(["check", "--device", "emulator:own"])
        .run()
        .exits(0);
    bench.verified_ledger();
}

#[test]
fn the_same_key_serves_two_accounts() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.enroll(&key, "BG1-A").run().exits(0);
    bench
        .enroll_for(&bench.account(1), &key, "BG2-A")
        .run()
        .exits(0);
    assert_eq!(key.credentials().len(), 2);
    for label in ["BG1-A", "BG2-A"] {
        bench.check(&key, label).run().exits(0);
    }
}

#[test]
fn what_went_over_the_wire_can_be_kept() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench
        .enroll(&key, "BG1-A")
        .with(["--save", "kept"])
        .run()
        .exits(0);
    let read = |name: &str| -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(bench.path("kept").join(name)).unwrap()).unwrap()
    };
    let registration = read("registration.json");
    assert_eq!(registration["displayName"], "BG1-A");
    let options = read("creation-options.json");
    assert_eq!(options["publicKey"]["rp"]["id"], "login.microsoft.com");
}
