//! Rows about changes in the directory.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::AUDITS;
use crate::simulator::tests::Bench;
use crate::simulator::tests::key::Key;
use crate::simulator::tests::key_sign_in::register;

/// The names of the rows so far, oldest first, and forgets nothing.
async fn names(bench: &Bench) -> Vec<String> {
    let token = bench.reader().await;
    let query = [("$orderby", "activityDateTime")];
    let rows = bench.find(AUDITS, &query, &token).await.body["value"].clone();
    let rows = rows.as_array().unwrap().iter();
    let names = rows.map(|row| row["activityDisplayName"].as_str().unwrap().to_owned());
    names.collect()
}

/// Writes to everything that can be written to; the id of the user who came and went.
async fn write_to_everything(bench: &Bench) -> String {
    let token = bench
        .token_with(&[
            "User.ReadWrite.All",
            "User.EnableDisableAccount.All",
            "User.RevokeSessions.All",
            "User-PasswordProfile.ReadWrite.All",
            "Group.ReadWrite.All",
            "RoleManagement.ReadWrite.Directory",
            "UserAuthMethod-Passkey.ReadWrite.All",
            "Policy.Read.All",
            "Policy.ReadWrite.ConditionalAccess",
            "Policy.ReadWrite.AuthenticationMethod",
        ])
        .await;
    let user = write_to_the_directory(bench, &token).await;
    write_policies(bench, &token).await;
    let path = format!("/v1.0/users/{user}");
    write(bench, &token, Method::DELETE, &path, json!({})).await;
    user
}

async fn write(bench: &Bench, token: &str, method: Method, path: &str, body: Value) -> Value {
    let body = (method != Method::DELETE).then_some(body);
    let answer = bench.send(method, path, token, body.as_ref()).await;
    assert!(answer.status.is_success(), "{path} {}", answer.text);
    answer.body
}

/// A user, a group and a role, and the user in both; the user's id.
async fn write_to_the_directory(bench: &Bench, token: &str) -> String {
    let send = async |method: Method, path: &str, body: Value| {
        write(bench, token, method, path, body).await
    };
    let user = json!({
        "accountEnabled": true, "displayName": "New", "mailNickname": "new",
        "userPrincipalName": format!("new@{}", bench.domain()),
        "passwordProfile": {"password": "a long one, 4711"},
    });
    let user = send(Method::POST, "/v1.0/users", user).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/v1.0/users/{user}");
    send(Method::PATCH, &path, json!({"accountEnabled": false})).await;
    send(Method::PATCH, &path, json!({"displayName": "Newer"})).await;
    let sessions = format!("{path}/revokeSignInSessions");
    send(Method::POST, &sessions, json!({})).await;
    let group = json!({
        "displayName": "Emergency", "mailEnabled": false, "mailNickname": "e", "securityEnabled": true,
    });
    let group = send(Method::POST, "/v1.0/groups", group).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let reference =
        json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{user}")});
    send(
        Method::POST,
        &format!("/v1.0/groups/{group}/members/$ref"),
        reference,
    )
    .await;
    send(
        Method::DELETE,
        &format!("/v1.0/groups/{group}/members/{user}/$ref"),
        json!({}),
    )
    .await;
    let role = json!({
        "principalId": user, "roleDefinitionId": "62e90394-69f5-4237-9190-012177145e10", "directoryScopeId": "/",
    });
    let roles = "/v1.0/roleManagement/directory/roleAssignments";
    let role = send(Method::POST, roles, role).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    send(Method::DELETE, &format!("{roles}/{role}"), json!({})).await;
    user
}

async fn write_policies(bench: &Bench, token: &str) {
    let send = async |method: Method, path: &str, body: Value| {
        write(bench, token, method, path, body).await
    };
    let policies = "/v1.0/identity/conditionalAccess/policies";
    let policy = json!({
        "displayName": "Block", "state": "disabled",
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"]},
            "users": {"includeUsers": ["All"]},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["block"]},
    });
    let policy = send(Method::POST, policies, policy).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path_of_policy = format!("{policies}/{policy}");
    send(
        Method::PATCH,
        &path_of_policy,
        json!({"displayName": "Blocks"}),
    )
    .await;
    send(Method::DELETE, &path_of_policy, json!({})).await;
    let fido2 =
        "/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";
    let change = json!({
        "@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration",
        "isSelfServiceRegistrationAllowed": false,
    });
    send(Method::PATCH, fido2, change).await;
}

