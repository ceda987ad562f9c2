//! `halligan reconcile`, from outside: what does not fit between ledger, directory and key, and what helps.

use std::collections::BTreeSet;

use halligan::ceremony::reconcile::FindingId;
use halligan::emulator::Profile;
use halligan::simulator::tenant::{
    EnforcementType, IncludeTarget, KeyRestrictions, PasskeyProfile, PasskeyTypes, Target,
};
use serde_json::{Value, json};

use crate::bench::{Bench, Finished, Key, PIN, Person, WRONG_PIN};

/// A bench with one enrolled key, BG1-A.
fn enrolled() -> (Bench, Key) {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.enroll(&key, "BG1-A").run().exits(0);
    (bench, key)
}

fn reconcile(bench: &Bench, options: &[&str]) -> Finished {
    bench
        .halligan(["reconcile", "--json"])
        .with(options.iter().copied())
        .run()
}

/// The same with this key in hand, and a look into it.
fn contents(bench: &Bench, key: &Key, pin: &str) -> Finished {
    let look = ["reconcile", "--json", "--device", key.address()];
    bench.halligan(look).with(["--contents"]).pin(pin).run()
}

/// The lines, as finding ids by label, by `on key`, by the display name or else by account.
fn findings(finished: &Finished) -> Vec<(String, Vec<String>)> {
    let document = finished.document();
    let lines = document["lines"].as_array().unwrap().iter();
    let ids = |line: &Value| {
        let findings = line["findings"].as_array().unwrap().iter();
        findings
            .map(|finding| finding["id"].as_str().unwrap().to_owned())
            .collect()
    };
    lines
        .map(|line| {
            let label = line["label"].as_str().unwrap_or("");
            (label.to_owned(), ids(line))
        })
        .collect()
}

#[track_caller]
fn finds(finished: &Finished, expected: &[(&str, &[&str])]) {
    let expected: Vec<(String, Vec<String>)> = expected
        .iter()
        .map(|(label, ids)| {
            let ids = ids.iter().map(|&id| id.to_owned()).collect();
            ((*label).to_owned(), ids)
        })
        .collect();
    assert_eq!(findings(finished), expected, "{}", finished.shown());
}

/// Both lines say that the key opens two accounts.
#[track_caller]
fn on_two_accounts(finished: &Finished, labels: [&str; 2]) {
    finds(
        finished,
        &labels.map(|label| (label, ["key_on_two_accounts"].as_slice())),
    );
}

/// Everything that was found and what helps, as one text.
fn said(finished: &Finished) -> String {
    finished.document()["lines"].to_string()
}

/// The words of the command that the first remedy of a line offers.
#[track_caller]
fn offered(finished: &Finished, line: usize) -> Vec<String> {
    let remedy = &finished.document()["lines"][line]["findings"][0]["remedy"];
    let mut quoted = remedy.as_str().unwrap().split('`').skip(1).step_by(2);
    let command = quoted.find_map(|text| text.strip_prefix("halligan "));
    command.unwrap().split(' ').map(str::to_owned).collect()
}

fn only(restrictions: KeyRestrictions) -> impl FnOnce(&mut halligan::simulator::tenant::State) {
    |state| state.fido2_policy.key_restrictions = restrictions
}

fn another_model_only() -> KeyRestrictions {
    KeyRestrictions {
        is_enforced: true,
        enforcement_type: EnforcementType::Allow,
        aa_guids: vec!["2fc0579f-8113-47ea-b116-555a8db9202a".parse().unwrap()],
    }
}

#[test]
fn what_fits_is_in_order_and_nothing_is_written() {
    let (bench, key) = enrolled();
    let before = bench.ledger();
    let finished = reconcile(&bench, &["--device", key.address()]).exits(0);
    finds(&finished, &[("BG1-A", &["in_order"])]);
    assert_eq!(finished.document()["lines"][0]["in_hand"], true);
    assert_eq!(bench.ledger(), before);
    bench
        .halligan(["reconcile"])
        .run()
        .exits(0)
        .prints("1 lines: 1 in order, 0 not in order, 0 unknown.");
}

