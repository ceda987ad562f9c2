//! What replicas have not heard of yet, and what there is no quota left for.

use serde_json::json;

use super::Bench;

const GROUP: &str = "/v1.0/groups";

async fn bench() -> (Bench, String) {
    let bench = Bench::new().await;
    bench.seeded("quirks = { replicationDelayMs = 5000 }").await;
    let token = bench
        .token_with(&[
            "User.ReadWrite.All",
            "Group.ReadWrite.All",
            "RoleManagement.ReadWrite.Directory",
            "UserAuthenticationMethod.ReadWrite.All",
        ])
        .await;
    (bench, token)
}

#[tokio::test]
async fn a_new_user_is_not_everywhere_at_once() {
    let (bench, token) = bench().await;
    let body = json!({
        "accountEnabled": true, "displayName": "New", "mailNickname": "new",
        "userPrincipalName": format!("new@{}", bench.domain()),
        "passwordProfile": {"password": "Correct-Horse-9"},
    });
    let made = bench.post("/v1.0/users", &token, &body).await;
    let id = made.body["id"].as_str().unwrap();
    let role = json!({
        "roleDefinitionId": "62e90394-69f5-4237-9190-012177145e10", "principalId": id, "directoryScopeId": "/",
    });
    let filter = format!("id eq '{id}'");
    for (status, found) in [([200, 404, 404, 404], 0), ([200, 200, 200, 201], 1)] {
        let answers = [
            bench.get(&format!("/v1.0/users/{id}"), &token).await,
            bench
                .get(&format!("/v1.0/users/{id}/transitiveMemberOf"), &token)
                .await,
            bench.get(&bench.methods(id), &token).await,
            bench
                .post(
                    "/v1.0/roleManagement/directory/roleAssignments",
                    &token,
                    &role,
                )
                .await,
        ];
        assert_eq!(answers.map(|answer| answer.status.as_u16()), status);
        let listed = bench
            .find("/v1.0/users", &[("$filter", &filter)], &token)
            .await;
        assert_eq!(listed.body["value"].as_array().unwrap().len(), found);
        bench.advance(5);
    }
}

#[tokio::test]
async fn memberships_show_late_and_go_late() {
    let (bench, token) = bench().await;
    let body = json!({"displayName": "G", "mailEnabled": false, "mailNickname": "g", "securityEnabled": true});
    let made = bench.post(GROUP, &token, &body).await;
    let group = made.body["id"].as_str().unwrap().to_owned();
    let bg1 = bench.id("bg1");
    let link = json!({"@odata.id": bench.url(&format!("/v1.0/directoryObjects/{bg1}"))});
    let add = format!("{GROUP}/{group}/members/$ref");
    assert_eq!(bench.post(&add, &token, &link).await.status, 404);
    bench.advance(5);
    assert_eq!(bench.post(&add, &token, &link).await.status, 204);
    let of = format!("/v1.0/users/{bg1}/transitiveMemberOf/microsoft.graph.group");
    let seen = async || {
        bench.get(&of, &token).await.body["value"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(seen().await, 0);
    let known = bench
        .running
        .tenant
        .read(|state| state.groups_of(bg1.parse().unwrap()));
    assert_eq!(
        known,
        std::slice::from_ref(&group),
        "what decides about sign-ins knows at once"
    );
    bench.advance(5);
    assert_eq!(seen().await, 1);
    let remove = format!("{GROUP}/{group}/members/{bg1}/$ref");
    assert_eq!(bench.delete(&remove, &token).await.status, 204);
    assert_eq!(seen().await, 1);
    bench.advance(5);
    assert_eq!(seen().await, 0);
}

#[tokio::test]
async fn of_a_change_that_is_refused_halfway_nothing_is_kept() {
    let (bench, token) = bench().await;
    let body = json!({"displayName": "G", "mailEnabled": false, "mailNickname": "g", "securityEnabled": true});
    let made = bench.post(GROUP, &token, &body).await;
    let group = format!("{GROUP}/{}", made.body["id"].as_str().unwrap());
    bench.advance(5);
    let link = |name: &str| bench.url(&format!("/v1.0/directoryObjects/{}", bench.id(name)));
    let bind = |names: &[&str]| {
        let links: Vec<String> = names.iter().map(|name| link(name)).collect();
        json!({"members@odata.bind": links})
    };
    let added = bench.patch(&group, &token, &bind(&["bg1"])).await;
    assert_eq!(added.status, 204, "{}", added.text);
    let kept = || {
        let file = std::fs::metadata(bench.path().join("tenant.json")).unwrap();
        let unsettled = bench.running.tenant.read(|state| state.unsettled.len());
        (file.modified().unwrap(), unsettled)
    };
    let before = kept();
    let refused = bench.patch(&group, &token, &bind(&["bg2", "bg1"])).await;
    refused.is_error(400, "Request_BadRequest", "already exist");
    assert_eq!(kept(), before);
}

#[tokio::test]
async fn the_quota_ends_and_comes_back() {
    let bench = Bench::new().await;
    let token = bench.token_with(&["User.Read.All", "Group.Read.All"]).await;
    let plain = bench.get("/v1.0/users", &token).await;
    assert_eq!(plain.header("x-ms-resource-unit"), "2");
    bench.seeded("quirks = { identityQuota = 10 }").await;
    let members = "/v1.0/groups/g/transitiveMembers";
    assert_eq!(
        bench
            .get(members, &token)
            .await
            .header("x-ms-resource-unit"),
        "5"
    );
    let select = bench.get("/v1.0/users?$select=id", &token).await;
    assert_eq!(select.header("x-ms-resource-unit"), "1");
    assert_eq!(select.header("x-ms-throttle-limit-percentage"), "");
    for used in ["0.80", "1.00"] {
        let answer = bench.get("/v1.0/users", &token).await;
        assert_eq!(answer.header("x-ms-throttle-limit-percentage"), used);
    }
    let refused = bench.get(members, &token).await;
    refused.is_error(429, "TooManyRequests", "");
    assert_eq!(refused.header("retry-after"), "10");
    let methods = bench
        .get(&bench.methods(&bench.bg1()), &bench.app_token().await)
        .await;
    assert_eq!(methods.status, 200);
    bench.advance(10);
    assert_eq!(bench.get("/v1.0/users", &token).await.status, 200);
}
