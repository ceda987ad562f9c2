//! The authority and applications: secrets, certificates, discovery.

use reqwest::StatusCode;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Answer, Bench, claims};
use crate::encoding::base64url;
use crate::simulator::tenant::Application;

const CLIENT_KEY: &[u8] = include_bytes!("client-key.der");
const CLIENT_CERTIFICATE: &[u8] = include_bytes!("client-cert.der");

#[tokio::test]
async fn a_client_secret_gives_a_token_with_roles() {
    let bench = Bench::new().await;
    let claims = claims(&bench.app_token().await);
    assert_eq!(claims["tid"], bench.running.demo.tenant_id.to_string());
    assert_eq!(
        claims["appid"],
        bench.running.demo.app.client_id.to_string()
    );
    let granted = bench.running.tenant.read(|state| {
        let app = state.application(state.demo.app_client_id);
        json!(app.unwrap().application_permissions)
    });
    assert_eq!(claims["roles"], granted);
    assert!(claims.get("scp").is_none());
}

#[tokio::test]
async fn basic_authentication_works_as_well() {
    let bench = Bench::new().await;
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    let response = bench
        .client
        .post(bench.url(&bench.token_path()))
        .basic_auth(bench.running.demo.app.client_id, Some(bench.secret()))
        .form(&form)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 3599);
    assert_eq!(body["ext_expires_in"], 3599);
}

/// Asks for an access token by client credentials with these further parameters, and expects this refusal.
async fn is_refused(bench: &Bench, more: &[(&str, &str)], error: &str, number: u32) {
    let form = [&[("grant_type", "client_credentials")], more].concat();
    let answer = bench.post_form(&bench.token_path(), &form).await;
    answer.is_oauth_error(error, number);
    assert!(answer.status.is_client_error());
}

#[tokio::test]
async fn applications_are_refused_in_the_services_words() {
    let bench = Bench::new().await;
    let id = ("client_id", &*bench.running.demo.app.client_id.to_string());
    let public = (
        "client_id",
        &*bench.running.demo.public_client_id.to_string(),
    );
    let unknown = ("client_id", "00000000-0000-0000-0000-000000000001");
    let secret = ("client_secret", &*bench.secret());
    let wrong = ("client_secret", "wrong");
    let default = ("scope", "https://graph.microsoft.com/.default");
    is_refused(&bench, &[], "invalid_request", 900_144).await;
    is_refused(&bench, &[unknown], "unauthorized_client", 700_016).await;
    is_refused(&bench, &[id], "invalid_client", 7_000_218).await;
    is_refused(&bench, &[id, wrong], "invalid_client", 7_000_215).await;
    let narrow = ("scope", "User.Read.All");
    is_refused(&bench, &[id, secret, narrow], "invalid_scope", 1_002_012).await;
    is_refused(&bench, &[public, default], "invalid_client", 7_000_218).await;
    is_refused(&bench, &[public, wrong], "invalid_client", 700_025).await;
}

#[tokio::test]
async fn what_is_no_token_request_is_refused() {
    let bench = Bench::new().await;
    let id = ("client_id", &*bench.running.demo.app.client_id.to_string());
    let secret = ("client_secret", &*bench.secret());
    let path = bench.token_path();
    let answer = bench.post_form(&path, &[id]).await;
    answer.is_oauth_error("invalid_request", 900_144);
    let password = ("grant_type", "password");
    let answer = bench.post_form(&path, &[password, id, secret]).await;
    answer.is_oauth_error("unsupported_grant_type", 70_003);
    for tenant in ["fabrikam.example", "common"] {
        let path = format!("/{tenant}/oauth2/v2.0/token");
        let form = [("grant_type", "client_credentials"), id];
        let answer = bench.post_form(&path, &form).await;
        answer.is_oauth_error("invalid_request", 90_002);
    }
    let json = bench.client.post(bench.url(&path)).json(&json!({}));
    let answer = Answer::read(json.send().await.unwrap()).await;
    answer.is_oauth_error("invalid_request", 900_561);
}

