//! Guests, groups, directory roles and restricted administrative units: what is told of them, and what they refuse.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::Bench;
use super::key::Key;

const DENIED: &str = "Insufficient privileges";

/// bg1 in a restricted unit.
const VAULT: &str = "administrativeUnits = [{ displayName = 'Vault', isMemberManagementRestricted = true, members = ['bg1'] }]";

fn scoped(principal: &str, role: &str) -> String {
    format!(
        "scopedRoles = [{{ principal = '{principal}', role = '{role}', administrativeUnit = 'Vault' }}]"
    )
}

/// Status of list, creation options, creation and deletion for bg1.
async fn reach(bench: &Bench, token: &str, body: &Value) -> [u16; 4] {
    let path = bench.methods(&bench.bg1());
    let options = format!("{path}/creationOptions");
    let created = bench.post(&path, token, body).await;
    let id = created.body["id"].as_str().unwrap_or("AAEC0").to_owned();
    [
        bench.get(&path, token).await.status.as_u16(),
        bench.get(&options, token).await.status.as_u16(),
        created.status.as_u16(),
        bench
            .delete(&format!("{path}/{id}"), token)
            .await
            .status
            .as_u16(),
    ]
}

#[tokio::test]
async fn nothing_for_the_whole_tenant_reaches_into_a_restricted_unit() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let body = Key::new(1).answer(&bench.options(&token).await);
    let operator = bench.user_token(&bench.running.demo.operator).await;
    assert_eq!(reach(&bench, &token, &body).await, [200, 200, 201, 204]);
    bench.seeded(VAULT).await;
    for token in [&token, &operator] {
        assert_eq!(reach(&bench, token, &body).await, [200, 403, 403, 403]);
    }
    let path = bench.methods(&bench.bg1());
    let refused = bench.post(&path, &token, &body).await;
    refused.is_error(403, "Authorization_RequestDenied", DENIED);
    bench.seeded("quirks = { lateRefusals = true }").await;
    assert_eq!(reach(&bench, &token, &body).await, [200, 200, 403, 403]);
}

#[tokio::test]
async fn a_role_within_the_unit_reaches_its_members() {
    let bench = Bench::new().await;
    let app = bench.app_token().await;
    let body = Key::new(1).answer(&bench.options(&app).await);
    let operator = bench.user_token(&bench.running.demo.operator).await;
    bench.seeded(VAULT).await;
    // bg1 is a Global Administrator, so the lesser role does not suffice here either.
    bench
        .seeded(scoped("operator", "authenticationAdministrator"))
        .await;
    assert_eq!(reach(&bench, &operator, &body).await, [200, 403, 403, 403]);
    bench
        .seeded(scoped("operator", "privilegedAuthenticationAdministrator"))
        .await;
    assert_eq!(reach(&bench, &operator, &body).await, [200, 200, 201, 204]);
    assert_eq!(reach(&bench, &app, &body).await, [200, 403, 403, 403]);
    let role = scoped(
        "Halligan provisioning",
        "privilegedAuthenticationAdministrator",
    );
    bench.seeded(role).await;
    assert_eq!(reach(&bench, &app, &body).await, [200, 200, 201, 204]);
    // A role within another unit, even one that bg1 is in, is not enough but to read.
    let other = "administrativeUnits = [{ displayName = 'Open', members = ['bg1'] }]\n\
                 scopedRoles = [{ principal = 'visitor', role = 'authenticationAdministrator', administrativeUnit = 'Open' }]";
    let visitor = "users = [{ userPrincipalName = 'visitor' }]\n";
    bench.seeded(format!("{visitor}{other}")).await;
    bench
        .seeded("users = [{ userPrincipalName = 'bg1', roles = [] }]")
        .await;
    let visitor = format!(
        "visitor@{}",
        bench.running.tenant.read(|state| state.domain.clone())
    );
    let visitor = bench.user_token(&visitor).await;
    assert_eq!(reach(&bench, &visitor, &body).await, [200, 403, 403, 403]);
    let open = "administrativeUnits = [{ displayName = 'Vault', members = ['bg1'] }]";
    bench.seeded(open).await;
    assert_eq!(reach(&bench, &visitor, &body).await, [200, 200, 201, 204]);
}

