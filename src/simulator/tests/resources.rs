//! Users, organization, policy, and the manners of every answer.

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::Bench;

#[tokio::test]
async fn users_are_found_by_id_and_by_name() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let name = bench.bg1();
    let by_name = bench
        .get(
            &format!("/v1.0/users/{}", name.to_uppercase().replace('@', "%40")),
            &token,
        )
        .await;
    assert_eq!(by_name.body["userPrincipalName"], name);
    assert!(by_name.body.get("accountEnabled").is_none());
    let id = by_name.body["id"].as_str().unwrap();
    let select = "$select=id,accountEnabled,userType";
    let by_id = bench
        .get(&format!("/beta/users/{id}?{select}"), &token)
        .await;
    let mut wanted = json!({"id": id, "accountEnabled": true, "userType": "Member"});
    wanted["@odata.context"] = by_id.body["@odata.context"].clone();
    assert_eq!(by_id.body, wanted);
    let bad = bench
        .get(&format!("/v1.0/users/{id}?$select=shoeSize"), &token)
        .await;
    bad.is_error(400, "BadRequest", "shoeSize");
    let bad = bench
        .get(&format!("/v1.0/users/{id}?$expand=manager"), &token)
        .await;
    bad.is_error(400, "Request_UnsupportedQuery", "");
    let missing = bench
        .get("/v1.0/users/nobody@contoso.example", &token)
        .await;
    missing.is_error(404, "Request_ResourceNotFound", "nobody@contoso.example");
    let missing = bench.get(&bench.methods("nobody"), &token).await;
    missing.is_error(404, "Request_ResourceNotFound", "nobody");
}

#[tokio::test]
async fn long_lists_come_in_pages() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let mut next = bench.url("/v1.0/users?$top=3&$select=userPrincipalName");
    let mut names = Vec::new();
    loop {
        let response = bench
            .client
            .get(&next)
            .bearer_auth(&token)
            .send()
            .await
            .unwrap();
        let page: serde_json::Value = response.json().await.unwrap();
        names.extend(page["value"].as_array().unwrap().clone());
        match page["@odata.nextLink"].as_str() {
            Some(link) => next = link.to_owned(),
            None => break,
        }
    }
    assert_eq!(names.len(), 4);
    assert!(
        names
            .iter()
            .all(|user| user["userPrincipalName"].is_string())
    );
    let bad = bench.get("/v1.0/users?$top=1000", &token).await;
    bad.is_error(400, "Request_UnsupportedQuery", "1000");
}

#[tokio::test]
async fn organization_policy_and_me_are_answered() {
    let bench = Bench::new().await;
    let token = bench
        .token_with(&["Organization.Read.All", "Policy.Read.All"])
        .await;
    let organization = bench.get("/v1.0/organization", &token).await;
    let tenant_id = bench.running.demo.tenant_id.to_string();
    assert_eq!(organization.body["value"][0]["id"], tenant_id);
    let policy =
        "/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";
    let policy = bench.get(policy, &token).await;
    assert_eq!(policy.body["isSelfServiceRegistrationAllowed"], true);
    assert_eq!(policy.body["keyRestrictions"]["enforcementType"], "allow");
    assert_eq!(policy.body["includeTargets"][0]["id"], "all_users");
    assert_eq!(
        policy.body["includeTargets"][0]["allowedPasskeyProfiles"],
        json!([])
    );
    assert!(policy.body.get("passkeyProfiles").is_none());
    let me = bench
        .get("/v1.0/me", &bench.user_token(&bench.bg1()).await)
        .await;
    assert_eq!(me.body["userPrincipalName"], bench.bg1());
    let app = bench.token_with(&["User.Read.All"]).await;
    bench
        .get("/v1.0/me", &app)
        .await
        .is_error(400, "BadRequest", "delegated");
}

#[tokio::test]
async fn every_answer_carries_the_identifiers_of_its_request() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let response = bench
        .client
        .get(bench.url("/v1.0/users"))
        .bearer_auth(&token)
        .header("client-request-id", "mine")
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["client-request-id"], "mine");
    assert!(response.headers().contains_key("request-id"));
    assert!(response.headers().contains_key("date"));
    assert_eq!(response.headers()["odata-version"], "4.0");
}

#[tokio::test]
async fn paths_and_methods_that_do_not_exist_get_graphs_envelope() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let nowhere = bench.get("/v1.0/teapots", &token).await;
    nowhere.is_error(400, "BadRequest", "'teapots'");
    let path = format!("{}/AAEC0", bench.methods(&bench.bg1()));
    let patch = bench
        .send(Method::PATCH, &path, &token, Some(&json!({})))
        .await;
    patch.is_error(405, "methodNotAllowed", "");
    let huge = json!({"displayName": "x".repeat(300_000)});
    let refused = bench
        .post(&bench.methods(&bench.bg1()), &token, &huge)
        .await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(refused.body["error"]["code"], "RequestEntityTooLarge");
}

#[tokio::test]
async fn groups_are_among_the_memberships() {
    let bench = Bench::new().await;
    bench.change(|state| state.users[0].groups.push("emergency".to_owned()));
    let path = format!("/v1.0/users/{}/transitiveMemberOf?$select=id", bench.bg1());
    let token = bench.app_token().await;
    let memberships = bench.get(&path, &token).await;
    assert_eq!(memberships.body["value"][0]["id"], "emergency");
    let token = bench.token_with(&["Policy.Read.All"]).await;
    let refused = bench.get(&path, &token).await;
    assert_eq!(refused.status, 403);
}
