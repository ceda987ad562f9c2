use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use sha2::{Digest, Sha256};
use x509_cert::der::{DecodePem, Encode};

use super::super::application::Application;
use super::*;
use crate::encoding::base64url;
use crate::secret::ClientSecret;

const PEM: &str = include_str!("../../../../tests/vectors/graph/client-certificate.pem");
const OTHER_CERTIFICATE: &str =
    include_str!("../../../../tests/vectors/graph/other-certificate.pem");

fn application(server: &TestServer, env: Env) -> Application {
    Application {
        http: server.http(),
        endpoints: server.endpoints(),
        tenant: TENANT.parse().unwrap(),
        client_id: "the-client".to_owned(),
        env,
    }
}

fn secret(text: &str) -> ClientSecret {
    ClientSecret::new(text.to_owned())
}

#[tokio::test]
async fn a_client_secret_is_exchanged_at_the_overridden_authority() {
    let server = TestServer::start([issued("access")]).await;
    let flow = application(&server, Env::system())
        .client_secret(&secret("s3cret"))
        .ok()
        .unwrap();
    let source = Cached::new(flow, Env::system());
    assert_eq!(source.token().await.ok().unwrap().expose(), "access");
    assert_eq!(source.token().await.ok().unwrap().expose(), "access");
    let seen = server.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].line, TOKEN_LINE);
    assert_eq!(
        seen[0].form("grant_type").as_deref(),
        Some("client_credentials")
    );
    assert_eq!(seen[0].form("client_secret").as_deref(), Some("s3cret"));
    assert_eq!(
        seen[0].form("scope"),
        Some(format!("{}/.default", server.url))
    );
}

#[tokio::test]
async fn the_authoritys_own_words_survive() {
    let description = "AADSTS7000215: Invalid client secret provided.";
    let server = TestServer::start([refused("invalid_client", description)]).await;
    let flow = application(&server, Env::system())
        .client_secret(&secret("s3cret"))
        .ok()
        .unwrap();
    let error = flow.issue(None).await.err().unwrap();
    let refusal = error.authority_refusal().unwrap();
    assert_eq!(
        (refusal.error.as_str(), refusal.description.as_str()),
        ("invalid_client", description)
    );
    assert_eq!(refusal.codes, [7_000_215]);
    assert_eq!(refusal.correlation_id.as_deref(), Some("c-1"));
    assert!(!format!("{error:?} {error}").contains("s3cret"));
}

#[tokio::test]
async fn an_authority_that_is_not_there_is_told_from_one_that_refuses() {
    let server = TestServer::start([]).await;
    let mut application = application(&server, Env::system());
    application.endpoints.authority = "https://127.0.0.1:1".parse().unwrap();
    let flow = application.client_secret(&secret("s3cret")).ok().unwrap();
    let error = flow.issue(None).await.err().unwrap();
    assert!(
        matches!(&error, Error::Unreachable { reason, .. } if reason.starts_with("no connection to 127.0.0.1:1")),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_absurd_lifetime_is_an_error() {
    for expires_in in [i64::MAX, i64::MIN, -1] {
        let body = json!({"token_type": "Bearer", "access_token": "a", "expires_in": expires_in});
        let server = TestServer::start([Reply::json(200, body)]).await;
        let application = application(&server, Env::system());
        let flow = application.client_secret(&secret("s3cret")).ok().unwrap();
        let error = flow.issue(None).await.err().unwrap();
        assert!(matches!(error, Error::Local { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_no_token_repeats_nothing_of_it() {
    for body in [
        r#"{"access_token": "eyJsecret", "expires_in": "eyJsecret"}"#,
        "eyJsecret",
    ] {
        let server = TestServer::start([Reply::json(200, body)]).await;
        let flow = application(&server, Env::system())
            .client_secret(&secret("s3cret"))
            .ok()
            .unwrap();
        let error = flow.issue(None).await.err().unwrap();
        assert!(
            !format!("{error:?} {error}").contains("eyJsecret"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_certificate_signs_a_fresh_assertion_for_the_token_endpoint() {
    let (_, env) = clock();
    let server = TestServer::start([issued("access")]).await;
    let flow = application(&server, env.clone())
        .client_certificate(&secret(PEM))
        .ok()
        .unwrap();
    flow.issue(None).await.ok().unwrap();
    let seen = &server.seen()[0];
    assert_eq!(
        seen.form("client_assertion_type").as_deref(),
        Some("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
    );
    let assertion = seen.form("client_assertion").unwrap();
    let (signed, signature) = assertion.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let json = |part: &str| -> serde_json::Value {
        serde_json::from_slice(&base64url::decode(part).unwrap()).unwrap()
    };

    let certificate =
        x509_cert::Certificate::from_pem(&PEM[..PEM.find("-----BEGIN PRIVATE").unwrap()]).unwrap();
    let thumbprint = base64url::encode(&Sha256::digest(certificate.to_der().unwrap()));
    assert_eq!(
        json(header),
        json!({"alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint})
    );

    let claims = json(claims);
    let now = env.now().as_second();
    assert_eq!(
        claims["aud"],
        json!(format!("{}/{TENANT}/oauth2/v2.0/token", server.url))
    );
    assert_eq!(
        (&claims["iss"], &claims["sub"]),
        (&json!("the-client"), &json!("the-client"))
    );
    assert_eq!(
        (&claims["iat"], &claims["exp"]),
        (&json!(now), &json!(now + 300))
    );
    assert!(claims["nbf"].as_i64().unwrap() <= now);
    assert!(
        claims["jti"]
            .as_str()
            .unwrap()
            .parse::<uuid::Uuid>()
            .is_ok()
    );

    let public_key = certificate.tbs_certificate().subject_public_key_info();
    let public_key = public_key.subject_public_key.raw_bytes();
    UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, public_key)
        .verify(signed.as_bytes(), &base64url::decode(signature).unwrap())
        .unwrap();
}

#[test]
fn a_pem_text_that_cannot_work_says_why() {
    let refusal = |pem: &str| {
        let env = Env::system();
        Assertion::from_pem(&secret(pem), "c".to_owned(), "a".to_owned(), env).err()
    };
    let (certificate, key) = PEM.split_at(PEM.find("-----BEGIN PRIVATE KEY").unwrap());
    assert_eq!(refusal(PEM), None);
    assert_eq!(
        refusal(&format!("{key}{certificate}{OTHER_CERTIFICATE}")),
        None
    );
    assert_eq!(refusal(key), Some(CertificateError::Certificate));
    assert_eq!(refusal(""), Some(CertificateError::Certificate));
    assert!(matches!(
        refusal(certificate),
        Some(CertificateError::PrivateKey(_))
    ));
    assert_eq!(
        refusal(&format!("{OTHER_CERTIFICATE}{key}")),
        Some(CertificateError::KeyMismatch)
    );
}

#[tokio::test]
async fn a_workload_identity_hands_over_its_token_file() {
    let server = TestServer::start([issued("access")]).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "federated-token").unwrap();
    let flow = application(&server, Env::system())
        .workload_identity(file)
        .ok()
        .unwrap();
    assert_eq!(
        flow.issue(None).await.ok().unwrap().access_token.expose(),
        "access"
    );
    assert_eq!(
        server.seen()[0].form("client_assertion").as_deref(),
        Some("federated-token")
    );
    let absent =
        application(&server, Env::system()).workload_identity(folder.path().join("absent"));
    assert!(matches!(
        absent.err(),
        Some(Error::Local {
            flow: "workload identity",
            ..
        })
    ));
}
