//! The invariant: each way to lock an emergency account out is found, and nothing else.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::super::key::Key;
use super::{Bench, DELETED, PHISHING_RESISTANT, POLICIES, changed, with};

const METHODS: &str = "Policy.ReadWrite.AuthenticationMethod";

/// bg1 marked and with one key, and a token that may write policies and keys.
async fn equipped() -> (Bench, String) {
    let bench = Bench::new().await;
    bench.seeded("emergencyAccounts = ['bg1', 'bg2']").await;
    let app = bench.app_token().await;
    register(&bench, &app, 1).await;
    let permissions = [
        "Policy.Read.All",
        "Policy.ReadWrite.ConditionalAccess",
        METHODS,
        "UserAuthMethod-Passkey.ReadWrite.All",
    ];
    let token = bench.token_with(&permissions).await;
    (bench, token)
}

async fn register(bench: &Bench, token: &str, seed: u64) {
    let body = Key::new(seed).answer(&bench.options(token).await);
    let created = bench.post(&bench.methods(&bench.bg1()), token, &body).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
}

async fn breaches(bench: &Bench) -> Vec<Value> {
    let answer = bench
        .client
        .get(bench.url("/simulator/breaches"))
        .send()
        .await;
    let answer = super::Answer::read(answer.unwrap()).await;
    answer.body["breaches"].as_array().unwrap().clone()
}

/// The one breach so far.
async fn breach(bench: &Bench) -> Value {
    let breaches = breaches(bench).await;
    assert_eq!(breaches.len(), 1, "{breaches:?}");
    breaches[0].clone()
}

#[tokio::test]
async fn a_breach_tells_time_request_account_and_reason() {
    let (bench, token) = equipped().await;
    assert!(breaches(&bench).await.is_empty());
    let block = with("/grantControls/builtInControls", json!(["block"]));
    bench.created(&token, &block).await;
    let wanted = json!({
        "time": "2026-06-01T09:00:00Z",
        "request": format!("POST {POLICIES}"),
        "account": bench.bg1(),
        "reason": {"policy": {"policy": "P", "resource": "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"}},
    });
    assert_eq!(breach(&bench).await, wanted);
    bench.created(&token, &block).await;
    assert_eq!(
        breach(&bench).await,
        wanted,
        "what is out already is not locked out again"
    );
}

/// Whether a policy locks bg1 out of a tenant with this seed.
async fn locks_out(seed: &Value, body: &Value) -> bool {
    let (bench, token) = equipped().await;
    bench.seeded(seed.to_string()).await;
    bench.created(&token, body).await;
    let found = breaches(&bench).await;
    assert!(found.len() <= 1, "{body} {found:?}");
    !found.is_empty()
}

#[tokio::test]
async fn controls_that_a_key_does_not_meet_are_breaches() {
    let all = |controls: &[&str]| json!({"operator": "AND", "builtInControls": controls});
    let any = |controls: &[&str]| json!({"operator": "OR", "builtInControls": controls});
    let terms = json!({"operator": "AND", "termsOfUse": ["ce580154"]});
    let mut terms_or_mfa = any(&["mfa"]);
    terms_or_mfa["termsOfUse"] = json!(["ce580154"]);
    for (grant, wanted) in [
        (any(&["mfa"]), false),
        (all(&["mfa", "riskRemediation"]), false),
        (all(&["block"]), true),
        (all(&["compliantDevice"]), true),
        (all(&["domainJoinedDevice"]), true),
        (all(&["approvedApplication"]), true),
        (any(&["compliantApplication"]), true),
        (all(&["mfa", "compliantDevice"]), true),
        (any(&["mfa", "compliantDevice"]), false),
        (any(&["compliantDevice", "domainJoinedDevice"]), true),
        (terms, true),
        (terms_or_mfa, false),
        (
            json!({"operator": "OR", "customAuthenticationFactors": ["Duo"]}),
            true,
        ),
    ] {
        let body = with("/grantControls", grant);
        assert_eq!(locks_out(&json!({}), &body).await, wanted, "{body}");
    }
    for (control, wanted) in [
        (json!({"secureSignInSession": {"isEnabled": true}}), true),
        (
            json!({"persistentBrowser": {"mode": "never", "isEnabled": true}}),
            false,
        ),
    ] {
        let body = with("/sessionControls", control);
        assert_eq!(locks_out(&json!({}), &body).await, wanted, "{body}");
    }
}

