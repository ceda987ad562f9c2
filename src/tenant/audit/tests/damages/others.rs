//! Damages of the group, and of what else there is.

use serde_json::{Value, json};

use super::super::healthy::{GLOBAL_ADMINISTRATOR, GROUP};
use super::{Damage, STRANGER, damage, push};

pub(super) fn damages() -> Vec<Damage> {
    let mut all = of_group();
    all.extend(of_the_rest());
    all
}

fn of_group() -> Vec<Damage> {
    vec![
        damage(
            "there is no group",
            &["HG-402", "HG-411", "HG-504"],
            |world| world.snapshot["group"]["read"] = Value::Null,
        ),
        damage("the group is empty", &["HG-402"], |world| {
            world.group()["transitive_members"]["read"] = json!([])
        }),
        damage(
            "an account is not in the group",
            &["HG-402", "HG-409"],
            |world| {
                world.group()["transitive_members"]["read"]
                    .as_array_mut()
                    .unwrap()
                    .pop();
                world.account(1)["memberships"]["read"]
                    .as_array_mut()
                    .unwrap()
                    .remove(0);
                world.account(1)["edges"]["read"] = json!([]);
            },
        ),
        damage("somebody else is in the group", &["HG-402"], |world| {
            let member = json!({"@odata.type": "#microsoft.graph.user", "id": STRANGER});
            push(&mut world.group()["transitive_members"]["read"], member);
        }),
        damage("everybody can change the group", &["HG-403"], |world| {
            world.group()["group"]["isAssignableToRole"] = json!(false)
        }),
        damage("the group has an owner", &["HG-403"], |world| {
            let owner = json!({"@odata.type": "#microsoft.graph.user", "id": STRANGER});
            push(&mut world.group()["owners"]["read"], owner);
        }),
        damage("a rule fills the group", &["HG-410"], |world| {
            world.group()["group"]["groupTypes"] = json!(["DynamicMembership"]);
        }),
        damage("the group is synchronized", &["HG-410"], |world| {
            world.group()["group"]["onPremisesSyncEnabled"] = json!(true)
        }),
        damage("nobody can change the group", &["HG-703"], |world| {
            world.group()["group"]["isManagementRestricted"] = json!(true)
        }),
    ]
}

fn of_the_rest() -> Vec<Damage> {
    vec![
        damage("security defaults", &["HG-405"], |world| {
            world.snapshot["security_defaults"]["read"]["isEnabled"] = json!(true)
        }),
        damage("passkeys are disabled", &["HG-302", "HG-601"], |world| {
            world.snapshot["passkeys"]["read"]["state"] = json!("disabled")
        }),
        damage(
            "the accounts are excluded from passkeys",
            &["HG-302", "HG-601"],
            |world| {
                push(
                    &mut world.snapshot["passkeys"]["read"]["excludeTargets"],
                    json!({"targetType": "group", "id": GROUP}),
                );
            },
        ),
        damage("no self-service set-up", &["HG-602"], |world| {
            world.snapshot["passkeys"]["read"]["isSelfServiceRegistrationAllowed"] = json!(false);
        }),
        damage("attestation is not enforced", &["HG-603"], |world| {
            let profile = &mut world.snapshot["passkeys"]["read"]["passkeyProfiles"][0];
            profile["attestationEnforcement"] = json!("disabled");
            profile["keyRestrictions"]["isEnforced"] = json!(false);
        }),
        damage("a review takes the role away", &["HG-702"], |world| {
            let scope = json!({"query": format!("/roleManagement/directory/roleDefinitions/{GLOBAL_ADMINISTRATOR}")});
            let settings = json!({"autoApplyDecisionsEnabled": true, "defaultDecisionEnabled": true, "defaultDecision": "Recommendation"});
            let review = json!({"id": "r", "displayName": "Roles", "status": "InProgress", "scope": {"resourceScopes": [scope]}, "settings": settings});
            push(&mut world.snapshot["access_reviews"]["read"], review);
        }),
        damage(
            "a workflow against dormant accounts",
            &["HG-704"],
            |world| {
                let conditions = json!({"trigger": {"@odata.type": "#microsoft.graph.identityGovernance.userInactivityTrigger"}});
                let workflow = json!({"id": "w", "displayName": "Dormant", "category": "leaver", "isEnabled": true,
                "isSchedulingEnabled": true, "executionConditions": conditions});
                push(&mut world.snapshot["lifecycle_workflows"]["read"], workflow);
            },
        ),
        damage("somebody signed in", &["HG-706"], |world| {
            for id in ["s", "t"] {
                let sign_in = json!({"id": id, "createdDateTime": "2026-11-20T03:00:00Z", "status": {"errorCode": 50126}});
                push(&mut world.account(0)["sign_ins"]["read"], sign_in);
            }
        }),
        damage("no review for long", &["HG-707"], |world| {
            world.ledger().last_review = Some("2026-01-01T00:00:00Z".parse().unwrap());
        }),
    ]
}
