//! The authority and people: authorization code with PKCE, refresh, device code.

use reqwest::{Method, StatusCode};
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

use super::{Answer, Bench, claims};
use crate::encoding::base64url;

pub(super) const VERIFIER: &str = "a-code-verifier-of-at-least-forty-three-characters";

/// An authorization request of the public client.
pub(super) fn authorization(bench: &Bench, changes: &[(&str, &str)]) -> String {
    let challenge = base64url::encode(&Sha256::digest(VERIFIER));
    let client_id = bench.running.demo.public_client_id.to_string();
    let defaults = [
        ("client_id", client_id.as_str()),
        ("response_type", "code"),
        ("redirect_uri", "http://localhost:51234"),
        (
            "scope",
            "openid offline_access https://graph.microsoft.com/User.Read",
        ),
        ("state", "the state"),
        ("nonce", "the nonce"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let mut url = bench
        .running
        .authority_url
        .join("/common/oauth2/v2.0/authorize")
        .unwrap();
    for (name, value) in defaults {
        let changed = changes.iter().find(|(changed, _)| *changed == name);
        match changed.map_or(value, |(_, value)| value) {
            "" => {}
            value => {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
    }
    url.to_string()
}

/// Sends the request to the sign-in page on behalf of `user`, and reads where the browser is sent.
pub(super) async fn sign_in(bench: &Bench, request: &str, user: &str) -> Vec<(String, String)> {
    let url = Url::parse(request).unwrap();
    let mut form: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    form.push(("user".to_owned(), user.to_owned()));
    let response = bench
        .client
        .post(bench.url(url.path()))
        .form(&form)
        .send()
        .await
        .unwrap();
    redirected(&response)
}

pub(super) fn redirected(response: &reqwest::Response) -> Vec<(String, String)> {
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let location = Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
    assert_eq!(
        (location.host_str(), location.port()),
        (Some("localhost"), Some(51234))
    );
    location.query_pairs().into_owned().collect()
}

pub(super) fn member<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

pub(super) async fn redeem(bench: &Bench, code: &str, verifier: &str) -> Answer {
    let client_id = bench.running.demo.public_client_id.to_string();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", client_id.as_str()),
        ("code", code),
        ("redirect_uri", "http://localhost:51234"),
        ("code_verifier", verifier),
    ];
    bench.post_form("/common/oauth2/v2.0/token", &form).await
}

#[tokio::test]
async fn a_person_signs_in_with_pkce_and_stays_signed_in() {
    let bench = Bench::new().await;
    let request = authorization(&bench, &[]);
    let page = bench.client.get(&request).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.unwrap().contains(&bench.bg1()));
    let pairs = sign_in(&bench, &request, &bench.bg1()).await;
    assert_eq!(member(&pairs, "state"), Some("the state"));
    let code = member(&pairs, "code").unwrap();
    let answer = redeem(&bench, code, VERIFIER).await;
    assert_eq!(
        answer.body["scope"], "openid profile User.Read",
        "{}",
        answer.text
    );
    let id_token = claims(answer.body["id_token"].as_str().unwrap());
    assert_eq!(id_token["nonce"], "the nonce");
    assert_eq!(id_token["preferred_username"], bench.bg1());
    let access_token = claims(answer.body["access_token"].as_str().unwrap());
    assert_eq!(access_token["scp"], "User.Read");
    assert_eq!(
        access_token["wids"],
        json!([
            "62e90394-69f5-4237-9190-012177145e10",
            "b79fbf4d-3ef9-4689-8143-76b194e85509"
        ])
    );
    redeem(&bench, code, VERIFIER)
        .await
        .is_oauth_error("invalid_grant", 70_000);

    bench.advance(7200);
    let refresh = refresh(&bench, answer.body["refresh_token"].as_str().unwrap()).await;
    let token = refresh.body["access_token"].as_str().unwrap();
    assert_eq!(bench.get("/v1.0/me", token).await.status, StatusCode::OK);
}

async fn refresh(bench: &Bench, refresh_token: &str) -> Answer {
    let client_id = bench.running.demo.public_client_id.to_string();
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", client_id.as_str()),
        ("refresh_token", refresh_token),
        ("scope", "User.Read"),
    ];
    bench.post_form("/common/oauth2/v2.0/token", &form).await
}

#[tokio::test]
async fn refresh_tokens_survive_a_restart_and_expire() {
    let bench = Bench::new().await;
    let pairs = sign_in(&bench, &authorization(&bench, &[]), &bench.bg1()).await;
    let answer = redeem(&bench, member(&pairs, "code").unwrap(), VERIFIER).await;
    let token = answer.body["refresh_token"].as_str().unwrap().to_owned();
    let bench = bench.restart().await;
    assert_eq!(refresh(&bench, &token).await.status, StatusCode::OK);
    refresh(&bench, "made up")
        .await
        .is_oauth_error("invalid_grant", 9_002_313);
    bench.advance(91 * 24 * 3600);
    refresh(&bench, &token)
        .await
        .is_oauth_error("invalid_grant", 700_082);
}

#[tokio::test]
async fn revoked_sessions_need_a_new_sign_in() {
    let bench = Bench::new().await;
    let request = authorization(&bench, &[]);
    let session = async || {
        let pairs = sign_in(&bench, &request, &bench.bg1()).await;
        let answer = redeem(&bench, member(&pairs, "code").unwrap(), VERIFIER).await;
        answer.body["refresh_token"].as_str().unwrap().to_owned()
    };
    let before = session().await;
    let path = format!("/v1.0/users/{}/revokeSignInSessions", bench.id("bg1"));
    let other = bench.token_with(&["User.ReadWrite.All"]).await;
    let refused = bench.send(Method::POST, &path, &other, None).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let token = bench.token_with(&["User.RevokeSessions.All"]).await;
    let revoked = bench.send(Method::POST, &path, &token, None).await;
    assert_eq!(revoked.status, StatusCode::OK, "{}", revoked.text);
    assert_eq!(revoked.body["value"], true);
    refresh(&bench, &before)
        .await
        .is_oauth_error("invalid_grant", 50_173);
    bench.advance(1);
    let after = session().await;
    assert_eq!(refresh(&bench, &after).await.status, StatusCode::OK);
    let unknown = "/v1.0/users/00000000-0000-0000-0000-0000000000ff/revokeSignInSessions";
    let unknown = bench.send(Method::POST, unknown, &token, None).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn codes_need_their_verifier_and_their_time() {
    let bench = Bench::new().await;
    let request = authorization(&bench, &[]);
    let wrong = "another-code-verifier-of-forty-three-characters";
    for (verifier, wait, error, number) in [
        (wrong, 0, "invalid_grant", 501_481),
        ("short", 0, "invalid_request", 900_144),
        (VERIFIER, 60, "invalid_grant", 70_008),
    ] {
        let pairs = sign_in(&bench, &request, &bench.bg1()).await;
        bench.advance(wait);
        let answer = redeem(&bench, member(&pairs, "code").unwrap(), verifier).await;
        answer.is_oauth_error(error, number);
    }
}

#[tokio::test]
async fn errors_travel_to_the_redirect_address_or_stay_on_a_page() {
    let bench = Bench::new().await;
    for (changes, error) in [
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("response_type", "token"), "unsupported_response_type"),
        (
            ("scope", "https://graph.microsoft.com/Mail.ReadWrite"),
            "invalid_grant",
        ),
    ] {
        let request = authorization(&bench, &[changes]);
        let pairs = redirected(&bench.client.get(&request).send().await.unwrap());
        assert_eq!(member(&pairs, "error"), Some(error), "{changes:?}");
        assert_eq!(member(&pairs, "state"), Some("the state"));
    }
    let request = authorization(&bench, &[]);
    let pairs = sign_in(&bench, &request, "").await;
    assert_eq!(member(&pairs, "error"), Some("access_denied"));
    let silent = format!("{request}&prompt=none");
    let pairs = redirected(&bench.client.get(&silent).send().await.unwrap());
    assert_eq!(member(&pairs, "error"), Some("login_required"));
    for change in [
        ("redirect_uri", "http://evil.example:51234"),
        ("redirect_uri", "http://localhost:51234/elsewhere"),
        ("redirect_uri", "https://localhost:51234"),
        ("client_id", "<script>"),
    ] {
        let request = authorization(&bench, &[change]);
        let page = bench.client.get(&request).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::BAD_REQUEST, "{change:?}");
        assert!(!page.text().await.unwrap().contains("<script>"));
    }
}

