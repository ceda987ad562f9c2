//! Damages of policies.

use serde_json::{Value, json};

use super::super::healthy::{GLOBAL_ADMINISTRATOR, GROUP, MODELS};
use super::{Damage, STRANGER, blocks, damage, push, unexcluded};

pub(super) fn damages() -> Vec<Damage> {
    let mut all = stopping();
    all.extend(in_some_circumstances());
    all.extend(without_exclusion());
    all.extend(for_everybody());
    all
}

fn stopping() -> Vec<Damage> {
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
        damage("blocked inside the office", &["HG-401"], |world| {
            let mut policy = blocks("office");
            policy["conditions"]["locations"] = json!({"includeLocations": ["AllTrusted"]});
            world.policies().push(policy);
        }),
        damage("blocked from one country", &["HG-401"], |world| {
            let mut policy = blocks("country");
            policy["conditions"]["locations"] = json!({"includeLocations": ["COUNTRY"]});
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
    ]
}

fn in_some_circumstances() -> Vec<Damage> {
    vec![
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
    ]
}

fn without_exclusion() -> Vec<Damage> {
    vec![
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
    ]
}

fn for_everybody() -> Vec<Damage> {
    vec![
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
        damage("terms of use instead", &["HG-503"], |world| {
            world.policies()[0]["grantControls"]["termsOfUse"] = json!(["terms"]);
        }),
        damage("a custom control instead", &["HG-503"], |world| {
            world.policies()[0]["grantControls"]["customAuthenticationFactors"] = json!(["custom"]);
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
