//! What stands against enforcing the policy for everybody.

use serde_json::json;

use super::super::*;
use super::stage::{Stage, ids, policy, unread};

/// Why the policy is not enforced in a tenant where one thing is otherwise.
fn refusal(change: impl FnOnce(&mut Stage)) -> String {
    let mut stage = Stage::with_policy();
    stage.enforce = true;
    change(&mut stage);
    let plan = stage.plan();
    assert!(
        !ids(&plan).contains(&"enforce-mfa-policy".to_owned()),
        "{:?}",
        ids(&plan)
    );
    let blocked = plan.blocked.iter().map(|one| one.why.as_str());
    let by_hand = plan.by_hand.iter().map(|one| one.what.as_str());
    blocked.chain(by_hand).collect::<Vec<_>>().join("; ")
}

#[test]
fn every_account_needs_its_working_keys() {
    let too_few = "ea-1@contoso.onmicrosoft.com has 1 of 2 working keys";
    assert!(refusal(|stage| stage.keys[0].proven = false).contains(too_few));
    assert!(refusal(|stage| stage.keys[0].method_id = "gone".to_owned()).contains(too_few));
    assert!(refusal(|stage| stage.keys[0].account = "somebody".to_owned()).contains(too_few));
    let other = "00000000-0000-0000-0000-000000000001";
    let only_others = json!({"isEnforced": true, "enforcementType": "allow", "aaGuids": [other]});
    let why = refusal(|stage| stage.document["passkeys"]["read"]["keyRestrictions"] = only_others);
    assert!(why.contains("has 0 of 2 working keys"), "{why}");
    let why = refusal(|stage| stage.document["passkeys"] = unread());
    assert!(why.contains("has 0 of 2 working keys"), "{why}");
}

#[test]
fn security_defaults_must_be_known_to_be_off() {
    let on = json!({"read": {"isEnabled": true}});
    assert!(
        refusal(|stage| stage.document["security_defaults"] = on).contains("security defaults")
    );
    assert!(
        refusal(|stage| stage.document["security_defaults"] = unread())
            .contains("security defaults")
    );
}

#[test]
fn nothing_may_be_blocked_and_no_account_disabled() {
    let why = refusal(|stage| {
        stage.document["accounts"][0]["user"]["read"]["accountEnabled"] = json!(false);
    });
    assert!(why.contains("disabled"), "{why}");
    let why = refusal(|stage| stage.document["accounts"][0]["user"] = unread());
    assert!(why.contains("blocked"), "{why}");
    let why = refusal(|stage| {
        let astronauts = json!({"includeUsers": ["All"], "includeAstronauts": ["All"]});
        let strange = policy("p", astronauts, &["mfa"]);
        stage.document["policies"]["read"]
            .as_array_mut()
            .unwrap()
            .push(strange);
    });
    assert!(why.contains("blocked"), "{why}");
}

#[test]
fn a_policy_of_others_is_not_enforced() {
    assert!(refusal(|stage| stage.owned = Owned::default()).contains("enable policy"));
    assert!(
        refusal(|stage| stage.document["policies"]["read"][0]["state"] = json!("disabled"))
            .contains("enable policy")
    );
}

#[test]
fn an_exclusion_that_is_missing_is_planned_before() {
    let mut stage = Stage::with_policy();
    stage.enforce = true;
    stage.document["policies"]["read"][0]["conditions"]["users"]["excludeGroups"] = json!([]);
    let plan = stage.plan();
    assert_eq!(ids(&plan), ["exclude-group/mfa", "enforce-mfa-policy"]);
    assert_eq!(plan.steps[1].needs, ["exclude-group/mfa"]);
}

/// A policy of others that asks the accounts for a strength, as answers show it: without its models.
fn strength_of_others(stage: &mut Stage, strengths: serde_json::Value) {
    let mut theirs = policy(
        "theirs",
        json!({"includeGroups": [super::stage::GROUP]}),
        &[],
    );
    theirs["grantControls"]["authenticationStrength"] =
        json!({"id": "own", "allowedCombinations": ["fido2"], "combinationConfigurations": []});
    stage.desired.dedicated_policy = Some(super::stage::dedicated());
    let mut dedicated = policy(
        "dedicated",
        json!({"includeGroups": [super::stage::GROUP]}),
        &["mfa"],
    );
    dedicated["state"] = json!("enabledForReportingButNotEnforced");
    stage
        .owned
        .0
        .insert("dedicated".to_owned(), Made::DedicatedPolicy);
    let policies = stage.document["policies"]["read"].as_array_mut().unwrap();
    policies.extend([theirs, dedicated]);
    stage.document["strengths"] = strengths;
}

#[test]
fn the_models_of_a_strength_are_those_that_were_read() {
    let planned = |model: Option<&str>| {
        let mut stage = Stage::with_policy();
        stage.enforce = true;
        let strengths = model.map_or_else(unread, |model| {
            let only = json!([{"appliesToCombinations": ["fido2"], "allowedAAGUIDs": [model]}]);
            json!({"read": [{"id": "own", "allowedCombinations": ["fido2"], "combinationConfigurations": only}]})
        });
        strength_of_others(&mut stage, strengths);
        ids(&stage.plan()).contains(&"enforce-dedicated-policy".to_owned())
    };
    assert!(planned(Some(super::stage::MODEL)));
    assert!(!planned(Some("00000000-0000-0000-0000-00000000000a")));
    assert!(!planned(None));
}
