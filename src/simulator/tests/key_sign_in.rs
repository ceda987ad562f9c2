//! Signing in with a key, as a program without a browser does it: read the page's hidden members, post the assertion.

use reqwest::StatusCode;
use serde_json::{Value, json};
use url::Url;

use super::key::Key;
use super::sign_in::{VERIFIER, authorization, member, redeem, redirected};
use super::{Answer, Bench, claims};
use crate::encoding::base64url;

/// The hidden members of a page's form.
fn hidden(page: &str) -> Vec<(String, String)> {
    let inputs = page.split("<input type=\"hidden\" name=\"").skip(1);
    let pairs = inputs.map(|rest| {
        let (name, rest) = rest.split_once("\" value=\"").unwrap();
        let (value, _) = rest.split_once('"').unwrap();
        (name.to_owned(), value.replace("&amp;", "&"))
    });
    pairs.collect()
}

/// Registers a key for an account.
pub(super) async fn register(bench: &Bench, account: &str, key: &Key) {
    let token = bench.app_token().await;
    let path = bench.methods(account);
    let options = bench.get(&format!("{path}/creationOptions"), &token).await;
    let created = bench.post(&path, &token, &key.answer(&options.body)).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
}

/// A page of the authority for a hinted account that is to sign in anew, and its hidden members.
pub(super) async fn page_for(bench: &Bench, account: &str) -> (String, Vec<(String, String)>) {
    let mut url = Url::parse(&authorization(bench, &[])).unwrap();
    url.query_pairs_mut()
        .append_pair("prompt", "login")
        .append_pair("login_hint", account)
        .append_pair("client-request-id", "6f2a57f0-25a1-4bd5-9f8a-0b8d6a1f2c33");
    let page = bench.client.get(url.as_str()).send().await.unwrap();
    let text = page.text().await.unwrap();
    let members = hidden(&text);
    (text, members)
}

/// Posts the page's members with this user and assertion.
pub(super) async fn answer(
    bench: &Bench,
    members: &[(String, String)],
    user: &str,
    assertion: &Value,
) -> Vec<(String, String)> {
    let mut form = members.to_vec();
    form.push(("user".to_owned(), user.to_owned()));
    form.push(("assertion".to_owned(), assertion.to_string()));
    let url = bench.url("/common/oauth2/v2.0/authorize");
    let response = bench.client.post(url).form(&form).send().await.unwrap();
    redirected(&response)
}

#[track_caller]
fn is_refused(pairs: &[(String, String)], number: u32) {
    let description = member(pairs, "error_description").unwrap_or_default();
    let wanted = format!("AADSTS{number}: ");
    assert!(description.starts_with(&wanted), "{wanted} {pairs:?}");
    assert_eq!(member(pairs, "state"), Some("the state"));
}

#[tokio::test]
async fn a_key_signs_its_account_in() {
    let bench = Bench::new().await;
    let (account, key) = (bench.bg1(), Key::new(1));
    register(&bench, &account, &key).await;
    let (page, members) = page_for(&bench, &account).await;
    assert!(page.contains("Halligan simulator") && page.contains(&account));
    assert!(!page.contains("bg2@") && !page.contains("<script"));
    let credential = base64url::encode(&key.credential_id);
    assert_eq!(member(&members, "credentials"), Some(credential.as_str()));
    let challenge = member(&members, "challenge").unwrap();
    let pairs = answer(&bench, &members, &account, &key.assertion(challenge, 8)).await;
    let redeemed = redeem(&bench, member(&pairs, "code").unwrap(), VERIFIER).await;
    let id_token = claims(redeemed.body["id_token"].as_str().unwrap());
    assert_eq!(id_token["oid"], bench.id("bg1"));
    let access_token = claims(redeemed.body["access_token"].as_str().unwrap());
    assert_eq!(access_token["amr"], json!(["fido", "mfa"]));
    assert_eq!(access_token["uti"], id_token["uti"]);
    let count = |state: &crate::simulator::tenant::State| state.fido2_methods[0].sign_count;
    assert_eq!(bench.running.tenant.read(count), 8);
}

