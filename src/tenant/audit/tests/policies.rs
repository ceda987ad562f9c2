//! Policies that stop nobody, paths that are shown, and words that are not known.

use serde_json::{Value, json};

use super::healthy::{self, BG, GLOBAL_ADMINISTRATOR, GROUP, MODELS, policy};
use super::{World, failed, said, unknown};
use crate::tenant::desired::DedicatedPolicy;

fn block() -> Value {
    let mut policy = policy(
        "Block",
        &json!({"operator": "OR", "builtInControls": ["block"]}),
    );
    policy["conditions"]["users"]["excludeGroups"] = json!([]);
    policy
}

fn with(change: impl Fn(&mut Value)) -> World {
    let mut world = healthy::world();
    let mut policy = block();
    change(&mut policy);
    world.policies().push(policy);
    world
}

#[test]
fn a_policy_that_cannot_hit_needs_no_exclusion() {
    let harmless: [fn(&mut Value); 8] = [
        |policy| policy["state"] = json!("disabled"),
        |policy| policy["conditions"]["clientAppTypes"] = json!(["exchangeActiveSync", "other"]),
        |policy| {
            policy["conditions"]["applications"] =
                json!({"includeApplications": ["some-other-application"]})
        },
        |policy| {
            policy["conditions"]["applications"] =
                json!({"includeUserActions": ["urn:user:registerdevice"]})
        },
        |policy| policy["conditions"]["users"] = json!({"includeUsers": ["somebody"]}),
        |policy| policy["conditions"]["users"] = json!({"includeUsers": ["GuestsOrExternalUsers"]}),
        |policy| {
            policy["conditions"]["authenticationFlows"] =
                json!({"transferMethods": "deviceCodeFlow"})
        },
        |policy| policy["grantControls"] = Value::Null,
    ];
    for (at, change) in harmless.into_iter().enumerate() {
        let audit = with(change).audit();
        assert_eq!(failed(&audit), [""; 0], "{at}");
        assert_eq!(unknown(&audit), [""; 0], "{at}");
    }
}

#[test]
fn what_is_not_known_here_is_open_and_never_passes() {
    let odd: [fn(&mut Value); 9] = [
        |policy| policy["state"] = json!("enabledOnSundays"),
        |policy| policy["conditions"]["weather"] = json!("rain"),
        |policy| policy["conditions"]["users"]["includeAgents"] = json!(["All"]),
        |policy| policy["conditions"]["applications"]["networkFilter"] = json!("x"),
        |policy| {
            policy["conditions"]["devices"] =
                json!({"deviceFilter": {"mode": "include", "rule": "device.x -eq 1"}})
        },
        |policy| {
            policy["conditions"]["applications"] = json!({"includeApplications": ["Office365"]})
        },
        |policy| {
            policy["conditions"]["locations"] = json!({"includeLocations": ["nobody-shows-it"]})
        },
        |policy| {
            policy["grantControls"] = json!({"operator": "OR", "builtInControls": ["retinaScan"]})
        },
        |policy| policy["conditions"]["platforms"] = json!({"includePlatforms": ["all"], "excludePlatforms": ["android", "iOS", "windows", "macOS", "linux"]}),
    ];
    for (at, change) in odd.into_iter().enumerate() {
        let audit = with(change).audit();
        assert_eq!(unknown(&audit), ["HG-401"], "{at}");
        assert_eq!(failed(&audit), [""; 0], "{at}");
    }
}

