//! A sign-in that really happens now.

use url::Url;

use super::*;

fn member(page: &Url, name: &str) -> Option<String> {
    page.query_pairs()
        .find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

async fn begin(server: &TestServer) -> FreshSignIn {
    begin_with(server, &serde_json::Value::Null).await
}

/// The authority says that sessions are ended at this address.
async fn begin_with(server: &TestServer, logout: &serde_json::Value) -> FreshSignIn {
    let issuer = format!("{}/{TENANT}/v2.0", server.url);
    let keys = format!("{}/keys", server.url);
    let document = json!({"issuer": issuer, "jwks_uri": keys, "end_session_endpoint": logout});
    server.push(Reply::json(200, document));
    let client = PublicClient {
        scopes: fresh_scopes(&server.url, &DRILL_PERMISSIONS),
        ..client(server, Env::system())
    };
    FreshSignIn::begin(client, "bg1@contoso.onmicrosoft.com")
        .await
        .ok()
        .unwrap()
}

/// The browser's answer: this query at the redirect address.
fn answer(sign_in: &FreshSignIn, query: &str) {
    let state = member(sign_in.page(), "state").unwrap();
    let redirect = member(sign_in.page(), "redirect_uri").unwrap();
    let address = format!("{redirect}/?{query}&state={state}");
    tokio::spawn(async move { reqwest::get(address).await.unwrap() });
}

#[tokio::test]
async fn the_page_demands_a_sign_in_and_carries_its_marks() {
    let server = TestServer::start([]).await;
    let sign_in = begin(&server).await;
    let page = sign_in.page();
    for (name, value) in [
        ("prompt", "login"),
        ("login_hint", "bg1@contoso.onmicrosoft.com"),
        ("response_type", "code"),
        ("code_challenge_method", "S256"),
        ("client-request-id", &sign_in.correlation_id().to_string()),
        ("scope", &format!("openid profile {}/User.Read", server.url)),
    ] {
        assert_eq!(member(page, name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(member(page, "nonce").unwrap().len(), 43);
}

#[tokio::test]
async fn tokens_without_proof_of_who_it_is_say_so() {
    let server = TestServer::start([]).await;
    let sign_in = begin(&server).await;
    server.push(issued("access"));
    answer(&sign_in, "code=the-code");
    let let_in = sign_in.let_in(Duration::from_secs(20)).await.ok().unwrap();
    let signed_in = let_in.tokens().await.ok().unwrap();
    assert_eq!(signed_in.access_token.expose(), "access");
    assert!(matches!(signed_in.id_token, Err(IdTokenError::Absent)));
    assert_eq!(signed_in.scopes, ["s"]);
}

#[tokio::test]
async fn a_code_that_cannot_be_redeemed_still_says_that_somebody_is_in() {
    let server = TestServer::start([]).await;
    let sign_in = begin(&server).await;
    let began = sign_in.began();
    server.push(refused("invalid_grant", "AADSTS70008: expired"));
    answer(&sign_in, "code=the-code");
    let let_in = sign_in.let_in(Duration::from_secs(20)).await.ok().unwrap();
    assert!(let_in.at() >= began);
    assert!(matches!(let_in.tokens().await, Err(Error::Refused(_))));
}

/// Whoever answers for the authority could send the emergency account's browser anywhere.
#[tokio::test]
async fn the_session_is_ended_at_the_authority_and_nowhere_else() {
    let server = TestServer::start([]).await;
    let own = format!("{}/{TENANT}/oauth2/v2.0/logout", server.url);
    let other = format!("{}/elsewhere", server.url);
    for (said, taken) in [
        (json!(null), &own),
        (json!(other), &other),
        (json!("https://login.example/logout"), &own),
        (json!("javascript:alert(1)"), &own),
        (json!("no address"), &own),
    ] {
        let sign_in = begin_with(&server, &said).await;
        assert_eq!(sign_in.logout_page().as_str(), taken, "{said}");
    }
}

#[tokio::test]
async fn what_the_page_refuses_comes_with_its_number() {
    let server = TestServer::start([]).await;
    for (error, declined) in [("access_denied", true), ("invalid_grant", false)] {
        let sign_in = begin(&server).await;
        let query = format!("error={error}&error_description=AADSTS53003%3A+blocked.+Trace");
        answer(&sign_in, &query);
        let error = sign_in.let_in(Duration::from_secs(20)).await.err().unwrap();
        assert_eq!(error.authority_refusal().unwrap().codes, [53003]);
        assert_eq!(matches!(error, Error::Declined(_)), declined);
    }
    let sign_in = begin(&server).await;
    let error = sign_in
        .let_in(Duration::from_millis(20))
        .await
        .err()
        .unwrap();
    assert!(matches!(error, Error::TimedOut { .. }));
}
