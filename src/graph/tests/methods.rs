use super::*;
use crate::graph::{ApiVersion, sign_ins};

#[tokio::test]
async fn methods_of_every_kind_are_read() {
    let page = json!({"value": [
        {"@odata.type": "#microsoft.graph.phoneAuthenticationMethod", "id": "3179e48a", "phoneNumber": "+1 2065555555",
         "phoneType": "mobile", "smsSignInState": "notSupported"},
        {"@odata.type": "#microsoft.graph.passwordAuthenticationMethod", "id": "28c10230", "password": null}
    ]});
    let (server, client) = serve([Reply::json(200, page)]).await;
    let methods = client.authentication_methods(USER).await.unwrap();
    assert_eq!(methods[0].kind(), Some("phoneAuthenticationMethod"));
    assert_eq!(methods[0].other["phoneType"], "mobile");
    assert_eq!(
        server.lines(),
        [format!("GET /v1.0/users/{USER}/authentication/methods")]
    );
}

#[tokio::test]
async fn what_only_beta_has_is_asked_of_beta() {
    let (server, client) = serve([
        Reply::json(200, json!({"perUserMfaState": "enforced"})),
        Reply::json(
            200,
            json!({"value": [{"id": "1"}], "@odata.nextLink": "https://elsewhere.example/"}),
        ),
    ])
    .await;
    assert_eq!(client.api_version(), ApiVersion::V1);
    let state = client.per_user_mfa(USER).await.unwrap();
    assert_eq!(state.per_user_mfa_state.as_deref(), Some("enforced"));
    let since = "2026-10-24T01:02:03.456Z".parse().unwrap();
    let newest = client.sign_ins(USER.parse().unwrap(), since).await.unwrap();
    assert_eq!(newest.len(), 1, "the first page is enough");
    let filter =
        format!("userId%20eq%20%27{USER}%27%20and%20createdDateTime%20ge%202026-10-24T01:02:03Z");
    assert_eq!(
        server.lines(),
        [
            format!("GET /beta/users/{USER}/authentication/requirements"),
            format!(
                "GET /beta/auditLogs/signIns?$filter={filter}&$orderby=createdDateTime%20desc&$top=20"
            ),
        ]
    );
}

#[tokio::test]
async fn the_log_of_a_tenant_with_all_the_policies_there_may_be_can_be_read() {
    let policy = json!({"id": USER, "displayName": "Require multifactor authentication of everybody",
        "result": "notApplied", "enforcedGrantControls": [], "enforcedSessionControls": [],
        "conditionsSatisfied": "application,users", "conditionsNotSatisfied": "clientType", "other": "x".repeat(270)});
    assert!(policy.to_string().len() > 525);
    let row = json!({"id": "1", "appliedConditionalAccessPolicies": vec![policy; 240]});
    let page = json!({"value": vec![row; sign_ins::MOST]});
    let (_server, client) = serve([Reply::json(200, page)]).await;
    let since = "2026-10-24T01:02:03Z".parse().unwrap();
    let newest = client.sign_ins(USER.parse().unwrap(), since).await.unwrap();
    assert_eq!(newest.len(), sign_ins::MOST);
}

#[tokio::test]
async fn only_the_members_that_are_read_are_asked_for() {
    let empty = || Reply::json(200, json!({"value": []}));
    let (server, client) = serve([
        empty(),
        empty(),
        empty(),
        empty(),
        Reply::json(200, json!({"isEnabled": false})),
        empty(),
    ])
    .await;
    client.organization().await.unwrap();
    client.domains().await.unwrap();
    client.access_reviews().await.unwrap();
    client.lifecycle_workflows().await.unwrap();
    assert_eq!(
        client.security_defaults().await.unwrap().is_enabled,
        Some(false)
    );
    client.member_groups(GROUP).await.unwrap();
    let lines = server.lines();
    for line in [0, 1, 2, 3, 5] {
        assert!(lines[line].contains("$select=id,"), "{}", lines[line]);
    }
    assert_eq!(
        lines[4],
        "GET /v1.0/policies/identitySecurityDefaultsEnforcementPolicy"
    );
    let seen = &server.seen()[5];
    assert!(
        seen.line.contains("/members/microsoft.graph.group?") && seen.line.contains("$count=true")
    );
    assert_eq!(seen.header("consistencylevel"), Some("eventual"));
}
