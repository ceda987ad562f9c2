use std::sync::Mutex;

use oauth2::PkceCodeChallenge;
use oauth2::PkceCodeVerifier;
use oauth2::TokenResponse;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

use super::super::code_grant::CodeGrant;
use super::*;

/// A browser that visits the page's redirect with the query made from the page's own members, after some strays.
fn browser(server: &TestServer, answer: fn(&str) -> String) -> (Browser, Arc<Mutex<Vec<Url>>>) {
    let pages = Arc::new(Mutex::new(Vec::new()));
    let visited = pages.clone();
    let open = move |page: &Url| {
        visited.lock().unwrap().push(page.clone());
        let query = answer(&member(page, "state").unwrap());
        let redirect: Url = member(page, "redirect_uri").unwrap().parse().unwrap();
        tokio::spawn(async move {
            let port = redirect.port().unwrap();
            for stray in ["/favicon.ico", "/", "/?state=only", "/other?code=x&state=y"] {
                assert!(visit(port, stray).await.starts_with("HTTP/1.1 404"));
            }
            assert!(
                visit(port, &query)
                    .await
                    .contains("You can close this window")
            );
        });
    };
    let client = client(server, Env::system());
    let browser = Browser::new(client, open).limit(Duration::from_secs(20));
    (browser, pages)
}