#[tokio::test]
async fn strengths_that_the_key_does_not_have_are_breaches() {
    const OWN: &str = "5790842a-5bb2-4ce7-bc27-3b4b0aac4000";
    let seed = |strength: Value| {
        let mut named = json!({"id": OWN, "displayName": "Own"});
        let members = strength.as_object().unwrap().clone();
        named.as_object_mut().unwrap().extend(members);
        json!({"authenticationStrengths": [named]})
    };
    let of_model = |model: &str| {
        seed(json!({
            "allowedCombinations": ["fido2"],
            "combinationConfigurations": [{
                "@odata.type": "#microsoft.graph.fido2CombinationConfiguration",
                "id": "96c4a1a0-9f0c-4dff-8e2f-1d4e9a4b0000", "appliesToCombinations": ["fido2"],
                "allowedAAGUIDs": [model],
            }],
        }))
    };
    let own_model = uuid::Uuid::from_bytes(Key::new(1).aaguid).to_string();
    let other_model = "2fc0579f-8113-47ea-b116-555a8db9202a";
    let passwords = seed(json!({"allowedCombinations": ["password,sms"]}));
    for (seed, strength, wanted) in [
        (json!({}), PHISHING_RESISTANT, false),
        (json!({}), "00000000-0000-0000-0000-000000000002", false),
        (of_model(other_model), OWN, true),
        (of_model(&own_model), OWN, false),
        (passwords, OWN, true),
    ] {
        let grant = json!({"operator": "OR", "authenticationStrength": {"id": strength}});
        let body = with("/grantControls", grant);
        assert_eq!(locks_out(&seed, &body).await, wanted, "{seed} {body}");
    }
}

/// Whether a policy that blocks everybody everywhere locks bg1 out, when it has this in the place of a condition.
async fn blocks_where(condition: &str, value: Value) -> bool {
    let office = json!({"namedLocations": [{
        "@odata.type": "#microsoft.graph.ipNamedLocation", "isTrusted": true,
        "id": "33333333-3333-4333-8333-333333333333", "displayName": "Office",
        "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "203.0.113.0/24"}],
    }]});
    let block = with("/grantControls/builtInControls", json!(["block"]));
    locks_out(&office, &changed(block, condition, value)).await
}

#[tokio::test]
async fn one_resource_that_is_closed_is_enough() {
    for (application, wanted) in [
        ("MicrosoftAdminPortals", true),
        ("797f4846-ba00-4fd7-ba43-dac1f8f63013", true),
        ("04b07795-8ddb-461a-bbee-02f9e1bf7b46", true),
        ("00000003-0000-0000-c000-000000000000", true),
        ("Office365", false),
    ] {
        let only = json!({"includeApplications": [application]});
        let found = blocks_where("/conditions/applications", only).await;
        assert_eq!(found, wanted, "{application}");
    }
}

