//! What is planned for a tenant, and that it leads there.

use serde_json::{Value, json};

use super::super::*;
use super::stage::{GROUP, MODEL, Stage, dedicated, ids, policy, unread};
use crate::tenant::desired::GroupReference;

#[test]
fn an_empty_tenant_gets_all_of_it_in_order() {
    let plan = Stage::empty().plan();
    assert_eq!(plan.blocked, []);
    assert_eq!(
        ids(&plan),
        [
            "create-account/ea-1@contoso.onmicrosoft.com",
            "create-account/ea-2@contoso.onmicrosoft.com",
            "create-group",
            "add-member/ea-1@contoso.onmicrosoft.com",
            "add-member/ea-2@contoso.onmicrosoft.com",
            "assign-role/ea-1@contoso.onmicrosoft.com",
            "assign-role/ea-2@contoso.onmicrosoft.com",
            "create-mfa-policy",
        ]
    );
    let made = &plan.steps[7].after;
    assert_eq!(made["state"], "enabledForReportingButNotEnforced");
    let group = &plan.steps[2].object.id;
    assert_eq!(made["conditions"]["users"]["excludeGroups"], json!([group]));
    assert_eq!(plan.steps[2].after["isAssignableToRole"], true);
    let commands: Vec<&String> = plan.by_hand.iter().flat_map(|one| &one.commands).collect();
    assert_eq!(
        commands[0],
        "halligan enroll --account ea-1@contoso.onmicrosoft.com --label ea-1-1 --location PLACE --custodian NAME"
    );
    assert_eq!(
        commands.last().unwrap().as_str(),
        "halligan tenant apply --enforce"
    );
    assert_eq!(commands.len(), 5);
}

#[test]
fn what_was_planned_is_not_planned_again() {
    for stage in [
        Stage::empty(),
        Stage::manned(),
        Stage::manned().with(policy("p", json!({"includeUsers": ["All"]}), &["block"])),
    ] {
        let mut stage = stage;
        let first = stage.plan();
        assert!(!first.steps.is_empty());
        let after = stage.carry_out(&first);
        assert_eq!(ids(&stage.plan_on(&after)), Vec::<String>::new());
    }
}

#[test]
fn the_end_is_an_empty_plan() {
    let mut stage = Stage::with_policy();
    stage.enforce = true;
    let plan = stage.plan();
    assert_eq!(ids(&plan), ["enforce-mfa-policy"]);
    let after = stage.carry_out(&plan);
    assert_eq!(stage.plan_on(&after), Plan::default());
    stage.enforce = false;
    assert!(stage.plan_on(&after).is_empty());
}

#[test]
fn what_cannot_be_read_blocks_what_rests_on_it() {
    let blocked = |part: &str| {
        let mut stage = Stage::manned();
        stage.document[part] = unread();
        let plan = stage.plan();
        assert_eq!(ids(&plan), Vec::<String>::new(), "{part}");
        assert_eq!(
            plan.blocked[0].permission.as_deref(),
            Some("Policy.Read.All")
        );
    };
    blocked("policies");
    blocked("group");
    let mut stage = Stage::empty();
    stage.document["domains"] = unread();
    assert_eq!(ids(&stage.plan()), ["create-group", "create-mfa-policy"]);
    let mut stage = Stage::empty();
    stage.document["organization"] = unread();
    assert!(!ids(&stage.plan()).contains(&"create-group".to_owned()));
}

#[test]
fn a_tenant_without_a_licence_gets_what_it_can_have() {
    let mut stage = Stage::empty();
    stage.document["organization"]["read"]["assignedPlans"] = json!([]);
    let plan = stage.plan();
    let group = plan
        .steps
        .iter()
        .find(|step| step.change == Change::CreateGroup);
    assert_eq!(group.unwrap().after["isAssignableToRole"], false);
    assert_eq!(plan.blocked.len(), 1);
    assert!(plan.blocked[0].why.contains("P1"));
}

