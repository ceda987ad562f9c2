//! `halligan enroll`, from outside.

use halligan::emulator::Profile;
use halligan::emulator::profile::PinUvAuthProtocol;
use halligan::simulator::tenant::{EnforcementType, KeyRestrictions, UserType};

use serde_json::Value;

use crate::bench::{Bench, Command, Key, PIN, Snapshot, WRONG_PIN};

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
    assert_eq!(key.credentials(), [in_tenant.credential_id.0.clone()]);
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
fn a_key_that_is_enrolled_already_is_refused_before_anything_is_spent() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.enroll(&key, "BG1-A").run().exits(0);
    key.touched_by(halligan::emulator::touch::Deny);
    let before = (bench.ledger(), bench.registered());

    // The wrong PIN would cost a try, if it came that far; the touch would be denied, if it were asked for.
    bench
        .enroll(&key, "BG1-B")
        .pin(WRONG_PIN)
        .json()
        .run()
        .exits(3)
        .fails_with("already_enrolled");
    bench
        .enroll(&key, "BG1-B")
        .run()
        .exits(3)
        .says("enrolled as BG1-A")
        .is_silent_about("Touch");

    assert_eq!(key.tries(), 8);
    assert_eq!((bench.ledger(), bench.registered()), before);
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
fn a_wrong_pin_costs_one_try_and_says_how_many_are_left() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.set_pin();

    bench
        .enroll(&key, "BG1-A")
        .pin(WRONG_PIN)
        .run()
        .exits(4)
        .says("7 tries left");
    assert_eq!(key.tries(), 7);

    let failed = bench.enroll(&key, "BG1-A").pin(WRONG_PIN).json().run();
    let error = failed.exits(4).fails_with("pin_wrong").document()["error"].clone();
    assert!(
        error["message"].as_str().unwrap().contains("6 tries left"),
        "{error}"
    );
    assert_eq!(error["tries_left"], 6);
    assert_eq!(key.tries(), 6);

    assert_eq!(bench.registered(), 0);
    let verified = bench.verified_ledger();
    assert_eq!(verified["open_ceremonies"], serde_json::json!([]));
    bench.enroll(&key, "BG1-A").run().exits(0);
    assert_eq!(key.tries(), 8);
}

/// Spends tries until this many are left.
fn spend_tries(key: &Key, left: u8) {
    let wrong = halligan::secret::Pin::new(WRONG_PIN).unwrap();
    while key.tries() > left {
        let spent = key
            .open()
            .pin_uv_auth(&wrong, halligan::ctap::Permissions::CM, None);
        assert!(spent.is_err());
        key.replug();
    }
}

#[test]
fn the_last_three_tries_are_spent_only_on_demand() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.set_pin();
    spend_tries(&key, 3);
    bench
        .enroll(&key, "BG1-A")
        .json()
        .run()
        .exits(4)
        .fails_with("too_few_pin_tries");
    assert_eq!((key.tries(), bench.registered()), (3, 0));
    bench
        .enroll(&key, "BG1-A")
        .with(["--spend-last-pin-tries"])
        .run()
        .exits(0);
    assert_eq!(key.tries(), 8);
}

#[test]
fn a_pin_that_cannot_be_one_leaves_no_trace() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    for pin in ["", "123", &"long".repeat(16)] {
        bench
            .enroll(&key, "BG1-A")
            .pin(pin)
            .json()
            .run()
            .exits(4)
            .fails_with("pin_unfit");
    }
    let no_terminal = bench.halligan([
        "enroll",
        "--device",
        key.address(),
        "--account",
        &bench.account(0),
    ]);
    no_terminal
        .with(["--label", "BG1-A", "--json"])
        .run()
        .exits(2)
        .fails_with("pin_source");
    assert_eq!(key.open().info().options.client_pin, Some(false));
    assert!(!bench.ledger().contains(&"enroll.intended".to_owned()));
}

