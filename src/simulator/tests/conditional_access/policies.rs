//! The life of a policy: made, read, changed, deleted, brought back; who may, and how fast.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Bench, DELETED, PHISHING_RESISTANT, POLICIES, READ, WRITE, changed, policy, with};

#[tokio::test]
async fn a_policy_is_answered_with_every_member_that_it_has() {
    let bench = Bench::new().await;
    let token = bench.writer().await;
    let strength = json!({"operator": "OR", "builtInControls": [], "authenticationStrength": {"id": PHISHING_RESISTANT}});
    let body = changed(policy("Strong"), "/grantControls", strength);
    let created = bench.post(POLICIES, &token, &body).await;
    assert_eq!(created.status, StatusCode::CREATED);
    let policy = &created.body;
    assert!(
        policy["@odata.context"]
            .as_str()
            .unwrap()
            .ends_with("/policies/$entity")
    );
    assert_eq!(policy["createdDateTime"], "2026-06-01T09:00:00Z");
    assert_eq!(policy["modifiedDateTime"], Value::Null);
    assert_eq!(policy["sessionControls"], Value::Null);
    assert_eq!(policy["conditions"]["signInRiskLevels"], json!([]));
    assert_eq!(policy["conditions"]["users"]["excludeGroups"], json!([]));
    assert_eq!(policy["conditions"]["platforms"], Value::Null);
    let strength = &policy["grantControls"]["authenticationStrength"];
    assert_eq!(strength["displayName"], "Phishing resistant MFA");
    assert_eq!(strength["combinationConfigurations"], json!([]));
    let path = format!("{POLICIES}/{}", policy["id"].as_str().unwrap());
    let read = bench.get(&path, &token).await;
    assert_eq!(read.body, *policy);
    let beta = bench.get(&path.replace("v1.0", "beta"), &token).await;
    assert_eq!(beta.body["conditions"], policy["conditions"]);
    let selected = bench
        .get(&format!("{path}?$select=id,state"), &token)
        .await
        .body;
    assert_eq!(selected.as_object().unwrap().len(), 3, "{selected}");
}

#[tokio::test]
async fn a_change_keeps_what_it_does_not_name_and_replaces_collections() {
    let bench = Bench::new().await;
    bench
        .seeded("groups = [{ id = 'a', displayName = 'A' }, { id = 'b', displayName = 'B' }]")
        .await;
    let token = bench.writer().await;
    let id = bench
        .created(
            &token,
            &with("/conditions/users/excludeGroups", json!(["a"])),
        )
        .await;
    let path = format!("{POLICIES}/{id}");
    bench.advance(60);
    let change = json!({"state": "disabled", "conditions": {"users": {"excludeGroups": ["b"]}}});
    let answer = bench.patched(&token, &id, &change).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    assert!(answer.text.is_empty());
    let after = bench.get(&path, &token).await.body;
    assert_eq!(after["state"], "disabled");
    assert_eq!(after["modifiedDateTime"], "2026-06-01T09:01:00Z");
    let users = &after["conditions"]["users"];
    assert_eq!(users["includeUsers"], json!(["All"]), "kept");
    assert_eq!(users["excludeGroups"], json!(["b"]), "replaced");
    assert_eq!(after["grantControls"]["builtInControls"], json!(["mfa"]));
    let frequency = json!({"signInFrequency": {"value": 4, "type": "hours", "isEnabled": true}});
    let change = json!({"grantControls": null, "sessionControls": frequency});
    let answer = bench.patched(&token, &id, &change).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    let after = bench.get(&path, &token).await.body;
    assert_eq!(after["grantControls"], Value::Null);
    let frequency = &after["sessionControls"]["signInFrequency"];
    assert_eq!(
        (&frequency["value"], &frequency["type"]),
        (&json!(4), &json!("hours"))
    );
}

