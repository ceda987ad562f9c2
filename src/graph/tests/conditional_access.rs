use super::*;
use crate::graph::model::{
    ConditionalAccessPolicy, ConditionalAccessPolicyUpdate, ConditionalAccessWhatIf,
    SignInConditions, SignInContext, SignInIdentity,
};

const POLICIES: &str = "/v1.0/identity/conditionalAccess/policies";

/// As the service answers it, with annotations.
fn policy() -> Value {
    json!({
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#identity/conditionalAccess/policies/$entity",
        "id": "p-1", "displayName": "CA", "state": "enabled", "createdDateTime": "2026-01-01T00:00:00Z",
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"]},
            "users": {"includeUsers": ["All"], "excludeGroups": ["a"], "excludeGuestsOrExternalUsers": {
                "guestOrExternalUserTypes": "b2bCollaborationGuest",
                "externalTenants": {"@odata.type": "#microsoft.graph.conditionalAccessAllExternalTenants",
                                    "membershipKind": "all"}}},
            "somethingNew": {"x@odata.context": "…", "y": 1}
        },
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"],
                          "authenticationStrength@odata.context": "…", "authenticationStrength": null}
    })
}

#[tokio::test]
async fn a_policy_is_changed_by_what_is_sent_and_annotations_are_not() {
    let (server, client) = serve([Reply::json(200, policy()), Reply::json(204, "")]).await;
    let mut read = client.conditional_access_policy("p-1").await.unwrap();
    let users = read.conditions.users.as_mut().unwrap();
    users.exclude_groups.push(GROUP.to_owned());
    let update = ConditionalAccessPolicyUpdate {
        conditions: Some(read.conditions),
        ..ConditionalAccessPolicyUpdate::default()
    };
    client
        .update_conditional_access_policy("p-1", &update)
        .await
        .unwrap();
    assert_eq!(server.lines()[1], format!("PATCH {POLICIES}/p-1"));
    let sent = body(&server, 1);
    let members: Vec<&String> = sent.as_object().unwrap().keys().collect();
    assert_eq!(members, ["conditions"]);
    let users = &sent["conditions"]["users"];
    assert_eq!(users["excludeGroups"], json!(["a", GROUP]));
    let tenants = &users["excludeGuestsOrExternalUsers"]["externalTenants"];
    assert!(
        tenants["@odata.type"].is_string(),
        "the kind is part of the value"
    );
    assert_eq!(sent["conditions"]["somethingNew"], json!({"y": 1}));
}

/// The service keeps what is not sent, and refuses a strength beside the control `mfa`.
#[tokio::test]
async fn controls_are_sent_whole_and_a_strength_by_its_id() {
    let (server, client) = serve([Reply::json(204, ""), Reply::json(204, "")]).await;
    let strength = json!({"id": "s", "displayName": "MFA", "allowedCombinations": ["fido2"],
                          "combinationConfigurations": []});
    for (strength, sent) in [(strength, json!({"id": "s"})), (Value::Null, Value::Null)] {
        let controls = json!({"operator": "OR", "authenticationStrength": strength});
        let update = ConditionalAccessPolicyUpdate {
            grant_controls: serde_json::from_value(controls).unwrap(),
            ..ConditionalAccessPolicyUpdate::default()
        };
        client
            .update_conditional_access_policy("p-1", &update)
            .await
            .unwrap();
        let at = server.lines().len() - 1;
        assert_eq!(
            body(&server, at),
            json!({"grantControls": {
                "operator": "OR", "builtInControls": [], "customAuthenticationFactors": [], "termsOfUse": [],
                "authenticationStrength": sent
            }})
        );
    }
}

