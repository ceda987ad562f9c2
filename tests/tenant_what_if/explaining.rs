//! Why somebody is asked, or not.

use std::fs;

use serde_json::Value;

use super::{bench, grant_only};
use crate::bench::{Bench, Finished};

fn explain(bench: &Bench, account: &str) -> Finished {
    bench.halligan(["tenant", "explain", account]).run()
}

/// What it says of an account on which nothing is open, or something is.
fn document(bench: &Bench, account: &str, status: i32) -> Value {
    let explain = bench.halligan(["tenant", "explain", account]);
    explain.json().run().exits(status).document()
}

/// What a policy does to the account on its first way in.
fn policy<'a>(document: &'a Value, name: &str) -> &'a Value {
    let policies = document["ways"][0]["policies"].as_array().unwrap();
    policies.iter().find(|one| one["name"] == name).unwrap()
}

#[test]
fn an_emergency_account_is_excluded_by_its_path_of_groups() {
    let bench = bench();
    let account = bench.account(1);
    let explained = document(&bench, &account, 0);
    assert_eq!(explained["schema"], "halligan.tenant.explain/1");
    assert_eq!(explained["emergency"], true);
    let everybody = policy(&explained, "MFA for everybody");
    assert_eq!(everybody["asks"], "nothing");
    let path = everybody["excluded_by"][0].as_str().unwrap();
    for group in ["Inner", "Middle", "Emergency access accounts"] {
        assert!(path.contains(group), "{path}");
    }
    assert_eq!(policy(&explained, "Administrators by key")["asks"], "mfa");
    assert_eq!(policy(&explained, "Nobody at all")["enforcement"], "off");
    assert_eq!(
        policy(&explained, "No personal devices")["enforcement"],
        "report-only"
    );
    let shown = explain(&bench, &account).exits(0);
    shown
        .prints("Apart from policies")
        .prints("it is enabled")
        .prints("Administrators by key [on]")
        .prints("Last sign-ins\n  none");
}

#[test]
fn a_regular_user_is_named_by_the_configuration_or_on_the_command_line() {
    let bench = bench();
    let operator = bench.operator();
    let explained = document(&bench, &operator, 0);
    assert_eq!(explained["emergency"], false);
    assert_eq!(explained["sign_ins"]["read"].as_array().unwrap().len(), 1);
    assert_eq!(
        explained["ways"][0]["asks"], "shuts_out",
        "Windows, and no managed device"
    );
    // That a policy asks at high risk, which nobody knows beforehand, takes back nothing that another asks.
    explain(&bench, &operator)
        .exits(0)
        .prints("By no way in a password is enough.")
        .prints("MFA for everybody: success")
        .prints("Managed Windows");
    // Not in the configuration: by its name, and by its object id.
    let chief = operator.replace("operator@", "chief@");
    let by_name = document(&bench, &chief, 0);
    assert_eq!(by_name["emergency"], false);
    assert_eq!(policy(&by_name, "Staff")["asks"], "mfa");
    let by_id = document(&bench, &bench.user_id(&chief), 0);
    assert_eq!(by_id["ways"], by_name["ways"]);
}

#[test]
fn an_export_explains_whom_it_has() {
    let bench = bench();
    let (account, operator) = (bench.account(0), bench.operator());
    let live = document(&bench, &account, 0);
    let export = ["tenant", "export", "--sign-ins", "--output", "tenant.json"];
    bench.halligan(export).run().exits(0);
    bench.cut_the_network();
    let offline = |account: &str| {
        let words = ["tenant", "explain", account, "--snapshot", "tenant.json"];
        bench.halligan(words).json().run()
    };
    assert_eq!(offline(&account).exits(0).document()["ways"], live["ways"]);
    offline(&operator).exits(0);
    let text = fs::read_to_string(bench.path("tenant.json")).unwrap();
    let mut damaged: Value = serde_json::from_str(&text).unwrap();
    for policy in damaged["policies"]["read"].as_array_mut().unwrap() {
        policy["state"] = "disabled".into();
    }
    fs::write(bench.path("tenant.json"), damaged.to_string()).unwrap();
    offline(&operator).exits(1);
    offline(&account).exits(0);
    offline("chief").exits(2).fails_with("usage");
    explain(&bench, &account).exits(5);
}

#[test]
fn what_may_not_be_read_is_said() {
    let bench = bench();
    let account = bench.account(0);
    grant_only(
        &bench,
        &[
            "User.Read.All",
            "GroupMember.Read.All",
            "RoleManagement.Read.Directory",
            "Policy.Read.All",
            "UserAuthenticationMethod.Read.All",
        ],
    );
    explain(&bench, &account)
        .exits(0)
        .prints("AuditLog.Read.All");
    grant_only(&bench, &["User.Read.All", "GroupMember.Read.All"]);
    explain(&bench, &account)
        .exits(1)
        .prints("open, because of")
        .prints("could not be read");
}