#[tokio::test]
async fn device_codes_wait_for_a_decision() {
    let bench = Bench::new().await;
    let client_id = bench.running.demo.public_client_id.to_string();
    let form = [
        ("client_id", client_id.as_str()),
        ("scope", "User.Read offline_access"),
    ];
    let start = || bench.post_form("/organizations/oauth2/v2.0/devicecode", &form);
    let started = start().await;
    assert_eq!(started.body["expires_in"], 900);
    assert!(started.body.get("verification_uri_complete").is_none());
    bench
        .poll(&started)
        .await
        .is_oauth_error("authorization_pending", 70_016);
    let user_code = started.body["user_code"].as_str().unwrap();
    let page = format!("/devicelogin?user_code={user_code}");
    let page = bench.client.get(bench.url(&page)).send().await.unwrap();
    assert!(page.text().await.unwrap().contains(user_code));
    let approve = [("user_code", user_code), ("user", &bench.bg1())];
    assert_eq!(
        bench.post_form("/devicelogin", &approve).await.status,
        StatusCode::OK
    );
    let again = bench.post_form("/devicelogin", &approve).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert!(bench.poll(&started).await.body["refresh_token"].is_string());
    bench
        .poll(&started)
        .await
        .is_oauth_error("bad_verification_code", 70_018);

    let declined = start().await;
    let user_code = declined.body["user_code"].as_str().unwrap();
    bench
        .post_form("/devicelogin", &[("user_code", user_code)])
        .await;
    bench
        .poll(&declined)
        .await
        .is_oauth_error("authorization_declined", 70_017);
    let late = start().await;
    bench.advance(900);
    bench
        .poll(&late)
        .await
        .is_oauth_error("expired_token", 70_020);
}