#[tokio::test]
async fn a_key_says_whose_it_is_if_nobody_is_named() {
    let bench = Bench::new().await;
    let key = Key::new(1);
    register(&bench, &bench.bg1(), &key).await;
    let request = authorization(&bench, &[]);
    for known in [false, true] {
        let page = bench.client.get(&request).send().await.unwrap();
        let members = hidden(&page.text().await.unwrap());
        let mut assertion = key.assertion(member(&members, "challenge").unwrap(), 8);
        let pairs = if known {
            let handle = bench.running.tenant.read(|state| {
                let id = state.user(&bench.bg1()).unwrap().id;
                crate::simulator::relying_party::user_handle(state.tenant_id, id)
            });
            assertion["userHandle"] = base64url::encode(&handle).into();
            answer(&bench, &members, "", &assertion).await
        } else {
            answer(&bench, &members, "", &assertion).await
        };
        assert_eq!(member(&pairs, "code").is_some(), known, "{pairs:?}");
    }
}

#[tokio::test]
async fn whatever_is_wrong_with_an_assertion_signs_nobody_in() {
    let bench = Bench::new().await;
    let account = bench.bg1();
    let (right, other, unknown) = (Key::new(1), Key::new(2), Key::new(3));
    register(&bench, &account, &right).await;
    register(&bench, &format!("bg2@{}", bench.domain()), &other).await;
    let spoiled = |spoil: fn(&mut Key)| {
        let mut key = right.clone();
        spoil(&mut key);
        key
    };
    for (what, key, count, number) in [
        ("an unknown key", unknown, 8, 135_010),
        ("somebody else's key", other.clone(), 8, 135_010),
        (
            "another private key",
            spoiled(|key| key.credential = Key::new(9).credential),
            8,
            130_005,
        ),
        (
            "another origin",
            spoiled(|key| key.origin = "https://login.microsoft.com.evil.example"),
            8,
            500_121,
        ),
        (
            "another relying party",
            spoiled(|key| key.rp_id = "evil.example"),
            8,
            500_121,
        ),
        ("no presence", spoiled(|key| key.flags = 0x44), 8, 500_121),
        (
            "no verification",
            spoiled(|key| key.flags = 0x41),
            8,
            500_121,
        ),
        ("a count that stands still", right.clone(), 7, 500_121),
    ] {
        let (_, members) = page_for(&bench, &account).await;
        let assertion = key.assertion(member(&members, "challenge").unwrap(), count);
        let pairs = answer(&bench, &members, &account, &assertion).await;
        assert_eq!(member(&pairs, "code"), None, "{what}");
        is_refused(&pairs, number);
    }
    for (member, value, number) in [
        ("userHandle", json!("AAAA"), 500_121),
        ("signature", json!("not base64url!"), 500_121),
        ("clientDataJSON", json!("AAAA"), 500_121),
        ("id", Value::Null, 500_121),
    ] {
        let (_, members) = page_for(&bench, &account).await;
        let mut assertion =
            right.assertion(super::sign_in::member(&members, "challenge").unwrap(), 8);
        assertion[member] = value;
        is_refused(
            &answer(&bench, &members, &account, &assertion).await,
            number,
        );
    }
}

#[tokio::test]
async fn a_challenge_serves_once_and_not_for_long() {
    let bench = Bench::new().await;
    let (account, key) = (bench.bg1(), Key::new(1));
    register(&bench, &account, &key).await;
    let (_, members) = page_for(&bench, &account).await;
    let assertion = key.assertion(member(&members, "challenge").unwrap(), 8);
    let first = answer(&bench, &members, &account, &assertion).await;
    assert!(member(&first, "code").is_some());
    is_refused(
        &answer(&bench, &members, &account, &assertion).await,
        500_121,
    );
    let (_, members) = page_for(&bench, &account).await;
    bench.advance(300);
    let assertion = key.assertion(member(&members, "challenge").unwrap(), 9);
    is_refused(
        &answer(&bench, &members, &account, &assertion).await,
        500_121,
    );
    let own = key.assertion(&base64url::encode(&[7; 32]), 9);
    is_refused(&answer(&bench, &members, &account, &own).await, 500_121);
}

#[tokio::test]
async fn accounts_and_methods_that_are_switched_off_sign_nobody_in() {
    let bench = Bench::new().await;
    let (account, key) = (bench.bg1(), Key::new(1));
    register(&bench, &account, &key).await;
    for (seed, number) in [
        ("policy = { state = 'disabled' }", 130_501),
        (
            "policy = { state = 'enabled' }\nusers = [{ userPrincipalName = 'bg1', accountEnabled = false }]",
            50_057,
        ),
    ] {
        bench.seeded(seed).await;
        let (_, members) = page_for(&bench, &account).await;
        let assertion = key.assertion(member(&members, "challenge").unwrap(), 8);
        is_refused(
            &answer(&bench, &members, &account, &assertion).await,
            number,
        );
    }
    let (_, members) = page_for(&bench, "nobody@example.com").await;
    let assertion = key.assertion(member(&members, "challenge").unwrap(), 8);
    let pairs = answer(&bench, &members, "nobody@example.com", &assertion).await;
    is_refused(&pairs, 50_034);
}

