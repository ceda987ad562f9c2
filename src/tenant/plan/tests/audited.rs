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
    assert!(whats[0].contains("take x@contoso.com away from the owners"));
    assert!(whats[1].contains("x@contoso.com is in it"));
}