#[tokio::test]
async fn every_write_is_told_by_its_name() {
    let bench = Bench::new().await;
    let user = write_to_everything(&bench).await;
    assert_eq!(
        names(&bench).await,
        [
            "Add user",
            "Disable account",
            "Update user",
            "Update StsRefreshTokenValidFrom Timestamp",
            "Add group",
            "Add member to group",
            "Remove member from group",
            "Add member to role",
            "Remove member from role",
            "Add conditional access policy",
            "Update conditional access policy",
            "Delete conditional access policy",
            "Authentication Methods Policy Update",
            "Delete user",
        ]
    );
    let found = bench
        .rows(AUDITS, &format!("targetResources/any(t:t/id eq '{user}')"))
        .await;
    assert_eq!(found.len(), 9);
    let of_role = bench
        .rows(AUDITS, "activityDisplayName eq 'Add member to role'")
        .await;
    let targets = of_role[0]["targetResources"].as_array().unwrap();
    assert_eq!(targets[0]["id"], user.as_str());
    assert_eq!(targets[1]["displayName"], "Global Administrator");
    let modified = targets[0]["modifiedProperties"].as_array().unwrap();
    assert_eq!(modified[1]["displayName"], "Role.DisplayName");
    assert_eq!(modified[1]["newValue"], "\"Global Administrator\"");
    assert_eq!(of_role[0]["category"], "RoleManagement");
    assert_eq!(of_role[0]["initiatedBy"]["app"]["displayName"], "test");
    let of_policy = bench.rows(AUDITS, "category eq 'Policy'").await;
    let change = &of_policy[1]["targetResources"][0]["modifiedProperties"][0];
    let before: Value = serde_json::from_str(change["oldValue"].as_str().unwrap()).unwrap();
    let after: Value = serde_json::from_str(change["newValue"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&before["displayName"], &after["displayName"]),
        (&json!("Block"), &json!("Blocks"))
    );
}

#[tokio::test]
async fn keys_are_told_of_with_who_registered_and_removed_them() {
    let bench = Bench::new().await;
    let key = Key::new(1);
    register(&bench, &bench.bg1(), &key).await;
    let operator = bench.user_token(&bench.running.demo.operator).await;
    let path = bench.methods(&bench.bg1());
    let method = bench.get(&path, &operator).await.body["value"][0]["id"].clone();
    let path = format!("{path}/{}", method.as_str().unwrap());
    let request = bench.client.delete(bench.url(&path)).bearer_auth(&operator);
    let request = request.header("client-request-id", "0a1b2c3d-0000-4000-8000-000000000001");
    assert_eq!(
        request.send().await.unwrap().status(),
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        names(&bench).await,
        [
            "Admin registered security info",
            "Add Passkey (device-bound)",
            "Admin deleted security info",
        ]
    );
    let by = format!("initiatedBy/user/id eq '{}'", bench.id("operator"));
    let rows = bench.rows(AUDITS, &by).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(
        rows[0]["correlationId"],
        "0a1b2c3d-0000-4000-8000-000000000001"
    );
    assert_eq!(
        rows[0]["targetResources"][0]["userPrincipalName"],
        bench.bg1()
    );
    let bench = bench.restart().await;
    assert_eq!(names(&bench).await.len(), 3, "the log outlives a restart");
}

#[tokio::test]
async fn what_is_refused_or_only_read_is_not_told() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    bench.options(&token).await;
    let path = format!("/v1.0/users/{}", bench.bg1());
    let refused = bench.patch(&path, &token, &json!({"shoeSize": 44})).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    bench
        .seeded("users = [{ userPrincipalName = 'bg1', userType = 'Member' }]")
        .await;
    assert_eq!(names(&bench).await, Vec::<String>::new());
}
