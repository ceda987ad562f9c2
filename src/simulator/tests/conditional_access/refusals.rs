//! What the service does not take as a policy.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Bench, DEFAULTS, PHISHING_RESISTANT, POLICIES, READ, WRITE, changed, policy, with};

#[tokio::test]
async fn policies_that_contradict_themselves_are_refused_and_change_nothing() {
    let bench = Bench::new().await;
    let token = bench.writer().await;
    let nobody = json!("5d6059b6-368d-45f8-91e1-8e07d485f1d0");
    let strong = json!({"id": PHISHING_RESISTANT});
    for (body, reason) in [
        (json!(null), "1007"),
        (json!([]), "1007"),
        (json!({}), "1007"),
        (with("/shoeSize", json!(44)), "1007"),
        (with("/state", json!("on")), "1007"),
        (with("/displayName", Value::Null), "1007"),
        (with("/displayName", json!(" ")), "displayName"),
        (with("/conditions", Value::Null), "1007"),
        (with("/conditions/users", Value::Null), "users"),
        (with("/conditions/users", json!({})), "includeUsers"),
        (
            with("/conditions/users", json!({"excludeUsers": []})),
            "includeUsers",
        ),
        (
            with("/conditions/users/includeUsers", json!(["bg1"])),
            "includeUsers",
        ),
        (
            with("/conditions/users/excludeUsers", json!([nobody])),
            "does not exist",
        ),
        (
            with("/conditions/users/excludeUsers", json!(["All"])),
            "does not exist",
        ),
        (
            with("/conditions/users/excludeGroups", json!([nobody])),
            "excludeGroups",
        ),
        (
            with("/conditions/users/includeRoles", json!(["All"])),
            "includeRoles",
        ),
        (with("/conditions/users/excludeRoles", json!({})), "1007"),
        (
            with("/conditions/applications", json!({})),
            "includeApplications",
        ),
        (
            with(
                "/conditions/applications/includeApplications",
                json!(["Graph"]),
            ),
            "includeApplications",
        ),
        (
            with(
                "/conditions/applications/excludeApplications",
                json!(["All"]),
            ),
            "excludeApplications",
        ),
        (
            with(
                "/conditions/applications/includeUserActions",
                json!(["urn:user:registerdevice"]),
            ),
            "combined",
        ),
        (
            with(
                "/conditions/applications",
                json!({"includeUserActions": ["urn:user:sing"]}),
            ),
            "includeUserActions",
        ),
        (
            with(
                "/conditions/applications",
                json!({"includeAuthenticationContextClassReferences": ["c100"]}),
            ),
            "includeAuthenticationContextClassReferences",
        ),
        (
            with("/conditions/clientAppTypes", json!([])),
            "clientAppTypes",
        ),
        (with("/conditions/clientAppTypes", Value::Null), "1007"),
        (
            with("/conditions/clientAppTypes", json!(["telnet"])),
            "1007",
        ),
        (
            with(
                "/conditions/platforms",
                json!({"excludePlatforms": ["linux"]}),
            ),
            "includePlatforms",
        ),
        (
            with(
                "/conditions/platforms",
                json!({"includePlatforms": ["amiga"]}),
            ),
            "1007",
        ),
        (
            with("/conditions/locations", json!({"includeLocations": []})),
            "includeLocations",
        ),
        (
            with(
                "/conditions/locations",
                json!({"includeLocations": [nobody]}),
            ),
            "includeLocations",
        ),
        (with("/conditions/times", json!({})), "1007"),
        (
            with("/conditions/signInRiskLevels", json!(["extreme"])),
            "1007",
        ),
        (
            with(
                "/conditions/devices",
                json!({"deviceFilter": {"mode": "include", "rule": "device.shoeSize -eq 44"}}),
            ),
            "filter rule",
        ),
        (
            with(
                "/conditions/clientApplications",
                json!({"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]}),
            ),
            "combined",
        ),
        (with("/grantControls", Value::Null), "grantControls"),
        (
            with("/grantControls", json!({"operator": "OR"})),
            "grantControls",
        ),
        (with("/grantControls/operator", json!("XOR")), "1007"),
        (
            with(
                "/grantControls",
                json!({"builtInControls": ["mfa", "compliantDevice"]}),
            ),
            "operator",
        ),
        (
            with("/grantControls/builtInControls", json!(["block", "mfa"])),
            "block",
        ),
        (
            with("/grantControls/authenticationStrength", strong),
            "authenticationStrength cannot be combined",
        ),
        (
            with(
                "/grantControls",
                json!({"operator": "OR", "authenticationStrength": {"id": nobody}}),
            ),
            "authenticationStrength",
        ),
        (
            with("/grantControls/builtInControls", json!(["passwordChange"])),
            "passwordChange",
        ),
    ] {
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
