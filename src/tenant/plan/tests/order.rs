//! Whatever order the steps come in, as long as each comes after those that it needs, and wherever it ends: no account that gets in
//! is shut out.

use serde_json::json;

use super::super::*;
use super::stage::{GROUP, Stage, policy};

/// A tenant in which everything could go wrong: the first account has neither role nor membership, and gets in.
fn trap() -> Stage {
    let mut stage = Stage::manned()
        .with(policy(
            "admins",
            json!({"includeRoles": [GLOBAL_ADMINISTRATOR]}),
            &["compliantDevice"],
        ))
        .with(policy(
            "everybody",
            json!({"includeUsers": ["All"], "excludeUsers": ["u1"]}),
            &["block"],
        ));
    stage.document["accounts"][0]["memberships"]["read"] = json!([]);
    let members = &mut stage.document["group"]["read"]["transitive_members"]["read"];
    members.as_array_mut().unwrap().remove(0);
    stage.document["accounts"][1]["user"]["read"]["passwordPolicies"] = json!(null);
    stage.enforce = true;
    stage
}

/// Calls `visit` with every order of the steps that their needs allow.
fn orders(left: &[&Step], done: &mut Vec<String>, visit: &mut impl FnMut(&[String])) {
    if left.is_empty() {
        visit(done);
    }
    for (at, step) in left.iter().enumerate() {
        if step.needs.iter().all(|need| done.contains(need)) {
            let mut rest = left.to_vec();
            rest.remove(at);
            done.push(step.id());
            orders(&rest, done, visit);
            done.pop();
        }
    }
}

#[test]
fn every_order_is_safe_at_every_moment() {
    let stage = trap();
    let plan = stage.plan();
    let steps: Vec<&Step> = plan.steps.iter().collect();
    assert!(steps.len() >= 6, "{:?}", super::stage::ids(&plan));
    let mut visited = 0;
    orders(&steps, &mut Vec::new(), &mut |order| {
        visited += 1;
        let mut now = stage.snapshot();
        for id in order {
            let step = plan.steps.iter().find(|step| step.id() == *id).unwrap();
            let before = now.clone();
            effect(step, &mut now);
            assert_eq!(shut_out(&before, &now), None, "{id} in {order:?}");
        }
    });
    assert!(visited > 10, "{visited}");
}

#[test]
fn without_the_exclusion_the_role_would_shut_the_account_out() {
    let stage = trap();
    let plan = stage.plan();
    let role = plan
        .steps
        .iter()
        .find(|step| step.change == Change::AssignRole)
        .unwrap();
    let before = stage.snapshot();
    let mut after = before.clone();
    effect(role, &mut after);
    let why = shut_out(&before, &after).unwrap();
    assert!(why.contains("a compliant device"), "{why}");
}

#[test]
fn a_membership_that_would_shut_out_is_not_planned() {
    let mut stage = trap().with(policy(
        "group",
        json!({"includeGroups": [GROUP], "includeUsers": ["somebody"]}),
        &["block"],
    ));
    stage.document["group"]["read"]["transitive_members"]["read"][0]["id"] = json!("u2");
    let plan = stage.plan();
    let blocked = plan
        .blocked
        .iter()
        .find(|one| one.what.starts_with("add-member"));
    assert!(blocked.is_some(), "{:?}", plan.blocked);
}

/// Another account in the group, so that it is excluded from nothing.
fn crowded() -> Stage {
    let mut stage = Stage::manned();
    let members = &mut stage.document["group"]["read"]["transitive_members"]["read"];
    members.as_array_mut().unwrap().push(
        json!({"@odata.type": "#microsoft.graph.user", "id": "x", "userPrincipalName": "eve@contoso.com"}),
    );
    let memberships = &mut stage.document["accounts"][0]["memberships"]["read"];
    memberships.as_array_mut().unwrap().truncate(1);
    stage
}

fn is_blocked(stage: &Stage, step: &str) -> bool {
    let mut blocked = stage.plan().blocked.into_iter();
    blocked.any(|one| one.what.starts_with(step))
}

fn administrators(controls: &[&str]) -> serde_json::Value {
    policy(
        "admins",
        json!({"includeRoles": [GLOBAL_ADMINISTRATOR]}),
        controls,
    )
}

#[test]
fn who_is_shut_out_on_some_ways_is_not_shut_out_on_the_others() {
    let mut telephones = policy("telephones", json!({"includeUsers": ["All"]}), &["block"]);
    telephones["conditions"]["platforms"] = json!({"includePlatforms": ["android", "iOS"]});
    let stage = crowded().with(telephones);
    assert!(!is_blocked(&stage, "assign-role"));
    assert!(is_blocked(
        &stage.with(administrators(&["compliantDevice"])),
        "assign-role"
    ));
}

#[test]
fn who_may_be_shut_out_by_one_policy_is_not_shut_out_by_another() {
    let mut risky = policy("risky", json!({"includeUsers": ["All"]}), &["block"]);
    risky["conditions"]["userRiskLevels"] = json!(["high"]);
    let mut elsewhere = administrators(&["block"]);
    elsewhere["conditions"]["locations"] =
        json!({"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]});
    let stage = crowded().with(risky);
    assert!(!is_blocked(&stage, "assign-role"));
    assert!(is_blocked(&stage.with(elsewhere), "assign-role"));
}

#[test]
fn what_asks_for_a_key_shuts_out_who_has_none() {
    let mut stage = crowded().with(administrators(&["mfa"]));
    assert!(!is_blocked(&stage, "assign-role"));
    stage.document["accounts"][0]["keys"] = json!({"read": []});
    assert!(is_blocked(&stage, "assign-role"));
}

#[test]
fn a_new_account_gets_its_keys_later() {
    let mut stage = crowded().with(administrators(&["mfa"]));
    stage.document["accounts"][0] = Stage::empty().document["accounts"][0].clone();
    assert!(!is_blocked(&stage, "assign-role"));
    let made = super::stage::ids(&stage.plan());
    assert!(made.iter().any(|id| id.starts_with("assign-role")));
}

/// The directory shows it in the group before it shows it on the account.
#[test]
fn whom_the_group_lists_is_excluded_with_it() {
    let mut stage = trap();
    stage.document["group"]["read"]["transitive_members"]["read"] = json!([{"@odata.type": "#microsoft.graph.user", "id": "u1"}, {"@odata.type": "#microsoft.graph.user", "id": "u2"}]);
    let mut barrier = policy(
        "all",
        json!({"includeUsers": ["All"]}),
        &["compliantDevice"],
    );
    barrier["conditions"]["users"]["excludeGroups"] = json!([]);
    let planned = super::stage::ids(&stage.with(barrier).plan());
    assert!(
        planned.iter().any(|id| id.starts_with("assign-role")),
        "{planned:?}"
    );
}
