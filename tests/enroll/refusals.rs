//! What an enrolment refuses, and what the refusal costs: nothing that could be found out beforehand.

use halligan::ctap::Permissions;
use halligan::emulator::Profile;
use halligan::emulator::profile::Attestation;
use halligan::emulator::touch::Deny;
use halligan::secret::Pin;
use halligan::simulator::tenant::{EnforcementType, KeyRestrictions, State, UserType};

use crate::bench::{Bench, Key, PIN, WRONG_PIN};

#[test]
fn a_key_that_is_enrolled_already_is_refused_before_anything_is_spent() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.enroll(&key, "BG1-A").run().exits(0);
    key.touched_by(Deny);
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
        .says_nothing_of("Touch");

    assert_eq!(key.tries(), 8);
    assert_eq!((bench.ledger(), bench.registered()), before);
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
    let wrong = Pin::new(WRONG_PIN).unwrap();
    while key.tries() > left {
        let spent = key.open().pin_uv_auth(&wrong, Permissions::CM, None);
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
    assert_eq!(bench.ledger()[4..6], ["ceremony.failed", "ceremony.undone"]);
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
fn a_key_without_a_certificate_is_taken_with_a_warning_and_refused_where_attestation_is_required() {
    for attestation in [Attestation::Own, Attestation::None] {
        let bench = Bench::new();
        let key = bench.key(Profile {
            attestation,
            ..Profile::default()
        });
        bench
            .enroll(&key, "BG1-A")
            .with(["--require-attestation"])
            .json()
            .run()
            .exits(3)
            .fails_with("attestation");
        assert_eq!((bench.registered(), key.credentials().len()), (0, 0));
        let ran = bench.enroll(&key, "BG1-A").run();
        ran.exits(0).says("attestation, chain:");
    }
}

#[test]
fn an_account_that_the_service_would_refuse_costs_no_touch_and_no_pin() {
    let refused = |code: &str, change: fn(&mut State)| {
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
    refused("preflight", |state| state.users[0].account_enabled = false);
    refused("preflight", |state| {
        state.users[0].user_type = UserType::Guest
    });
    refused("tenant_not_found", |state| {
        state
            .users
            .retain(|user| !user.user_principal_name.starts_with("bg1"))
    });
    refused("preflight", |state| {
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
        .with(["--skip-preflight"])
        .json()
        .run()
        .exits(5)
        .fails_with("tenant_refused");
    assert_eq!((bench.registered(), key.credentials().len()), (0, 0));
    assert_eq!(bench.ledger()[4..], ["ceremony.failed", "ceremony.undone"]);
    let undone = bench.entries().pop().unwrap();
    assert_eq!(undone["body"]["credential_deleted"], true);
    bench.verified_ledger();
}
