//! ID tokens that others made: the example of RFC 7515, and PyJWT's, good and forged.

use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::*;
use crate::graph::credential::id_token::{Discovery, Expected, IdTokenError, KeySet, read, verify};

const RFC_7515: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/vectors/id_token/rfc7515-a2.json"
));
const TOKENS: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/vectors/id_token/tokens.json"
));

#[derive(Deserialize)]
struct Vectors {
    issuer: String,
    tenant: Uuid,
    audience: String,
    nonce: String,
    now: i64,
    asked_at: i64,
    keys: Value,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    token: String,
    expect: String,
}

impl Vectors {
    fn read() -> Self {
        serde_json::from_str(TOKENS).unwrap()
    }

    fn expected(&self) -> Expected<'_> {
        Expected {
            issuer: &self.issuer,
            tenant: self.tenant,
            audience: &self.audience,
            nonce: &self.nonce,
            asked_at: Timestamp::from_second(self.asked_at).unwrap(),
            now: Timestamp::from_second(self.now).unwrap(),
        }
    }

    fn keys(&self) -> KeySet {
        serde_json::from_value(self.keys.clone()).unwrap()
    }

    fn token(&self, name: &str) -> &str {
        let case = self.cases.iter().find(|case| case.name == name);
        &case.unwrap().token
    }
}

fn word(error: &IdTokenError) -> &'static str {
    match error {
        IdTokenError::Absent => "absent",
        IdTokenError::Algorithm(_) => "algorithm",
        IdTokenError::Audience => "audience",
        IdTokenError::Expired(_) => "expired",
        IdTokenError::Issuer { .. } => "issuer",
        IdTokenError::Keys(_) => "keys",
        IdTokenError::KeysUnreadable(_) => "keys_unreadable",
        IdTokenError::Malformed(_) => "malformed",
        IdTokenError::Nonce => "nonce",
        IdTokenError::OtherTime { .. } => "other_time",
        IdTokenError::Signature => "signature",
        IdTokenError::Tenant(_) => "tenant",
        IdTokenError::UnknownKey => "unknown_key",
    }
}

#[test]
fn good_tokens_pass_and_each_forged_one_is_refused_for_its_reason() {
    let vectors = Vectors::read();
    for case in &vectors.cases {
        let found = read(&case.token, &vectors.keys(), &vectors.expected());
        let found = found.map_or_else(|error| word(&error), |_| "pass");
        assert_eq!(found, case.expect, "{}", case.name);
    }
    let good = read(vectors.token("good"), &vectors.keys(), &vectors.expected()).unwrap();
    assert_eq!(good.token_id.as_deref(), Some("fqiBqXLPj0eQa82S-IYFAA"));
    assert_eq!(good.name.as_deref(), Some("bg1@contoso.onmicrosoft.com"));
    assert_eq!(
        good.account.to_string(),
        "00000000-0000-0000-66f3-3332eca7ea81"
    );
}

/// It names no key and is no ID token; given a name it gets as far as its signature, and with a byte changed not so far.
#[test]
fn the_signature_of_the_specification_verifies() {
    let example: Value = serde_json::from_str(RFC_7515).unwrap();
    let set = serde_json::json!({"keys": [example["key"]]});
    let keys: KeySet = serde_json::from_value(set).unwrap();
    let token = example["token"].as_str().unwrap();
    assert!(keys.verifies(token));
    let (signed, signature) = token.rsplit_once('.').unwrap();
    assert!(!keys.verifies(&format!("{signed}A.{signature}")));
    assert!(!keys.verifies(&format!("{signed}.{}", signature.replace('c', "d"))));
}

fn discovery(server: &TestServer, vectors: &Vectors) -> Reply {
    Reply::json(
        200,
        json!({"issuer": vectors.issuer, "jwks_uri": format!("{}/keys", server.url)}),
    )
}

fn client_of(server: &TestServer, vectors: &Vectors) -> PublicClient {
    PublicClient {
        tenant: vectors.tenant.to_string().parse().unwrap(),
        ..client(server, Env::system())
    }
}

#[tokio::test]
async fn a_key_that_is_not_known_has_the_keys_fetched_once_more() {
    let vectors = Vectors::read();
    let server = TestServer::start([]).await;
    server.push(discovery(&server, &vectors));
    let client = client_of(&server, &vectors);
    let discovery = Discovery::fetch(&client).await.unwrap();
    assert!(
        discovery
            .logout_page
            .path()
            .ends_with("/oauth2/v2.0/logout")
    );
    let old = json!({"keys": [{"kty": "RSA", "kid": "old", "n": "AA", "e": "AQAB"}]});
    let answer =
        async |token: &str| verify(&client.http, &discovery, token, &vectors.expected()).await;
    server.push(Reply::json(200, &old));
    server.push(Reply::json(200, &vectors.keys));
    answer(vectors.token("good")).await.unwrap();
    server.push(Reply::json(200, &old));
    server.push(Reply::json(200, &old));
    let error = answer(vectors.token("good")).await.unwrap_err();
    assert_eq!(word(&error), "unknown_key");
    assert_eq!(server.lines().len(), 5);
    server.push(Reply::json(200, "{}"));
    let error = answer(vectors.token("good")).await.unwrap_err();
    assert_eq!(word(&error), "keys_unreadable");
}

#[tokio::test]
async fn an_authority_of_another_tenant_is_not_believed() {
    let vectors = Vectors::read();
    let server = TestServer::start([]).await;
    let other = json!({"issuer": vectors.issuer.replace("9122", "9123"), "jwks_uri": format!("{}/keys", server.url)});
    for document in [
        other,
        json!({"issuer": "https://somewhere/", "jwks_uri": "https://k"}),
    ] {
        server.push(Reply::json(200, document));
        let found = Discovery::fetch(&client_of(&server, &vectors)).await;
        assert!(matches!(found, Err(Error::Malformed { .. })));
    }
    let plain = json!({"issuer": vectors.issuer, "jwks_uri": "http://keys.example/"});
    server.push(Reply::json(200, plain));
    let found = Discovery::fetch(&client_of(&server, &vectors)).await;
    assert!(matches!(found, Err(Error::Malformed { .. })));
}
