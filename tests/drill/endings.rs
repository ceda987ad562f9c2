//! Drills that do not prove what they are held for: each has its verdict, and none is green.

use halligan::ceremony::Error;
use halligan::ceremony::interaction::Step;
use serde_json::json;

use super::{Stage, browser, finding};
use crate::bench::Person;

#[test]
fn another_accounts_key_is_refused_and_the_log_says_why() {
    let stage = Stage::new();
    let (drill, page) = stage.begin(&[]);
    browser::sign_in(&stage.bench, &page, &stage.bench.account(0), &stage.keys[1]);
    let document = drill.finish().exits(1).document();
    let (verdict, why) = finding(&document, "sign_in");
    assert!(
        verdict == "fail" && why.contains("another account's") && why.contains("AADSTS135010"),
        "{why}"
    );
    assert_eq!(finding(&document, "result").0, "fail");
    assert_eq!(document["passed"], false);
}

#[test]
fn a_key_that_nobody_registered_any_more_is_refused() {
    let stage = Stage::new();
    stage
        .bench
        .change_tenant(|state| state.fido2_methods.clear());
    let (drill, page) = stage.begin(&[]);
    browser::sign_in(&stage.bench, &page, &stage.bench.account(0), &stage.keys[0]);
    let document = drill.finish().exits(1).document();
    assert!(finding(&document, "sign_in").1.contains("AADSTS135010"));
}

#[test]
fn another_account_that_signs_in_proves_nothing() {
    let stage = Stage::new();
    let (drill, page) = stage.begin(&[]);
    let other = stage.bench.account(1);
    // Whoever holds the wrong key may type its account's name, whatever the page suggests.
    browser::sign_in(&stage.bench, &page, &other, &stage.keys[1]);
    let document = drill.finish().exits(1).document();
    let (verdict, why) = finding(&document, "signed_in_account");
    assert!(verdict == "fail" && why.starts_with(&other), "{why}");
    assert_eq!(finding(&document, "log").0, "not_applicable");
    assert!(document["signed_in_at"].is_null());
}

#[test]
fn a_policy_that_blocks_is_named() {
    let stage = Stage::new();
    stage.policy("Nobody at all", "block", false);
    let (drill, page) = stage.begin(&[]);
    browser::sign_in(&stage.bench, &page, &stage.bench.account(0), &stage.keys[0]);
    let document = drill.finish().exits(1).document();
    assert!(
        finding(&document, "sign_in")
            .1
            .starts_with("a Conditional Access policy blocks")
    );
    assert_eq!(
        finding(&document, "policies"),
        ("fail", "refused by Nobody at all")
    );
}

#[test]
fn a_policy_that_applies_is_a_finding_although_the_account_gets_in() {
    let stage = Stage::new();
    stage.policy("Require MFA for all users", "mfa", false);
    let document = stage.held(&[]).exits(1).document();
    let why = "asked for something by Require MFA for all users";
    assert_eq!(finding(&document, "policies"), ("fail", why));
    assert_eq!(finding(&document, "signed_in_account").0, "pass");
}

#[test]
fn a_row_that_never_comes_ends_the_drill_not_proven() {
    let stage = Stage::new();
    stage
        .bench
        .seed(&json!({"logDelaySeconds": 86_400}).to_string());
    let document = stage.held(&["--log-limit", "2s"]).exits(1).document();
    let (verdict, why) = finding(&document, "log");
    assert!(
        verdict == "fail" && why.starts_with("it does not show the sign-in"),
        "{why}"
    );
    assert_eq!(finding(&document, "method").0, "unknown");
    assert!(document["log"].is_null());
}

#[test]
fn without_a_licence_it_says_so_first_and_is_not_green() {
    let stage = Stage::new();
    stage.bench.seed(&json!({"license": "free"}).to_string());
    let (drill, page) = stage.begin(&[]);
    browser::sign_in(&stage.bench, &page, &stage.bench.account(0), &stage.keys[0]);
    let held = drill.finish().exits(1);
    let events = held.events();
    let at = |name: &str| {
        events
            .iter()
            .position(|event| event["event"] == name)
            .unwrap()
    };
    assert!(at("warning") < at("sign_in"));
    assert_eq!(finding(&held.document(), "log").0, "unknown");
}

#[test]
fn who_cancels_or_does_nothing_fails_the_drill() {
    let stage = Stage::new();
    let (drill, page) = stage.begin(&[]);
    browser::cancel(&stage.bench, &page);
    let document = drill.finish().exits(1).document();
    assert!(finding(&document, "sign_in").1.contains("cancelled"));
    let idle = stage
        .drill()
        .with(["--limit", "1s"])
        .run()
        .exits(1)
        .document();
    assert_eq!(
        finding(&idle, "sign_in"),
        ("fail", "the sign-in was not finished within 1 s")
    );
}

#[test]
fn an_interrupted_drill_is_resumed_where_the_log_is_looked_at() {
    let stage = Stage::new();
    stage.bench.seed(&json!({"logDelaySeconds": 6}).to_string());
    let (drill, page) = stage.begin(&[]);
    browser::sign_in(&stage.bench, &page, &stage.bench.account(0), &stage.keys[0]);
    let (drill, _) = drill.until_event("waiting");
    drill.interrupt().finish().exits(7).fails_with("stopped");
    let name = format!("drill/{}", stage.bench.account(0));
    let again = stage.drill().run();
    again.exits(7).fails_with("ceremony_open");
    let too_long = stage.drill().with(["--limit", "2h"]).run();
    too_long.exits(2).prints("not from 1s to 1h");
    stage
        .bench
        .halligan(["resume", &name, "--undo"])
        .run()
        .exits(7);
    let resumed = stage
        .bench
        .halligan(["resume", &name, "--json"])
        .run()
        .exits(0);
    assert_eq!(resumed.document()["drill"]["passed"], true);
    stage.bench.verified_ledger();
}

/// Both have seen that no drill is open when the other announces its own.
#[test]
fn of_two_drills_at_the_same_time_the_first_goes_on() {
    let stage = Stage::new();
    let mut rival = None;
    let mut person = Person::who_at(Step::RecordIntent, || rival = Some(stage.begin(&[])));
    let second = stage.bench.in_process().drill(&stage.keys[0], &mut person);
    drop(person);
    assert!(matches!(*second.unwrap_err(), Error::CeremonyOpen { .. }));
    let (first, page) = rival.unwrap();
    browser::sign_in(&stage.bench, &page, &stage.bench.account(0), &stage.keys[0]);
    first.finish().exits(0);
    let closed = stage.bench.halligan(["resume", "--json"]).run().exits(0);
    assert_eq!(closed.document()["open"], json!([]));
    stage.bench.verified_ledger();
}

#[test]
fn an_interrupt_before_anybody_is_in_leaves_nothing_open() {
    let stage = Stage::new();
    let (drill, _) = stage.begin(&[]);
    drill.interrupt().finish().exits(7).fails_with("cancelled");
    let open = stage.bench.halligan(["resume", "--json"]).run().exits(0);
    assert_eq!(open.document()["open"], json!([]));
}

#[test]
fn an_authority_that_cannot_be_asked_is_no_verdict() {
    let stage = Stage::new();
    stage.bench.cut_the_network();
    stage.drill().run().exits(5).fails_with("sign_in");
}