#[tokio::test]
async fn a_role_that_a_group_gives_counts() {
    let bench = Bench::new().await;
    let body = Key::new(1).answer(&bench.options(&bench.app_token().await).await);
    bench
        .seeded("users = [{ userPrincipalName = 'operator', roles = [], groups = ['keepers'] }]")
        .await;
    let token = bench.user_token(&bench.running.demo.operator).await;
    assert_eq!(reach(&bench, &token, &body).await, [403; 4]);
    bench
        .seeded(
            "groups = [{ id = 'keepers', displayName = 'Keepers', roles = ['privilegedAuthenticationAdministrator'] }]",
        )
        .await;
    assert_eq!(reach(&bench, &token, &body).await, [200, 200, 201, 204]);
    // Other administrators manage other things.
    for role in [
        "userAdministrator",
        "privilegedRoleAdministrator",
        "authenticationPolicyAdministrator",
    ] {
        let group =
            format!("groups = [{{ id = 'keepers', displayName = 'Keepers', roles = ['{role}'] }}]");
        bench.seeded(group).await;
        assert_eq!(reach(&bench, &token, &body).await, [403; 4], "{role}");
    }
}

#[tokio::test]
async fn users_say_whether_their_management_is_restricted() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let select = "$select=userType,accountEnabled,isManagementRestricted";
    let path = format!("/v1.0/users/{}?{select}", bench.bg1());
    let user = bench.get(&path, &token).await.body;
    assert_eq!(user["isManagementRestricted"], Value::Null);
    bench.seeded(VAULT).await;
    bench
        .seeded(
            "users = [{ userPrincipalName = 'bg1', userType = 'Guest', accountEnabled = false }]",
        )
        .await;
    let user = bench.get(&path, &token).await.body;
    assert_eq!(user["isManagementRestricted"], true);
    assert_eq!(user["userType"], "Guest");
    assert_eq!(user["accountEnabled"], false);
}

/// bg1 with a group, a role and a unit.
async fn with_memberships() -> Bench {
    let bench = Bench::new().await;
    bench.seeded(VAULT).await;
    bench
        .seeded(
            "users = [{ userPrincipalName = 'bg1', groups = ['emergency', 'staff'] }]\n\
             groups = [{ id = 'emergency', displayName = 'Emergency access' }]",
        )
        .await;
    bench
}

#[tokio::test]
async fn groups_roles_and_units_are_memberships() {
    let bench = with_memberships().await;
    let path = format!("/v1.0/users/{}/transitiveMemberOf", bench.bg1());
    let token = bench.token_with(&["Directory.Read.All"]).await;
    let all = bench.get(&path, &token).await.body["value"].clone();
    let types: Vec<&str> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|object| object["@odata.type"].as_str().unwrap())
        .collect();
    assert_eq!(
        types,
        [
            "#microsoft.graph.group",
            "#microsoft.graph.group",
            "#microsoft.graph.directoryRole",
            "#microsoft.graph.administrativeUnit"
        ]
    );
    assert_eq!(all[0]["displayName"], "Emergency access");
    assert_eq!(
        all[2]["roleTemplateId"],
        "62e90394-69f5-4237-9190-012177145e10"
    );
    assert_ne!(all[2]["id"], all[2]["roleTemplateId"]);
    assert_eq!(all[3]["isMemberManagementRestricted"], true);
    for (cast, wanted) in [
        ("group", 2),
        ("directoryRole", 1),
        ("administrativeUnit", 1),
    ] {
        let cast = format!("{path}/microsoft.graph.{cast}?$select=id&$count=true");
        let found = bench.get(&cast, &token).await.body;
        assert_eq!(found["value"].as_array().unwrap().len(), wanted, "{cast}");
        assert!(found["value"][0]["displayName"].is_null());
    }
    let bad = bench
        .get(&format!("{path}/microsoft.graph.device"), &token)
        .await;
    bad.is_error(400, "BadRequest", "microsoft.graph.device");
    let first = bench
        .get(&format!("{path}?$top=3&$select=id"), &token)
        .await
        .body;
    assert_eq!(first["value"].as_array().unwrap().len(), 3);
    let next = first["@odata.nextLink"].as_str().unwrap();
    let rest = bench
        .client
        .get(next)
        .bearer_auth(&token)
        .send()
        .await
        .unwrap();
    let rest: Value = rest.json().await.unwrap();
    assert_eq!(
        rest["value"],
        json!([{"@odata.type": types[3], "id": all[3]["id"]}])
    );
}

#[tokio::test]
async fn of_memberships_that_the_caller_may_not_read_type_and_id_are_told() {
    let bench = with_memberships().await;
    let path = format!("/v1.0/users/{}/transitiveMemberOf", bench.bg1());
    let token = bench
        .token_with(&["User.Read.All", "GroupMember.Read.All"])
        .await;
    let all = bench.get(&path, &token).await.body["value"].clone();
    assert_eq!(all[0]["displayName"], "Emergency access");
    assert_eq!(all[2]["roleTemplateId"], Value::Null);
    assert!(all[2]["id"].is_string());
    let token = bench.token_with(&["Policy.Read.All"]).await;
    let refused = bench.get(&path, &token).await;
    refused.is_error(403, "Authorization_RequestDenied", DENIED);
}

