//! How somebody who uses an emergency account could stay unseen, and does not.

use serde_json::{Value, json};

use super::*;

/// A row of the directory's log about this object.
fn change(id: &str, activity: &str, object: &str) -> Value {
    json!({
        "id": id, "activityDateTime": ago(1), "activityDisplayName": activity, "result": "success",
        "loggedByService": "Core Directory", "category": "UserManagement", "correlationId": id,
        "initiatedBy": {"user": {"id": "another", "userPrincipalName": "chief@contoso.example"}},
        "targetResources": [{"id": object, "type": "User", "modifiedProperties": []}],
    })
}

#[test]
fn a_row_that_cannot_be_read_hides_nothing() {
    let bench = bench();
    let mut damaged = sign_in(&bench, "damaged", 20, 0);
    damaged["authenticationDetails"] = json!({"of": "another shape"});
    let mut nulls = sign_in(&bench, "nulls", 10, 0);
    nulls["appliedConditionalAccessPolicies"] = Value::Null;
    nulls["authenticationDetails"] = Value::Null;
    has_signed_in(&bench, &[sign_in(&bench, "whole", 30, 0), damaged, nulls]);
    let look = monitor(&bench).json().run().exits(1).document();
    assert_eq!(look["unexplained"], 3, "{look}");
    let found = |id: &str| {
        let mut found = events(&look).iter();
        found.find(|one| one["id"] == id).unwrap().clone()
    };
    let damaged = found("damaged");
    assert_eq!(damaged["severity"], "error");
    let activity = damaged["activity"].as_str().unwrap();
    assert!(activity.contains("authenticationDetails"), "{activity}");
    assert_eq!(found("whole")["result"], "success");
    monitor(&bench).run().exits(0);
}

#[test]
fn who_got_in_is_asked_for_before_those_who_tried() {
    let bench = bench();
    let mut rows: Vec<Value> = (0..1500)
        .map(|number| sign_in(&bench, &format!("try-{number}"), 30, 50126))
        .collect();
    rows.push(sign_in(&bench, "in", 300, 0));
    has_signed_in(&bench, &rows);
    bench.record();
    let look = monitor(&bench).json().run().exits(1).document();
    assert_eq!(look["unexplained"], 1501);
    assert_eq!(look["rows"]["sign_ins"], 1501, "each row once");
    let exchanges = bench.exchanges();
    let asked: Vec<&str> = exchanges
        .iter()
        .filter_map(|one| one.query.as_deref())
        .collect();
    let succeeded = asked.iter().position(|query| query.contains("errorCode"));
    let others = asked.iter().position(|query| query.contains("skiptoken"));
    assert!(succeeded.unwrap() < others.unwrap(), "{asked:?}");
    // All of them are known again.
    let again = monitor(&bench).json().run().exits(0).document();
    assert_eq!(again["rows"]["told_before"], 1501);
}

#[test]
fn a_look_at_the_last_hour_leaves_no_gap_before_it() {
    let bench = bench();
    has_signed_in(&bench, &[sign_in(&bench, "long-ago", 3 * 24 * 60, 0)]);
    let hour = ["--since", "1h"];
    monitor(&bench).with(hour).run().exits(0);
    let look = monitor(&bench).json().run().exits(1).document();
    assert_eq!(events(&look)[0]["id"], "long-ago");
}

#[test]
fn a_renamed_account_is_followed_and_not_who_took_its_name() {
    let bench = bench();
    monitor(&bench).run().exits(0);
    let (account, id) = (bench.account(0), bench.user_id(&bench.account(0)));
    bench.change_tenant(|state| {
        let mut users = state.users.iter_mut();
        let user = users.find(|user| user.user_principal_name == account);
        user.unwrap().user_principal_name = format!("hidden-{account}");
    });
    bench.seed(&json!({"users": [{"userPrincipalName": account}]}).to_string());
    assert_ne!(bench.user_id(&account), id, "somebody else has the name");
    let row = json!({"id": "in", "userId": id, "createdDateTime": ago(5), "isInteractive": true,
        "signInEventTypes": ["interactiveUser"], "status": {"errorCode": 0}});
    has_signed_in(&bench, &[row]);
    let look = monitor(&bench).json().run().exits(1).document();
    let mut found = events(&look).iter();
    assert!(found.any(|one| one["id"] == "in"), "{look}");
}