#[tokio::test]
async fn a_policy_is_created_as_documented_and_once() {
    let wanted: ConditionalAccessPolicy = serde_json::from_value(json!({
        "displayName": "CA", "state": "enabledForReportingButNotEnforced",
        "conditions": {"clientAppTypes": ["all"], "applications": {"includeApplications": ["All"]},
                       "users": {"includeUsers": ["All"], "excludeGroups": [GROUP]}},
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]}
    }))
    .unwrap();
    let (server, client) = serve([Reply::json(201, policy()), Reply::HangUp]).await;
    let created = client.create_conditional_access_policy(&wanted).await;
    assert_eq!(created.unwrap().id.as_deref(), Some("p-1"));
    let lost = client.create_conditional_access_policy(&wanted).await;
    assert!(lost.unwrap_err().outcome_unknown());
    assert_eq!(
        server.lines(),
        [format!("POST {POLICIES}"), format!("POST {POLICIES}")]
    );
    let sent = body(&server, 0);
    assert_eq!(sent["state"], "enabledForReportingButNotEnforced");
    assert_eq!(sent["grantControls"]["builtInControls"], json!(["mfa"]));
    assert!(sent.get("id").is_none() && sent.get("sessionControls").is_none());
}

#[tokio::test]
async fn what_if_asks_the_service_and_is_repeated_like_any_question() {
    let mut row = policy();
    row["policyApplies"] = json!(true);
    row["analysisReasons"] = json!("notSet");
    let (server, client) = serve([
        Reply::json(503, ""),
        Reply::json(200, json!({"value": [row]})),
    ])
    .await;
    let what_if = ConditionalAccessWhatIf {
        sign_in_identity: SignInIdentity::User {
            user_id: USER.to_owned(),
        },
        sign_in_context: SignInContext::Applications {
            include_applications: vec!["00000003-0000-0000-c000-000000000000".to_owned()],
        },
        sign_in_conditions: SignInConditions {
            device_platform: Some("windows".to_owned()),
            client_app_type: Some("browser".to_owned()),
            ..SignInConditions::default()
        },
        applied_policies_only: true,
    };
    let results = client.evaluate(&what_if).await.unwrap();
    assert!(results[0].policy_applies);
    assert_eq!(results[0].policy.id.as_deref(), Some("p-1"));
    assert!(!results[0].policy.other.contains_key("policyApplies"));
    assert_eq!(
        server.lines()[1],
        "POST /v1.0/identity/conditionalAccess/evaluate"
    );
    assert_eq!(
        body(&server, 1),
        json!({
            "signInIdentity": {"@odata.type": "#microsoft.graph.userSignIn", "userId": USER},
            "signInContext": {"@odata.type": "#microsoft.graph.applicationContext",
                              "includeApplications": ["00000003-0000-0000-c000-000000000000"]},
            "signInConditions": {"devicePlatform": "windows", "clientAppType": "browser"},
            "appliedPoliciesOnly": true
        })
    );
}

#[tokio::test]
async fn a_refusal_without_a_wait_is_backed_off_from() {
    let (server, client) = serve([
        refusal(429, "TooManyRequests", "x"),
        refusal(429, "TooManyRequests", "x"),
        Reply::json(200, json!({"value": [policy()]})),
    ])
    .await;
    assert_eq!(client.conditional_access_policies().await.unwrap().len(), 1);
    assert_eq!(server.lines().len(), 3);
}

#[tokio::test]
async fn strengths_come_with_the_models_that_they_demand() {
    let strength = json!({"id": "s", "displayName": "Our keys", "allowedCombinations": ["fido2"],
        "combinationConfigurations": [{"@odata.type": "#microsoft.graph.fido2CombinationConfiguration",
            "allowedAAGUIDs": ["2fc0579f-8113-47ea-b116-555a8db9202a"], "appliesToCombinations": ["fido2"]}]});
    let (server, client) = serve([Reply::json(200, json!({"value": [strength]}))]).await;
    let strengths = client.authentication_strengths().await.unwrap();
    let configurations = strengths[0].combination_configurations.as_ref().unwrap();
    assert_eq!(configurations[0].allowed_aaguids.as_ref().unwrap().len(), 1);
    assert_eq!(
        server.lines(),
        ["GET /v1.0/policies/authenticationStrengthPolicies?$expand=combinationConfigurations"]
    );
}