#[tokio::test]
async fn the_page_that_asks_for_the_key_runs_its_own_script_only() {
    let bench = Bench::new().await;
    let (account, key) = (bench.bg1(), Key::new(1));
    register(&bench, &account, &key).await;
    let (page, members) = page_for(&bench, &account).await;
    assert!(page.contains("formaction=\"https://login.microsoft.com/common/fido/get\""));
    let mut form = members.clone();
    form.push(("user".to_owned(), account.clone()));
    form.push((
        "login_hint".to_owned(),
        "\"><script>alert(1)</script>".to_owned(),
    ));
    // As a browser would that was told where login.microsoft.com is: the certificate must be right for that name.
    let browser = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(bench.running.ca_pem.as_bytes()).unwrap()])
        .resolve("login.microsoft.com", bench.running.address)
        .no_proxy()
        .build()
        .unwrap();
    let url = format!(
        "https://login.microsoft.com:{}/common/fido/get",
        bench.running.address.port()
    );
    let response = browser.post(url).form(&form).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    let nonce = policy.split("script-src 'nonce-").nth(1).unwrap();
    let nonce = nonce.split('\'').next().unwrap();
    let text = response.text().await.unwrap();
    assert_eq!(text.matches("<script").count(), 1);
    assert!(text.contains(&format!("<script nonce=\"{nonce}\">")));
    assert!(!text.contains("src="), "nothing is loaded");
    assert!(text.contains(&format!(
        "action=\"{}common/oauth2/v2.0/authorize\"",
        bench.running.authority_url
    )));
    assert!(text.contains(&base64url::encode(&key.credential_id)));
    let challenge = text.split("data-challenge=\"").nth(1).unwrap();
    let challenge = challenge.split('"').next().unwrap();
    let pairs = answer(&bench, &members, &account, &key.assertion(challenge, 8)).await;
    assert!(member(&pairs, "code").is_some());
}

#[tokio::test]
async fn id_tokens_verify_with_the_key_set_before_and_after_a_rotation() {
    let bench = Bench::new().await;
    let mut signers = Vec::new();
    for _ in 0..2 {
        let pairs =
            super::sign_in::sign_in(&bench, &authorization(&bench, &[]), &bench.bg1()).await;
        let redeemed = redeem(&bench, member(&pairs, "code").unwrap(), VERIFIER).await;
        let token = redeemed.body["id_token"].as_str().unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let header = base64url::decode(signed.split('.').next().unwrap()).unwrap();
        let header: Value = serde_json::from_slice(&header).unwrap();
        assert_eq!(header["alg"], "RS256");
        let keys = bench.get("/common/discovery/v2.0/keys", "").await;
        let keys = keys.body["keys"].as_array().unwrap().clone();
        let key = keys.iter().find(|key| key["kid"] == header["kid"]).unwrap();
        let number = |name: &str| base64url::decode(key[name].as_str().unwrap()).unwrap();
        let public = ring::rsa::PublicKeyComponents {
            n: number("n"),
            e: number("e"),
        };
        let algorithm = &ring::signature::RSA_PKCS1_2048_8192_SHA256;
        let signature = base64url::decode(signature).unwrap();
        public
            .verify(algorithm, signed.as_bytes(), &signature)
            .unwrap();
        signers.push((header["kid"].clone(), keys[1]["kid"].clone()));
        let rotated = bench.post_form("/simulator/keys/rotate", &[]).await;
        assert_eq!(rotated.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(signers[0].1, signers[1].0, "the next key was announced");
    assert_ne!(signers[0].0, signers[1].0);
}

#[tokio::test]
async fn signing_out_leads_back_only_where_an_application_is_at_home() {
    let bench = Bench::new().await;
    let path = "/common/oauth2/v2.0/logout";
    let get = |query: &str| {
        bench
            .client
            .get(bench.url(&format!("{path}?{query}")))
            .send()
    };
    let home = get("post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A51234&state=x")
        .await
        .unwrap();
    assert_eq!(
        home.headers()["location"],
        "http://localhost:51234/?state=x"
    );
    let elsewhere = get("post_logout_redirect_uri=https%3A%2F%2Fevil.example")
        .await
        .unwrap();
    let page = Answer::read(elsewhere).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("signed out"));
}
