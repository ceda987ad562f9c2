use super::*;
use crate::graph::Error;
use crate::graph::model::{GroupCreate, PasswordProfile, UserCreate, UserUpdate};
use crate::secret::Password;

const PASSWORD: &str = "wJ8-rumpelstiltskin-4Qz";

fn new_user() -> UserCreate {
    UserCreate {
        account_enabled: true,
        display_name: "Emergency Access 1".to_owned(),
        mail_nickname: "ea-7f3c1".to_owned(),
        user_principal_name: "ea-7f3c1@contoso.onmicrosoft.com".to_owned(),
        password_policies: Some("DisablePasswordExpiration".to_owned()),
        password_profile: PasswordProfile {
            force_change_password_next_sign_in: false,
            password: Password::new(PASSWORD.to_owned()),
        },
    }
}

fn group() -> GroupCreate {
    GroupCreate {
        display_name: "Emergency access accounts".to_owned(),
        description: None,
        mail_enabled: false,
        mail_nickname: "emergency-access".to_owned(),
        security_enabled: true,
        group_types: Vec::new(),
        is_assignable_to_role: Some(true),
    }
}

fn members(ids: &[&str]) -> Reply {
    let member = |id: &&str| json!({"@odata.type": "#microsoft.graph.user", "id": id});
    let members: Vec<Value> = ids.iter().map(member).collect();
    Reply::json(200, json!({"value": members}))
}

#[tokio::test]
async fn an_account_is_created_as_documented() {
    let (server, client) = serve([Reply::json(201, json!({"id": USER}))]).await;
    assert_eq!(client.create_user(&new_user()).await.unwrap().id, USER);
    assert_eq!(server.lines(), ["POST /v1.0/users"]);
    assert_eq!(
        body(&server, 0),
        json!({"accountEnabled": true, "displayName": "Emergency Access 1", "mailNickname": "ea-7f3c1",
               "userPrincipalName": "ea-7f3c1@contoso.onmicrosoft.com",
               "passwordPolicies": "DisablePasswordExpiration",
               "passwordProfile": {"forceChangePasswordNextSignIn": false, "password": PASSWORD}})
    );
}

#[tokio::test]
async fn nothing_is_made_twice_when_an_answer_is_lost() {
    for lost in [
        || Reply::HangUp,
        || Reply::json(503, ""),
        || Reply::json(201, "<html>"),
    ] {
        let (server, client) = serve([lost(), lost()]).await;
        let error = client.create_user(&new_user()).await.err().unwrap();
        assert!(error.outcome_unknown(), "{error}");
        assert!(!format!("{error:?} {error}").contains(PASSWORD));
        let error = client.create_group(&group()).await.unwrap_err();
        assert!(error.outcome_unknown(), "{error}");
        assert_eq!(server.lines(), ["POST /v1.0/users", "POST /v1.0/groups"]);
    }
}

#[tokio::test]
async fn only_what_changes_is_sent() {
    let (server, client) = serve([Reply::json(204, "")]).await;
    let update = UserUpdate {
        account_enabled: Some(true),
        ..UserUpdate::default()
    };
    client.update_user(USER, &update).await.unwrap();
    assert_eq!(server.lines(), [format!("PATCH /v1.0/users/{USER}")]);
    assert_eq!(body(&server, 0), json!({"accountEnabled": true}));
}

#[tokio::test]
async fn a_change_is_repeated_when_its_answer_is_lost() {
    let (server, client) = serve([Reply::HangUp, Reply::json(204, "")]).await;
    client
        .update_user(USER, &UserUpdate::default())
        .await
        .unwrap();
    assert_eq!(server.lines().len(), 2);
}

#[tokio::test]
async fn a_group_is_looked_for_by_a_name_that_may_hold_anything() {
    let (server, client) = serve([Reply::json(200, json!({"value": []}))]).await;
    assert!(
        client
            .groups_named("O'Neill & Sons")
            .await
            .unwrap()
            .is_empty()
    );
    let line = &server.lines()[0];
    assert!(
        line.starts_with(
            "GET /v1.0/groups?$filter=displayName%20eq%20%27O%27%27Neill%20%26%20Sons%27&$select=id,"
        ),
        "{line}"
    );
}

#[tokio::test]
async fn a_group_is_created_as_documented() {
    let (server, client) = serve([Reply::json(201, json!({"id": GROUP}))]).await;
    let created = client.create_group(&group()).await;
    assert_eq!(created.unwrap().id, GROUP);
    assert_eq!(
        body(&server, 0),
        json!({"displayName": "Emergency access accounts", "mailEnabled": false,
               "mailNickname": "emergency-access", "securityEnabled": true, "groupTypes": [],
               "isAssignableToRole": true})
    );
}

#[tokio::test]
async fn a_member_is_added_once() {
    let present = "One or more added object references already exist for the following modified properties: 'members'.";
    let (server, client) = serve([
        Reply::json(204, ""),
        refusal(400, "Request_BadRequest", present),
        members(&["another", USER]),
        refusal(400, "Request_BadRequest", "something else"),
        members(&["another"]),
    ])
    .await;
    client.add_member(GROUP, USER).await.unwrap();
    client.add_member(GROUP, USER).await.unwrap();
    let refused = client.add_member(GROUP, USER).await;
    assert!(
        matches!(refused, Err(Error::BadRequest(refusal)) if refusal.message == "something else")
    );
    let lines = server.lines();
    assert_eq!(lines[0], format!("POST /v1.0/groups/{GROUP}/members/$ref"));
    assert!(lines[2].starts_with(&format!("GET /beta/groups/{GROUP}/members?")));
    let id = format!("{}/v1.0/directoryObjects/{USER}", server.url);
    assert_eq!(body(&server, 0), json!({"@odata.id": id}));
}

#[tokio::test]
async fn what_was_just_created_is_asked_for_until_the_directory_knows_it() {
    let unknown = || refusal(404, "Request_ResourceNotFound", "x");
    let reference = "Resource 'x' does not exist or one of its queried reference-property objects are not present.";
    let (server, client) = serve([
        unknown(),
        refusal(400, "Request_BadRequest", reference),
        members(&[]),
        Reply::json(204, ""),
    ])
    .await;
    client
        .until_known(async || client.add_member(GROUP, USER).await)
        .await
        .unwrap();
    assert_eq!(server.lines().len(), 4);
    let (server, client) = serve([refusal(403, "Authorization_RequestDenied", "x")]).await;
    let refused = client.until_known(async || client.user(USER).await).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))));
    assert_eq!(server.lines().len(), 1);
    let (server, client) = serve([unknown(), unknown()]).await;
    assert!(matches!(client.user(USER).await, Err(Error::NotFound(_))));
    assert_eq!(server.lines().len(), 1, "of any other it is an answer");
}

#[tokio::test]
async fn after_two_minutes_it_is_not_there() {
    let server = TestServer::start((0..99).map(|_| refusal(404, "x", "x"))).await;
    let clock = std::sync::Arc::new(crate::env::ManualClock::new(
        "2026-11-23T00:00:00Z".parse().unwrap(),
    ));
    let env = Env::new(clock, Arc::new(crate::env::SeededRng::new(1)));
    let token = Arc::new(Fixed::new(AccessToken::new("token".to_owned())));
    let client = Client::new(server.http(), server.url.clone(), token, env);
    let given_up = client.until_known(async || client.user(USER).await).await;
    assert!(matches!(given_up, Err(Error::NotFound(_))));
    let attempts = server.lines().len();
    assert!((10..20).contains(&attempts), "{attempts}");
}
