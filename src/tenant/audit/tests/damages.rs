//! What administrators break: each damage makes exactly the checks fail that are named, and leaves none of the others open.

use serde_json::{Value, json};

use super::healthy::{self, BG, GLOBAL_ADMINISTRATOR, GROUP, MODELS, policy};
use super::{World, failed, unknown};

pub(super) struct Damage {
    pub(super) name: &'static str,
    /// The checks that fail.
    pub(super) fails: &'static [&'static str],
    pub(super) inflict: fn(&mut World),
}

const STRANGER: &str = "d0000000-0000-4000-8000-000000000009";
const PRIVILEGED_AUTHENTICATION_ADMINISTRATOR: &str = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13";

fn damage(name: &'static str, fails: &'static [&'static str], inflict: fn(&mut World)) -> Damage {
    Damage {
        name,
        fails,
        inflict,
    }
}

fn push(list: &mut Value, item: Value) {
    list.as_array_mut().unwrap().push(item);
}

/// A policy that asks everybody, the emergency accounts included.
fn unexcluded(name: &str, grant: &Value) -> Value {
    let mut policy = policy(name, grant);
    policy["conditions"]["users"]["excludeGroups"] = json!([]);
    policy
}

fn blocks(name: &str) -> Value {
    unexcluded(
        name,
        &json!({"operator": "OR", "builtInControls": ["block"]}),
    )
}

fn method(world: &mut World, kind: &str, more: Value) {
    let mut method = json!({"@odata.type": format!("#microsoft.graph.{kind}"), "id": "m"});
    for (name, value) in more.as_object().unwrap() {
        method[name] = value.clone();
    }
    push(&mut world.account(0)["methods"]["read"], method);
}

/// Somebody else who holds a role.
fn holder(world: &mut World, role: &str, number: usize) {
    let id = format!("{}{number}", &STRANGER[..35]);
    let user = json!({"@odata.type": "#microsoft.graph.user", "id": id, "userPrincipalName": format!("admin{number}@contoso.com")});
    push(&mut world.snapshot["role_holders"]["read"], user);
    let assignment = json!({"roleDefinitionId": role, "principalId": id, "directoryScopeId": "/"});
    push(&mut world.snapshot["role_assignments"]["read"], assignment);
}

pub(super) fn damages() -> Vec<Damage> {
    let mut all = of_accounts();
    all.extend(of_roles());
    all.extend(of_keys());
    all.extend(of_policies());
    all.extend(of_group());
    all.extend(of_the_rest());
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

fn of_policies() -> Vec<Damage> {
    vec![
        damage("a policy that blocks everybody", &["HG-401"], |world| {
            world.policies().push(blocks("b"))
        }),
        damage(
            "a compliant device for administrators",
            &["HG-401"],
            |world| {
                let mut policy = unexcluded(
                    "c",
                    &json!({"operator": "AND", "builtInControls": ["mfa", "compliantDevice"]}),
                );
                policy["conditions"]["users"] = json!({"includeRoles": [GLOBAL_ADMINISTRATOR]});
                world.policies().push(policy);
            },
        ),
        damage("blocked outside the office", &["HG-401"], |world| {
            let mut policy = blocks("office");
            policy["conditions"]["locations"] =
                json!({"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]});
            world.policies().push(policy);
        }),
        damage("blocked from one country", &["HG-401"], |world| {
            let mut policy = blocks("country");
            policy["conditions"]["locations"] = json!({"includeLocations": ["country"]});
            world.policies().push(policy);
            push(
                &mut world.snapshot["named_locations"]["read"],
                json!({"id": "country", "displayName": "Somewhere"}),
            );
        }),
        damage("blocked on Linux", &["HG-401"], |world| {
            let mut policy = blocks("linux");
            policy["conditions"]["platforms"] = json!({"includePlatforms": ["linux"]});
            world.policies().push(policy);
        }),
        damage("tokens bound to a device", &["HG-401"], |world| {
            let mut policy = unexcluded("t", &Value::Null);
            policy["sessionControls"] = json!({"secureSignInSession": {"isEnabled": true}});
            world.policies().push(policy);
        }),
        damage(
            "a strength without the keys' models",
            &["HG-406"],
            |world| {
                world.policies().push(unexcluded(
                    "s",
                    &json!({"operator": "OR", "authenticationStrength": {"id": "own"}}),
                ));
                let configuration = json!({"appliesToCombinations": ["fido2"], "allowedAAGUIDs": ["00000000-0000-0000-0000-00000000000a"]});
                push(
                    &mut world.snapshot["strengths"]["read"],
                    json!({"id": "own", "displayName": "Own",
                "allowedCombinations": ["fido2"], "combinationConfigurations": [configuration]}),
                );
            },
        ),
        damage(
            "a strength without the model of the second key",
            &["HG-406"],
            |world| {
                world.policies().push(unexcluded(
                    "s",
                    &json!({"operator": "OR", "authenticationStrength": {"id": "own"}}),
                ));
                let configuration =
                    json!({"appliesToCombinations": ["fido2"], "allowedAAGUIDs": [MODELS[0]]});
                push(
                    &mut world.snapshot["strengths"]["read"],
                    json!({"id": "own", "displayName": "Own",
                "allowedCombinations": ["fido2"], "combinationConfigurations": [configuration]}),
                );
            },
        ),
        damage("sign-ins again every hour", &["HG-407"], |world| {
            let mut policy = unexcluded("f", &Value::Null);
            policy["sessionControls"] =
                json!({"signInFrequency": {"isEnabled": true, "type": "hours", "value": 1}});
            world.policies().push(policy);
        }),
        damage("risky users are blocked", &["HG-408"], |world| {
            let mut policy = blocks("r");
            policy["conditions"]["userRiskLevels"] = json!(["high"]);
            world.policies().push(policy);
        }),
        damage("risky sign-ins change the password", &["HG-408"], |world| {
            let mut policy = unexcluded(
                "r",
                &json!({"operator": "AND", "builtInControls": ["mfa", "passwordChange"]}),
            );
            policy["conditions"]["signInRiskLevels"] = json!(["medium", "high"]);
            world.policies().push(policy);
        }),
        damage(
            "the exclusion was taken out of the policy for everybody",
            &["HG-409"],
            |world| {
                world.policies()[0]["conditions"]["users"]["excludeGroups"] = json!([]);
            },
        ),
        damage("excluded by a role only", &["HG-411", "HG-504"], |world| {
            let users = &mut world.policies()[0]["conditions"]["users"];
            users["excludeGroups"] = json!([]);
            users["excludeRoles"] = json!([GLOBAL_ADMINISTRATOR]);
        }),
        damage(
            "a policy in report-only mode would block",
            &["HG-412"],
            |world| {
                let mut policy = blocks("later");
                policy["state"] = json!("enabledForReportingButNotEnforced");
                world.policies().push(policy);
            },
        ),
        damage("no policy for everybody", &["HG-501"], |world| {
            world.policies().clear()
        }),
        damage(
            "the policy for everybody was switched off",
            &["HG-502"],
            |world| world.policies()[0]["state"] = json!("disabled"),
        ),
        damage(
            "the policy for everybody is report-only",
            &["HG-502"],
            |world| {
                world.policies()[0]["state"] = json!("enabledForReportingButNotEnforced");
            },
        ),
        damage("an application is left out", &["HG-503"], |world| {
            world.policies()[0]["conditions"]["applications"]["excludeApplications"] =
                json!(["app"]);
        }),
        damage("only from browsers", &["HG-503"], |world| {
            world.policies()[0]["conditions"]["clientAppTypes"] = json!(["browser"]);
        }),
        damage("a compliant device instead", &["HG-503"], |world| {
            world.policies()[0]["grantControls"]["builtInControls"] =
                json!(["mfa", "compliantDevice"]);
        }),
        damage("somebody else is excluded", &["HG-504"], |world| {
            world.policies()[0]["conditions"]["users"]["excludeUsers"] = json!([STRANGER]);
        }),
        damage("another group is excluded", &["HG-504"], |world| {
            world.policies()[0]["conditions"]["users"]["excludeGroups"] = json!([GROUP, STRANGER]);
        }),
        damage("less than was wanted", &["HG-505"], |world| {
            world.desired.mfa_policy.strength = crate::tenant::desired::Strength::PhishingResistant;
        }),
    ]
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
            let sign_in = json!({"id": "s", "createdDateTime": "2026-11-20T03:00:00Z", "status": {"errorCode": 50126}});
            push(&mut world.account(0)["sign_ins"]["read"], sign_in);
        }),
        damage("no review for long", &["HG-707"], |world| {
            world.ledger().last_review = Some("2026-01-01T00:00:00Z".parse().unwrap());
        }),
    ]
}

#[test]
fn each_damage_makes_exactly_the_named_checks_fail() {
    let mut surprises = Vec::new();
    for damage in damages() {
        let mut world = healthy::world();
        (damage.inflict)(&mut world);
        let audit = world.audit();
        if failed(&audit) != damage.fails || !unknown(&audit).is_empty() {
            let (failed, unknown) = (failed(&audit), unknown(&audit));
            surprises.push(format!("{}: {failed:?}, open {unknown:?}", damage.name));
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

#[test]
fn every_check_fails_by_some_damage() {
    let all = damages();
    assert!(all.len() >= 40);
    let fails = |id: &str| all.iter().any(|damage| damage.fails.contains(&id));
    let never: Vec<&str> = super::CHECKS
        .iter()
        .map(|check| check.id)
        .filter(|id| !fails(id))
        .collect();
    // The one is never more than open; the other needs a tenant without a licence.
    assert_eq!(never, ["HG-404", "HG-705"]);
    assert_eq!(BG.len(), 2);
}
