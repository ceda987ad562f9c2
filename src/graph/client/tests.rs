#![allow(clippy::unwrap_used)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;

use super::*;
use crate::graph::credential::Fixed;
use crate::graph::error::Error;
use crate::graph::model::Fido2AuthenticationMethodCreate;
use crate::graph::model::fido2_authentication_method::{
    WebauthnAuthenticatorAttestationResponse, WebauthnPublicKeyCredential,
};
use crate::graph::test_server::{Reply, TestServer};
use crate::graph::{ChallengeTimeout, HttpOptions};
use crate::secret::AccessToken;

const TOKEN: &str = "eyJ-very-secret-access-token";
const USER: &str = "00000000-0000-0000-0000-000000000002";

fn client(server: &TestServer) -> Client {
    let token = Arc::new(Fixed::new(AccessToken::new(TOKEN.to_owned())));
    Client::new(server.http(), server.url.clone(), token, Env::system()).retry(Retry {
        first_wait: Duration::from_millis(5),
        longest_wait: Duration::from_secs(1),
        ..Retry::default()
    })
}

fn method(id: &str) -> serde_json::Value {
    json!({"@odata.type": "#microsoft.graph.fido2AuthenticationMethod", "id": id, "displayName": "BG1-A",
           "attestationLevel": "later", "passkeyType": "deviceBound", "unheardOf": {"a": 1}})
}

fn create() -> Fido2AuthenticationMethodCreate {
    Fido2AuthenticationMethodCreate {
        display_name: "BG1-A".to_owned(),
        public_key_credential: WebauthnPublicKeyCredential {
            id: "AAEC".to_owned(),
            response: WebauthnAuthenticatorAttestationResponse {
                client_data_json: "e30".to_owned(),
                attestation_object: "oA".to_owned(),
            },
        },
    }
}

fn refusal(code: &str) -> serde_json::Value {
    json!({"error": {"code": code, "message": "no\u{1b}[2J", "innerError": {
        "message": "because", "date": "2026-03-01T09:00:00", "request-id": "r-1", "client-request-id": "c-1"}}})
}

#[tokio::test]
async fn a_user_is_asked_for_with_the_members_that_are_read() {
    let user = json!({"@odata.context": "…", "id": USER, "userPrincipalName": "a@c.example", "accountEnabled": null});
    let server = TestServer::start([Reply::json(200, &user)]).await;
    let found = client(&server).user("bob_x#EXT#@c.example").await.unwrap();
    assert_eq!(found.id, USER);
    let seen = &server.seen()[0];
    assert_eq!(
        seen.line,
        "GET /v1.0/users/bob_x%23EXT%23@c.example?$select=id,userPrincipalName,displayName,accountEnabled,userType,creationType,onPremisesSyncEnabled,onPremisesImmutableId,passwordPolicies,lastPasswordChangeDateTime,isManagementRestricted,createdDateTime"
    );
    assert_eq!(
        seen.header("authorization"),
        Some(format!("Bearer {TOKEN}").as_str())
    );
    assert!(
        seen.header("client-request-id")
            .unwrap()
            .parse::<uuid::Uuid>()
            .is_ok()
    );
    assert_eq!(seen.header("consistencylevel"), None);
}

#[tokio::test]
async fn throttling_is_waited_out_and_told() {
    let server = TestServer::start([
        Reply::json(429, refusal("TooManyRequests")).header("retry-after", 0),
        Reply::json(503, "<html>busy</html>"),
        Reply::json(502, ""),
        Reply::HangUp,
        Reply::json(200, method("m")),
    ])
    .await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let notes = told.clone();
    let client = client(&server).on_wait(move |waiting| {
        notes
            .lock()
            .unwrap()
            .push((waiting.status, waiting.repetition));
    });
    assert_eq!(client.fido2_method(USER, "m").await.unwrap().id, "m");
    assert_eq!(
        *told.lock().unwrap(),
        [(Some(429), 1), (Some(503), 2), (Some(502), 3), (None, 4)]
    );
    let ids: std::collections::HashSet<String> = server
        .seen()
        .iter()
        .map(|seen| seen.header("client-request-id").unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 5, "each attempt has an identifier of its own");
}