#[test]
fn a_renamed_account_is_followed_although_its_name_is_vacant() {
    let bench = bench();
    monitor(&bench).run().exits(0);
    let (account, id) = (bench.account(0), bench.user_id(&bench.account(0)));
    bench.change_tenant(|state| {
        let mut users = state.users.iter_mut();
        let user = users.find(|user| user.user_principal_name == account);
        user.unwrap().user_principal_name = format!("hidden-{account}");
    });
    let row = json!({"id": "in", "userId": id, "createdDateTime": ago(5), "isInteractive": true,
        "signInEventTypes": ["interactiveUser"], "status": {"errorCode": 0}});
    has_signed_in(&bench, &[row]);
    let look = monitor(&bench).json().run().exits(1).document();
    assert!(events(&look).iter().any(|one| one["id"] == "in"), "{look}");
    let unread = look["unread"].as_array().unwrap();
    assert!(!unread.is_empty(), "that the name is gone is told: {look}");
}

#[test]
fn whom_to_ask_about_does_not_hang_on_a_busy_service() {
    let bench = bench();
    for question in ["GET /v1.0/organization*", "GET /v1.0/users/*"] {
        let busy = format!("{question}=429,retry-after=3600,times=always");
        bench.tenant_fault(&busy);
        let look = monitor(&bench).json().run().exits(5).document();
        bench.clear_tenant_faults();
        assert_eq!(look["ok"], false, "{look}");
        assert_ne!(look["error"]["code"], "no_accounts", "{question}");
        let entries = bench.entries();
        let mut looks = entries.iter();
        let is_recorded = looks.any(|entry| entry["kind"] == "tenant.monitored");
        assert!(!is_recorded, "{question}");
    }
    monitor(&bench).run().exits(0);
}

#[test]
fn a_group_that_nobody_can_find_is_no_quiet() {
    let bench = Bench::new();
    bench.name_accounts();
    let look = monitor(&bench)
        .json()
        .run()
        .exits(5)
        .fails_with("logs_unread");
    let unread = look.document()["unread"].clone();
    assert_eq!(unread[0]["log"], "directory_audits");
    let why = unread[0]["why"].as_str().unwrap();
    assert!(why.contains("there is no group called"), "{why}");
}

#[test]
fn what_is_done_to_the_group_is_seen() {
    let bench = bench();
    monitor(&bench).run().exits(0);
    let row = change("gone", "Delete group", GROUP);
    bench.seed(&json!({"directoryAudits": [row]}).to_string());
    let look = monitor(&bench).json().run().exits(1).document();
    assert_eq!(events(&look)[0]["severity"], "error");
}

#[test]
fn what_was_found_is_told_although_the_rest_cannot_be_read() {
    let bench = bench();
    has_signed_in(&bench, &[sign_in(&bench, "in", 30, 0)]);
    bench.tenant_fault("GET /v1.0/auditLogs/directoryAudits=500,times=always");
    let look = monitor(&bench).json().run().exits(1).document();
    assert_eq!(events(&look)[0]["id"], "in");
    assert_eq!(look["unread"][0]["log"], "directory_audits");
    bench.clear_tenant_faults();
    let user = bench.user_id(&bench.account(0));
    let row = change("reset", "Reset user password", &user);
    bench.seed(&json!({"directoryAudits": [row]}).to_string());
    let look = monitor(&bench).json().run().exits(1).document();
    assert_eq!(events(&look).len(), 1, "{look}");
    assert_eq!(events(&look)[0]["id"], "reset");
}