async fn visit(port: u16, target: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request =
        format!("GET {target} HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

fn member(page: &Url, name: &str) -> Option<String> {
    page.query_pairs()
        .find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

#[tokio::test]
async fn the_code_is_redeemed_with_the_verifier_of_the_challenge() {
    let server = TestServer::start([issued("access")]).await;
    let (browser, pages) = browser(&server, |state| {
        format!("/?code=the-code&state={state}&session_state=x")
    });
    let issued = browser.issue(None).await.ok().unwrap();
    assert_eq!(issued.access_token.expose(), "access");
    let page = pages.lock().unwrap()[0].clone();
    assert!(page.path().ends_with("/oauth2/v2.0/authorize"));
    for (name, value) in [
        ("response_type", "code"),
        ("response_mode", "query"),
        ("code_challenge_method", "S256"),
        ("prompt", "select_account"),
        ("client_id", "the-client"),
    ] {
        assert_eq!(member(&page, name).as_deref(), Some(value));
    }
    let redemption = &server.seen()[0];
    assert_eq!(redemption.line, TOKEN_LINE);
    assert_eq!(
        redemption.form("grant_type").as_deref(),
        Some("authorization_code")
    );
    assert_eq!(redemption.form("code").as_deref(), Some("the-code"));
    assert_eq!(
        redemption.form("redirect_uri"),
        member(&page, "redirect_uri")
    );
    let verifier = PkceCodeVerifier::new(redemption.form("code_verifier").unwrap());
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
    assert_eq!(
        Some(challenge.as_str()),
        member(&page, "code_challenge").as_deref()
    );
}

#[tokio::test]
async fn an_answer_with_another_state_is_not_taken_and_ends_nothing() {
    let server = TestServer::start([issued("first")]).await;
    let client = client(&server, Env::system());
    let grant = CodeGrant::begin(&client, &[]).await.unwrap();
    let redirect = member(grant.page(), "redirect_uri").unwrap();
    let state = member(grant.page(), "state").unwrap();
    let visit = async |query: &str| {
        let answer = reqwest::get(format!("{redirect}/?{query}")).await;
        answer.unwrap().status().as_u16()
    };
    for query in [
        "code=stolen&state=other",
        "code=stolen&state=",
        "code=stolen",
        "error=access_denied&state=other",
        &format!("state={state}"),
    ] {
        assert_eq!(visit(query).await, 404, "{query}");
    }
    assert_eq!(visit(&format!("code=ours&state={state}")).await, 200);
    let limit = Duration::from_secs(20);
    let granted = grant.finish(&client, limit).await.ok().unwrap();
    assert_eq!(granted.access_token().secret(), "first");
    assert_eq!(server.seen()[0].form("code").as_deref(), Some("ours"));
}

#[tokio::test]
async fn a_no_of_the_operator_is_told_from_a_no_of_the_authority() {
    let server = TestServer::start([]).await;
    let (declining, _) = browser(&server, |state| {
        format!("/?error=access_denied&error_description=AADSTS65004%3A+declined&state={state}")
    });
    let error = declining.issue(None).await.err().unwrap();
    assert!(
        matches!(&error, Error::Declined(refusal) if refusal.description == "AADSTS65004: declined")
    );
    let (refused, _) = browser(&server, |state| {
        format!("/?error=invalid_scope&state={state}")
    });
    assert!(matches!(refused.issue(None).await, Err(Error::Refused(_))));
}

#[tokio::test]
async fn a_sign_in_that_nobody_finishes_ends() {
    let server = TestServer::start([]).await;
    let browser =
        Browser::new(client(&server, Env::system()), |_| ()).limit(Duration::from_millis(50));
    assert!(matches!(
        browser.issue(None).await,
        Err(Error::TimedOut { .. })
    ));
}

#[tokio::test]
async fn a_refresh_token_spares_the_operator_until_it_is_refused() {
    let server = TestServer::start([
        issued("second"),
        refused("invalid_grant", "AADSTS700082: expired"),
        issued("third"),
        refused("invalid_client", "AADSTS7000218"),
    ])
    .await;
    let (browser, pages) = browser(&server, |state| format!("/?code=c&state={state}"));
    let refresh_token = RefreshToken::new("r".to_owned());
    let second = browser.issue(Some(&refresh_token)).await.ok().unwrap();
    assert_eq!(second.access_token.expose(), "second");
    assert!(pages.lock().unwrap().is_empty());
    assert_eq!(
        server.seen()[0].form("grant_type").as_deref(),
        Some("refresh_token")
    );
    let third = browser.issue(Some(&refresh_token)).await.ok().unwrap();
    assert_eq!(third.access_token.expose(), "third");
    assert_eq!(pages.lock().unwrap().len(), 1);
    let error = browser.issue(Some(&refresh_token)).await.err().unwrap();
    assert_eq!(error.authority_refusal().unwrap().error, "invalid_client");
}

fn device_code(interval: u64) -> Reply {
    Reply::json(
        200,
        json!({"device_code": "secret-device-code", "user_code": "ABC-123", "expires_in": 900, "interval": interval,
               "verification_uri": "https://microsoft.com/devicelogin", "message": "To sign in, …"}),
    )
}

#[tokio::test]
async fn a_device_code_is_waited_for() {
    let server = TestServer::start([
        device_code(0),
        refused("authorization_pending", "AADSTS70016"),
        Reply::HangUp,
        refused("authorization_pending", "AADSTS70016"),
        issued("access"),
    ])
    .await;
    let prompts = Arc::new(Mutex::new(Vec::new()));
    let shown = prompts.clone();
    let flow = DeviceCode::new(client(&server, Env::system()), move |prompt| {
        shown.lock().unwrap().push(prompt.clone());
    });
    let issued = flow.issue(None).await.ok().unwrap();
    assert_eq!(issued.access_token.expose(), "access");
    assert_eq!(
        *prompts.lock().unwrap(),
        [DevicePrompt {
            verification_uri: "https://microsoft.com/devicelogin".to_owned(),
            user_code: "ABC-123".to_owned(),
            message: Some("To sign in, …".to_owned()),
            expires_in: Duration::from_secs(900),
        }]
    );
    let seen = server.seen();
    assert!(seen[0].line.ends_with("/oauth2/v2.0/devicecode"));
    assert!(seen[0].form("scope").unwrap().contains("offline_access"));
    assert_eq!(
        seen[4].form("device_code").as_deref(),
        Some("secret-device-code")
    );
}

#[tokio::test]
async fn each_end_of_a_device_code_has_its_error() {
    let end = async |reply: Reply| {
        let server = TestServer::start([device_code(0), reply]).await;
        let flow = DeviceCode::new(client(&server, Env::system()), |_| ());
        flow.issue(None).await.err().unwrap()
    };
    let declined = end(refused("authorization_declined", "AADSTS70018")).await;
    assert!(matches!(declined, Error::Declined(_)));
    let expired = end(refused("expired_token", "AADSTS70020")).await;
    assert!(matches!(expired, Error::TimedOut { .. }));
    let blocked = end(refused("access_denied", "AADSTS53003: blocked")).await;
    assert!(
        matches!(&blocked, Error::Declined(refusal) if refusal.trace_id.as_deref() == Some("t-1"))
    );
    let junk = end(Reply::json(200, r#"{"access_token": {"secret": 1}}"#)).await;
    assert!(
        matches!(&junk, Error::Malformed { reason } if !reason.contains("secret")),
        "{junk:?}"
    );
}

#[tokio::test]
async fn a_pause_that_would_outlive_the_operator_is_refused() {
    let server = TestServer::start([device_code(u64::MAX)]).await;
    let flow = DeviceCode::new(client(&server, Env::system()), |_| ());
    assert!(matches!(
        flow.issue(None).await,
        Err(Error::Malformed { .. })
    ));
}