#[test]
fn what_somebody_decided_is_left_to_people() {
    let mut stage = Stage::manned();
    let account = &mut stage.document["accounts"][0];
    account["user"]["read"]["accountEnabled"] = json!(false);
    account["methods"] =
        json!({"read": [{"@odata.type": "#microsoft.graph.phoneAuthenticationMethod", "id": "m"}]});
    account["per_user_mfa"] = json!({"read": {"perUserMfaState": "enforced"}});
    account["role_schedules"] = json!({"read": [{
        "id": "s", "roleDefinitionId": GLOBAL_ADMINISTRATOR, "assignmentType": "Activated", "endDateTime": "2026-11-23T09:00:00Z"
    }]});
    let plan = stage.plan();
    let whats: Vec<&str> = plan.by_hand.iter().map(|one| one.what.as_str()).collect();
    for expected in ["permanent", "enable ea-1", "a telephone", "per-user"] {
        assert!(
            whats.iter().any(|what| what.contains(expected)),
            "{expected}: {whats:?}"
        );
    }
    assert!(
        plan.steps
            .iter()
            .all(|step| step.change == Change::CreateMfaPolicy)
    );
}

#[test]
fn a_password_that_expires_is_kept_from_it() {
    let mut stage = Stage::with_policy();
    stage.document["accounts"][1]["user"]["read"]["passwordPolicies"] =
        json!("DisableStrongPassword");
    let plan = stage.plan();
    assert_eq!(
        ids(&plan),
        ["set-password-policy/ea-2@contoso.onmicrosoft.com"]
    );
    let after = &plan.steps[0].after["passwordPolicies"];
    assert_eq!(after, "DisablePasswordExpiration, DisableStrongPassword");
}

#[test]
fn only_what_the_tool_made_is_repaired() {
    let broken = |stage: &mut Stage| {
        stage.document["policies"]["read"][0]["conditions"]["applications"]["includeApplications"] =
            json!(["Office365"]);
    };
    let mut own = Stage::with_policy();
    broken(&mut own);
    let plan = own.plan();
    assert_eq!(ids(&plan), ["change-mfa-policy"]);
    let pointer = "/conditions/applications/includeApplications";
    assert_eq!(
        plan.steps[0].before.pointer(pointer),
        Some(&json!(["Office365"]))
    );
    assert_eq!(plan.steps[0].after.pointer(pointer), Some(&json!(["All"])));

    let mut foreign = Stage::with_policy();
    foreign.owned = Owned::default();
    broken(&mut foreign);
    let plan = foreign.plan();
    assert_eq!(ids(&plan), Vec::<String>::new());
    assert!(
        plan.by_hand[0]
            .what
            .contains("only for the resources Office365")
    );
}

#[test]
fn a_repair_keeps_the_exclusion_that_comes_before_it() {
    let mut stage = Stage::with_policy();
    stage.desired.exclude_also.groups = vec!["sync".to_owned()];
    stage.document["policies"]["read"][0]["conditions"]["users"]["excludeGroups"] = json!([]);
    let plan = stage.plan();
    assert_eq!(ids(&plan), ["exclude-group/mfa", "change-mfa-policy"]);
    let excluded = plan.steps[1]
        .after
        .pointer("/conditions/users/excludeGroups");
    assert_eq!(excluded, Some(&json!([GROUP, "sync"])));
}

#[test]
fn another_policy_that_asks_everybody_is_enough() {
    let stage = Stage::manned().with(policy(
        "theirs",
        json!({"includeUsers": ["All"], "excludeGroups": [GROUP]}),
        &["mfa"],
    ));
    assert!(stage.plan().is_empty());
}

#[test]
fn the_policy_for_the_accounts_waits_for_their_keys() {
    let mut stage = Stage::with_policy();
    stage.desired.dedicated_policy = Some(dedicated());
    assert_eq!(ids(&stage.plan()), ["create-dedicated-policy"]);
    stage.keys.truncate(3);
    let plan = stage.plan();
    assert_eq!(ids(&plan), Vec::<String>::new());
    assert!(plan.blocked[0].why.contains("1 of 2 working keys"));
}

#[test]
fn a_group_that_cannot_be_changed_is_named() {
    for (member, value) in [
        ("groupTypes", json!(["DynamicMembership"])),
        ("isManagementRestricted", json!(true)),
        ("onPremisesSyncEnabled", json!(true)),
    ] {
        let mut stage = Stage::with_policy();
        stage.document["group"]["read"]["group"][member] = value;
        stage.document["accounts"][0]["memberships"]["read"][0] = Value::Null;
        let memberships = stage.document["accounts"][0]["memberships"]["read"]
            .as_array_mut()
            .unwrap();
        memberships.remove(0);
        stage.document["group"]["read"]["transitive_members"]["read"] = json!([]);
        let plan = stage.plan();
        assert!(
            ids(&plan).iter().all(|id| !id.starts_with("add-member")),
            "{member}"
        );
        assert!(!plan.blocked.is_empty(), "{member}");
    }
}

