//! Change files: harmless, harmful, damaged.

use std::fs;

use serde_json::{Value, json};

use super::{EVERYWHERE, bench, grant_only, of_account, systems, what_if};
use crate::bench::{Bench, Command, GROUP};

fn with_change(bench: &Bench, change: &Value) -> Command {
    fs::write(bench.path("change.json"), change.to_string()).unwrap();
    what_if(bench).with(["--change", "change.json"])
}

fn policy_id(bench: &Bench, name: &str) -> String {
    let document = bench.halligan(["tenant", "export"]).run().exits(0);
    let snapshot: Value = serde_json::from_str(&document.stdout).unwrap();
    let policies = snapshot["policies"]["read"].as_array().unwrap();
    let policy = policies.iter().find(|one| one["displayName"] == name);
    policy.unwrap()["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_harmless_change_is_called_so_and_a_harmful_one_too() {
    let bench = bench();
    let managed = policy_id(&bench, "Managed Windows");
    let everybody = json!({"users": {"includeUsers": ["All"]}});
    let mfa = json!({"id": policy_id(&bench, "MFA for everybody"), "conditions": everybody});
    with_change(&bench, &mfa)
        .run()
        .exits(0)
        .prints("The change takes nothing from an emergency account.");

    let harmful = json!({"id": managed, "conditions": everybody});
    let harmed = with_change(&bench, &harmful)
        .json()
        .run()
        .exits(1)
        .document();
    for number in [0, 1] {
        let account = of_account(&harmed, &bench.account(number));
        assert_eq!(account["harmed"], true);
        assert_eq!(systems(account, "shut_out"), ["windows"]);
        assert_eq!(systems(account, "stays_in"), EVERYWHERE[..4]);
    }
    with_change(&bench, &harmful)
        .run()
        .exits(1)
        .prints("Do not make this change: it harms");

    let risk = json!({"conditions": {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]},
        "clientAppTypes": ["all"], "signInRiskLevels": ["high"]}, "state": "enabled", "displayName": "New",
        "grantControls": {"operator": "OR", "builtInControls": ["block"]}});
    let may = with_change(&bench, &risk).json().run().exits(1).document();
    let account = of_account(&may, &bench.account(0));
    assert_eq!(systems(account, "may_be_shut_out"), EVERYWHERE);
}

#[test]
fn several_changes_count_together_and_a_key_that_is_no_longer_taken_is_harm() {
    let bench = bench();
    let mut excluded = json!({"displayName": "Nobody", "state": "enabled",
        "conditions": {"users": {"includeUsers": ["All"], "excludeGroups": [GROUP]},
            "applications": {"includeApplications": ["All"]}, "clientAppTypes": ["all"]},
        "grantControls": {"operator": "OR", "builtInControls": ["block"]}});
    fs::write(
        bench.path("first.json"),
        json!({"value": [excluded.clone()]}).to_string(),
    )
    .unwrap();
    let first = ["--change", "first.json"];
    what_if(&bench).with(first).run().exits(0);
    excluded["conditions"]["users"]["excludeGroups"] = json!([]);
    let both = with_change(&bench, &json!([excluded])).with(first);
    let document = both.json().run().exits(1).document();
    assert_eq!(document["changes"].as_array().unwrap().len(), 2);

    let restricted = json!({"keyRestrictions": {"isEnforced": true, "enforcementType": "allow",
        "aaGuids": ["2fc0579f-8113-47ea-b116-555a8db9202a"]}});
    with_change(&bench, &restricted)
        .run()
        .exits(1)
        .prints("is no longer taken");
}

#[test]
fn an_export_answers_without_the_tenant() {
    let bench = bench();
    let managed = policy_id(&bench, "Managed Windows");
    let export = ["tenant", "export", "--output", "tenant.json"];
    bench.halligan(export).run().exits(0);
    let live = what_if(&bench).json().run().document();
    bench.cut_the_network();
    let snapshot = ["--snapshot", "tenant.json"];
    let offline = what_if(&bench).with(snapshot).json().run().exits(0);
    assert_eq!(offline.document()["accounts"], live["accounts"]);
    let off = json!({"id": managed, "state": "disabled"});
    with_change(&bench, &off).with(snapshot).run().exits(0);
    what_if(&bench).run().exits(5);
    let clash = what_if(&bench).with(snapshot).with(["--service"]);
    clash.run().exits(2);
}

#[test]
fn a_file_that_says_nothing_usable_is_refused() {
    let bench = bench();
    for (text, says) in [
        ("{", "not JSON"),
        ("[]", "holds no object"),
        ("44", "object 1 is neither"),
        ("{\"shoeSize\": 44}", "object 1 is neither"),
        (
            "[{\"@odata.type\": \"#microsoft.graph.user\"}]",
            "object 1 is neither",
        ),
        ("{\"state\": \"enabled\", \"conditions\": 44}", "object 1: "),
        (
            "{\"id\": \"mistyped\", \"state\": \"disabled\"}",
            "object 1 has the id \"mistyped\", which none in the tenant has",
        ),
        (
            "{\"conditions\": {}, \"state\": \"enabled\", \"displayName\": 1}",
            "object 1: ",
        ),
    ] {
        fs::write(bench.path("change.json"), text).unwrap();
        let ran = what_if(&bench).with(["--change", "change.json"]);
        ran.run().exits(2).says(says).says("change.json");
    }
    let none = what_if(&bench).with(["--change", "no-such-file.json"]);
    none.run().exits(2);
    fs::write(bench.path("tenant.json"), "{}").unwrap();
    let damaged = what_if(&bench).with(["--snapshot", "tenant.json"]);
    damaged.run().exits(2).says("tenant.json");
}

/// A word that this version does not know makes it open, never harmless.
#[test]
fn what_is_not_known_may_be_harm() {
    let bench = bench();
    let later = json!({"displayName": "Later", "state": "enabled",
        "conditions": {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]},
            "clientAppTypes": ["all"]},
        "grantControls": {"operator": "OR", "builtInControls": ["somethingOfLater"]}});
    let open = with_change(&bench, &later).json().run().exits(1).document();
    let account = of_account(&open, &bench.account(1));
    assert_eq!(systems(account, "may_be_shut_out"), EVERYWHERE);
}

#[test]
fn a_change_of_what_may_not_be_read_cannot_be_judged() {
    let bench = bench();
    grant_only(&bench, &["User.Read.All", "GroupMember.Read.All"]);
    let off = json!({"id": "x", "state": "disabled", "conditions": {}});
    with_change(&bench, &off)
        .run()
        .exits(2)
        .says("could not be read of the tenant");
}
