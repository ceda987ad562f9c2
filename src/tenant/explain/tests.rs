#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::super::snapshot::example::{self, GROUP, MFA_POLICY, PORTAL};
use super::*;

/// The explanation for one of the accounts, by its place in the tenant, of this tenant.
fn explained(document: Value, emergency: bool) -> Explanation {
    let snapshot = example::read(document);
    let accounts = if emergency {
        &snapshot.accounts
    } else {
        &snapshot.regular
    };
    explain(&snapshot, &accounts[0], emergency)
}

/// What is asked on the ways to the portal, and to Microsoft Graph.
fn portal_and_graph(explanation: &Explanation) -> (&WayExplained, &WayExplained) {
    let is_portal = |way: &&WayExplained| way.way.application == PORTAL;
    let is_graph = |way: &&WayExplained| way.way.application_name == "Microsoft Graph";
    let ways = explanation.ways.iter();
    (
        ways.clone().find(is_portal).unwrap(),
        ways.clone().find(is_graph).unwrap(),
    )
}

#[test]
fn an_emergency_account_is_asked_by_nobody_but_the_service() {
    let explanation = explained(example::document(), true);
    let (portal, graph) = portal_and_graph(&explanation);
    assert_eq!(portal.asks, Asks::Mfa);
    assert_eq!(
        portal.by,
        ["Microsoft's mandatory multifactor authentication"]
    );
    assert_eq!(graph.asks, Asks::Nothing);
    assert_eq!(graph.by, Vec::<String>::new());
    let [policy] = &graph.policies[..] else {
        panic!("one policy")
    };
    let why = policy.why_not().unwrap();
    assert!(why == "it excludes group \"Emergency access\"", "{why}");
}

#[test]
fn a_regular_user_is_asked_by_the_policy() {
    let explanation = explained(example::document(), false);
    let (_, graph) = portal_and_graph(&explanation);
    assert_eq!(graph.asks, Asks::Mfa);
    assert_eq!(graph.by, ["Require MFA for all users"]);
    assert_eq!(graph.policies[0].why_not(), None);
}

#[test]
fn a_regular_user_is_not_asked_by_a_policy_that_is_off_or_reports_only() {
    for (state, why) in [
        ("disabled", "it is off"),
        ("enabledForReportingButNotEnforced", "it is in report-only"),
    ] {
        let mut document = example::document();
        document["policies"]["read"][0]["state"] = json!(state);
        let explanation = explained(document, false);
        let (_, graph) = portal_and_graph(&explanation);
        assert_eq!(graph.asks, Asks::Nothing);
        assert!(graph.policies[0].why_not().unwrap().starts_with(why));
    }
}

/// A further policy for everybody.
fn policy(conditions: &Value, control: &str) -> Value {
    let mut whole = json!({
        "clientAppTypes": ["all"], "applications": {"includeApplications": ["All"]}, "users": {"includeUsers": ["All"]}
    });
    for (name, value) in conditions.as_object().unwrap() {
        whole[name] = value.clone();
    }
    json!({
        "id": "further", "displayName": "Further", "state": "enabled", "conditions": whole,
        "grantControls": {"operator": "OR", "builtInControls": [control]}
    })
}

#[test]
fn a_regular_user_is_safe_if_something_asks_and_an_emergency_account_if_nothing_shuts_it_out() {
    let risky = json!({"signInRiskLevels": ["high"]});
    let linux = json!({"platforms": {"includePlatforms": ["linux"]}});
    for (conditions, control, regular, emergency) in [
        (&json!({}), "mfa", true, true),
        (&risky, "mfa", true, true),
        (&risky, "block", true, false),
        (&linux, "compliantDevice", true, false),
        (&json!({}), "somethingOfLater", true, false),
    ] {
        let mut document = example::document();
        let policies = document["policies"]["read"].as_array_mut().unwrap();
        policies.push(policy(conditions, control));
        let said = (conditions, control);
        assert_eq!(
            explained(document.clone(), false).is_safe(),
            regular,
            "{said:?}"
        );
        assert_eq!(explained(document, true).is_safe(), emergency, "{said:?}");
    }
    // Without the policy for everybody something has to ask on every way.
    for (conditions, control, regular) in [
        (&json!({}), "compliantDevice", true),
        (&json!({}), "somethingOfLater", false),
        (&risky, "mfa", false),
        (&linux, "mfa", false),
    ] {
        let mut document = example::document();
        document["policies"]["read"] = json!([policy(conditions, control)]);
        assert_eq!(
            explained(document, false).is_safe(),
            regular,
            "{conditions} {control}"
        );
    }
}

