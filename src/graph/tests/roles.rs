use uuid::{Uuid, uuid};

use super::*;
use crate::graph::Error;

const GLOBAL_ADMINISTRATOR: Uuid = uuid!("62e90394-69f5-4237-9190-012177145e10");

fn user() -> Uuid {
    USER.parse().unwrap()
}

fn assignment(scope: &str) -> Value {
    json!({"id": "lAPp", "roleDefinitionId": GLOBAL_ADMINISTRATOR, "principalId": USER, "directoryScopeId": scope})
}

#[tokio::test]
async fn a_role_is_assigned_in_the_whole_tenant() {
    let (server, client) = serve([Reply::json(201, assignment("/"))]).await;
    let assigned = client.assign_role(user(), GLOBAL_ADMINISTRATOR).await;
    assert_eq!(assigned.unwrap().principal_id, USER);
    assert_eq!(
        server.lines(),
        ["POST /v1.0/roleManagement/directory/roleAssignments"]
    );
    assert_eq!(
        body(&server, 0),
        json!({"roleDefinitionId": GLOBAL_ADMINISTRATOR, "principalId": USER, "directoryScopeId": "/"})
    );
}

#[tokio::test]
async fn a_role_that_somebody_has_is_not_assigned_twice() {
    let conflict = "A conflicting object with one or more of the specified property values is present in the directory.";
    let page = |scope| Reply::json(200, json!({"value": [assignment(scope)]}));
    for (scope, fine) in [("/", true), ("/administrativeUnits/1", false)] {
        let refused = refusal(400, "Request_BadRequest", conflict);
        let (server, client) = serve([refused, page(scope)]).await;
        let assigned = client.assign_role(user(), GLOBAL_ADMINISTRATOR).await;
        assert_eq!(assigned.is_ok(), fine, "{scope}");
        assert!(server.lines()[1].contains("$filter=principalId%20eq%20"));
    }
}

#[tokio::test]
async fn holders_come_with_their_names() {
    let mut row = assignment("/");
    row["principal"] = json!({"@odata.type": "#microsoft.graph.user", "id": USER,
                              "displayName": "Emergency Access 1", "mail": null});
    let (server, client) = serve([Reply::json(200, json!({"value": [row]}))]).await;
    let holders = client.role_holders(GLOBAL_ADMINISTRATOR).await.unwrap();
    assert_eq!(holders[0].assignment.principal_id, USER);
    assert_eq!(holders[0].principal.as_ref().unwrap().kind(), Some("user"));
    let filter = "$filter=roleDefinitionId%20eq%20%2762e90394-69f5-4237-9190-012177145e10%27";
    assert_eq!(
        server.lines(),
        [format!(
            "GET /v1.0/roleManagement/directory/roleAssignments?{filter}&$expand=principal"
        )]
    );
}

#[tokio::test]
async fn terms_of_a_role_are_read_where_there_is_a_licence() {
    let row = json!({"id": "lAPp-1", "principalId": USER, "roleDefinitionId": GLOBAL_ADMINISTRATOR,
                     "directoryScopeId": "/", "startDateTime": null, "endDateTime": null,
                     "assignmentType": "Assigned", "memberType": "Direct"});
    let unlicensed =
        "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.";
    let (server, client) = serve([
        Reply::json(200, json!({"value": [row]})),
        refusal(400, "AadPremiumLicenseRequired", unlicensed),
        refusal(
            403,
            "PermissionScopeNotGranted",
            "Authorization failed due to missing permission scope",
        ),
    ])
    .await;
    let schedules = client.role_schedules(user()).await.unwrap();
    assert_eq!(schedules[0].end_date_time, None);
    let unlicensed = client.role_eligibilities(user()).await.unwrap_err();
    assert!(unlicensed.lacks_licence(), "{unlicensed}");
    let forbidden = client.role_eligibilities(user()).await.unwrap_err();
    assert!(matches!(&forbidden, Error::Forbidden(_)) && !forbidden.lacks_licence());
    let lines = server.lines();
    assert!(lines[0].contains("/roleAssignmentScheduleInstances?$filter=principalId%20eq%20"));
    assert!(lines[1].contains("/roleEligibilityScheduleInstances?$filter=principalId%20eq%20"));
}

#[tokio::test]
async fn want_of_a_licence_is_told_from_want_of_a_permission() {
    for (status, code, message, licence) in [
        (
            403,
            "AccessDenied",
            "Your tenant is not licensed for this feature.",
            true,
        ),
        (
            403,
            "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
            "Neither tenant is B2C or tenant doesn't have premium license",
            true,
        ),
        (
            403,
            "AccessDenied",
            "You cannot perform the requested operation, required scopes are missing in the token.",
            false,
        ),
        (
            403,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
            false,
        ),
        (404, "x", "no license plate of that number", false),
    ] {
        let (_server, client) = serve([refusal(status, code, message)]).await;
        let error = client.organization().await.unwrap_err();
        assert_eq!(error.lacks_licence(), licence, "{error}");
    }
}