/// A passkey that can be copied is in somebody's account with a provider.
#[test]
fn a_synced_passkey_is_no_working_key() {
    let mut stage = Stage::with_policy();
    stage.document["accounts"][0]["keys"]["read"][1]["passkeyType"] = json!("synced");
    stage.enforce = true;
    let plan = stage.plan();
    assert_eq!(ids(&plan), Vec::<String>::new());
    let enrol = plan.by_hand.iter().find(|one| !one.commands.is_empty());
    assert!(enrol.unwrap().why.contains("u1-B is a synced passkey"));
    assert!(plan.blocked[0].why.contains("1 of 2 working keys"));
}

#[test]
fn a_member_that_only_the_group_knows_of_is_not_added_again() {
    let mut stage = Stage::manned();
    stage.document["accounts"][0]["memberships"]["read"] = json!([]);
    let added = |stage: &Stage| {
        ids(&stage.plan())
            .iter()
            .any(|id| id.starts_with("add-member"))
    };
    assert!(!added(&stage));
    stage.document["group"]["read"]["transitive_members"]["read"] = json!([]);
    assert!(added(&stage));
}

#[test]
fn accounts_are_known_by_name_whatever_their_order() {
    let mut stage = Stage::with_policy();
    stage.enforce = true;
    stage.desired.accounts.reverse();
    // Only ea-2 is disabled, and lacks a key.
    stage.document["accounts"][1]["user"]["read"]["accountEnabled"] = json!(false);
    let unproven = stage.keys.iter_mut().find(|key| key.label == "u2-B");
    unproven.unwrap().proven = false;
    let plan = stage.plan();
    let named = plan.by_hand.iter().map(|one| one.what.as_str());
    let of_accounts: Vec<&str> = named.filter(|what| what.contains("ea-")).collect();
    assert_eq!(of_accounts.len(), 2, "{of_accounts:?}");
    assert!(of_accounts.iter().all(|what| what.contains("ea-2@")));
}

#[test]
fn an_account_that_the_snapshot_was_taken_without_blocks() {
    let mut stage = Stage::with_policy();
    stage.enforce = true;
    let mut third = stage.desired.accounts[0].clone();
    third.name = "ea-3".to_owned();
    stage.desired.accounts.insert(0, third);
    let plan = stage.plan();
    assert_eq!(plan.steps, []);
    assert_eq!(plan.blocked[0].what, "account ea-3");
    assert_eq!(plan.blocked[0].why, "the snapshot was taken without it");
    assert_eq!(plan.blocked.len(), 2, "{:?}", plan.blocked);
}

#[test]
fn a_group_has_an_alias_in_every_script() {
    for (name, alias) in [
        ("緊急アクセス", "emergency-access"),
        ("Notfall – Zugang", "notfall---zugang"),
    ] {
        let mut stage = Stage::empty();
        stage.desired.group.reference = GroupReference::Name(name.to_owned());
        assert_eq!(stage.plan().steps[2].after["mailNickname"], alias);
    }
}

#[test]
fn a_label_that_is_taken_is_not_proposed() {
    let mut stage = Stage::empty();
    for (label, account) in [("ea-1-1", "somebody"), ("ea-2-2", "somebody")] {
        stage.keys.push(KnownKey {
            label: label.to_owned(),
            account: account.to_owned(),
            credential_id: vec![7; 16],
            method_id: label.to_owned(),
            aaguid: MODEL.parse().unwrap(),
            proven: true,
        });
    }
    let commands = stage
        .plan()
        .by_hand
        .into_iter()
        .flat_map(|one| one.commands);
    let labels: Vec<String> = commands
        .filter_map(|one| {
            let (_, label) = one.split_once("--label ")?;
            Some(label.split(' ').next()?.to_owned())
        })
        .collect();
    assert_eq!(labels, ["ea-1-2", "ea-1-3", "ea-2-1", "ea-2-3"]);
}