#[tokio::test]
async fn people_see_their_own_roles() {
    let bench = Bench::new().await;
    let token = bench.user_token(&bench.running.demo.operator).await;
    let roles = "/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole";
    let found = bench.get(roles, &token).await.body;
    assert_eq!(
        found["value"][0]["roleTemplateId"],
        "7be44c8a-adaf-4e2a-84d6-ab2649e08a13"
    );
    let all = bench.get("/v1.0/me/transitiveMemberOf", &token).await.body;
    assert_eq!(all["value"].as_array().unwrap().len(), 2);
    let app = bench.token_with(&["User.Read.All"]).await;
    bench
        .get(roles, &app)
        .await
        .is_error(400, "BadRequest", "delegated");
}

#[tokio::test]
async fn role_assignments_are_listed_by_principal_and_say_where_they_hold() {
    let bench = Bench::new().await;
    bench.seeded(VAULT).await;
    bench
        .seeded(scoped("bg1", "authenticationAdministrator"))
        .await;
    let token = bench.token_with(&["RoleManagement.Read.Directory"]).await;
    let id = bench
        .running
        .tenant
        .read(|state| state.user(&bench.bg1()).unwrap().id);
    let path = "/v1.0/roleManagement/directory/roleAssignments";
    let filter = format!("{path}?$filter=principalId%20eq%20'{id}'");
    let found = bench.get(&filter, &token).await.body["value"].clone();
    assert_eq!(
        found[0]["roleDefinitionId"],
        "62e90394-69f5-4237-9190-012177145e10"
    );
    assert_eq!(found[0]["directoryScopeId"], "/");
    let scope = found[1]["directoryScopeId"].as_str().unwrap();
    let unit = scope.strip_prefix("/administrativeUnits/").unwrap();
    assert_eq!(found.as_array().unwrap().len(), 2);
    let both = format!("{filter}%20and%20directoryScopeId%20eq%20'/'");
    let found = bench.get(&both, &token).await.body["value"].clone();
    assert_eq!(found.as_array().unwrap().len(), 1);
    let bad = bench.get(&format!("{path}?$filter=x"), &token).await;
    bad.is_error(400, "Request_UnsupportedQuery", "filter");
    let token = bench.token_with(&["AdministrativeUnit.Read.All"]).await;
    let refused = bench.get(path, &token).await;
    refused.is_error(403, "Authorization_RequestDenied", DENIED);
    let units = "/v1.0/directory/administrativeUnits";
    let listed = bench.get(units, &token).await.body["value"].clone();
    assert_eq!(listed[0]["id"], unit);
    let one = bench.get(&format!("{units}/{unit}"), &token).await.body;
    assert_eq!(one["isMemberManagementRestricted"], true);
    let members = bench.get(&format!("{units}/{unit}/members"), &token).await;
    assert_eq!(members.body["value"][0]["id"], id.to_string());
    let missing = bench.get(&format!("{units}/x"), &token).await;
    missing.is_error(404, "Request_ResourceNotFound", "'x'");
    let token = bench.token_with(&["User.Read.All"]).await;
    assert_eq!(bench.get(units, &token).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_next_page_of_a_guest_is_reached_by_id() {
    let bench = Bench::new().await;
    let token = bench
        .token_with(&["User.Read.All", "GroupMember.Read.All"])
        .await;
    let guest = bench.running.demo.guest.clone();
    let groups = "groups = [{ id = 'a', displayName = 'A', members = ['GUEST'] }, { id = 'b', displayName = 'B', members = ['GUEST'] }]";
    bench.seeded(groups.replace("GUEST", &guest)).await;
    let name = guest.replace('#', "%23");
    let first = format!("/v1.0/users/{name}/memberOf?$top=1&$select=id");
    let first = bench.get(&first, &token).await.body;
    let next = first["@odata.nextLink"].as_str().unwrap();
    let next = next.strip_prefix(&bench.url("/")).unwrap();
    let second = bench.get(&format!("/{next}"), &token).await;
    let ids = [&first, &second.body].map(|page| page["value"][0]["id"].clone());
    assert_eq!(ids, ["a", "b"]);
    assert!(second.body.get("@odata.nextLink").is_none());
}