#[test]
fn a_method_that_nobody_recorded_is_found() {
    let (bench, key) = enrolled();
    std::fs::remove_dir_all(bench.path("ledger")).unwrap();
    let second = bench.key(Profile::default());
    bench.enroll(&second, "BG1-B").run().exits(0);
    let finished = reconcile(&bench, &[]).exits(1);
    finds(
        &finished,
        &[("BG1-B", &["in_order"]), ("", &["method_without_key"])],
    );
    assert!(said(&finished).contains("BG1-A"), "{}", said(&finished));
    let held = contents(&bench, &key, PIN).exits(1);
    let expected: &[(&str, &[&str])] = &[
        ("BG1-B", &["in_order"]),
        ("", &["method_without_key"]),
        ("", &["key_not_enrolled"]),
    ];
    finds(&held, expected);
    assert!(said(&held).contains("on the key in hand, and not in the ledger"));
}

#[test]
fn a_key_whose_method_is_gone_is_found() {
    let (bench, _) = enrolled();
    bench.change_tenant(|state| state.fido2_methods.clear());
    finds(
        &reconcile(&bench, &[]).exits(1),
        &[("BG1-A", &["key_without_method"])],
    );
}

#[test]
fn the_command_that_is_offered_retires_the_key() {
    let changes: [fn(&mut halligan::simulator::tenant::State); 4] = [
        |state| state.fido2_methods.clear(),
        |state| state.fido2_methods[0].display_name = "BG9-Z".to_owned(),
        |state| state.users[0].account_enabled = false,
        |state| drop(state.users.remove(0)),
    ];
    for change in changes {
        let (bench, _) = enrolled();
        let account = bench.account(0);
        bench.change_tenant(change);
        let finished = reconcile(&bench, &[]).exits(1);
        let retire = bench.halligan(offered(&finished, 0));
        // It is the account's last key.
        retire.with(["--confirm", account.as_str()]).run().exits(0);
        assert_eq!(bench.ledger().last().unwrap(), "key.retired");
    }
}

#[test]
fn another_name_in_the_directory_is_found() {
    let (bench, _) = enrolled();
    let second = bench.key(Profile::default());
    bench.enroll(&second, "BG1-B").run().exits(0);
    bench.change_tenant(|state| state.fido2_methods[0].display_name = "BG1-B".to_owned());
    let finished = reconcile(&bench, &[]).exits(1);
    finds(
        &finished,
        &[("BG1-A", &["name_mismatch"]), ("BG1-B", &["in_order"])],
    );
    assert!(said(&finished).contains("another key's label"));
}

#[test]
fn another_model_in_the_directory_is_found() {
    let (bench, _) = enrolled();
    bench.change_tenant(|state| {
        state.fido2_methods[0].aaguid = "2fc0579f-8113-47ea-b116-555a8db9202a".parse().unwrap();
    });
    finds(
        &reconcile(&bench, &[]).exits(1),
        &[("BG1-A", &["method_mismatch"])],
    );
}

#[test]
fn a_key_that_opens_two_accounts_is_found() {
    let (bench, key) = enrolled();
    let root = key.attestation_root();
    let second = bench
        .enroll_for(&bench.account(1), &key, "BG2-A")
        .with(["--attestation-root", root.as_str()]);
    second.run().exits(0);
    // Without the key, the ledger alone cannot tell; with it, it can.
    reconcile(&bench, &[]).exits(0);
    let finished = reconcile(&bench, &["--device", key.address()]).exits(1);
    on_two_accounts(&finished, ["BG1-A", "BG2-A"]);
}

#[test]
fn a_credential_that_is_registered_for_two_accounts_is_found() {
    let (bench, _) = enrolled();
    bench.change_tenant(|state| {
        let mut copy = state.fido2_methods[0].clone();
        copy.user_id = state.users[1].id;
        state.fido2_methods.push(copy);
    });
    let finished = reconcile(&bench, &["--account", &bench.account(1)]).exits(1);
    on_two_accounts(&finished, ["BG1-A", ""]);
}

