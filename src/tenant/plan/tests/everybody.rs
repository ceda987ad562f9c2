//! What of the policy for everybody is otherwise, and that a repair puts it right.

use serde_json::{Value, json};

use super::super::*;
use super::stage::{GROUP, Stage, ids, policy};
use crate::tenant::desired::Strength;

const MULTIFACTOR: &str = "00000000-0000-0000-0000-000000000002";
const PHISHING_RESISTANT: &str = "00000000-0000-0000-0000-000000000004";

/// The tenant after its policy was repaired, of which nothing is to be repaired any more.
fn repaired(mut stage: Stage) -> Value {
    let plan = stage.plan();
    assert_eq!(ids(&plan), ["change-mfa-policy"]);
    let after = stage.carry_out(&plan);
    assert_eq!(ids(&stage.plan_on(&after)), Vec::<String>::new());
    let policies = after.policies.unwrap();
    serde_json::to_value(&policies[0].grant_controls).unwrap()
}

fn drifted(controls: Value) -> Stage {
    let mut stage = Stage::with_policy();
    stage.document["policies"]["read"][0]["grantControls"] = controls;
    stage
}

#[test]
fn nothing_stays_of_what_somebody_else_asked_for() {
    for controls in [
        json!({"operator": "OR", "builtInControls": ["compliantDevice"],
               "authenticationStrength": {"id": MULTIFACTOR, "displayName": "Multifactor authentication"}}),
        json!({"operator": "OR", "builtInControls": ["mfa"], "termsOfUse": ["t"]}),
        json!({"operator": "OR", "builtInControls": ["mfa"], "customAuthenticationFactors": ["c"]}),
        json!({"operator": "OR", "builtInControls": [], "authenticationStrength": {"id": "own"}}),
        Value::Null,
    ] {
        let whole = json!({
            "operator": "OR", "builtInControls": ["mfa"], "customAuthenticationFactors": [], "termsOfUse": [],
            "authenticationStrength": null
        });
        assert_eq!(repaired(drifted(controls)), whole);
    }
}

#[test]
fn another_strength_has_nothing_of_the_one_before() {
    let mut stage = drifted(
        json!({"operator": "OR", "builtInControls": [], "authenticationStrength": {
            "id": MULTIFACTOR, "displayName": "Multifactor authentication", "allowedCombinations": ["password,sms"]
        }}),
    );
    assert_eq!(
        ids(&stage.plan()),
        Vec::<String>::new(),
        "it is more than was wanted"
    );
    stage.desired.mfa_policy.strength = Strength::PhishingResistant;
    let strength = &repaired(stage)["authenticationStrength"];
    assert_eq!(*strength, json!({"id": PHISHING_RESISTANT}));
}

/// A policy of others that asks everybody, with one thing otherwise.
fn of_others(change: impl FnOnce(&mut Value)) -> Plan {
    let users = json!({"includeUsers": ["All"], "excludeGroups": [GROUP]});
    let mut theirs = policy("theirs", users, &["mfa"]);
    change(&mut theirs);
    Stage::manned().with(theirs).plan()
}

#[test]
fn conditions_that_let_nothing_through_are_none() {
    let plan = of_others(|policy| {
        policy["conditions"]["platforms"] = json!({"includePlatforms": ["all"]});
        policy["conditions"]["locations"] = json!({"includeLocations": ["All"]});
        policy["conditions"]["clientAppTypes"] = json!([
            "browser",
            "mobileAppsAndDesktopClients",
            "exchangeActiveSync",
            "other"
        ]);
    });
    assert!(plan.is_empty(), "{plan:?}");
}

#[test]
fn terms_of_use_are_no_second_factor() {
    let plan = of_others(|policy| policy["grantControls"]["termsOfUse"] = json!(["t"]));
    assert_eq!(ids(&plan), ["create-mfa-policy"]);
    let plan = of_others(|policy| {
        policy["grantControls"]["termsOfUse"] = json!(["t"]);
        policy["grantControls"]["operator"] = json!("AND");
    });
    assert!(plan.is_empty(), "{plan:?}");
}

#[test]
fn what_is_not_compared_or_not_known_is_for_people() {
    let plan = of_others(|policy| {
        let strength = json!({"id": "own", "allowedCombinations": ["fido2"]});
        policy["grantControls"] =
            json!({"operator": "OR", "builtInControls": [], "authenticationStrength": strength});
    });
    assert_eq!(ids(&plan), Vec::<String>::new());
    assert!(plan.by_hand[0].what.contains("not compared"));
    let plan = of_others(|policy| policy["grantControls"]["weather"] = json!("rain"));
    assert_eq!(ids(&plan), Vec::<String>::new());
    assert!(plan.by_hand[0].what.contains("grantControls.weather"));
}