#[test]
fn the_path_through_groups_is_shown() {
    let mut document = example::document();
    let user = document["regular"][0]["user"]["read"]["id"].clone();
    document["regular"][0]["memberships"] = json!({"read": [
        {"@odata.type": "#microsoft.graph.group", "id": "inner", "displayName": "Contractors"},
        {"@odata.type": "#microsoft.graph.group", "id": GROUP, "displayName": "Emergency access"}
    ]});
    document["regular"][0]["edges"] = json!({"read": [
        {"member": user, "group": "inner"}, {"member": "inner", "group": GROUP}, {"member": GROUP, "group": "inner"}
    ]});
    let explanation = explained(document, false);
    let (_, graph) = portal_and_graph(&explanation);
    assert_eq!(graph.asks, Asks::Nothing);
    assert_eq!(
        graph.policies[0].excluded_by,
        ["group \"Emergency access\", through \"Contractors\""]
    );
}

#[test]
fn what_asks_apart_from_policies_is_named() {
    let mut per_user = example::document();
    per_user["accounts"][0]["per_user_mfa"]["read"]["perUserMfaState"] = json!("enforced");
    let explanation = explained(per_user, true);
    assert_eq!(
        portal_and_graph(&explanation).1.by,
        ["per-user multifactor authentication"]
    );
    let mut defaults = example::document();
    defaults["security_defaults"]["read"]["isEnabled"] = json!(true);
    let explanation = explained(defaults, true);
    assert_eq!(portal_and_graph(&explanation).1.by, ["security defaults"]);
    let mut disabled = example::document();
    disabled["accounts"][0]["user"]["read"]["accountEnabled"] = json!(false);
    let explanation = explained(disabled, true);
    let (_, graph) = portal_and_graph(&explanation);
    assert_eq!(
        (graph.asks, &graph.by[..]),
        (Asks::ShutsOut, &["the account".to_owned()][..])
    );
}

#[test]
fn what_could_not_be_read_is_open() {
    for part in ["per_user_mfa", "user"] {
        let mut document = example::document();
        document["accounts"][0][part] = json!({"unread": {"why": "HTTP 403"}});
        let explanation = explained(document, true);
        assert_eq!(portal_and_graph(&explanation).1.asks, Asks::Open, "{part}");
    }
    for part in ["security_defaults", "policies"] {
        let mut document = example::document();
        document[part] = json!({"unread": {"why": "HTTP 403"}});
        let explanation = explained(document, true);
        assert_eq!(portal_and_graph(&explanation).1.asks, Asks::Open, "{part}");
    }
}

#[test]
fn policies_that_decide_come_first() {
    let mut document = example::document();
    let block = json!({
        "id": "b", "displayName": "Block", "state": "enabled",
        "conditions": {"clientAppTypes": ["all"], "applications": {"includeApplications": ["All"]}, "users": {"includeUsers": ["All"]}},
        "grantControls": {"operator": "OR", "builtInControls": ["block"]}
    });
    document["policies"]["read"]
        .as_array_mut()
        .unwrap()
        .push(block);
    let explanation = explained(document, true);
    let (_, graph) = portal_and_graph(&explanation);
    assert_eq!(
        (graph.asks, &graph.by[..]),
        (Asks::ShutsOut, &["Block".to_owned()][..])
    );
    let order: Vec<&str> = graph.policies.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(order, ["b", MFA_POLICY]);
}