/// A client assertion, signed as `alg` says; the claims may be changed before.
fn assertion(bench: &Bench, client_id: &str, alg: &str, change: impl FnOnce(&mut Value)) -> String {
    let now = 1_780_304_400; // 2026-06-01T09:00:00Z
    let thumbprint = base64url::encode(&Sha256::digest(CLIENT_CERTIFICATE));
    let header = json!({"alg": alg, "typ": "JWT", "x5t#S256": thumbprint});
    let mut claims = json!({
        "aud": bench.url(&bench.token_path()), "iss": client_id, "sub": client_id,
        "jti": "1", "nbf": now, "iat": now, "exp": now + 300,
    });
    change(&mut claims);
    let part = |value: &Value| base64url::encode(value.to_string().as_bytes());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let key = RsaKeyPair::from_pkcs8(CLIENT_KEY).unwrap();
    let encoding: &dyn RsaEncoding = match alg {
        "RS256" => &RSA_PKCS1_SHA256,
        _ => &RSA_PSS_SHA256,
    };
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(
        encoding,
        &SystemRandom::new(),
        signed.as_bytes(),
        &mut signature,
    )
    .unwrap();
    format!("{signed}.{}", base64url::encode(&signature))
}

async fn present(bench: &Bench, client_id: &str, assertion: &str) -> Answer {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", client_id),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", assertion),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    bench.post_form(&bench.token_path(), &form).await
}

#[tokio::test]
async fn a_certificate_gives_a_token_and_every_claim_counts() {
    let bench = Bench::new().await;
    let mut application =
        Application::confidential("cert", &["User.Read.All"], &crate::env::Env::system());
    application.add_certificate(CLIENT_CERTIFICATE.to_vec());
    let id = application.client_id.to_string();
    bench.change(|state| state.applications.push(application));
    for alg in ["PS256", "RS256"] {
        let answer = present(&bench, &id, &assertion(&bench, &id, alg, |_| {})).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    }
    let changed = |name: &'static str, value: Value| {
        assertion(&bench, &id, "PS256", move |claims| claims[name] = value)
    };
    for (jwt, number) in [
        (changed("iss", json!("somebody")), 700_021),
        (changed("sub", json!("somebody")), 700_021),
        (
            changed(
                "aud",
                json!("https://login.microsoftonline.com/x/oauth2/v2.0/token"),
            ),
            700_023,
        ),
        (
            changed(
                "aud",
                json!(bench.url("/fabrikam.example/oauth2/v2.0/token")),
            ),
            700_023,
        ),
        (changed("exp", json!(1_780_304_400 - 301)), 700_024),
        (changed("nbf", json!(1_780_304_400 + 301)), 700_024),
        (changed("exp", json!("soon")), 50_027),
        (assertion(&bench, &id, "none", |_| {}), 700_027),
        ("a.b".to_owned(), 50_027),
        ("a.b.c.d".to_owned(), 50_027),
    ] {
        present(&bench, &id, &jwt)
            .await
            .is_oauth_error("invalid_client", number);
    }
    let good = assertion(&bench, &id, "PS256", |_| {});
    let (signed, _) = good.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", base64url::encode(&[1; 256]));
    present(&bench, &id, &forged)
        .await
        .is_oauth_error("invalid_client", 700_027);
    bench.change(|state| state.applications.last_mut().unwrap().certificates.clear());
    present(&bench, &id, &good)
        .await
        .is_oauth_error("invalid_client", 700_027);
}

#[tokio::test]
async fn discovery_leads_to_endpoints_and_keys() {
    let bench = Bench::new().await;
    let instance = bench
        .client
        .get(bench.url("/common/discovery/instance"))
        .send()
        .await;
    let instance = Answer::read(instance.unwrap()).await;
    let link = instance.body["tenant_discovery_endpoint"].as_str().unwrap();
    let configuration = Answer::read(bench.client.get(link).send().await.unwrap()).await;
    assert_eq!(
        configuration.body["token_endpoint"],
        bench.url(&bench.token_path())
    );
    let keys = configuration.body["jwks_uri"].as_str().unwrap();
    let keys = Answer::read(bench.client.get(keys).send().await.unwrap()).await;
    let token = bench.app_token().await;
    let header = base64url::decode(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    let mut keys = keys.body["keys"].as_array().unwrap().iter();
    let key = keys.find(|key| key["kid"] == header["kid"]).unwrap();
    let coordinate = |name: &str| base64url::decode(key[name].as_str().unwrap());
    let point = [vec![4], coordinate("x").unwrap(), coordinate("y").unwrap()].concat();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    ring::signature::UnparsedPublicKey::new(&ring::signature::ECDSA_P256_SHA256_FIXED, point)
        .verify(signed.as_bytes(), &base64url::decode(signature).unwrap())
        .unwrap();
    let unknown = bench
        .client
        .get(bench.url("/x/v2.0/.well-known/openid-configuration"))
        .send()
        .await;
    Answer::read(unknown.unwrap())
        .await
        .is_oauth_error("invalid_request", 90_002);
}