#[tokio::test]
async fn what_was_read_can_be_written_back() {
    let bench = Bench::new().await;
    let token = bench.writer().await;
    let strength = json!({"operator": "OR", "authenticationStrength": {"id": PHISHING_RESISTANT}});
    let body = changed(policy("Strong"), "/grantControls", strength);
    let id = bench.created(&token, &body).await;
    let path = format!("{POLICIES}/{id}");
    let mut read = bench.get(&path, &token).await.body;
    let answer = bench.patch(&path, &token, &read).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    let mut after = bench.get(&path, &token).await.body;
    for policy in [&mut read, &mut after] {
        policy["modifiedDateTime"] = Value::Null;
    }
    assert_eq!(after, read);
    let copy = bench.post(POLICIES, &token, &read).await;
    assert_eq!(copy.status, StatusCode::CREATED, "{}", copy.text);
    assert_ne!(copy.body["id"], read["id"]);
}

#[tokio::test]
async fn lists_are_filtered_selected_and_paged() {
    let bench = Bench::new().await;
    let token = bench.writer().await;
    for (name, state) in [("A", "enabled"), ("B", "disabled"), ("It's C", "enabled")] {
        bench
            .created(&token, &changed(policy(name), "/state", state.into()))
            .await;
    }
    for (query, wanted) in [
        ("", vec!["A", "B", "It's C"]),
        ("?$filter=state eq 'enabled'", vec!["A", "It's C"]),
        ("?$filter=displayName eq 'It''s C'", vec!["It's C"]),
        (
            "?$filter=state eq 'disabled' and displayName eq 'A'",
            vec![],
        ),
        ("?$select=displayName", vec!["A", "B", "It's C"]),
    ] {
        let answer = bench.get(&format!("{POLICIES}{query}"), &token).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text);
        let found = answer.body["value"].as_array().unwrap();
        let names: Vec<_> = found.iter().map(|policy| &policy["displayName"]).collect();
        assert_eq!(names, wanted, "{query}");
    }
    let page = bench.get(&format!("{POLICIES}?$top=2"), &token).await.body;
    assert_eq!(page["value"].as_array().unwrap().len(), 2);
    let next = page["@odata.nextLink"].as_str().unwrap();
    let next = next.split_once("/v1.0/").unwrap().1;
    let page = bench.get(&format!("/v1.0/{next}"), &token).await.body;
    assert_eq!(page["value"][0]["displayName"], "It's C");
    assert!(page.get("@odata.nextLink").is_none());
    let bad = bench
        .get(&format!("{POLICIES}?$filter=id eq 'x'"), &token)
        .await;
    bad.is_error(400, "Request_UnsupportedQuery", "filter");
}

#[tokio::test]
async fn a_deleted_policy_can_be_restored() {
    let bench = Bench::new().await;
    let token = bench.writer().await;
    let id = bench.created(&token, &policy("P")).await;
    let path = format!("{POLICIES}/{id}");
    let before = bench.get(&path, &token).await.body;
    let gone = bench.delete(&path, &token).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    bench
        .get(&path, &token)
        .await
        .is_error(404, "NotFound", &id);
    bench
        .delete(&path, &token)
        .await
        .is_error(404, "NotFound", &id);
    let deleted = bench.get(DELETED, &token).await.body;
    assert_eq!(deleted["value"][0]["id"], id.as_str());
    assert_eq!(
        deleted["value"][0]["deletedDateTime"],
        "2026-06-01T09:00:00Z"
    );
    let one = bench.get(&format!("{DELETED}/{id}"), &token).await.body;
    assert_eq!(one["displayName"], "P");
    let restore = format!("{DELETED}/{id}/restore");
    let restored = bench.post(&restore, &token, &json!({})).await;
    assert_eq!(restored.status, StatusCode::OK, "{}", restored.text);
    assert_eq!(bench.get(&path, &token).await.body, before);
    bench
        .post(&restore, &token, &json!({}))
        .await
        .is_error(404, "NotFound", &id);
    bench.delete(&path, &token).await;
    let gone = bench.delete(&format!("{DELETED}/{id}"), &token).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let deleted = bench.get(DELETED, &token).await.body;
    assert_eq!(deleted["value"], json!([]));
}