#[test]
fn a_policy_about_workload_identities_is_told_apart() {
    let audit = with(|policy| {
        policy["conditions"]
            .as_object_mut()
            .unwrap()
            .remove("users");
        policy["conditions"]["clientApplications"] =
            json!({"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]});
    })
    .audit();
    assert_eq!(failed(&audit), [""; 0]);
    assert!(said(&audit, "HG-404").contains("not_applicable"));
    let audit = with(|policy| {
        policy["conditions"]
            .as_object_mut()
            .unwrap()
            .remove("users");
    })
    .audit();
    assert_eq!(unknown(&audit), ["HG-404"]);
}

#[test]
fn a_strength_that_lists_models_is_open_while_the_model_of_a_key_is_not_shown() {
    let with = |allowed: &[&str], combinations: &[&str]| {
        let mut world = healthy::world();
        world.account(0)["keys"]["read"][1]["aaGuid"] = Value::Null;
        world.snapshot["strengths"]["read"] = json!([{
            "id": "s", "displayName": "Our keys", "allowedCombinations": combinations,
            "combinationConfigurations": [{"appliesToCombinations": ["fido2"], "allowedAAGUIDs": allowed}],
        }]);
        let controls = json!({"operator": "AND", "authenticationStrength": {"id": "s"}});
        let mut policy = policy("Our keys", &controls);
        policy["conditions"]["users"] = json!({"includeUsers": [BG[0]]});
        world.policies().push(policy);
        said(&world.audit(), "HG-406")
    };
    let open = "unknown \"Our keys\" applies to the account, and asks for what is open: an authentication strength, and the models";
    assert!(with(&MODELS, &["fido2"]).starts_with(open));
    // The other key is refused, whatever this one is of.
    for (allowed, combinations) in [(&MODELS[1..], ["fido2"]), (&MODELS[..], ["password,sms"])] {
        assert!(with(allowed, &combinations).starts_with("fail "));
    }
}

#[test]
fn that_no_policy_stops_an_account_does_not_mean_that_there_is_none() {
    let mut world = healthy::world();
    world.policies()[0]["conditions"]["users"] = json!({"includeUsers": ["All"]});
    let audit = world.audit();
    assert_eq!(failed(&audit), ["HG-409"]);
    assert_eq!(
        said(&audit, "HG-401").lines().next(),
        Some(
            "pass no enforced policy stops the account, but for those that HG-406 and HG-408 speak of"
        )
    );
}

#[test]
fn the_path_of_an_exclusion_is_shown() {
    assert!(
        said(&healthy::world().audit(), "HG-401").contains("excludes group \"Emergency access\"\n")
    );
    let mut world = healthy::world();
    let inner =
        json!({"@odata.type": "#microsoft.graph.group", "id": "inner", "displayName": "Inner"});
    let memberships = &mut world.account(0)["memberships"]["read"];
    memberships.as_array_mut().unwrap().push(inner);
    world.account(0)["edges"]["read"] =
        json!([{"member": BG[0], "group": "inner"}, {"member": "inner", "group": GROUP}]);
    assert!(
        said(&world.audit(), "HG-401").contains("group \"Emergency access\", through \"Inner\"")
    );
    let mut world = healthy::world();
    world.policies()[0]["conditions"]["users"] =
        json!({"includeUsers": ["All"], "excludeUsers": BG});
    let audit = world.audit();
    assert!(said(&audit, "HG-401").contains("excludes the account itself"));
    assert_eq!(failed(&audit), [""; 0]);
}

#[test]
fn the_policy_for_the_accounts_is_there_on_purpose() {
    let strength = json!({"operator": "OR", "authenticationStrength": {"id": "00000000-0000-0000-0000-000000000004"}});
    let mut dedicated = policy("Only keys", &strength);
    dedicated["conditions"]["users"] = json!({"includeGroups": [GROUP]});
    let mut world = healthy::world();
    world.policies().push(dedicated);
    assert_eq!(failed(&world.audit()), ["HG-409"]);
    world.desired.dedicated_policy = Some(DedicatedPolicy {
        name: "Only keys".to_owned(),
        reason: "because".to_owned(),
    });
    assert_eq!(failed(&world.audit()), [""; 0]);
}

#[test]
fn without_a_licence_security_defaults_are_what_there_is() {
    let mut world = healthy::world();
    world.snapshot["organization"]["read"]["assignedPlans"] =
        json!([{"servicePlanId": "free", "capabilityStatus": "Enabled"}]);
    world.snapshot["security_defaults"]["read"]["isEnabled"] = json!(true);
    world.policies().clear();
    for at in [0, 1] {
        for part in ["role_schedules", "role_eligibilities", "sign_ins"] {
            world.account(at)[part] = json!({"unread": {"why": "AadPremiumLicenseRequired"}});
        }
    }
    let audit = world.audit();
    assert_eq!(failed(&audit), ["HG-705"]);
    assert_eq!(unknown(&audit), ["HG-706"]);
}

#[test]
fn without_their_licence_there_are_no_reviews_and_no_workflows() {
    let (p1, p2) = (
        "41781fb2-bc02-4b7c-bd55-b576c07bb09d",
        "eec0eb4f-6444-4f95-aba0-50c24d67f998",
    );
    for (plans, open) in [
        (&[p1, p2][..], &["HG-702"][..]),
        (&[p1], &[]),
        (&[], &["HG-702", "HG-704"]),
    ] {
        let mut world = healthy::world();
        let plans = plans
            .iter()
            .map(|plan| json!({"servicePlanId": plan, "capabilityStatus": "Suspended"}));
        let mut shown: Vec<Value> = plans.collect();
        if let Some(first) = shown.first_mut() {
            first["capabilityStatus"] = json!("Enabled");
        }
        world.snapshot["organization"]["read"]["assignedPlans"] = json!(shown);
        for part in ["access_reviews", "lifecycle_workflows"] {
            world.snapshot[part] = json!({"unread": {"why": "HTTP 403"}});
        }
        assert_eq!(unknown(&world.audit()), open);
    }
}

#[test]
fn a_restricted_unit_keeps_everybody_else_off() {
    let mut world = healthy::world();
    let admin = json!({"@odata.type": "#microsoft.graph.user", "id": "admin", "userPrincipalName": "admin@contoso.com"});
    world.snapshot["role_holders"]["read"]
        .as_array_mut()
        .unwrap()
        .push(admin);
    let assignment = |scope: &str| json!({"roleDefinitionId": "7be44c8a-adaf-4e2a-84d6-ab2649e08a13", "principalId": "admin", "directoryScopeId": scope});
    let assignments = world.snapshot["role_assignments"]["read"]
        .as_array_mut()
        .unwrap();
    assignments.push(assignment("/"));
    for at in [0, 1] {
        world.user(at)["isManagementRestricted"] = json!(true);
    }
    assert_eq!(failed(&world.audit()), [""; 0]);
    let assignments = world.snapshot["role_assignments"]["read"]
        .as_array_mut()
        .unwrap();
    assignments.push(assignment("/administrativeUnits/unit"));
    let unit = json!({"@odata.type": "#microsoft.graph.administrativeUnit", "id": "unit"});
    let memberships = &mut world.account(0)["memberships"]["read"];
    memberships.as_array_mut().unwrap().push(unit);
    assert_eq!(failed(&world.audit()), ["HG-205"]);
}

#[test]
fn a_role_by_a_group_is_held_and_its_end_is_open() {
    let mut world = healthy::world();
    let group = json!({"@odata.type": "#microsoft.graph.group", "id": GROUP, "displayName": "Emergency access"});
    world.snapshot["role_holders"]["read"] = json!([group]);
    let members: Vec<Value> = BG
        .iter()
        .map(|id| json!({"@odata.type": "#microsoft.graph.user", "id": id}))
        .collect();
    world.snapshot["role_groups"]["read"] = json!([{"group": GROUP, "members": members}]);
    world.snapshot["role_assignments"]["read"] = json!([{"roleDefinitionId": GLOBAL_ADMINISTRATOR, "principalId": GROUP, "directoryScopeId": "/"}]);
    for at in [0, 1] {
        world.account(at)["role_schedules"]["read"] = json!([]);
    }
    let audit = world.audit();
    assert!(said(&audit, "HG-201").contains("assigned to group \"Emergency access\""));
    assert_eq!(failed(&audit), [""; 0]);
    assert_eq!(unknown(&audit), ["HG-202"]);
}

#[test]
fn conditions_that_let_nothing_through_narrow_nothing() {
    let mut world = healthy::world();
    let conditions = &mut world.policies()[0]["conditions"];
    conditions["platforms"] = json!({"includePlatforms": ["all"]});
    conditions["locations"] = json!({"includeLocations": ["All"]});
    conditions["clientAppTypes"] = json!([
        "browser",
        "mobileAppsAndDesktopClients",
        "exchangeActiveSync",
        "other"
    ]);
    assert_eq!(failed(&world.audit()), [""; 0]);
}

#[test]
fn a_strength_of_the_tenants_own_is_not_compared() {
    let mut world = healthy::world();
    world.policies()[0]["grantControls"] =
        json!({"operator": "OR", "authenticationStrength": {"id": "own"}});
    let audit = world.audit();
    assert_eq!(failed(&audit), [""; 0]);
    assert_eq!(unknown(&audit), ["HG-505"]);
}
