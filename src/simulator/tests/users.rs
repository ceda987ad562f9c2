//! Users: made, changed, listed, deleted, brought back.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::Bench;

const DENIED: &str = "Insufficient privileges";

fn account(bench: &Bench, name: &str) -> Value {
    json!({
        "accountEnabled": true,
        "displayName": "Emergency Access 3",
        "mailNickname": name,
        "userPrincipalName": format!("{name}@{}", bench.domain()),
        "passwordPolicies": "DisablePasswordExpiration",
        "passwordProfile": {"forceChangePasswordNextSignIn": false, "password": "Correct-Horse-9-Battery"},
    })
}

#[tokio::test]
async fn an_account_is_made_and_its_password_is_nowhere() {
    let bench = Bench::new().await;
    let token = bench.token_with(&["User.ReadWrite.All"]).await;
    let made = bench
        .post("/v1.0/users", &token, &account(&bench, "ea-7f3c1"))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.body["displayName"], "Emergency Access 3");
    assert!(made.body.get("passwordProfile").is_none());
    let id = made.body["id"].as_str().unwrap();
    let select = "accountEnabled,userType,creationType,onPremisesSyncEnabled,onPremisesImmutableId,passwordPolicies,\
                  passwordProfile,lastPasswordChangeDateTime,isManagementRestricted,createdDateTime,assignedLicenses,\
                  mailNickname";
    let user = bench
        .get(&format!("/v1.0/users/{id}?$select={select}"), &token)
        .await;
    let mut wanted = json!({
        "accountEnabled": true, "userType": "Member", "creationType": null, "onPremisesSyncEnabled": null,
        "onPremisesImmutableId": null, "passwordPolicies": "DisablePasswordExpiration",
        "passwordProfile": {"forceChangePasswordNextSignIn": false, "forceChangePasswordNextSignInWithMfa": false, "password": null},
        "lastPasswordChangeDateTime": "2026-06-01T09:00:00Z", "isManagementRestricted": null,
        "createdDateTime": "2026-06-01T09:00:00Z", "assignedLicenses": [], "mailNickname": "ea-7f3c1",
    });
    wanted["@odata.context"] = user.body["@odata.context"].clone();
    assert_eq!(user.body, wanted);
    let stored = std::fs::read_to_string(bench.path().join("tenant.json")).unwrap();
    assert!(stored.contains("ea-7f3c1") && !stored.contains("Correct-Horse"));
}

