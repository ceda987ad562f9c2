//! Damages of accounts, roles and keys.

use serde_json::{Value, json};

use super::super::healthy::{GLOBAL_ADMINISTRATOR, MODELS};
use super::{
    Damage, PRIVILEGED_AUTHENTICATION_ADMINISTRATOR, STRANGER, damage, holder, method, push,
};

pub(super) fn damages() -> Vec<Damage> {
    let mut all = of_accounts();
    all.extend(of_roles());
    all.extend(of_keys());
    all
}

fn of_accounts() -> Vec<Damage> {
    vec![
        damage("an account was deleted", &["HG-101", "HG-102"], |world| {
            *world.user(1) = Value::Null;
            let group = world.group();
            group["transitive_members"]["read"]
                .as_array_mut()
                .unwrap()
                .pop();
            for part in ["role_assignments", "role_holders"] {
                world.snapshot[part]["read"].as_array_mut().unwrap().pop();
            }
        }),
        damage("synchronized", &["HG-103"], |world| {
            world.user(0)["onPremisesSyncEnabled"] = json!(true)
        }),
        damage("was synchronized once", &["HG-103"], |world| {
            world.user(0)["onPremisesImmutableId"] = json!("abc==")
        }),
        damage("renamed into a custom domain", &["HG-104"], |world| {
            world.user(0)["userPrincipalName"] = json!("bg0@contoso.com")
        }),
        damage("the initial domain was federated", &["HG-104"], |world| {
            world.snapshot["domains"]["read"][0]["authenticationType"] = json!("Federated");
        }),
        damage("disabled", &["HG-105"], |world| {
            world.user(1)["accountEnabled"] = json!(false)
        }),
        damage("a guest", &["HG-106"], |world| {
            world.user(0)["userType"] = json!("Guest")
        }),
        damage("invited as a member", &["HG-106"], |world| {
            world.user(0)["creationType"] = json!("Invitation")
        }),
        damage("the password expires", &["HG-107"], |world| {
            world.user(0)["passwordPolicies"] = json!("None")
        }),
        damage("an old password", &["HG-108"], |world| {
            world.user(0)["lastPasswordChangeDateTime"] = json!("2020-01-01T00:00:00Z")
        }),
        damage("per-user MFA enforced", &["HG-109"], |world| {
            world.account(0)["per_user_mfa"]["read"]["perUserMfaState"] = json!("enforced");
        }),
    ]
}

fn of_roles() -> Vec<Damage> {
    vec![
        damage("the role was taken away", &["HG-201"], |world| {
            world.account(0)["memberships"]["read"]
                .as_array_mut()
                .unwrap()
                .pop();
            world.account(0)["role_schedules"]["read"] = json!([]);
            world.snapshot["role_assignments"]["read"]
                .as_array_mut()
                .unwrap()
                .remove(0);
        }),
        damage("merely eligible", &["HG-201", "HG-203"], |world| {
            world.account(0)["memberships"]["read"]
                .as_array_mut()
                .unwrap()
                .pop();
            let schedules = world.account(0)["role_schedules"]["read"].take();
            world.account(0)["role_schedules"]["read"] = json!([]);
            world.account(0)["role_eligibilities"]["read"] = schedules;
            world.snapshot["role_assignments"]["read"]
                .as_array_mut()
                .unwrap()
                .remove(0);
        }),
        damage("the role ends", &["HG-202"], |world| {
            world.account(0)["role_schedules"]["read"][0]["endDateTime"] =
                json!("2027-01-01T00:00:00Z");
        }),
        damage("the role is activated for a while", &["HG-202"], |world| {
            world.account(0)["role_schedules"]["read"][0]["assignmentType"] = json!("Activated");
        }),
        damage(
            "too many Global Administrators",
            &["HG-204", "HG-205"],
            |world| {
                for number in 1..=5 {
                    holder(world, GLOBAL_ADMINISTRATOR, number);
                }
            },
        ),
        damage(
            "a Privileged Authentication Administrator",
            &["HG-205"],
            |world| {
                holder(world, PRIVILEGED_AUTHENTICATION_ADMINISTRATOR, 1);
            },
        ),
        damage("a Global Administrator by a group", &["HG-205"], |world| {
            let group = json!({"@odata.type": "#microsoft.graph.group", "id": "g", "displayName": "Admins"});
            push(&mut world.snapshot["role_holders"]["read"], group);
            let assignment = json!({"roleDefinitionId": GLOBAL_ADMINISTRATOR, "principalId": "g", "directoryScopeId": "/"});
            push(&mut world.snapshot["role_assignments"]["read"], assignment);
            let member = json!({"@odata.type": "#microsoft.graph.user", "id": STRANGER});
            push(
                &mut world.snapshot["role_groups"]["read"],
                json!({"group": "g", "members": [member]}),
            );
        }),
    ]
}

fn of_keys() -> Vec<Damage> {
    vec![
        damage("a key was deleted", &["HG-301", "HG-307"], |world| {
            world.account(0)["keys"]["read"]
                .as_array_mut()
                .unwrap()
                .pop();
        }),
        damage("no key at all", &["HG-301", "HG-307", "HG-701"], |world| {
            world.account(0)["keys"]["read"] = json!([]);
            world.account(0)["methods"]["read"]
                .as_array_mut()
                .unwrap()
                .pop();
        }),
        damage("a model was taken off the list", &["HG-302"], |world| {
            let profile = &mut world.snapshot["passkeys"]["read"]["passkeyProfiles"][0];
            profile["keyRestrictions"]["aaGuids"] = json!([MODELS[0]]);
        }),
        damage("a key that is not attested", &["HG-303"], |world| {
            world.account(0)["keys"]["read"][1]["attestationLevel"] = json!("notAttested");
        }),
        damage("a telephone", &["HG-304"], |world| {
            method(world, "phoneAuthenticationMethod", json!({}))
        }),
        damage("an authenticator app", &["HG-304"], |world| {
            method(
                world,
                "microsoftAuthenticatorAuthenticationMethod",
                json!({}),
            );
        }),
        damage("a live Temporary Access Pass", &["HG-305"], |world| {
            method(
                world,
                "temporaryAccessPassAuthenticationMethod",
                json!({"isUsable": true}),
            );
        }),
        damage(
            "a Temporary Access Pass for tomorrow",
            &["HG-305"],
            |world| {
                let more = json!({"isUsable": false, "methodUsabilityReason": "NotYetValid"});
                method(world, "temporaryAccessPassAuthenticationMethod", more);
            },
        ),
        damage(
            "a synced passkey instead of a key",
            &["HG-301", "HG-306"],
            |world| {
                world.account(0)["keys"]["read"][1]["passkeyType"] = json!("synced");
            },
        ),
        damage("a key that nobody knows", &["HG-307"], |world| {
            let mut key = world.account(0)["keys"]["read"][0].clone();
            key["id"] = json!("foreign");
            push(&mut world.account(0)["keys"]["read"], key);
        }),
        damage(
            "a key that was not checked for long",
            &["HG-308"],
            |world| {
                world.ledger().keys[0].last_proof = Some("2026-01-01T00:00:00Z".parse().unwrap());
            },
        ),
        damage("a key that never signed", &["HG-308"], |world| {
            world.ledger().keys[3].last_proof = None
        }),
        damage("two keys of one model", &["HG-309"], |world| {
            world.account(0)["keys"]["read"][1]["aaGuid"] = json!(MODELS[0]);
        }),
    ]
}