#[test]
fn a_label_is_given_once_and_fits_into_the_directory() {
    let bench = Bench::new();
    let (key, another) = (bench.key(Profile::default()), bench.key(Profile::default()));
    bench.enroll(&key, "BG1-A").run().exits(0);
    bench
        .enroll(&another, "BG1-A")
        .json()
        .run()
        .exits(2)
        .fails_with("label_taken");
    let long = "a label of thirty-one characters";
    bench
        .enroll(&another, long)
        .json()
        .run()
        .exits(2)
        .fails_with("label");
    assert_eq!(another.open().info().options.client_pin, Some(false));
}

#[test]
fn a_key_whose_attestation_is_false_is_never_registered() {
    let bench = Bench::new();
    for fault in ["bad-signature", "wrong-aaguid"] {
        let key = bench.key(Profile::default());
        key.fault(fault);
        bench
            .enroll(&key, "BG1-A")
            .json()
            .run()
            .exits(3)
            .fails_with("attestation");
        key.replug();
        assert_eq!(
            (bench.registered(), key.credentials().len()),
            (0, 0),
            "{fault}"
        );
    }
    assert_eq!(bench.ledger()[4..6], ["enroll.failed", "enroll.undone"]);
    bench.verified_ledger();
}

#[test]
fn an_attestation_that_leads_nowhere_is_refused_where_it_is_required() {
    let bench = Bench::new();
    let (key, stranger) = (bench.key(Profile::default()), bench.key(Profile::default()));
    let enroll = |label: &str| {
        let account = bench.account(0);
        let options = [
            "--account",
            &account,
            "--label",
            label,
            "--attestation-root",
        ];
        bench
            .halligan(["enroll", "--device", key.address(), "--json"])
            .with(options)
            .with([stranger.attestation_root()])
            .pin(PIN)
    };
    enroll("BG1-A")
        .with(["--require-attestation"])
        .run()
        .exits(3)
        .fails_with("attestation");
    assert_eq!((bench.registered(), key.credentials().len()), (0, 0));
    let verdict = enroll("BG1-A").run().exits(3).document();
    assert!(
        verdict["error"]["message"]
            .as_str()
            .unwrap()
            .contains("chain"),
        "{verdict}"
    );
}

#[test]
fn an_account_that_the_service_would_refuse_costs_no_touch_and_no_pin() {
    let refused = |code: &str, change: fn(&mut halligan::simulator::tenant::State)| {
        let bench = Bench::new();
        let key = bench.key(Profile::default());
        bench.change_tenant(change);
        bench
            .enroll(&key, "BG1-A")
            .json()
            .run()
            .exits(5)
            .fails_with(code);
        assert_eq!(key.open().info().options.client_pin, Some(false), "{code}");
        assert!(
            !bench.ledger().contains(&"enroll.intended".to_owned()),
            "{code}"
        );
    };
    refused("account_unfit", |state| {
        state.users[0].account_enabled = false
    });
    refused("account_unfit", |state| {
        state.users[0].user_type = UserType::Guest
    });
    refused("tenant_not_found", |state| {
        state
            .users
            .retain(|user| !user.user_principal_name.starts_with("bg1"))
    });
    refused("tenant_refused", |state| {
        state.fido2_policy.is_self_service_registration_allowed = false
    });
    refused("tenant_forbidden", |state| {
        for application in &mut state.applications {
            application.application_permissions.clear();
        }
    });
}

#[test]
fn a_model_that_the_policy_disallows_is_taken_back_from_the_key() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.change_tenant(|state| {
        state.fido2_policy.key_restrictions = KeyRestrictions {
            is_enforced: true,
            enforcement_type: EnforcementType::Block,
            aa_guids: vec![Profile::default().aaguid],
        };
    });
    bench
        .enroll(&key, "BG1-A")
        .json()
        .run()
        .exits(5)
        .fails_with("tenant_refused");
    assert_eq!((bench.registered(), key.credentials().len()), (0, 0));
    assert_eq!(bench.ledger()[4..], ["enroll.failed", "enroll.undone"]);
    let undone = bench.entries().pop().unwrap();
    assert_eq!(undone["body"]["credential_deleted"], true);
    bench.verified_ledger();
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