#[tokio::test]
async fn what_makes_no_account_is_refused() {
    let bench = Bench::new().await;
    let domains = "domains = [{ id = 'corp.example', authenticationType = 'Federated' }, { id = 'new.example', isVerified = false }]";
    bench.seeded(domains).await;
    let token = bench.token_with(&["User.ReadWrite.All"]).await;
    let name = |name: &str| json!(name);
    let bg1 = bench.bg1().to_uppercase();
    for (member, value, reason) in [
        ("accountEnabled", Value::Null, "'accountEnabled'"),
        ("displayName", json!(""), "'displayName'"),
        ("mailNickname", Value::Null, "'mailNickname'"),
        ("passwordProfile", Value::Null, "'passwordProfile'"),
        (
            "passwordProfile",
            json!({"password": "short"}),
            "complexity",
        ),
        (
            "passwordProfile",
            json!({"password": "onlylowercaseletters"}),
            "complexity",
        ),
        ("passwordPolicies", json!("Whatever"), "passwordPolicies"),
        ("userPrincipalName", name("nobody"), "userPrincipalName"),
        ("userPrincipalName", name("é@x"), "userPrincipalName"),
        (
            "userPrincipalName",
            name("ea@elsewhere.example"),
            "verified",
        ),
        ("userPrincipalName", name("ea@new.example"), "verified"),
        (
            "userPrincipalName",
            name("ea@corp.example"),
            "onPremisesImmutableId",
        ),
        ("userPrincipalName", name(&bg1), "already exists"),
        ("shoeSize", json!(44), "shoeSize"),
        ("jobTitle", json!("Vault"), ""),
    ] {
        let mut body = account(&bench, "ea");
        body[member] = value;
        let answer = bench.post("/v1.0/users", &token, &body).await;
        if reason.is_empty() {
            assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        } else {
            answer.is_error(400, "Request_BadRequest", reason);
        }
    }
    let weak = json!({"password": "onlylowercaseletters"});
    let mut body = account(&bench, "weak");
    body["passwordPolicies"] = json!("DisablePasswordExpiration, DisableStrongPassword");
    body["passwordProfile"] = weak;
    let made = bench.post("/v1.0/users", &token, &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
}

#[tokio::test]
async fn only_the_right_ones_make_accounts() {
    let bench = Bench::new().await;
    let body = account(&bench, "ea");
    let token = bench.token_with(&["User.Read.All"]).await;
    let refused = bench.post("/v1.0/users", &token, &body).await;
    refused.is_error(403, "Authorization_RequestDenied", DENIED);
    bench.consent(&["User.ReadWrite.All"]).await;
    let operator = bench.user_token(&bench.running.demo.operator).await;
    let refused = bench.post("/v1.0/users", &operator, &body).await;
    refused.is_error(403, "Authorization_RequestDenied", DENIED);
    let bg1 = bench.user_token(&bench.bg1()).await;
    assert_eq!(bench.post("/v1.0/users", &bg1, &body).await.status, 201);
}

#[tokio::test]
async fn administrators_are_changed_by_the_highest_roles_only() {
    let bench = Bench::new().await;
    let path = format!("/v1.0/users/{}", bench.bg1());
    let disable = json!({"accountEnabled": false});
    let rename = json!({"displayName": "BG1", "passwordPolicies": "DisablePasswordExpiration"});
    let token = bench
        .token_with(&["User.ReadWrite.All", "User.Read.All"])
        .await;
    assert_eq!(bench.patch(&path, &token, &rename).await.status, 204);
    let refused = bench.patch(&path, &token, &disable).await;
    refused.is_error(403, "Authorization_RequestDenied", DENIED);
    let refused = bench.delete(&path, &token).await;
    refused.is_error(403, "Authorization_RequestDenied", DENIED);
    let helper = "users = [{ userPrincipalName = 'helper', roles = ['userAdministrator'] }]";
    bench.seeded(helper).await;
    bench.consent(&["User.ReadWrite.All"]).await;
    let helper = format!("helper@{}", bench.domain());
    let helper = bench.user_token(&helper).await;
    assert_eq!(bench.patch(&path, &helper, &disable).await.status, 403);
    let role = "roleAssignments = [{ principal = 'test', role = 'privilegedAuthenticationAdministrator' }]";
    bench.seeded(role).await;
    assert_eq!(bench.patch(&path, &token, &disable).await.status, 204);
    let read = format!("{path}?$select=accountEnabled,displayName,passwordPolicies");
    let user = bench.get(&read, &token).await.body;
    assert_eq!(user["accountEnabled"], false);
    assert_eq!(user["passwordPolicies"], "DisablePasswordExpiration");
    let unit = "administrativeUnits = [{ displayName = 'Vault', isMemberManagementRestricted = true, members = ['bg1'] }]";
    bench.seeded(unit).await;
    for body in [&disable, &rename] {
        let refused = bench.patch(&path, &token, body).await;
        refused.is_error(403, "Authorization_RequestDenied", "restricted management");
    }
}

#[tokio::test]
async fn passwords_and_names_are_changed_and_only_to_something_right() {
    let bench = Bench::new().await;
    let worker = "users = [{ userPrincipalName = 'worker', lastPasswordChangeDateTime = '2020-01-01T00:00:00Z' }]";
    bench.seeded(worker).await;
    let path = format!("/v1.0/users/worker@{}", bench.domain());
    let token = bench
        .token_with(&["User-PasswordProfile.ReadWrite.All", "User.Read.All"])
        .await;
    let password = json!({"passwordProfile": {"password": "Another-Horse-9"}});
    assert_eq!(bench.patch(&path, &token, &password).await.status, 204);
    let read = format!("{path}?$select=lastPasswordChangeDateTime");
    let user = bench.get(&read, &token).await.body;
    assert_eq!(user["lastPasswordChangeDateTime"], "2026-06-01T09:00:00Z");
    let rename = json!({"userPrincipalName": format!("walker@{}", bench.domain())});
    assert_eq!(bench.patch(&path, &token, &rename).await.status, 403);
    let token = bench.token_with(&["User.ReadWrite.All"]).await;
    let taken = json!({"userPrincipalName": bench.bg1()});
    let refused = bench.patch(&path, &token, &taken).await;
    refused.is_error(400, "Request_BadRequest", "already exists");
    assert_eq!(bench.patch(&path, &token, &rename).await.status, 204);
    let gone = bench.get(&path, &token).await;
    gone.is_error(404, "Request_ResourceNotFound", "worker");
    let there = format!("/v1.0/users/walker@{}", bench.domain());
    assert_eq!(bench.get(&there, &token).await.status, 200);
}

#[tokio::test]
async fn users_are_found_by_filter() {
    let bench = Bench::new().await;
    let token = bench.token_with(&["User.Read.All"]).await;
    let (bg1, operator) = (bench.bg1(), bench.running.demo.operator.clone());
    let names = |answer: &super::Answer| -> Vec<String> {
        let users = answer.body["value"].as_array().unwrap().iter();
        users
            .map(|user| user["userPrincipalName"].as_str().unwrap().to_owned())
            .collect()
    };
    for (filter, wanted) in [
        (
            format!("userPrincipalName in ('{operator}','{bg1}','x@y')"),
            vec![operator.clone(), bg1.clone()],
        ),
        (
            format!("userPrincipalName eq '{}'", bg1.to_uppercase()),
            vec![bg1.clone()],
        ),
        (
            "displayName eq 'Olive Operator' and accountEnabled eq true".to_owned(),
            vec![operator],
        ),
        (
            "startswith(displayName,'Emergency Access 1')".to_owned(),
            vec![bg1],
        ),
    ] {
        let found = bench
            .find("/v1.0/users", &[("$filter", &filter)], &token)
            .await;
        assert_eq!(found.status, 200, "{}", found.text);
        assert_eq!(names(&found), wanted, "{filter}");
    }
    let many = format!("userPrincipalName in ({})", vec!["'a'"; 16].join(","));
    for bad in [many.as_str(), "userType ne 'Guest'", "shoeSize eq 1"] {
        let refused = bench.find("/v1.0/users", &[("$filter", bad)], &token).await;
        refused.is_error(400, "Request_UnsupportedQuery", "");
    }
    let query = [
        ("$filter", "userType ne 'Guest'"),
        ("$count", "true"),
        ("$top", "1"),
    ];
    let request = bench
        .client
        .get(bench.url("/v1.0/users"))
        .query(&query)
        .bearer_auth(&token);
    let counted = request
        .header("ConsistencyLevel", "eventual")
        .send()
        .await
        .unwrap();
    let counted = super::Answer::read(counted).await;
    assert_eq!(counted.body["@odata.count"], 3, "{}", counted.text);
    let next = counted.body["@odata.nextLink"].as_str().unwrap();
    assert!(next.contains("count=true") && next.contains("skiptoken=1"));
}

#[tokio::test]
async fn deleted_accounts_lie_in_the_bin() {
    let bench = Bench::new().await;
    bench
        .seeded("users = [{ userPrincipalName = 'worker', groups = ['g'] }]")
        .await;
    let token = bench.token_with(&["User.ReadWrite.All"]).await;
    let path = format!("/v1.0/users/worker@{}", bench.domain());
    let id = bench.get(&path, &token).await.body["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(bench.delete(&path, &token).await.status, 204);
    assert_eq!(bench.delete(&path, &token).await.status, 404);
    let bin = "/v1.0/directory/deletedItems";
    let listed = bench
        .get(&format!("{bin}/microsoft.graph.user"), &token)
        .await
        .body;
    assert_eq!(listed["value"][0]["id"], id);
    assert_eq!(
        listed["value"][0]["deletedDateTime"],
        "2026-06-01T09:00:00Z"
    );
    let restore = format!("{bin}/{id}/restore");
    bench
        .seeded("users = [{ userPrincipalName = 'worker' }]")
        .await;
    let refused = bench.post(&restore, &token, &json!({})).await;
    refused.is_error(400, "Request_BadRequest", "already exists");
    let second = bench.get(&path, &token).await.body["id"].clone();
    assert_ne!(second, id);
    bench.delete(&path, &token).await;
    let restored = bench.post(&restore, &token, &json!({})).await;
    assert_eq!(restored.status, 200, "{}", restored.text);
    assert_eq!(bench.get(&path, &token).await.body["id"], id);
    bench.delete(&path, &token).await;
    assert_eq!(
        bench.delete(&format!("{bin}/{id}"), &token).await.status,
        204
    );
    assert_eq!(bench.get(&format!("{bin}/{id}"), &token).await.status, 404);
}
