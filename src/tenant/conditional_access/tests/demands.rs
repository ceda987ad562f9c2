//! What policies ask for, one by one and together.

use serde_json::{Value, json};

use super::*;
use crate::webauthn::Aaguid;

const MODEL: &str = "2fc0579f-8113-47ea-b116-555a8db9202a";
const PHISHING_RESISTANT: &str = "00000000-0000-0000-0000-000000000004";

fn models() -> Vec<Aaguid> {
    vec![MODEL.parse().unwrap()]
}

/// What a policy with these controls demands.
fn asked(grant: Value, session: Value) -> Demand {
    let policy = policy(json!({
        "displayName": "asked", "state": "enabled", "grantControls": grant, "sessionControls": session
    }));
    demand(&policy, &models())
}

fn granted(controls: &[&str], operator: &str) -> Demand {
    asked(
        json!({"operator": operator, "builtInControls": controls}),
        Value::Null,
    )
}

fn strength(document: Value) -> Demand {
    asked(
        json!({"operator": "OR", "builtInControls": [], "authenticationStrength": document}),
        Value::Null,
    )
}

#[test]
fn a_key_satisfies_mfa_and_nothing_that_needs_a_device() {
    assert!(matches!(granted(&["mfa"], "OR"), Demand::Key(_)));
    assert!(matches!(
        granted(&["mfa", "compliantDevice"], "OR"),
        Demand::Key(_)
    ));
    for barrier in [
        "block",
        "compliantDevice",
        "domainJoinedDevice",
        "passwordChange",
    ] {
        assert!(
            matches!(granted(&[barrier], "OR"), Demand::Barrier(_)),
            "{barrier}"
        );
        assert!(
            matches!(granted(&["mfa", barrier], "AND"), Demand::Barrier(_)),
            "{barrier}"
        );
    }
}

#[test]
fn what_blocks_is_not_helped_by_an_alternative() {
    assert!(matches!(
        granted(&["block", "mfa"], "OR"),
        Demand::Barrier(_)
    ));
}

#[test]
fn what_is_not_known_is_open() {
    assert!(matches!(granted(&["somethingNew"], "OR"), Demand::Open(_)));
    let newer = json!({"operator": "OR", "builtInControls": ["mfa"], "somethingNew": true});
    assert!(
        matches!(asked(newer.clone(), Value::Null), Demand::Key(_)),
        "one is enough"
    );
    let both = json!({"operator": "AND", "builtInControls": ["mfa"], "somethingNew": true});
    assert!(matches!(asked(both, Value::Null), Demand::Open(_)));
    let annotated = json!({"operator": "AND", "builtInControls": ["mfa"], "authenticationStrength@odata.context": "…"});
    assert!(matches!(asked(annotated, Value::Null), Demand::Key(_)));
}

#[test]
fn a_policy_without_controls_asks_for_nothing() {
    assert_eq!(asked(Value::Null, Value::Null), Demand::Nothing);
}

#[test]
fn strengths_take_keys_by_method_and_model() {
    assert!(matches!(
        strength(json!({"id": PHISHING_RESISTANT})),
        Demand::Key(_)
    ));
    let custom = |combinations: Value, allowed: Value| {
        strength(json!({
            "id": MODEL, "displayName": "custom", "allowedCombinations": combinations,
            "combinationConfigurations": allowed
        }))
    };
    let only =
        |model: &str| json!([{"appliesToCombinations": ["fido2"], "allowedAAGUIDs": [model]}]);
    assert!(matches!(
        custom(json!(["fido2"]), json!([])),
        Demand::Key(_)
    ));
    assert!(matches!(
        custom(json!(["password,sms"]), json!([])),
        Demand::Barrier(_)
    ));
    assert!(matches!(
        custom(json!(["fido2"]), only(&MODEL.to_uppercase())),
        Demand::Key(_)
    ));
    assert!(matches!(
        custom(json!(["fido2"]), only(PHISHING_RESISTANT)),
        Demand::Barrier(_)
    ));
    assert!(matches!(
        custom(json!(["fido2"]), Value::Null),
        Demand::Open(_)
    ));
    assert!(matches!(custom(Value::Null, json!([])), Demand::Open(_)));
}

