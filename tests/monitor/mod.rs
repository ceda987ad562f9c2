//! Looks into the logs, from outside: what the tenant really logs of what the tool does and of what others do.

mod bucket;
mod following;
mod seen;
mod telling;

use halligan::emulator::Profile;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::bench::{Bench, Command, GROUP, Key};

/// A tenant whose accounts are configured, and that has their group.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.name_accounts();
    let group = json!({"id": GROUP, "displayName": "Emergency access accounts", "members": []});
    bench.seed(&json!({"groups": [group]}).to_string());
    bench
}

fn monitor(bench: &Bench) -> Command {
    bench.halligan(["monitor"])
}

/// So long ago.
fn ago(minutes: i64) -> String {
    (Timestamp::now() - SignedDuration::from_mins(minutes)).to_string()
}

/// A sign-in by the first account.
fn sign_in(bench: &Bench, id: &str, minutes: i64, error: i32) -> Value {
    json!({
        "id": id, "userId": bench.user_id(&bench.account(0)), "createdDateTime": ago(minutes),
        "appDisplayName": "Azure Portal", "appId": "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
        "ipAddress": "198.51.100.7", "isInteractive": true, "signInEventTypes": ["interactiveUser"],
        "status": {"errorCode": error, "failureReason": "x"},
        "authenticationDetails": [{"authenticationMethod": "Password", "succeeded": error == 0}],
        "appliedConditionalAccessPolicies": [
            {"id": "1", "displayName": "MFA for everybody", "result": "failure"},
            {"id": "2", "displayName": "Others", "result": "notApplied"}],
    })
}

fn has_signed_in(bench: &Bench, rows: &[Value]) {
    bench.seed(&json!({"signIns": rows}).to_string());
}

fn enrolled(bench: &Bench) -> Key {
    let key = bench.key(Profile::default());
    bench.enroll(&key, "BG1-A").run().exits(0);
    key
}

fn events(document: &Value) -> &[Value] {
    document["events"].as_array().unwrap()
}

#[test]
fn what_the_tool_did_is_explained_and_told_once() {
    let bench = bench();
    let _key = enrolled(&bench);
    let look = monitor(&bench).json().run().exits(0).document();
    assert_eq!(events(&look).len(), 2, "the service logs a new key twice");
    for event in events(&look) {
        assert_eq!(event["log"], "directory_audits", "{event}");
        assert_eq!(event["why"], "enrolment of BG1-A", "{event}");
        assert!(event["explained_by"].is_u64(), "{event}");
    }
    let again = monitor(&bench).json().run().exits(0).document();
    assert!(events(&again).is_empty(), "{again}");
    assert_eq!(
        again["rows"]["told_before"],
        again["rows"]["directory_audits"]
    );
    let all = ["--since", "1h", "--no-record"];
    let all = monitor(&bench).with(all).json().run().exits(0).document();
    assert_eq!(events(&all).len(), events(&look).len());
    bench.halligan(["ledger", "verify"]).run().exits(0);
}

#[test]
fn what_others_did_to_an_account_is_not() {
    let bench = bench();
    let _key = enrolled(&bench);
    monitor(&bench).run().exits(0).prints("explained");
    let user = bench.user_id(&bench.account(0));
    let token = bench.access_token();
    let methods = format!("v1.0/users/{user}/authentication/fido2Methods");
    let (_, listed) = bench.ask(Method::GET, &methods, &token, None);
    let method = listed["value"][0]["id"].as_str().unwrap();
    let (status, _) = bench.ask(Method::DELETE, &format!("{methods}/{method}"), &token, None);
    assert!(status.is_success());
    let look = monitor(&bench).json().run().exits(1).document();
    let deleted = &events(&look)[0];
    assert_eq!(deleted["activity"], "Admin deleted security info");
    assert_eq!(deleted["severity"], "error");
    assert_eq!(deleted["account"]["upn"], bench.account(0));
    assert_eq!(look["unexplained"], 1);
    monitor(&bench)
        .run()
        .exits(0)
        .prints("Everything is explained");
}