#[test]
fn a_credential_that_nobody_knows_is_found_and_can_be_deleted() {
    let (bench, key) = enrolled();
    // The same key, enrolled beside this ledger, and removed from the tenant by hand.
    let elsewhere = ["--ledger", "elsewhere"];
    bench
        .enroll_for(&bench.account(1), &key, "BG2-A")
        .with(elsewhere)
        .run()
        .exits(0);
    let bg2 = bench.account(1);
    bench.change_tenant(|state| {
        let id = state.users[1].id;
        state.fido2_methods.retain(|method| method.user_id != id);
    });
    reconcile(&bench, &["--device", key.address()]).exits(0);
    let finished = contents(&bench, &key, PIN).exits(1);
    let expected: &[(&str, &[&str])] = &[
        ("BG1-A", &["in_order"]),
        ("", &["orphan_credential"]),
        ("", &["in_order"]),
    ];
    finds(&finished, expected);
    let orphan = &finished.document()["lines"][1];
    assert_eq!(orphan["account"], bg2.as_str());
    bench
        .halligan(offered(&finished, 1))
        .with(["--yes"])
        .pin(PIN)
        .run()
        .exits(0);
    contents(&bench, &key, PIN).exits(0);
    assert_eq!(key.credentials().len(), 1);
}

#[test]
fn an_orphan_of_an_account_that_cannot_be_asked_is_not_called_one() {
    let (bench, key) = enrolled();
    let elsewhere = bench.enroll_for(&bench.account(1), &key, "BG2-A");
    elsewhere.with(["--ledger", "elsewhere"]).run().exits(0);
    bench.change_tenant(|state| {
        state.fido2_methods.remove(1);
        state.users.remove(1);
    });
    let finished = contents(&bench, &key, PIN).exits(1);
    assert_eq!(
        findings(&finished)[1].1,
        ["unknown"],
        "{}",
        finished.shown()
    );
    assert!(!said(&finished).contains("credentials delete"));
}

#[test]
fn a_key_that_nobody_enrolled_is_found() {
    let (bench, _) = enrolled();
    let stranger = bench.key(Profile::default());
    let finished = reconcile(&bench, &["--device", stranger.address()]).exits(1);
    finds(
        &finished,
        &[("BG1-A", &["in_order"]), ("", &["key_not_enrolled"])],
    );
}

#[test]
fn a_model_that_the_policy_no_longer_takes_is_locked_out() {
    let (bench, _) = enrolled();
    bench.change_tenant(only(another_model_only()));
    let finished = reconcile(&bench, &[]).exits(1);
    finds(&finished, &[("BG1-A", &["model_not_allowed"])]);
    assert!(said(&finished).contains("settings for the whole tenant: keyRestrictions"));
}