#[tokio::test]
async fn one_way_in_that_is_closed_is_enough() {
    let all_but = json!({"includePlatforms": ["all"], "excludePlatforms": ["windows"]});
    let not_here = json!({"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]});
    let unmanaged =
        json!({"deviceFilter": {"mode": "exclude", "rule": "device.isCompliant -eq True"}});
    let device_code = json!({"transferMethods": "deviceCodeFlow"});
    let administrators = json!({"includeRoles": ["62e90394-69f5-4237-9190-012177145e10"]});
    for (condition, value, wanted) in [
        ("/conditions/clientAppTypes", json!(["browser"]), true),
        (
            "/conditions/clientAppTypes",
            json!(["mobileAppsAndDesktopClients"]),
            true,
        ),
        (
            "/conditions/clientAppTypes",
            json!(["exchangeActiveSync", "other"]),
            false,
        ),
        (
            "/conditions/platforms",
            json!({"includePlatforms": ["linux"]}),
            true,
        ),
        ("/conditions/platforms", all_but, true),
        ("/conditions/locations", not_here, true),
        (
            "/conditions/locations",
            json!({"includeLocations": ["AllTrusted"]}),
            false,
        ),
        ("/conditions/devices", unmanaged, true),
        ("/conditions/signInRiskLevels", json!(["high"]), false),
        ("/conditions/authenticationFlows", device_code, false),
        ("/state", json!("disabled"), false),
        ("/state", json!("enabledForReportingButNotEnforced"), false),
        ("/conditions/users", administrators, true),
        (
            "/conditions/users/includeUsers",
            json!(["GuestsOrExternalUsers"]),
            false,
        ),
    ] {
        let found = blocks_where(condition, value.clone()).await;
        assert_eq!(found, wanted, "{condition}: {value}");
    }
}

#[tokio::test]
async fn a_change_of_a_policy_can_lock_out() {
    let (bench, token) = equipped().await;
    bench
        .seeded("users = [{ userPrincipalName = 'bg1', groups = ['emergency'] }]")
        .await;
    let mut block = with("/grantControls/builtInControls", json!(["block"]));
    block["conditions"]["users"]["excludeGroups"] = json!(["emergency"]);
    let id = bench.created(&token, &block).await;
    let path = format!("{POLICIES}/{id}");
    assert!(breaches(&bench).await.is_empty(), "excluded");
    bench
        .seeded("users = [{ userPrincipalName = 'bg1', groups = [] }]")
        .await;
    assert_eq!(breach(&bench).await["request"], "POST /simulator/tenant");
    bench
        .seeded("users = [{ userPrincipalName = 'bg1', groups = ['emergency'] }]")
        .await;
    let careless = json!({"conditions": {"users": {"excludeGroups": []}}});
    assert_eq!(
        bench.patched(&token, &id, &careless).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        breaches(&bench).await[1]["request"],
        format!("PATCH {path}")
    );
    bench.delete(&path, &token).await;
    assert_eq!(breaches(&bench).await.len(), 2);
    let restore = format!("{DELETED}/{id}/restore");
    bench.post(&restore, &token, &json!({})).await;
    let found = breaches(&bench).await;
    assert_eq!(found.len(), 3);
    assert_eq!(found[2]["request"], format!("POST {restore}"));
}

#[tokio::test]
async fn an_account_can_be_locked_out_without_any_policy() {
    let fido2 =
        "/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";
    let kind = "#microsoft.graph.fido2AuthenticationMethodConfiguration";
    let other = json!({"isEnforced": true, "enforcementType": "allow",
        "aaGuids": ["2fc0579f-8113-47ea-b116-555a8db9202a"]});
    for (change, reason) in [
        (json!({"state": "disabled"}), "noKey"),
        (json!({"keyRestrictions": other}), "noKey"),
        (json!({"includeTargets": []}), "noKey"),
    ] {
        let (bench, token) = equipped().await;
        let mut change = change;
        change["@odata.type"] = kind.into();
        let answer = bench.patch(fido2, &token, &change).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
        assert_eq!(breach(&bench).await["reason"], reason);
    }
    for (seed, reason) in [
        (
            "users = [{ userPrincipalName = 'bg1', accountEnabled = false }]",
            "disabled",
        ),
        (
            "users = [{ userPrincipalName = 'bg1', roles = ['globalReader'] }]",
            "noRole",
        ),
        ("policy = { state = 'disabled' }", "noKey"),
    ] {
        let (bench, _) = equipped().await;
        bench.seeded(seed).await;
        assert_eq!(breach(&bench).await["reason"], reason, "{seed}");
    }
    let (bench, _) = equipped().await;
    let id = bench.id_of(&bench.bg1());
    bench.change(|state| state.users.retain(|user| user.id.to_string() != id));
    let gone = breach(&bench).await;
    assert_eq!(
        (&gone["reason"], &gone["account"]),
        (&json!("gone"), &json!(id))
    );
    assert_eq!(
        gone["request"],
        Value::Null,
        "changed by a test, not by a request"
    );
}

#[tokio::test]
async fn the_last_key_counts_and_the_others_do_not() {
    let (bench, token) = equipped().await;
    register(&bench, &token, 2).await;
    let path = bench.methods(&bench.bg1());
    let methods = bench.get(&path, &token).await.body["value"].clone();
    for (number, method) in methods.as_array().unwrap().iter().enumerate() {
        let method = format!("{path}/{}", method["id"].as_str().unwrap());
        assert_eq!(
            bench.delete(&method, &token).await.status,
            StatusCode::NO_CONTENT
        );
        assert_eq!(breaches(&bench).await.len(), number, "{method}");
    }
    assert_eq!(breach(&bench).await["reason"], "noKey");
}

#[tokio::test]
async fn an_account_that_could_not_get_in_yet_is_not_locked_out() {
    let bench = Bench::new().await;
    bench
        .seeded("users = [{ userPrincipalName = 'bg3' }]")
        .await;
    bench.seeded("emergencyAccounts = ['bg3']").await;
    let token = bench.writer().await;
    let block = with("/grantControls/builtInControls", json!(["block"]));
    bench.created(&token, &block).await;
    bench
        .seeded("users = [{ userPrincipalName = 'bg3', roles = ['globalAdministrator'], groups = ['x'] }]")
        .await;
    bench
        .seeded("users = [{ userPrincipalName = 'bg3', accountEnabled = false }]")
        .await;
    assert!(breaches(&bench).await.is_empty());
    let refused = bench.seed("emergencyAccounts = ['nobody']").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn to_take_the_mark_away_hides_nothing() {
    let (bench, _) = equipped().await;
    bench
        .seeded("emergencyAccounts = []\nusers = [{ userPrincipalName = 'bg1', accountEnabled = false }]")
        .await;
    assert_eq!(breach(&bench).await["reason"], "disabled");
}