#[tokio::test]
async fn patience_ends() {
    let replies = (0..9).map(|_| Reply::json(503, refusal("serviceUnavailable")));
    let server = TestServer::start(replies).await;
    let error = client(&server).user(USER).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)));
    assert_eq!(server.lines().len(), 6);
}

#[tokio::test]
async fn a_wait_beyond_the_limit_is_reported_instead_of_shortened() {
    let server =
        TestServer::start([Reply::json(429, refusal("x")).header("retry-after", 3600)]).await;
    let error = client(&server).user(USER).await.unwrap_err();
    assert!(matches!(error, Error::Throttled(_)));
    assert_eq!(
        error.refusal().unwrap().retry_after,
        Some(Duration::from_secs(3600))
    );
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn a_wait_ends_when_the_caller_stops() {
    let server =
        TestServer::start([Reply::json(429, refusal("x")).header("retry-after", 50)]).await;
    let client = client(&server)
        .retry(Retry::default())
        .stop_when(tokio::time::sleep(Duration::from_millis(50)));
    let error = tokio::time::timeout(Duration::from_secs(20), client.user(USER)).await;
    assert!(matches!(error, Ok(Err(Error::Throttled(_)))));
}

#[tokio::test]
async fn a_creation_is_repeated_after_429_and_never_after_anything_that_may_have_done_it() {
    for reply in [
        || Reply::json(503, refusal("x")).header("retry-after", 0),
        || Reply::json(500, refusal("x")),
        || Reply::json(504, ""),
        || Reply::HangUp,
        || Reply::json(201, "{\"displayName\":\"no id\"}"),
        || Reply::json(201, "<html>"),
    ] {
        let server = TestServer::start([reply(), Reply::json(201, method("m"))]).await;
        let error = client(&server)
            .create_fido2_method(USER, &create())
            .await
            .unwrap_err();
        assert!(error.outcome_unknown(), "{error}");
        assert_eq!(server.lines().len(), 1, "{error}");
    }
    let throttled = Reply::json(429, refusal("x")).header("retry-after", 0);
    let server = TestServer::start([throttled, Reply::json(201, method("m"))]).await;
    let created = client(&server).create_fido2_method(USER, &create()).await;
    assert_eq!(created.unwrap().id, "m");
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&server.seen()[1].body).unwrap(),
        json!({"displayName": "BG1-A", "publicKeyCredential": {"id": "AAEC",
               "response": {"clientDataJSON": "e30", "attestationObject": "oA"}}})
    );
}