#[test]
fn session_controls_are_no_barrier_unless_they_need_a_device() {
    let frequent =
        json!({"signInFrequency": {"isEnabled": true, "frequencyInterval": "everyTime"}});
    assert_eq!(asked(Value::Null, frequent), Demand::Nothing);
    let bound = json!({"secureSignInSession": {"isEnabled": true}});
    assert!(matches!(asked(Value::Null, bound), Demand::Barrier(_)));
    let off = json!({"secureSignInSession": {"isEnabled": false}});
    assert_eq!(asked(Value::Null, off), Demand::Nothing);
}

fn everybody(
    id: &str,
    state: &str,
    conditions: &Value,
    controls: &[&str],
) -> ConditionalAccessPolicy {
    let mut all = json!({
        "clientAppTypes": ["all"], "applications": {"includeApplications": ["All"]},
        "users": {"includeUsers": ["All"]}
    });
    for (name, value) in conditions.as_object().unwrap() {
        all[name] = value.clone();
    }
    policy(json!({
        "id": id, "displayName": id, "state": state, "conditions": all,
        "grantControls": {"operator": "OR", "builtInControls": controls}
    }))
}

/// What the policies together demand of an account that none of them names, at the portal.
fn together(policies: &[ConditionalAccessPolicy]) -> (Demand, Vec<&str>) {
    let person = Person {
        id: MODEL.to_owned(),
        groups: Some(Vec::new()),
        roles: Some(Vec::new()),
        kind: Some(PersonKind::Member),
    };
    let resource = Resource::Application(app::AZURE_PORTAL.to_owned());
    let outcome = judge(policies, &Scenario::of(&person, resource), &models());
    (outcome.demand, outcome.by)
}

#[test]
fn a_block_wins_wherever_it_stands() {
    let always = json!({});
    let mut policies = [
        everybody("mfa", "enabled", &always, &["mfa"]),
        everybody("block", "enabled", &always, &["block"]),
    ];
    for _ in 0..2 {
        let (demand, by) = together(&policies);
        assert_eq!(
            (demand, by),
            (Demand::Barrier("block".to_owned()), vec!["block"])
        );
        policies.reverse();
    }
}

#[test]
fn policies_that_are_not_enforced_do_not_count() {
    let always = json!({});
    for state in ["disabled", "enabledForReportingButNotEnforced"] {
        let policies = [everybody("block", state, &always, &["block"])];
        assert_eq!(together(&policies), (Demand::Nothing, vec![]), "{state}");
    }
    let policies = [everybody("block", "somethingNew", &always, &["block"])];
    assert!(matches!(together(&policies).0, Demand::Open(_)));
}

#[test]
fn a_barrier_that_may_apply_is_open_and_mfa_that_may_apply_is_no_matter() {
    let risky = json!({"signInRiskLevels": ["high"]});
    let blocks = [everybody("risk", "enabled", &risky, &["block"])];
    let (demand, by) = together(&blocks);
    assert!(matches!(demand, Demand::Open(_)), "{demand:?}");
    assert_eq!(by, ["risk"]);
    let asks = [everybody("risk", "enabled", &risky, &["mfa"])];
    assert!(matches!(together(&asks).0, Demand::Key(_)));
}

/// Answers have a copy of the strength without its models.
#[test]
fn the_copy_of_a_strength_in_a_policy_is_not_believed() {
    let copy =
        json!({"id": MODEL, "allowedCombinations": ["fido2"], "combinationConfigurations": []});
    let controls = json!({"operator": "OR", "builtInControls": [], "authenticationStrength": copy});
    let asking = [policy(
        json!({"displayName": "asked", "state": "enabled", "grantControls": controls}),
    )];
    let asked = |strengths: Value| {
        let strengths: Vec<_> = serde_json::from_value(strengths).unwrap();
        demand(&with_strengths(&asking, &strengths)[0], &models())
    };
    let of = |model: &str| {
        let only = json!([{"appliesToCombinations": ["fido2"], "allowedAAGUIDs": [model]}]);
        json!([{"id": MODEL.to_uppercase(), "allowedCombinations": ["fido2"], "combinationConfigurations": only}])
    };
    assert!(matches!(asked(of(MODEL)), Demand::Key(_)));
    assert!(matches!(asked(of(PHISHING_RESISTANT)), Demand::Barrier(_)));
    assert!(matches!(asked(json!([])), Demand::Open(_)));
}