#[test]
fn who_signs_in_and_who_tries_are_told_apart() {
    let bench = bench();
    let mut rows = vec![
        sign_in(&bench, "in", 30, 0),
        sign_in(&bench, "disabled", 20, 50057),
        sign_in(&bench, "blocked", 10, 53003),
    ];
    rows.extend((0..40).map(|number| {
        let mut row = sign_in(&bench, &format!("try-{number}"), 60 - number, 50126);
        row["ipAddress"] = format!("203.0.113.{}", number % 20).into();
        row
    }));
    has_signed_in(&bench, &rows);
    let look = monitor(&bench).json().run().exits(1).document();
    assert_eq!(look["rows"]["sign_ins"], 43);
    assert_eq!(look["unexplained"], 43);
    let found = |result: &str| {
        let mut found = events(&look).iter().filter(|one| one["result"] == result);
        let only = found.next().unwrap().clone();
        assert!(found.next().is_none(), "{result}");
        only
    };
    assert_eq!(found("success")["severity"], "error");
    assert_eq!(found("success")["methods"], json!(["Password"]));
    assert_eq!(
        found("53003")["severity"],
        "error",
        "the password was right"
    );
    assert_eq!(found("50057")["severity"], "warning");
    let tries = found("50126");
    assert_eq!(tries["rows"], 40);
    assert_eq!(tries["id"], "try-0", "the first of them");
    assert_eq!(tries["addresses"].as_array().unwrap().len(), 8);
    assert_eq!(tries["more_addresses"], true);
    let applied = json!([{"name": "MFA for everybody", "result": "failure"}]);
    assert_eq!(tries["policies"], applied);
    monitor(&bench)
        .with(["--since", "2h"])
        .run()
        .exits(1)
        .prints("AADSTS50126 wrong name or password")
        .prints("40 times until")
        .prints("UNEXPLAINED");
}

#[test]
fn without_a_licence_a_quiet_log_is_not_green() {
    let bench = bench();
    bench.seed(r#"{"license": "free"}"#);
    let look = monitor(&bench)
        .json()
        .run()
        .exits(5)
        .fails_with("logs_unread");
    let document = look.document();
    assert_eq!(document["unread"][0]["log"], "sign_ins");
    assert_eq!(document["unexplained"], 0);
    assert!(document["entry"].is_object(), "and that is recorded");
    // The other log is there, and what it says outweighs what is not known.
    let user = bench.user_id(&bench.account(0));
    let reset = json!({
        "id": "reset", "activityDateTime": ago(1), "activityDisplayName": "Reset user password", "result": "success",
        "loggedByService": "Core Directory", "category": "UserManagement", "correlationId": "1",
        "initiatedBy": {"user": {"userPrincipalName": "chief\u{1b}[2J"}},
        "targetResources": [{"id": user, "type": "User", "modifiedProperties": []}],
    });
    bench.seed(&json!({"directoryAudits": [reset]}).to_string());
    let look = monitor(&bench).run().exits(1).prints("NOT READ");
    look.prints("Reset user password")
        .says_nothing_of("\u{1b}[2J");
}

#[test]
fn a_time_that_the_service_has_forgotten_is_said() {
    let bench = bench();
    let look = monitor(&bench).with(["--since", "40 days"]).json().run();
    let look = look.exits(5).fails_with("logs_unread").document();
    let unread = look["unread"].as_array().unwrap();
    assert_eq!(unread.len(), 2);
    assert_eq!(unread[0]["period"]["from"], look["period"]["from"]);
    assert!(unread[0]["why"].as_str().unwrap().contains("30 days"));
    monitor(&bench).run().exits(0);
}

#[test]
fn what_fails_for_the_moment_is_looked_at_again_later() {
    let bench = bench();
    has_signed_in(&bench, &[sign_in(&bench, "in", 30, 0)]);
    let unrecorded = ["--no-record"];
    monitor(&bench).with(unrecorded).run().exits(1);
    bench.tenant_fault("any=500,times=always");
    monitor(&bench).json().run().exits(5);
    bench.clear_tenant_faults();
    let look = monitor(&bench).json().run().exits(1).document();
    assert_eq!(events(&look)[0]["id"], "in");
}

#[test]
fn nobody_to_ask_about_is_no_quiet() {
    let bench = Bench::new();
    monitor(&bench)
        .json()
        .run()
        .exits(2)
        .fails_with("no_accounts");
    let nobody = ["--account", "nobody@contoso.example"];
    monitor(&bench)
        .with(nobody)
        .json()
        .run()
        .exits(5)
        .fails_with("no_accounts");
    // One that nobody knows does not hide the others.
    let some = ["--account", "nobody@contoso.example", "--account"];
    let some = monitor(&bench)
        .with(some)
        .with([bench.account(0)])
        .json()
        .run();
    let look = some.exits(5).fails_with("logs_unread").document();
    assert_eq!(look["accounts"].as_array().unwrap().len(), 1);
}
