//! Role assignments and their schedules.

use serde_json::{Value, json};

use super::Bench;

const DENIED: &str = "Insufficient privileges";
const BASE: &str = "/v1.0/roleManagement/directory";
const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
const SECURITY_READER: &str = "5d6b6bb7-de71-4623-b4af-96380a352509";

fn assignment(principal: &str, role: &str) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.unifiedRoleAssignment",
        "roleDefinitionId": role, "principalId": principal, "directoryScopeId": "/",
    })
}

#[tokio::test]
async fn a_role_is_given_once_and_taken() {
    let bench = Bench::new().await;
    bench.seeded("users = [{ userPrincipalName = 'ea' }]").await;
    let token = bench
        .token_with(&["RoleManagement.ReadWrite.Directory", "User.Read.All"])
        .await;
    let (path, ea) = (format!("{BASE}/roleAssignments"), bench.id("ea"));
    let capitals = assignment(&ea.to_uppercase(), GLOBAL_ADMINISTRATOR);
    let made = bench.post(&path, &token, &capitals).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.body["principalId"], ea);
    let body = assignment(&ea, GLOBAL_ADMINISTRATOR);
    let again = bench.post(&path, &token, &body).await;
    again.is_error(400, "Request_BadRequest", "conflicting object");
    let filter = format!(
        "principalId eq '{ea}' and roleDefinitionId in ('{GLOBAL_ADMINISTRATOR}','{SECURITY_READER}')"
    );
    let query = [("$filter", filter.as_str()), ("$expand", "principal")];
    let found = bench.find(&path, &query, &token).await.body["value"].clone();
    assert_eq!(found[0]["id"], made.body["id"]);
    assert_eq!(
        found[0]["principal"]["@odata.type"],
        "#microsoft.graph.user"
    );
    assert_eq!(
        found[0]["principal"]["displayName"],
        format!("ea@{}", bench.domain())
    );
    let everybody = bench
        .find(
            &path,
            &[(
                "$filter",
                &format!("roleDefinitionId eq '{GLOBAL_ADMINISTRATOR}'"),
            )],
            &token,
        )
        .await;
    assert_eq!(everybody.body["value"].as_array().unwrap().len(), 3);
    let one = format!("{path}/{}", made.body["id"].as_str().unwrap());
    assert_eq!(bench.get(&one, &token).await.body["principalId"], ea);
    assert_eq!(bench.delete(&one, &token).await.status, 204);
    assert_eq!(bench.delete(&one, &token).await.status, 404);
    let refused = bench.find(&path, &[("$expand", "appScope")], &token).await;
    refused.is_error(400, "Request_UnsupportedQuery", "");
}

#[tokio::test]
async fn what_is_no_assignment_is_refused() {
    let bench = Bench::new().await;
    bench
        .seeded("groups = [{ id = 'plain', displayName = 'Plain' }]")
        .await;
    let token = bench
        .token_with(&["RoleManagement.ReadWrite.Directory"])
        .await;
    let path = format!("{BASE}/roleAssignments");
    let bg1 = bench.id("bg1");
    let scope = |scope: &str| {
        let mut body = assignment(&bg1, SECURITY_READER);
        body["directoryScopeId"] = scope.into();
        body
    };
    for (body, status) in [
        (assignment("nobody", SECURITY_READER), 404),
        (assignment("plain", SECURITY_READER), 400),
        (
            assignment(&bg1, "00000000-0000-0000-0000-000000000000"),
            400,
        ),
        (scope("/administrativeUnits/1"), 400),
        (json!({"principalId": bg1}), 400),
    ] {
        assert_eq!(
            bench.post(&path, &token, &body).await.status,
            status,
            "{body}"
        );
    }
    let less = bench.token_with(&["RoleManagement.Read.Directory"]).await;
    let refused = bench
        .post(&path, &less, &assignment(&bg1, SECURITY_READER))
        .await;
    refused.is_error(403, "Authorization_RequestDenied", DENIED);
    bench.consent(&["RoleManagement.ReadWrite.Directory"]).await;
    let operator = bench.user_token(&bench.running.demo.operator).await;
    let refused = bench
        .post(&path, &operator, &assignment(&bg1, SECURITY_READER))
        .await;
    refused.is_error(403, "Authorization_RequestDenied", DENIED);
    let admin = bench.user_token(&bench.bg1()).await;
    let own = bench
        .find(
            &path,
            &[("$filter", &format!("principalId eq '{bg1}'"))],
            &admin,
        )
        .await;
    let own = own.body["value"][0]["id"].as_str().unwrap().to_owned();
    let refused = bench.delete(&format!("{path}/{own}"), &admin).await;
    refused.is_error(400, "Request_BadRequest", "self");
}

