//! What comes after somebody is in: nothing of it may lose the sign-in, and nothing that passes by itself decides.

use serde_json::{Value, json};

use super::{Stage, browser, finding};
use crate::bench::{Finished, Started};

impl Stage {
    /// Signs in with the account's own key.
    fn sign_in(&self, page: &str) {
        browser::sign_in(&self.bench, page, &self.bench.account(0), &self.keys[0]);
    }

    fn resume(&self, options: &[&str]) -> Finished {
        let name = format!("drill/{}", self.bench.account(0));
        let resume = self.bench.halligan(["resume", &name, "--json"]);
        resume.with(options.iter().copied()).run()
    }

    /// The bodies of the entries of this kind.
    fn bodies(&self, kind: &str) -> Vec<Value> {
        let entries = self.bench.entries().into_iter();
        let of_kind = entries.filter(|entry| entry["kind"] == kind);
        of_kind.map(|entry| entry["body"].clone()).collect()
    }

    /// A drill of which somebody is in, and that waits for the log.
    fn waiting(&self) -> Started {
        self.bench.seed(&json!({"logDelaySeconds": 4}).to_string());
        let (drill, page) = self.begin(&[]);
        self.sign_in(&page);
        drill.until_event("waiting").0
    }
}

#[test]
fn a_process_that_is_killed_after_the_sign_in_loses_nothing_of_it() {
    let stage = Stage::new();
    let (drill, page) = stage.begin(&[]);
    stage.bench.tenant_fault("token=slow,seconds=600");
    stage.sign_in(&page);
    stage.bench.until_tenant_faults_are_met();
    drill.kill();
    let attempted = stage.bodies("drill.attempted");
    assert_eq!(attempted.len(), 1);
    assert!(attempted[0]["let_in_at"].is_string() && attempted[0]["signed_in_at"].is_null());
    stage
        .resume(&["--undo"])
        .exits(7)
        .fails_with("not_undoable");
    let document = stage.resume(&[]).exits(1).document()["drill"].clone();
    assert_eq!(finding(&document, "sign_in").0, "pass");
    assert_eq!(finding(&document, "id_token").0, "unknown");
    let (verdict, why) = finding(&document, "log");
    assert!(
        verdict == "pass" && why.starts_with("the row of this request"),
        "{why}"
    );
    assert_eq!(finding(&document, "method").0, "pass");
    stage.bench.verified_ledger();
}

#[test]
fn an_interrupt_while_the_account_is_examined_loses_nothing_of_the_sign_in() {
    let stage = Stage::new();
    let (drill, page) = stage.begin(&[]);
    stage.bench.tenant_fault("GET /v1.0/me=slow,seconds=600");
    stage.sign_in(&page);
    stage.bench.until_tenant_faults_are_met();
    drill.interrupt().finish().exits(7).fails_with("stopped");
    let attempted = stage.bodies("drill.attempted");
    assert_eq!(attempted.len(), 2, "at once, and with what was seen");
    let seen = &attempted[1];
    assert!(seen["signed_in_at"].is_string() && seen["token_id"].is_string());
    let document = stage.resume(&[]).exits(1).document()["drill"].clone();
    assert_eq!(finding(&document, "signed_in_account").0, "pass");
    for subject in ["access", "administration"] {
        assert_eq!(finding(&document, subject).0, "unknown");
    }
    assert!(
        finding(&document, "log")
            .1
            .starts_with("the row of this token")
    );
    stage.bench.verified_ledger();
}

#[test]
fn tokens_that_cannot_be_had_leave_the_log_to_be_looked_at() {
    let stage = Stage::new();
    let (drill, page) = stage.begin(&[]);
    stage.bench.tenant_fault("token=400");
    stage.sign_in(&page);
    let held = drill.finish().exits(1);
    let document = held.document();
    assert_eq!(finding(&document, "sign_in").0, "pass");
    assert_eq!(finding(&document, "id_token").0, "unknown");
    assert_eq!(finding(&document, "signed_in_account").0, "unknown");
    assert!(
        finding(&document, "log")
            .1
            .starts_with("the row of this request")
    );
    let events = held.events();
    assert!(events.iter().any(|event| event["event"] == "sign_out"));
}

