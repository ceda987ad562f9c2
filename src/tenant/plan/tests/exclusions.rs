//! From which policies the group is excluded.

use serde_json::json;

use super::super::*;
use super::stage::{GROUP, Stage, ids, policy};

fn planned(users: serde_json::Value) -> Vec<String> {
    ids(&Stage::with_policy()
        .with(policy("p", users, &["block"]))
        .plan())
}

#[test]
fn from_every_policy_that_means_an_account() {
    for users in [
        json!({"includeUsers": ["All"]}),
        json!({"includeRoles": [GLOBAL_ADMINISTRATOR]}),
        json!({"includeUsers": ["u2", "somebody"]}),
        json!({"includeUsers": ["All"], "excludeUsers": ["u1"], "excludeGroups": ["other"]}),
    ] {
        assert_eq!(planned(users.clone()), ["exclude-group/p"], "{users}");
    }
}

#[test]
fn not_from_one_that_does_not() {
    for users in [
        json!({"includeUsers": ["somebody"]}),
        json!({"includeGroups": ["another"]}),
        json!({"includeUsers": ["All"], "excludeGroups": [GROUP]}),
        json!({"includeUsers": ["All"], "excludeUsers": ["u1", "u2"]}),
        json!({"includeUsers": ["All"], "excludeRoles": [GLOBAL_ADMINISTRATOR]}),
    ] {
        assert_eq!(planned(users.clone()), Vec::<String>::new(), "{users}");
    }
}

#[test]
fn exclusions_that_are_there_stay() {
    let users = json!({"includeUsers": ["All"], "excludeGroups": ["other"]});
    let plan = Stage::with_policy()
        .with(policy("p", users, &["mfa"]))
        .plan();
    let after = plan.steps[0]
        .after
        .pointer("/conditions/users/excludeGroups");
    assert_eq!(after, Some(&json!(["other", GROUP])));
}

#[test]
fn a_policy_that_does_not_count_is_let_be() {
    let mut reports = policy("p", json!({"includeUsers": ["All"]}), &["block"]);
    reports["state"] = json!("enabledForReportingButNotEnforced");
    let plan = Stage::with_policy().with(reports.clone()).plan();
    assert_eq!(ids(&plan), Vec::<String>::new());
    assert!(plan.notes[0].contains("before it is enforced"));
    reports["state"] = json!("disabled");
    assert_eq!(
        Stage::with_policy().with(reports.clone()).plan().notes,
        Vec::<String>::new()
    );
    reports["state"] = json!("somethingNew");
    let plan = Stage::with_policy().with(reports).plan();
    assert_eq!(ids(&plan), ["exclude-group/p"]);
}

#[test]
fn a_policy_for_workloads_is_let_be() {
    let mut agents = policy("p", json!(null), &["block"]);
    agents["conditions"]["clientApplications"] =
        json!({"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]});
    assert_eq!(
        ids(&Stage::with_policy().with(agents).plan()),
        Vec::<String>::new()
    );
}

#[test]
fn nobody_else_is_let_off_with_them() {
    let mut stage =
        Stage::with_policy().with(policy("p", json!({"includeUsers": ["All"]}), &["mfa"]));
    stage.document["group"]["read"]["transitive_members"]["read"]
        .as_array_mut()
        .unwrap()
        .push(json!({"@odata.type": "#microsoft.graph.user", "id": "x", "userPrincipalName": "eve@contoso.com"}));
    let plan = stage.plan();
    assert_eq!(ids(&plan), Vec::<String>::new());
    assert!(
        plan.blocked[0]
            .why
            .contains("eve@contoso.com would be let off too")
    );
}

#[test]
fn a_condition_that_nobody_knows_is_not_taken_for_an_exclusion() {
    let users = json!({"includeUsers": ["All"], "includeAstronauts": ["All"]});
    let plan = Stage::with_policy()
        .with(policy("p", users, &["mfa"]))
        .plan();
    assert_eq!(ids(&plan), Vec::<String>::new());
    assert!(plan.blocked[0].why.contains("includeAstronauts"));
}

#[test]
fn a_policy_for_the_accounts_alone_is_for_people_to_decide_about() {
    let plan = Stage::with_policy()
        .with(policy("p", json!({"includeGroups": [GROUP]}), &["mfa"]))
        .plan();
    assert_eq!(ids(&plan), Vec::<String>::new());
    assert_eq!(plan.by_hand[0].what, "decide about policy Policy p");
}