#[tokio::test]
async fn schedules_say_since_when_and_until_when() {
    let bench = Bench::new().await;
    bench
        .seeded(
            "[[roleAssignments]]\nprincipal = 'operator'\nrole = 'securityReader'\nassignmentType = 'Activated'\n\
             startDateTime = '2026-06-01T08:00:00Z'\nendDateTime = '2026-06-01T10:00:00Z'\n\
             [[roleEligibilities]]\nprincipal = 'operator'\nrole = 'globalAdministrator'\n",
        )
        .await;
    let token = bench.token_with(&["RoleManagement.Read.Directory"]).await;
    let filter = format!("principalId eq '{}'", bench.id("operator"));
    let query = [("$filter", filter.as_str())];
    let instances = format!("{BASE}/roleAssignmentScheduleInstances");
    let active = bench.find(&instances, &query, &token).await.body["value"].clone();
    assert_eq!(active[0]["assignmentType"], "Assigned");
    assert_eq!(active[0]["endDateTime"], Value::Null);
    assert_eq!(active[2]["assignmentType"], "Activated");
    assert_eq!(active[2]["endDateTime"], "2026-06-01T10:00:00Z");
    assert_eq!(active[2]["memberType"], "Direct");
    let eligible = bench
        .find(
            &format!("{BASE}/roleEligibilityScheduleInstances"),
            &query,
            &token,
        )
        .await;
    assert_eq!(
        eligible.body["value"][0]["roleDefinitionId"],
        GLOBAL_ADMINISTRATOR
    );
    let assignments = format!("{BASE}/roleAssignments");
    let count = |answer: super::Answer| answer.body["value"].as_array().unwrap().len();
    assert_eq!(count(bench.find(&assignments, &query, &token).await), 3);
    bench.advance(3600);
    assert_eq!(
        count(
            bench
                .find(
                    &instances,
                    &query,
                    &bench
                        .token_with(&["RoleAssignmentSchedule.Read.Directory"])
                        .await
                )
                .await
        ),
        2
    );
    bench.seeded("license = 'p1'").await;
    let refused = bench
        .find(
            &instances,
            &query,
            &bench.token_with(&["RoleManagement.Read.Directory"]).await,
        )
        .await;
    refused.is_error(
        400,
        "AadPremiumLicenseRequired",
        "Privileged Identity Management",
    );
}

#[tokio::test]
async fn definitions_are_the_built_in_ones() {
    let bench = Bench::new().await;
    let token = bench.token_with(&["RoleManagement.Read.Directory"]).await;
    let path = format!("{BASE}/roleDefinitions");
    let one = bench
        .get(&format!("{path}/{GLOBAL_ADMINISTRATOR}"), &token)
        .await
        .body;
    assert_eq!(one["displayName"], "Global Administrator");
    let found = bench
        .find(
            &path,
            &[("$filter", "displayName eq 'Security Reader'")],
            &token,
        )
        .await;
    assert_eq!(found.body["value"][0]["id"], SECURITY_READER);
    assert_eq!(bench.get(&format!("{path}/x"), &token).await.status, 404);
}