#[test]
fn the_profiles_of_the_accounts_groups_decide() {
    let (bench, _) = enrolled();
    bench.change_tenant(|state| {
        let profile = |id, name: &str, restrictions| PasskeyProfile {
            id: uuid::Uuid::from_u128(id),
            name: name.to_owned(),
            passkey_types: PasskeyTypes::DEVICE_BOUND,
            is_attestation_enforced: true,
            key_restrictions: restrictions,
        };
        let free = KeyRestrictions {
            is_enforced: false,
            ..another_model_only()
        };
        let default = profile(1, "Default", another_model_only());
        let emergency = profile(2, "Emergency", free);
        let group = Target::Group("emergency".to_owned());
        state.fido2_policy.include_targets = vec![
            Target::AllUsers.into(),
            IncludeTarget::with_profiles(group, &[emergency.id]),
        ];
        state.fido2_policy.default_passkey_profile = Some(default.id);
        state.fido2_policy.passkey_profiles = vec![default, emergency];
    });
    let finished = reconcile(&bench, &[]).exits(1);
    finds(&finished, &[("BG1-A", &["model_not_allowed"])]);
    assert!(
        said(&finished).contains(r#"passkey profile \"Default\""#),
        "{}",
        said(&finished)
    );
    bench.change_tenant(|state| state.users[0].groups.push("emergency".to_owned()));
    reconcile(&bench, &[]).exits(0);
    bench.tenant_fault("listMemberships=403");
    let finished = reconcile(&bench, &[]).exits(5);
    finds(&finished, &[("BG1-A", &["unknown"])]);
}

#[test]
fn accounts_that_are_gone_or_disabled_are_found() {
    let (bench, _) = enrolled();
    bench.change_tenant(|state| state.users[0].account_enabled = false);
    finds(
        &reconcile(&bench, &[]).exits(1),
        &[("BG1-A", &["account_disabled"])],
    );
    bench.change_tenant(|state| drop(state.users.remove(0)));
    finds(
        &reconcile(&bench, &[]).exits(1),
        &[("BG1-A", &["account_deleted"])],
    );
    let finished = reconcile(&bench, &["--account", "nobody@contoso.example"]).exits(1);
    let both: &[(&str, &[&str])] = &[("BG1-A", &["account_deleted"]), ("", &["account_deleted"])];
    finds(&finished, both);
}

#[test]
fn an_enrolment_that_stopped_in_the_middle_is_found() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.fault("unplug@getAssertion,times:1");
    let stopped = bench.in_process().enroll(&key, "BG1-A", &mut Person::new());
    assert!(stopped.is_err());
    let finished = reconcile(&bench, &[]).exits(1);
    finds(&finished, &[("BG1-A", &["ceremony_open"])]);
    assert!(said(&finished).contains("halligan resume"));
}

#[test]
fn what_the_tenant_does_not_answer_is_unknown() {
    for fault in [
        "getPolicy=403",
        "getPolicy=500",
        "getPolicy=429,retry-after=0,times=always",
        "getPolicy=junk,bytes=200",
        "listMethods=403",
        "listMethods=500",
        "getUser=403",
    ] {
        let (bench, _) = enrolled();
        bench.tenant_fault(fault);
        let finished = reconcile(&bench, &[]).exits(5);
        finds(&finished, &[("BG1-A", &["unknown"])]);
        let document = finished.document();
        assert_eq!(
            (&document["ok"], &document["unknown"]),
            (&json!(false), &json!(1)),
            "{fault}"
        );
        assert!(document["error"]["code"].is_string());
    }
}

#[test]
fn what_is_wrong_outweighs_what_could_not_be_asked() {
    let (bench, key) = enrolled();
    let stranger = bench.key(Profile::default());
    bench.cut_the_network();
    let cut_off = reconcile(&bench, &["--device", key.address()]).exits(5);
    finds(&cut_off, &[("BG1-A", &["unknown"])]);
    reconcile(&bench, &["--device", stranger.address()]).exits(1);
}

#[test]
fn a_wrong_pin_costs_one_try_and_says_so() {
    let (bench, key) = enrolled();
    let tries = key.tries();
    let wrong = contents(&bench, &key, WRONG_PIN).exits(4);
    wrong.fails_with("pin_wrong");
    assert_eq!(key.tries(), tries - 1);
}

#[test]
fn a_ledger_that_is_not_there_is_no_empty_one() {
    let bench = Bench::new();
    reconcile(&bench, &[]).exits(6).fails_with("ledger_absent");
    let without_key = bench.halligan(["reconcile", "--contents"]).run();
    without_key.exits(2);
}

#[test]
fn an_operator_who_signs_in_is_asked_for_the_right_to_read_the_policy() {
    use halligan::graph::credential::{ENROL_PERMISSIONS, RECONCILE_PERMISSIONS};
    assert_eq!(RECONCILE_PERMISSIONS[..2], ENROL_PERMISSIONS);
    assert!(RECONCILE_PERMISSIONS.contains(&"Policy.Read.AuthenticationMethod"));
}

#[test]
fn every_finding_is_described() {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reconcile.md")).unwrap();
    let described: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    let known: BTreeSet<&str> = FindingId::ALL.iter().map(|id| id.as_str()).collect();
    assert_eq!(described, known);
}
