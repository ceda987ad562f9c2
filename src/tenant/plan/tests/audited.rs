//! What an audit would still find.

use serde_json::json;

use super::stage::{GROUP, Stage};
use crate::tenant::audit::Waiver;

fn whats(stage: &Stage) -> Vec<String> {
    let by_hand = stage.plan().by_hand.into_iter();
    by_hand.map(|one| one.what).collect()
}

fn without_self_service() -> Stage {
    let mut stage = Stage::with_policy();
    stage.document["policies"]["read"][0]["state"] = json!("enabled");
    stage.document["passkeys"]["read"]["isSelfServiceRegistrationAllowed"] = json!(false);
    stage
}

#[test]
fn settings_of_others_are_named_with_the_check() {
    let stage = without_self_service();
    let plan = stage.plan();
    assert_eq!(plan.by_hand.len(), 1, "{:?}", plan.by_hand);
    assert!(plan.by_hand[0].why.contains("(HG-602)"));
    assert!(plan.steps.is_empty() && plan.blocked.is_empty());
}

#[test]
fn what_is_accepted_is_not_named() {
    let mut stage = without_self_service();
    stage.waivers = vec![Waiver {
        check: "HG-602".to_owned(),
        subject: None,
        reason: "keys are enrolled in spring".to_owned(),
        until: "2026-11-23".parse().unwrap(),
    }];
    assert!(stage.plan().is_empty());
    stage.waivers[0].until = "2026-11-22".parse().unwrap();
    assert!(!stage.plan().is_empty());
}

#[test]
fn what_a_step_mends_is_not_named() {
    let mut stage = Stage::with_policy();
    stage.document["policies"]["read"][0]["state"] = json!("enabled");
    let group = &mut stage.document["group"]["read"];
    let members = group["transitive_members"]["read"].as_array_mut().unwrap();
    members.pop();
    stage.document["accounts"][1]["memberships"]["read"]
        .as_array_mut()
        .unwrap()
        .retain(|one| one["id"] != GROUP);
    assert_eq!(stage.plan().steps.len(), 1);
    assert_eq!(whats(&stage), Vec::<String>::new());
}

#[test]
fn strangers_and_owners_of_the_group_are_named() {
    let mut stage = Stage::with_policy();
    stage.document["policies"]["read"][0]["state"] = json!("enabled");
    let somebody = json!({"@odata.type": "#microsoft.graph.user", "id": "x", "userPrincipalName": "x@contoso.com"});
    let group = &mut stage.document["group"]["read"];
    group["owners"]["read"] = json!([somebody]);
    let members = group["transitive_members"]["read"].as_array_mut().unwrap();
    members.push(somebody);
    let whats = whats(&stage);
    assert_eq!(whats.len(), 2, "{whats:?}");
    assert!(whats[0].contains("x@contoso.com is in it"));
    assert!(whats[1].contains("its owners can change its members: x@contoso.com"));
}

/// Each once, although other parts of the plan look at the same accounts and the same group.
#[test]
fn what_is_wrong_with_accounts_and_group_is_named_once() {
    let mut stage = Stage::with_policy();
    stage.document["policies"]["read"][0]["state"] = json!("enabled");
    stage.document["group"]["read"]["group"]["isAssignableToRole"] = json!(false);
    let user = &mut stage.document["accounts"][0]["user"]["read"];
    user["onPremisesImmutableId"] = json!("anchor");
    user["creationType"] = json!("Invitation");
    user["lastPasswordChangeDateTime"] = json!("2024-01-01T00:00:00Z");
    stage.desired.thresholds.password_age_days = Some(365);
    let plan = stage.plan();
    let checks = ["HG-103", "HG-106", "HG-108", "HG-403"];
    for (check, named) in std::iter::zip(checks, &plan.by_hand) {
        assert!(named.why.contains(check), "{check}: {named:?}");
    }
    assert_eq!(plan.by_hand.len(), checks.len(), "{:?}", plan.by_hand);
}

#[test]
fn one_account_is_too_few_whatever_it_is_called() {
    let mut stage = Stage::with_policy();
    stage.enforce = true;
    stage.desired.accounts.truncate(1);
    stage.document["accounts"]
        .as_array_mut()
        .unwrap()
        .truncate(1);
    let members = &mut stage.document["group"]["read"]["transitive_members"]["read"];
    members.as_array_mut().unwrap().truncate(1);
    let mut twice = stage.clone();
    let mut same = stage.document["accounts"][0].clone();
    same["name"] = json!("ea-1@contoso.onmicrosoft.com");
    twice.document["accounts"]
        .as_array_mut()
        .unwrap()
        .push(same);
    let mut account = twice.desired.accounts[0].clone();
    account.name = "ea-1@contoso.onmicrosoft.com".to_owned();
    twice.desired.accounts.push(account);
    for stage in [stage, twice] {
        let plan = stage.plan();
        assert_eq!(plan.steps, []);
        assert!(
            plan.blocked[0]
                .why
                .contains("at least 2 emergency accounts are needed, not 1"),
            "{:?}",
            plan.blocked
        );
        assert!(plan.by_hand.iter().any(|one| one.why.contains("HG-101")));
    }
}
