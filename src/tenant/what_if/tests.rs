#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::super::change;
use super::super::snapshot::example::{self, GROUP, MFA_POLICY, MODEL, PORTAL};
use super::*;

/// What becomes of each account, in the order of the tenant, by this change of a tenant as it should be.
fn after(change: &Value) -> Vec<AccountEffect> {
    after_in(example::document(), change, false)
}

fn after_in(document: Value, change: &Value, enforce_report_only: bool) -> Vec<AccountEffect> {
    let before = example::read(document);
    let mut after = before.clone();
    for change in change::read(&change.to_string()).unwrap() {
        change.put_into(&mut after).unwrap();
    }
    let before = standings(&before, enforce_report_only);
    effects(&before, &standings(&after, enforce_report_only))
}

fn gravest(effects: &[AccountEffect]) -> Vec<Effect> {
    effects.iter().map(AccountEffect::gravest).collect()
}

fn policy(users: Value, controls: Value) -> Value {
    json!({
        "displayName": "New", "state": "enabled",
        "conditions": {"clientAppTypes": ["all"], "applications": {"includeApplications": ["All"]}, "users": users},
        "grantControls": controls
    })
}

fn block() -> Value {
    json!({"operator": "OR", "builtInControls": ["block"]})
}

#[test]
fn nothing_changes_by_a_policy_that_excludes_the_group() {
    let change = policy(
        json!({"includeUsers": ["All"], "excludeGroups": [GROUP]}),
        block(),
    );
    let effects = after(&change);
    assert_eq!(
        gravest(&effects),
        [Effect::StaysIn, Effect::StaysIn, Effect::ShutOut]
    );
    assert!(!effects.iter().any(AccountEffect::is_harm));
}

#[test]
fn a_policy_that_blocks_shuts_out_whom_it_does_not_exclude() {
    let effects = after(&policy(json!({"includeUsers": ["All"]}), block()));
    assert_eq!(gravest(&effects), [Effect::ShutOut; 3]);
    assert!(effects[0].is_harm() && effects[1].is_harm() && !effects[2].is_harm());
    assert!(effects[0].ways.iter().all(|way| way.by == ["New"]));
}

#[test]
fn an_exclusion_that_is_taken_out_still_leaves_the_key() {
    let users = json!({"includeUsers": ["All"], "excludeGroups": []});
    let effects = after(&json!({"id": MFA_POLICY, "conditions": {"users": users}}));
    assert_eq!(gravest(&effects), [Effect::StaysIn; 3]);
    let way = &effects[0].ways[0];
    assert_eq!(way.before, Access::Free);
    assert_eq!(
        way.after,
        Access::ByKey("multifactor authentication".to_owned())
    );
}

#[test]
fn a_strength_that_takes_none_of_the_models_shuts_out() {
    let with = |model: &str| {
        json!([
            {"id": "s", "displayName": "Our keys", "allowedCombinations": ["fido2"],
             "combinationConfigurations": [{"appliesToCombinations": ["fido2"], "allowedAAGUIDs": [model]}]},
            policy(
                json!({"includeGroups": [GROUP]}),
                json!({"operator": "OR", "builtInControls": [], "authenticationStrength": {"id": "s"}})
            )
        ])
    };
    assert_eq!(gravest(&after(&with(MODEL)))[0], Effect::StaysIn);
    let other = "ee882879-721c-4913-9775-3dfcce97072a";
    assert_eq!(gravest(&after(&with(other)))[0], Effect::ShutOut);
}

#[test]
fn only_the_application_that_is_meant_is_touched() {
    let mut change = policy(json!({"includeUsers": ["All"]}), block());
    change["conditions"]["applications"] = json!({"includeApplications": [PORTAL]});
    let effects = after(&change);
    let touched = effects[0].ways.iter().filter(|way| way.effect.is_harm());
    assert!(touched.clone().all(|way| way.way.application == PORTAL));
    assert_eq!(touched.count(), 10);
}

#[test]
fn a_condition_that_nobody_can_know_may_shut_out() {
    let mut change = policy(json!({"includeUsers": ["All"]}), block());
    change["conditions"]["signInRiskLevels"] = json!(["high"]);
    let effects = after(&change);
    assert_eq!(effects[0].gravest(), Effect::MayBeShutOut);
    assert!(effects[0].is_harm());
}

