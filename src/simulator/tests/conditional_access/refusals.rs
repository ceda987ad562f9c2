//! What the service does not take as a policy.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Bench, DEFAULTS, PHISHING_RESISTANT, POLICIES, READ, WRITE, changed, policy, with};

const NOBODY: &str = "5d6059b6-368d-45f8-91e1-8e07d485f1d0";

/// What is put where in a policy that is right, and what is then said of it.
type Refused = (&'static str, Value, &'static str);

fn of_the_whole() -> Vec<Refused> {
    vec![
        ("/shoeSize", json!(44), "1007"),
        ("/state", json!("on"), "1007"),
        ("/displayName", Value::Null, "1007"),
        ("/displayName", json!(" "), "displayName"),
        ("/conditions", Value::Null, "1007"),
        ("/conditions/times", json!({}), "1007"),
        ("/grantControls", Value::Null, "grantControls"),
    ]
}

fn of_people() -> Vec<Refused> {
    let users = |member: &str, value: Value| json!({"includeUsers": ["All"], member: value});
    let users = |member, value, reason| ("/conditions/users", users(member, value), reason);
    let workloads = json!({"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]});
    vec![
        ("/conditions/users", Value::Null, "users"),
        ("/conditions/users", json!({}), "includeUsers"),
        (
            "/conditions/users",
            json!({"excludeUsers": []}),
            "includeUsers",
        ),
        users("includeUsers", json!(["bg1"]), "includeUsers"),
        users("excludeUsers", json!([NOBODY]), "does not exist"),
        users("excludeUsers", json!(["All"]), "does not exist"),
        users("excludeGroups", json!([NOBODY]), "excludeGroups"),
        users("includeRoles", json!(["All"]), "includeRoles"),
        users("excludeRoles", json!({}), "1007"),
        ("/conditions/clientApplications", workloads, "combined"),
    ]
}

fn of_resources() -> Vec<Refused> {
    let only = |member: &str, value: &str| json!({member: [value]});
    let also = |member: &str, value: &str| json!({"includeApplications": ["All"], member: [value]});
    let contexts = "includeAuthenticationContextClassReferences";
    let refused = |value, reason| ("/conditions/applications", value, reason);
    vec![
        refused(json!({}), "includeApplications"),
        refused(only("includeApplications", "Graph"), "includeApplications"),
        refused(also("excludeApplications", "All"), "excludeApplications"),
        refused(
            also("includeUserActions", "urn:user:registerdevice"),
            "combined",
        ),
        refused(
            only("includeUserActions", "urn:user:sing"),
            "includeUserActions",
        ),
        refused(only(contexts, "c100"), contexts),
    ]
}

fn of_circumstances() -> Vec<Refused> {
    let platforms = |member: &str, platform: &str| json!({member: [platform]});
    let linux = platforms("excludePlatforms", "linux");
    let amiga = platforms("includePlatforms", "amiga");
    let places = |places: &[&str]| json!({"includeLocations": places});
    let shoes = json!({"deviceFilter": {"mode": "include", "rule": "device.shoeSize -eq 44"}});
    vec![
        ("/conditions/clientAppTypes", json!([]), "clientAppTypes"),
        ("/conditions/clientAppTypes", Value::Null, "1007"),
        ("/conditions/clientAppTypes", json!(["telnet"]), "1007"),
        ("/conditions/platforms", linux, "includePlatforms"),
        ("/conditions/platforms", amiga, "1007"),
        ("/conditions/locations", places(&[]), "includeLocations"),
        (
            "/conditions/locations",
            places(&[NOBODY]),
            "includeLocations",
        ),
        ("/conditions/signInRiskLevels", json!(["extreme"]), "1007"),
        ("/conditions/devices", shoes, "filter rule"),
    ]
}

fn of_controls() -> Vec<Refused> {
    let without_operator = json!({"builtInControls": ["mfa", "compliantDevice"]});
    let strong = json!({"id": PHISHING_RESISTANT});
    let unknown = json!({"operator": "OR", "authenticationStrength": {"id": NOBODY}});
    let controls = "/grantControls/builtInControls";
    vec![
        ("/grantControls", json!({"operator": "OR"}), "grantControls"),
        ("/grantControls/operator", json!("XOR"), "1007"),
        ("/grantControls", without_operator, "operator"),
        (controls, json!(["block", "mfa"]), "block"),
        (controls, json!(["passwordChange"]), "passwordChange"),
        (
            "/grantControls/authenticationStrength",
            strong,
            "authenticationStrength cannot be combined",
        ),
        ("/grantControls", unknown, "authenticationStrength"),
    ]
}

#[tokio::test]
async fn policies_that_contradict_themselves_are_refused_and_change_nothing() {
    let bench = Bench::new().await;
    let token = bench.writer().await;
    let no_policies = [Value::Null, json!([]), json!({})].map(|body| (body, "1007"));
    let tables = [
        of_the_whole(),
        of_people(),
        of_resources(),
        of_circumstances(),
        of_controls(),
    ];
    let rows = tables.into_iter().flatten();
    let rows = rows.map(|(pointer, value, reason)| (with(pointer, value), reason));
    for (body, reason) in no_policies.into_iter().chain(rows) {
        let answer = bench.post(POLICIES, &token, &body).await;
        answer.is_error(400, "BadRequest", reason);
    }
    let stored = bench.get(POLICIES, &token).await.body;
    assert_eq!(stored["value"], json!([]));
}

#[tokio::test]
async fn a_change_is_looked_at_like_a_new_policy() {
    let bench = Bench::new().await;
    let token = bench.writer().await;
    let id = bench.created(&token, &policy("P")).await;
    let before = bench.get(&format!("{POLICIES}/{id}"), &token).await.body;
    for (change, reason) in [
        (
            json!({"conditions": {"users": {"excludeGroups": ["nobody"]}}}),
            "excludeGroups",
        ),
        (
            json!({"conditions": {"users": {"includeUsers": []}}}),
            "includeUsers",
        ),
        (
            json!({"grantControls": {"builtInControls": ["mfa", "block"]}}),
            "block",
        ),
        (json!({"shoeSize": 44}), "1007"),
        (json!(44), "1007"),
    ] {
        let answer = bench.patched(&token, &id, &change).await;
        answer.is_error(400, "BadRequest", reason);
    }
    let answer = bench.patched(&token, "x", &json!({})).await;
    answer.is_error(404, "NotFound", "x");
    let after = bench.get(&format!("{POLICIES}/{id}"), &token).await.body;
    assert_eq!(after, before);
}

#[tokio::test]
async fn what_a_policy_named_may_be_gone_when_it_changes() {
    let bench = Bench::new().await;
    bench
        .seeded("groups = [{ id = 'a', displayName = 'A' }]")
        .await;
    let token = bench.writer().await;
    let body = with("/conditions/users/excludeGroups", json!(["a"]));
    let id = bench.created(&token, &body).await;
    bench.change(|state| state.groups.retain(|group| group.id != "a"));
    let answer = bench
        .patched(&token, &id, &json!({"state": "disabled"}))
        .await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    let other = bench.post(POLICIES, &token, &body).await;
    other.is_error(400, "BadRequest", "excludeGroups");
}

#[tokio::test]
async fn a_tenant_has_at_most_240_policies() {
    let bench = Bench::new().await;
    let token = bench.writer().await;
    let first = bench.created(&token, &policy("0")).await;
    bench.change(|state| {
        let policies = &mut state.conditional_access.policies;
        for number in 1..240 {
            let mut policy = policies[0].clone();
            policy.id = uuid::Uuid::from_u128(number);
            policies.push(policy);
        }
    });
    let refused = bench.post(POLICIES, &token, &policy("240")).await;
    refused.is_error(400, "BadRequest", "240");
    bench.delete(&format!("{POLICIES}/{first}"), &token).await;
    bench.created(&token, &policy("240")).await;
    let restore = format!("{}/{first}/restore", super::DELETED);
    let refused = bench.post(&restore, &token, &json!({})).await;
    refused.is_error(400, "BadRequest", "240");
}

#[tokio::test]
async fn security_defaults_and_enforced_policies_exclude_each_other() {
    let bench = Bench::new().await;
    bench.seeded("securityDefaultsEnabled = true").await;
    let token = bench.writer().await;
    assert_eq!(bench.get(DEFAULTS, &token).await.body["isEnabled"], true);
    let refused = bench.post(POLICIES, &token, &policy("P")).await;
    refused.is_error(400, "BadRequest", "Security Defaults is enabled");
    let reported = changed(
        policy("P"),
        "/state",
        json!("enabledForReportingButNotEnforced"),
    );
    let id = bench.created(&token, &reported).await;
    let enforce = json!({"state": "enabled"});
    let refused = bench.patched(&token, &id, &enforce).await;
    refused.is_error(400, "BadRequest", "Security Defaults is enabled");
    let off = bench
        .patch(DEFAULTS, &token, &json!({"isEnabled": false}))
        .await;
    assert_eq!(off.status, StatusCode::NO_CONTENT, "{}", off.text);
    let answer = bench.patched(&token, &id, &enforce).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let refused = bench
        .patch(DEFAULTS, &token, &json!({"isEnabled": true}))
        .await;
    refused.is_error(400, "BadRequest", "policies are enabled");
    let reader = bench.token_with(&[READ]).await;
    assert_eq!(bench.get(DEFAULTS, &reader).await.body["isEnabled"], false);
    let refused = bench
        .patch(DEFAULTS, &reader, &json!({"isEnabled": false}))
        .await;
    refused.is_error(403, "Authorization_RequestDenied", "");
    let writer = bench.token_with(&[WRITE]).await;
    bench
        .get(DEFAULTS, &writer)
        .await
        .is_error(403, "Authorization_RequestDenied", "");
}

#[tokio::test]
async fn licences_open_policies_and_those_about_risk() {
    let bench = Bench::new().await;
    let token = bench.writer().await;
    let plain = policy("P");
    let risky = with("/conditions/signInRiskLevels", json!(["high"]));
    for (license, plainly, riskily) in [
        ("free", Some("not licensed"), Some("not licensed")),
        ("p1", None, Some("1039")),
        ("p2", None, None),
    ] {
        bench.seeded(format!("license = '{license}'")).await;
        for (body, reason) in [(&plain, plainly), (&risky, riskily)] {
            let answer = bench.post(POLICIES, &token, body).await;
            match reason {
                None => assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text),
                Some("1039") => answer.is_error(400, "BadRequest", "1039"),
                Some(reason) => answer.is_error(403, "AccessDenied", reason),
            }
        }
    }
    let change = json!({
        "grantControls": {"operator": "AND", "builtInControls": ["mfa", "passwordChange"]},
        "conditions": {"userRiskLevels": ["high"]},
    });
    let id = bench.created(&token, &plain).await;
    let answer = bench.patched(&token, &id, &change).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
}