#[tokio::test]
async fn a_creation_that_was_never_sent_has_a_known_outcome() {
    let server = TestServer::start([]).await;
    let token = Arc::new(Fixed::new(AccessToken::new(TOKEN.to_owned())));
    let distrusting = Http::new(&HttpOptions::default()).unwrap();
    let client = Client::new(distrusting, server.url.clone(), token, Env::system());
    let error = client
        .create_fido2_method(USER, &create())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::Http { source, .. } if source.nothing_sent()),
        "{error:?}"
    );
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn every_refusal_is_told_apart() {
    let kind = |error: &Error| match error {
        Error::BadRequest(_) => 400,
        Error::Unauthenticated(_) => 401,
        Error::Forbidden(_) => 403,
        Error::NotFound(_) => 404,
        Error::MethodNotAllowed(_) => 405,
        Error::Conflict(_) => 409,
        Error::Refused(_) => 302,
        _ => 0,
    };
    for status in [400, 401, 403, 404, 405, 409, 302] {
        let server = TestServer::start([Reply::json(status, refusal("code"))]).await;
        let error = client(&server)
            .delete_fido2_method(USER, "m")
            .await
            .unwrap_err();
        assert_eq!(kind(&error), status);
        assert_eq!(error.status(), Some(status));
        assert_eq!(error.request_id(), Some("r-1"));
        let text = error.to_string();
        assert!(
            text.starts_with(&format!(
                "DELETE /v1.0/users/{USER}/authentication/fido2Methods/m: HTTP {status} code: no "
            )),
            "{text}"
        );
        assert!(!text.contains('\u{1b}'));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = TestServer::start([]).await;
    let elsewhere = format!("{}/elsewhere", server.url);
    server.push(Reply::json(307, "").header("location", elsewhere));
    let error = client(&server).user(USER).await.unwrap_err();
    assert!(matches!(error, Error::Refused(refusal) if refusal.status == 307));
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn a_claims_challenge_is_its_own_error() {
    let challenge = r#"Bearer realm="", authorization_uri="https://x", error="insufficient_claims", claims="eyJhIjoxfQ==""#;
    let server = TestServer::start([
        Reply::json(401, refusal("x")).header("www-authenticate", challenge),
        Reply::json(401, refusal("x")).header("www-authenticate", "Bearer realm=\"\""),
    ])
    .await;
    let client = client(&server);
    let error = client.user(USER).await.unwrap_err();
    assert!(matches!(error, Error::ClaimsChallenge { claims, .. } if claims == "{\"a\":1}"));
    assert!(matches!(
        client.user(USER).await,
        Err(Error::Unauthenticated(_))
    ));
}

#[tokio::test]
async fn pages_are_followed_verbatim() {
    let server = TestServer::start([]).await;
    let next = format!("{}/v1.0/next?$skiptoken=a%20b", server.url);
    server.push(Reply::json(
        200,
        json!({"value": [method("a")], "@odata.nextLink": next}),
    ));
    server.push(Reply::json(
        200,
        json!({"value": [method("b"), method("AAECAwQFBgcICQoLDA0ODw2")]}),
    ));
    let methods = client(&server).fido2_methods(USER).await.unwrap();
    assert_eq!(methods.len(), 3);
    assert_eq!(server.lines()[1], "GET /v1.0/next?$skiptoken=a%20b");
    assert_eq!(
        server.seen()[1].header("prefer"),
        Some("include-unknown-enum-members")
    );
}

#[tokio::test]
async fn the_token_does_not_follow_a_link_to_another_host() {
    let foreign = TestServer::start([]).await;
    for link in [
        format!("{}/v1.0/next", foreign.url),
        "http://127.0.0.1/next".to_owned(),
    ] {
        let server = TestServer::start([Reply::json(
            200,
            json!({"value": [], "@odata.nextLink": link}),
        )])
        .await;
        let error = client(&server).fido2_methods(USER).await.unwrap_err();
        assert!(matches!(error, Error::ForeignNextLink { .. }), "{error}");
    }
    assert!(foreign.seen().is_empty());
}

#[tokio::test]
async fn a_method_is_found_by_its_credential_in_every_encoding() {
    let credential_id: Vec<u8> = (0..17).collect();
    for id in [
        "AAECAwQFBgcICQoLDA0ODxA1",
        "AAECAwQFBgcICQoLDA0ODxA=",
        "AAECAwQFBgcICQoLDA0ODxA",
    ] {
        let page = json!({"value": [method("-2_GRUg2-HYz6_1YG4YRAQ2"), method(id)]});
        let server = TestServer::start([Reply::json(200, page)]).await;
        let found = client(&server)
            .fido2_method_of_credential(USER, &credential_id)
            .await;
        assert_eq!(found.unwrap().unwrap().id, id);
    }
}

#[tokio::test]
async fn a_deletion_that_seemed_to_fail_may_find_its_work_done() {
    let server = TestServer::start([Reply::HangUp, Reply::json(404, refusal("x"))]).await;
    client(&server)
        .delete_fido2_method(USER, "a/b=")
        .await
        .unwrap();
    assert!(server.lines()[1].ends_with("/fido2Methods/a%2Fb="));
}

#[tokio::test]
async fn an_id_that_would_address_the_collection_is_not_sent() {
    let server = TestServer::start([]).await;
    for id in ["", ".", ".."] {
        let error = client(&server).delete_fido2_method(USER, id).await;
        assert!(matches!(error, Err(Error::Segment(_))));
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn the_challenge_timeout_is_for_beta() {
    let server = TestServer::start([]).await;
    let timeout = Some(ChallengeTimeout::minutes(10).unwrap());
    let stable = client(&server);
    assert!(matches!(
        stable.creation_options(USER, timeout).await,
        Err(Error::ChallengeTimeout(_))
    ));
    let _ = stable
        .version(ApiVersion::Beta)
        .creation_options(USER, timeout)
        .await;
    let function = "creationOptions(challengeTimeoutInMinutes=10)";
    assert_eq!(
        server.lines(),
        [format!(
            "GET /beta/users/{USER}/authentication/fido2Methods/{function}"
        )]
    );
}

#[tokio::test]
async fn a_megabyte_of_anything_else_names_the_missing_member() {
    let junk =
        json!({"publicKey": {"rp": {"id": "login.microsoft.com"}, "junk": "x".repeat(1 << 20)}});
    let server = TestServer::start([Reply::json(200, junk)]).await;
    let error = client(&server)
        .creation_options(USER, None)
        .await
        .unwrap_err();
    assert!(
        matches!(
            &error,
            Error::CreationOptions {
                source: crate::graph::creation_options::Error::Missing("publicKey.user"),
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn an_answer_without_end_is_cut() {
    let server = TestServer::start([Reply::json(200, "x".repeat((4 << 20) + 1))]).await;
    let error = client(&server).user(USER).await.unwrap_err();
    assert!(matches!(
        error,
        Error::Http {
            source: crate::graph::http::Error::AnswerTooLong { .. },
            ..
        }
    ));
}

#[tokio::test]
async fn a_member_of_the_wrong_type_is_named() {
    let page = json!({"value": [method("a"), {"id": 5}]});
    let server = TestServer::start([Reply::json(200, page)]).await;
    let error = client(&server).fido2_methods(USER).await.unwrap_err();
    assert!(
        matches!(&error, Error::Malformed { member, .. } if member == "value[1].id"),
        "{error}"
    );
}

#[tokio::test]
async fn the_token_is_in_no_error() {
    for reply in [
        Reply::json(401, refusal("x")),
        Reply::json(200, "[]"),
        Reply::HangUp,
    ] {
        let server = TestServer::start([reply]).await;
        let error = client(&server)
            .retry(Retry::never())
            .user(USER)
            .await
            .unwrap_err();
        assert!(!format!("{error:?} {error}").contains(TOKEN));
    }
    let server = TestServer::start([]).await;
    let token = Arc::new(Fixed::new(AccessToken::new(format!("{TOKEN}\n"))));
    let client = Client::new(server.http(), server.url.clone(), token, Env::system());
    let error = client.user(USER).await.unwrap_err();
    assert!(!format!("{error:?} {error}").contains(TOKEN));
}

#[tokio::test]
async fn a_body_is_sent_without_a_copy_that_nobody_wipes() {
    let server = TestServer::start([]).await;
    let client = client(&server);
    let request = Request::post(client.url(["users"]), &json!({"password": "x"}));
    let outgoing = client.outgoing(&request, uuid::Uuid::nil()).await.unwrap();
    let sent = outgoing.body().and_then(reqwest::Body::as_bytes).unwrap();
    assert_eq!(sent.as_ptr(), request.body.as_deref().unwrap().as_ptr());
}
