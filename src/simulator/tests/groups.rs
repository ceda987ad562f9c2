//! Groups: made, filled, nested, protected.

use serde_json::{Value, json};

use super::{Answer, Bench};

const DENIED: &str = "Insufficient privileges";
const ALL: [&str; 4] = [
    "Group.ReadWrite.All",
    "RoleManagement.ReadWrite.Directory",
    "User.Read.All",
    "Application.Read.All",
];

fn group(name: &str) -> Value {
    json!({
        "displayName": name, "mailEnabled": false, "mailNickname": "emergency", "securityEnabled": true,
        "groupTypes": [], "description": "Excluded",
    })
}

impl Bench {
    fn link(&self, id: &str) -> Value {
        json!({"@odata.id": self.url(&format!("/v1.0/directoryObjects/{id}"))})
    }

    async fn made(&self, token: &str, body: &Value) -> String {
        let made = self.post("/v1.0/groups", token, body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        made.body["id"].as_str().unwrap().to_owned()
    }

    async fn add(&self, token: &str, group: &str, id: &str) -> Answer {
        let path = format!("/v1.0/groups/{group}/members/$ref");
        self.post(&path, token, &self.link(id)).await
    }
}

fn ids(answer: &Answer) -> Vec<&str> {
    let objects = answer.body["value"].as_array().unwrap().iter();
    objects
        .map(|object| object["id"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_group_is_made_with_its_members() {
    let bench = Bench::new().await;
    let token = bench.token_with(&ALL).await;
    let (bg1, bg2) = (bench.id("bg1"), bench.id("bg2"));
    let mut body = group("Emergency access");
    body["isAssignableToRole"] = true.into();
    body["members@odata.bind"] = json!([bench.url(&format!("/v1.0/users/{bg1}"))]);
    let id = bench.made(&token, &body).await;
    let read = bench.get(&format!("/v1.0/groups/{id}"), &token).await.body;
    assert_eq!(read["isAssignableToRole"], true);
    assert_eq!(read["description"], "Excluded");
    assert_eq!(bench.add(&token, &id, &bg2).await.status, 204);
    let again = bench.add(&token, &id, &bg2).await;
    again.is_error(400, "Request_BadRequest", "already exist");
    let nobody = bench
        .add(&token, &id, "00000000-0000-0000-0000-000000000009")
        .await;
    nobody.is_error(404, "Request_ResourceNotFound", "");
    let members = format!("/v1.0/groups/{id}/members");
    let listed = bench.get(&members, &token).await;
    assert_eq!(ids(&listed), [bg1.as_str(), bg2.as_str()]);
    assert_eq!(
        listed.body["value"][0]["@odata.type"],
        "#microsoft.graph.user"
    );
    let groups = bench
        .running
        .tenant
        .read(|state| state.groups_of(bg1.parse().unwrap()));
    assert_eq!(groups, std::slice::from_ref(&id));
    let path = format!("{members}/{bg1}/$ref");
    assert_eq!(bench.delete(&path, &token).await.status, 204);
    assert_eq!(bench.delete(&path, &token).await.status, 404);
    assert_eq!(ids(&bench.get(&members, &token).await), [bg2.as_str()]);
    let found = bench
        .find(
            "/v1.0/groups",
            &[("$filter", "displayName eq 'Emergency access'")],
            &token,
        )
        .await;
    assert_eq!(ids(&found), [id.as_str()]);
    assert_eq!(
        bench
            .delete(&format!("/v1.0/groups/{id}"), &token)
            .await
            .status,
        204
    );
    assert_eq!(
        bench
            .get(&format!("/v1.0/groups/{id}"), &token)
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn an_id_is_the_same_in_capitals() {
    let bench = Bench::new().await;
    let token = bench.token_with(&ALL).await;
    let bg1 = bench.id("bg1");
    let id = bench.made(&token, &group("Staff")).await;
    let (capitals, path) = (bg1.to_uppercase(), format!("/v1.0/groups/{id}"));
    let link = |id: &str| bench.url(&format!("/v1.0/directoryObjects/{id}"));
    let twice = json!({"members@odata.bind": [link(&bg1), link(&capitals)]});
    let refused = bench.patch(&path, &token, &twice).await;
    refused.is_error(400, "Request_BadRequest", "duplicate");
    assert_eq!(bench.add(&token, &id, &capitals).await.status, 204);
    let again = bench.add(&token, &id, &bg1).await;
    again.is_error(400, "Request_BadRequest", "already exist");
    let listed = bench.get(&format!("{path}/members"), &token).await;
    assert_eq!(ids(&listed), [bg1.as_str()]);
    let member = format!("{path}/members/{capitals}/$ref");
    assert_eq!(bench.delete(&member, &token).await.status, 204);
}

#[tokio::test]
async fn several_members_come_by_patch_or_none() {
    let bench = Bench::new().await;
    let token = bench.token_with(&ALL).await;
    let id = bench.made(&token, &group("Staff")).await;
    let path = format!("/v1.0/groups/{id}");
    let bind = |names: &[&str]| {
        let links = names
            .iter()
            .map(|name| bench.url(&format!("/v1.0/directoryObjects/{name}")));
        json!({"members@odata.bind": links.collect::<Vec<_>>()})
    };
    let (bg1, bg2) = (bench.id("bg1"), bench.id("bg2"));
    let refused = bench.patch(&path, &token, &bind(&[&bg1, "nobody"])).await;
    refused.is_error(404, "Request_ResourceNotFound", "nobody");
    assert!(ids(&bench.get(&format!("{path}/members"), &token).await).is_empty());
    let members_only = bench.token_with(&["GroupMember.ReadWrite.All"]).await;
    assert_eq!(
        bench
            .patch(&path, &members_only, &bind(&[&bg1, &bg2]))
            .await
            .status,
        204
    );
    assert_eq!(
        ids(&bench.get(&format!("{path}/members"), &token).await).len(),
        2
    );
    let rename = json!({"description": "All of them"});
    assert_eq!(bench.patch(&path, &members_only, &rename).await.status, 403);
    let many = bench.patch(&path, &token, &bind(&[bg1.as_str(); 21])).await;
    many.is_error(400, "Request_BadRequest", "20");
    for (member, value) in [
        ("isAssignableToRole", json!(true)),
        ("shoeSize", json!(1)),
        ("displayName", json!(1)),
    ] {
        let refused = bench.patch(&path, &token, &json!({member: value})).await;
        refused.is_error(400, "Request_BadRequest", member);
    }
}

#[tokio::test]
async fn members_are_found_through_groups() {
    let bench = Bench::new().await;
    let token = bench.token_with(&ALL).await;
    let (outer, inner) = (
        bench.made(&token, &group("Outer")).await,
        bench.made(&token, &group("Inner")).await,
    );
    let app = bench
        .running
        .tenant
        .read(|state| state.applications[0].object_id.to_string());
    let bg1 = bench.id("bg1");
    for (group, member) in [
        (&outer, &inner),
        (&inner, &outer),
        (&inner, &bg1),
        (&outer, &app),
    ] {
        assert_eq!(bench.add(&token, group, member).await.status, 204);
    }
    let direct = bench
        .get(&format!("/v1.0/groups/{outer}/members"), &token)
        .await;
    assert_eq!(
        ids(&direct),
        [inner.as_str()],
        "v1.0 leaves applications out"
    );
    let direct = bench
        .get(&format!("/beta/groups/{outer}/members"), &token)
        .await;
    assert_eq!(ids(&direct), [inner.as_str(), app.as_str()]);
    let all = bench
        .get(&format!("/v1.0/groups/{outer}/transitiveMembers"), &token)
        .await;
    assert_eq!(ids(&all), [inner.as_str(), app.as_str(), bg1.as_str()]);
    let users = format!("/v1.0/groups/{outer}/transitiveMembers/microsoft.graph.user");
    assert_eq!(ids(&bench.get(&users, &token).await), [bg1.as_str()]);
    let of = bench
        .get(&format!("/v1.0/users/{bg1}/memberOf"), &token)
        .await;
    assert_eq!(ids(&of)[0], inner);
    assert_eq!(
        of.body["value"][1]["@odata.type"],
        "#microsoft.graph.directoryRole"
    );
    let of = bench
        .get(
            &format!("/v1.0/users/{bg1}/transitiveMemberOf/microsoft.graph.group"),
            &token,
        )
        .await;
    assert_eq!(ids(&of), [inner.as_str(), outer.as_str()]);
    let of = bench
        .get(&format!("/v1.0/groups/{outer}/transitiveMemberOf"), &token)
        .await;
    assert_eq!(ids(&of), [inner.as_str(), outer.as_str()]);
    let less = bench.token_with(&["GroupMember.Read.All"]).await;
    let all = bench
        .get(&format!("/v1.0/groups/{outer}/transitiveMembers"), &less)
        .await;
    assert_eq!(all.body["value"][2]["displayName"], Value::Null);
    assert_eq!(all.body["value"][2]["id"], bg1);
}

#[tokio::test]
async fn role_assignable_groups_are_for_the_highest() {
    let bench = Bench::new().await;
    let mut body = group("Keepers");
    body["isAssignableToRole"] = true.into();
    let less = bench.token_with(&["Group.ReadWrite.All"]).await;
    let refused = bench.post("/v1.0/groups", &less, &body).await;
    refused.is_error(403, "Authorization_RequestDenied", DENIED);
    let token = bench.token_with(&ALL).await;
    bench.seeded("license = 'free'").await;
    let refused = bench.post("/v1.0/groups", &token, &body).await;
    refused.is_error(400, "AadPremiumLicenseRequired", "role-assignable");
    bench.seeded("license = 'p1'").await;
    let id = bench.made(&token, &body).await;
    let bg1 = bench.id("bg1");
    let inner = bench.made(&token, &group("Inner")).await;
    let nested = bench.add(&token, &id, &inner).await;
    nested.is_error(400, "Request_BadRequest", "member");
    let less = bench.token_with(&["GroupMember.ReadWrite.All"]).await;
    assert_eq!(bench.add(&less, &id, &bg1).await.status, 403);
    bench
        .seeded("users = [{ userPrincipalName = 'helper', roles = ['groupsAdministrator'] }]")
        .await;
    bench
        .consent(&[
            "GroupMember.ReadWrite.All",
            "RoleManagement.ReadWrite.Directory",
        ])
        .await;
    let helper = bench
        .user_token(&format!("helper@{}", bench.domain()))
        .await;
    assert_eq!(bench.add(&helper, &id, &bg1).await.status, 403);
    assert_eq!(bench.add(&helper, &inner, &bg1).await.status, 204);
    let admin = bench.user_token(&bench.bg1()).await;
    assert_eq!(bench.add(&admin, &id, &bg1).await.status, 204);
}

#[tokio::test]
async fn dynamic_and_restricted_groups_are_left_alone() {
    let bench = Bench::new().await;
    let token = bench.token_with(&ALL).await;
    let mut body = group("Everybody");
    body["groupTypes"] = json!(["DynamicMembership"]);
    let refused = bench.post("/v1.0/groups", &token, &body).await;
    refused.is_error(400, "Request_BadRequest", "membershipRule");
    body["membershipRule"] = "user.accountEnabled -eq true".into();
    let dynamic = bench.made(&token, &body).await;
    let refused = bench.add(&token, &dynamic, &bench.id("bg1")).await;
    refused.is_error(403, "Authorization_RequestDenied", DENIED);
    let plain = bench.made(&token, &group("Vaulted")).await;
    bench
        .seeded("administrativeUnits = [{ displayName = 'Vault', isMemberManagementRestricted = true, members = ['Vaulted'] }]")
        .await;
    let refused = bench.add(&token, &plain, &bench.id("bg1")).await;
    refused.is_error(403, "Authorization_RequestDenied", "restricted management");
    let read = bench
        .get(
            &format!("/v1.0/groups/{plain}?$select=isManagementRestricted"),
            &token,
        )
        .await;
    assert_eq!(read.body["isManagementRestricted"], true);
    bench
        .seeded("scopedRoles = [{ principal = 'test', role = 'groupsAdministrator', administrativeUnit = 'Vault' }]")
        .await;
    assert_eq!(
        bench.add(&token, &plain, &bench.id("bg1")).await.status,
        204
    );
}

#[tokio::test]
async fn what_makes_no_group_is_refused() {
    let bench = Bench::new().await;
    let token = bench.token_with(&ALL).await;
    for (member, value) in [
        ("displayName", json!("")),
        ("mailNickname", Value::Null),
        ("mailEnabled", json!("no")),
        ("securityEnabled", Value::Null),
        ("mailEnabled", json!(true)),
    ] {
        let mut body = group("Staff");
        body[member] = value;
        let refused = bench.post("/v1.0/groups", &token, &body).await;
        refused.is_error(400, "Request_BadRequest", member);
    }
    let elsewhere = json!({"@odata.id": "https://graph.example/v1.0/users/1"});
    let id = bench.made(&token, &group("Staff")).await;
    let refused = bench
        .post(
            &format!("/v1.0/groups/{id}/members/$ref"),
            &token,
            &elsewhere,
        )
        .await;
    refused.is_error(400, "Request_BadRequest", "URL");
}