#[test]
fn a_log_that_is_away_for_a_while_is_asked_again() {
    let stage = Stage::new();
    let drill = stage.waiting();
    stage
        .bench
        .tenant_fault("GET /beta/auditLogs/signIns=503,retry-after=300");
    let document = drill.finish().exits(0).document();
    assert_eq!(document["passed"], true);
}

#[test]
fn resuming_without_the_permission_leaves_the_drill_open() {
    let stage = Stage::new();
    stage.waiting().interrupt().finish().exits(7);
    stage
        .bench
        .tenant_fault("GET /beta/auditLogs/signIns=403,times=always");
    let refused = stage.resume(&[]).exits(7).fails_with("not_finishable");
    refused.prints("AuditLog.Read.All");
    stage.bench.clear_tenant_faults();
    let document = stage.resume(&[]).exits(0).document();
    assert_eq!(document["drill"]["passed"], true);
}

#[test]
fn many_tries_by_others_do_not_push_the_row_out_of_sight() {
    let stage = Stage::new();
    let (drill, page) = stage.begin(&[]);
    let id = stage.bench.user_id(&stage.bench.account(0));
    let now = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(60);
    let rows: Vec<Value> = (0..1100)
        .map(|number| {
            json!({"id": format!("spray-{number}"), "createdDateTime": now, "userId": id,
                "correlationId": "spray", "isInteractive": true, "signInEventTypes": ["interactiveUser"],
                "status": {"errorCode": 50126, "failureReason": "Invalid username or password."}})
        })
        .collect();
    stage.bench.seed(&json!({"signIns": rows}).to_string());
    stage.sign_in(&page);
    let document = drill.finish().exits(0).document();
    assert!(
        finding(&document, "log")
            .1
            .starts_with("the row of this token")
    );
}

#[test]
fn a_service_that_is_busy_says_nothing_of_the_account() {
    let stage = Stage::new();
    let (drill, page) = stage.begin(&[]);
    stage.bench.tenant_fault("GET /v1.0/me=503,retry-after=300");
    stage.sign_in(&page);
    let document = drill.finish().exits(1).document();
    assert_eq!(finding(&document, "access").0, "unknown");
    assert_eq!(finding(&document, "log").0, "pass");
}

#[test]
fn an_account_that_may_not_read_its_roles_is_no_administrator() {
    let stage = Stage::new();
    let more = "permissions = [\"User.Read\", \"RoleManagement.Read.Directory\"]";
    stage.bench.configure_further(more);
    let (drill, page) = stage.begin(&[]);
    stage.bench.tenant_fault("listRoleAssignments=403");
    stage.sign_in(&page);
    let document = drill.finish().exits(1).document();
    assert_eq!(finding(&document, "administration").0, "fail");
}

#[test]
fn sessions_are_revoked_where_that_is_wanted() {
    let stage = Stage::new();
    let document = stage.held(&["--revoke-sessions"]).exits(0).document();
    assert_eq!(finding(&document, "sessions").0, "pass");
    let account = stage.bench.account(0);
    let revoked = stage.bench.in_tenant(|state| {
        let mut users = state.users.iter();
        let user = users.find(|user| user.user_principal_name == account);
        user.unwrap().sessions_valid_from
    });
    assert!(revoked.is_some());
    stage.bench.name_accounts();
    let look = stage.bench.halligan(["monitor", "--json"]).run().document();
    let mut events = look["events"].as_array().unwrap().iter();
    let revoked = events.find(|one| one["activity"] == "Update StsRefreshTokenValidFrom Timestamp");
    let why = format!("drill drill/{account}");
    assert_eq!(revoked.unwrap()["why"], json!(why), "{look:#}");
}