#[tokio::test]
async fn sign_ins_are_approved_by_themselves_when_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let first = Bench::with(|config| config.state_dir = folder.path().to_owned()).await;
    let operator = first.running.demo.operator.clone();
    first.running.shutdown().await;
    let bench = Bench::with(|config| {
        config.state_dir = folder.path().to_owned();
        config.auto_approve = Some(operator.clone());
    })
    .await;
    let pairs = redirected(
        &bench
            .client
            .get(authorization(&bench, &[]))
            .send()
            .await
            .unwrap(),
    );
    let answer = redeem(&bench, member(&pairs, "code").unwrap(), VERIFIER).await;
    assert_eq!(
        claims(answer.body["access_token"].as_str().unwrap())["upn"],
        operator
    );
    let hinted = format!("{}&login_hint={}", authorization(&bench, &[]), bench.bg1());
    let pairs = redirected(&bench.client.get(hinted).send().await.unwrap());
    let answer = redeem(&bench, member(&pairs, "code").unwrap(), VERIFIER).await;
    assert_eq!(
        claims(answer.body["access_token"].as_str().unwrap())["upn"],
        bench.bg1()
    );
}

#[tokio::test]
async fn disabled_users_do_not_sign_in() {
    let bench = Bench::new().await;
    bench.change(|state| state.users[0].account_enabled = false);
    let pairs = sign_in(&bench, &authorization(&bench, &[]), &bench.bg1()).await;
    assert!(
        member(&pairs, "error_description")
            .unwrap()
            .starts_with("AADSTS50057")
    );
}