#[test]
fn report_only_counts_when_it_is_asked_for() {
    let mut change = policy(json!({"includeUsers": ["All"]}), block());
    change["state"] = json!("enabledForReportingButNotEnforced");
    assert_eq!(gravest(&after(&change))[0], Effect::StaysIn);
    let enforced = after_in(example::document(), &change, true);
    assert_eq!(enforced[0].gravest(), Effect::ShutOut);
}

#[test]
fn a_model_that_is_no_longer_taken_locks_its_keys_out() {
    let restricted = |model: &str| json!({"keyRestrictions": {"isEnforced": true, "enforcementType": "allow", "aaGuids": [model]}});
    let kept = after(&restricted(MODEL));
    assert_eq!(gravest(&kept)[0], Effect::StaysIn);
    assert_eq!(kept[0].keys, []);
    let lost = after(&restricted("ee882879-721c-4913-9775-3dfcce97072a"));
    assert_eq!(
        gravest(&lost),
        [Effect::ShutOut, Effect::ShutOut, Effect::StaysIn]
    );
    let keys: Vec<&str> = lost[0].keys.iter().map(|key| key.key.id.as_str()).collect();
    assert_eq!(keys, ["bg1-a", "bg1-b"]);
}

#[test]
fn one_key_of_two_that_is_lost_is_a_harm_although_the_account_stays_open() {
    let mut document = example::document();
    let other = "ee882879-721c-4913-9775-3dfcce97072a";
    document["accounts"][0]["keys"]["read"][1]["aaGuid"] = json!(other);
    let change = json!({"keyRestrictions": {"isEnforced": true, "enforcementType": "block", "aaGuids": [other]}});
    let effects = after_in(document, &change, false);
    assert_eq!(effects[0].gravest(), Effect::StaysIn);
    assert!(effects[0].is_harm() && !effects[1].is_harm());
}

#[test]
fn what_could_not_be_read_is_open_and_never_in() {
    for part in ["user", "keys"] {
        let mut document = example::document();
        document["accounts"][0][part] = json!({"unread": {"why": "HTTP 403"}});
        let standings = standings(&example::read(document), false);
        let [bg1, bg2, _] = &standings[..] else {
            panic!("three accounts")
        };
        assert!(
            bg1.ways.iter().all(|way| !bg1.access(way).is_in()),
            "{part}"
        );
        assert!(bg2.ways.iter().all(|way| bg2.access(way).is_in()), "{part}");
    }
    for part in ["policies", "passkeys"] {
        let mut document = example::document();
        document[part] = json!({"unread": {"why": "HTTP 403"}});
        let standings = standings(&example::read(document), false);
        let open = |one: &Standing| {
            one.ways
                .iter()
                .all(|way| matches!(one.access(way), Access::Open(_)))
        };
        assert!(open(&standings[0]), "{part}");
    }
}

#[test]
fn an_account_that_is_disabled_or_missing_is_shut() {
    for user in [
        json!(null),
        json!({"id": "u", "userType": "Member", "accountEnabled": false}),
    ] {
        let mut document = example::document();
        document["accounts"][0]["user"] = json!({"read": user});
        let before = standings(&example::read(document), false);
        let shut = |way: &WayStanding| matches!(before[0].access(way), Access::Shut(_));
        assert!(!before[0].ways.is_empty() && before[0].ways.iter().all(shut));
        let effect = &effects(&before, &before)[0];
        assert_eq!(effect.gravest(), Effect::StaysOut);
    }
}

#[test]
fn every_pair_of_before_and_after_has_its_effect() {
    let (free, key) = (Access::Free, Access::ByKey(String::new()));
    let (open, shut) = (Access::Open(String::new()), Access::Shut(String::new()));
    let expected = [
        (&free, &key, Effect::StaysIn),
        (&free, &open, Effect::MayBeShutOut),
        (&key, &shut, Effect::ShutOut),
        (&open, &free, Effect::ComesIn),
        (&open, &open, Effect::StaysOpen),
        (&open, &shut, Effect::ShutOut),
        (&shut, &key, Effect::ComesIn),
        (&shut, &open, Effect::StaysOpen),
        (&shut, &shut, Effect::StaysOut),
    ];
    for (before, after, effect) in expected {
        assert_eq!(Effect::of(before, after), effect, "{before:?} {after:?}");
    }
}