#[tokio::test]
async fn writing_takes_both_permissions_and_a_role() {
    let bench = Bench::new().await;
    let body = policy("P");
    for permissions in [
        &[WRITE][..],
        &[READ],
        &["Policy.Read.ConditionalAccess", WRITE],
    ] {
        let token = bench.token_with(permissions).await;
        let refused = bench.post(POLICIES, &token, &body).await;
        refused.is_error(403, "AccessDenied", "required scopes are missing");
    }
    let token = bench.token_with(&[WRITE]).await;
    let refused = bench.get(POLICIES, &token).await;
    refused.is_error(403, "AccessDenied", "required scopes are missing");
    bench
        .seeded(format!(
            "applications = [{{ displayName = 'Halligan operator', permissions = ['{READ}', '{WRITE}'] }}]"
        ))
        .await;
    let operator = bench.running.demo.operator.clone();
    for (role, wanted) in [
        ("privilegedAuthenticationAdministrator", 403),
        ("conditionalAccessAdministrator", 201),
        ("securityAdministrator", 201),
        ("globalAdministrator", 201),
        ("globalReader", 403),
    ] {
        bench
            .seeded(format!(
                "users = [{{ userPrincipalName = 'operator', roles = ['{role}'] }}]"
            ))
            .await;
        let token = bench.user_token(&operator).await;
        let answer = bench.post(POLICIES, &token, &body).await;
        assert_eq!(answer.status.as_u16(), wanted, "{role}: {}", answer.text);
        assert_eq!(bench.get(POLICIES, &token).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_throttled_tenant_takes_one_request_a_second() {
    let bench = Bench::new().await;
    bench.seeded("throttleConditionalAccess = true").await;
    let token = bench.writer().await;
    assert_eq!(bench.get(POLICIES, &token).await.status, StatusCode::OK);
    for path in [
        POLICIES,
        DELETED,
        "/v1.0/identity/conditionalAccess/namedLocations",
    ] {
        let early = bench.get(path, &token).await;
        early.is_error(429, "TooManyRequests", "");
        assert_eq!(early.header("retry-after"), "");
    }
    let strengths = "/v1.0/policies/authenticationStrengthPolicies";
    assert_eq!(bench.get(strengths, &token).await.status, StatusCode::OK);
    bench.advance(1);
    assert_eq!(bench.get(DELETED, &token).await.status, StatusCode::OK);
    bench.seeded("throttleConditionalAccess = false").await;
    assert_eq!(bench.get(POLICIES, &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_tenant_keeps_its_policies_over_restarts() {
    let bench = Bench::new().await;
    let token = bench.writer().await;
    let body = with(
        "/conditions/authenticationFlows",
        json!({"transferMethods": "deviceCodeFlow,authenticationTransfer"}),
    );
    let id = bench.created(&token, &body).await;
    let before = bench.get(POLICIES, &token).await.body["value"].clone();
    let bench = bench.restart().await;
    let token = bench.token_with(&[READ]).await;
    let after = bench.get(&format!("{POLICIES}/{id}"), &token).await.body;
    assert_eq!(after["conditions"], before[0]["conditions"]);
}

#[tokio::test]
async fn seeds_make_policies_and_name_people() {
    let bench = Bench::new().await;
    let seed = r#"
[[conditionalAccessPolicies]]
displayName = "MFA for all"
state = "enabled"
grantControls = { operator = "OR", builtInControls = ["mfa"] }

[conditionalAccessPolicies.conditions]
clientAppTypes = ["all"]
applications = { includeApplications = ["All"] }
users = { includeUsers = ["All"], excludeUsers = ["bg1"] }
"#;
    bench.seeded(seed).await;
    let token = bench.token_with(&[READ]).await;
    let first = bench.get(POLICIES, &token).await.body["value"].clone();
    let excluded = &first[0]["conditions"]["users"]["excludeUsers"];
    assert_eq!(*excluded, json!([bench.id_of(&bench.bg1())]));
    bench.advance(60);
    bench.seeded(seed).await;
    let second = bench.get(POLICIES, &token).await.body["value"].clone();
    assert_eq!(second, first, "applied again it changes nothing");
    let refused = bench.seed(seed.replace("bg1", "nobody")).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.text.contains("does not exist"), "{}", refused.text);
}
