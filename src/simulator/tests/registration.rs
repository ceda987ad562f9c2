//! Registering, listing and removing keys.

use reqwest::StatusCode;
use serde_json::json;

use super::Bench;
use super::key::{Key, Statement};
use crate::encoding::{base64url, hex};
use crate::simulator::tenant::CredentialIdEncoding;
use crate::webauthn::Aaguid;

#[tokio::test]
async fn a_key_is_registered_listed_and_removed() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let key = Key::new(1);
    bench.change(|state| {
        state.trust_anchor(&key.vendor.root);
        state
            .models
            .insert(Aaguid::new(key.aaguid), "Test key 1".to_owned());
    });
    let options = bench.options(&token).await;
    let path = bench.methods(&bench.bg1());
    let created = bench.post(&path, &token, &key.answer(&options)).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    assert!(
        created
            .header("content-type")
            .starts_with("application/json")
    );
    let method = &created.body;
    assert_eq!(
        method["id"],
        base64url::encode_url_token(&key.credential_id)
    );
    assert_eq!(method["displayName"], "BG1 key A");
    assert_eq!(method["createdDateTime"], "2026-06-01T09:00:00Z");
    assert_eq!(method["aaGuid"], Aaguid::new(key.aaguid).to_string());
    assert_eq!(method["model"], "Test key 1");
    assert_eq!(method["attestationLevel"], "attested");
    assert_eq!(method["passkeyType"], "deviceBound");
    let sha1 = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &key.vendor.leaf);
    assert_eq!(
        method["attestationCertificates"],
        json!([hex::encode(sha1.as_ref())])
    );

    let listed = bench.get(&path, &token).await;
    assert_eq!(listed.body["value"].as_array().unwrap().len(), 1);
    assert_eq!(listed.body["value"][0]["id"], method["id"]);
    let one = format!("{path}/{}", method["id"].as_str().unwrap());
    assert_eq!(bench.get(&one, &token).await.body["model"], "Test key 1");
    assert_eq!(
        bench.delete(&one, &token).await.status,
        StatusCode::NO_CONTENT
    );
    bench
        .delete(&one, &token)
        .await
        .is_error(404, "resourceNotFound", "");
    bench
        .get(&one, &token)
        .await
        .is_error(404, "resourceNotFound", "");
    assert_eq!(bench.get(&path, &token).await.body["value"], json!([]));
}

#[tokio::test]
async fn options_have_the_shape_of_the_service() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let options = bench.options(&token).await;
    let public_key = &options["publicKey"];
    assert_eq!(options["challengeTimeoutDateTime"], "2026-06-01T09:05:00Z");
    assert_eq!(public_key["rp"]["id"], "login.microsoft.com");
    assert_eq!(public_key["attestation"], "direct");
    assert_eq!(
        public_key["authenticatorSelection"]["requireResidentKey"],
        true
    );
    assert_eq!(public_key["extensions"]["hmacCreateSecret"], true);
    assert_eq!(
        public_key["rp"]["@odata.type"],
        "#microsoft.graph.webauthnPublicKeyCredentialRpEntity"
    );
    let handle = base64url::decode(public_key["user"]["id"].as_str().unwrap()).unwrap();
    assert_eq!((handle.len(), &handle[..3]), (51, b"OF:".as_slice()));
    assert!(public_key["challenge"].as_str().unwrap().len() > 6800);

    let beta = bench.methods(&bench.bg1()).replace("v1.0", "beta");
    for spelling in [
        "creationOptions(challengeTimeoutInMinutes=10)",
        "creationOptions?challengeTimeoutInMinutes=10",
    ] {
        let answer = bench.get(&format!("{beta}/{spelling}"), &token).await;
        assert_eq!(
            answer.body["challengeTimeoutDateTime"],
            "2026-06-01T09:10:00Z"
        );
        assert!(answer.body["publicKey"]["rp"]["@odata.type"].is_null());
    }
    let too_short = format!("{beta}/creationOptions(challengeTimeoutInMinutes=4)");
    let refused = bench.get(&too_short, &token).await;
    refused.is_error(400, "badRequest", "challengeTimeoutInMinutes");
    bench.change(|state| state.quirks.omit_extensions = true);
    let options = bench.options(&token).await;
    assert_eq!(
        options["publicKey"]["extensions"]
            .as_object()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn exclude_lists_name_registered_keys_in_each_encoding() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let key = Key::new(1);
    let body = key.answer(&bench.options(&token).await);
    bench
        .post(&bench.methods(&bench.bg1()), &token, &body)
        .await;
    for encoding in [
        CredentialIdEncoding::Base64Url,
        CredentialIdEncoding::PaddedBase64,
        CredentialIdEncoding::UrlToken,
    ] {
        bench.change(|state| state.quirks.credential_id_encoding = encoding);
        let options = bench.options(&token).await;
        let id = options["publicKey"]["excludeCredentials"][0]["id"]
            .as_str()
            .unwrap();
        let wanted = match encoding {
            CredentialIdEncoding::Base64Url => base64url::encode(&key.credential_id),
            CredentialIdEncoding::PaddedBase64 => {
                let text = base64url::encode(&key.credential_id);
                format!("{}=", text.replace('-', "+").replace('_', "/"))
            }
            CredentialIdEncoding::UrlToken => {
                format!("{}1", base64url::encode(&key.credential_id))
            }
        };
        assert_eq!(id, wanted);
    }
}

#[tokio::test]
async fn every_statement_is_accepted_while_attestation_is_not_enforced() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let options = bench.options(&token).await;
    for (seed, statement) in [
        (1, Statement::None),
        (2, Statement::PackedSelf),
        (3, Statement::PackedX5c),
    ] {
        let key = Key {
            statement,
            ..Key::new(seed)
        };
        // One challenge serves several registrations.
        let path = bench.methods(&bench.bg1());
        let created = bench.post(&path, &token, &key.answer(&options)).await;
        assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
        assert_eq!(created.body["attestationLevel"], "notAttested");
    }
}

#[tokio::test]
async fn enforced_attestation_must_lead_to_a_trust_anchor() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    bench.change(|state| state.fido2_policy.is_attestation_enforced = true);
    let options = bench.options(&token).await;
    let path = bench.methods(&bench.bg1());
    let reason = "Attestation is required";
    for statement in [Statement::None, Statement::PackedSelf, Statement::PackedX5c] {
        let key = Key {
            statement,
            ..Key::new(1)
        };
        let refused = bench.post(&path, &token, &key.answer(&options)).await;
        refused.is_error(400, "badRequest", reason);
    }
    let key = Key::new(1);
    bench.change(|state| state.trust_anchor(&key.vendor.root));
    let created = bench.post(&path, &token, &key.answer(&options)).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    // An anchor may be the attestation certificate itself.
    bench.change(|state| state.trust_anchors = vec![key.vendor.leaf.clone().into()]);
    let created = bench
        .post(&path, &token, &Key::new(2).answer(&options))
        .await;
    assert_eq!(created.body["attestationLevel"], "attested");
}

#[tokio::test]
async fn names_of_thirty_characters_or_none_are_accepted() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let options = bench.options(&token).await;
    let path = bench.methods(&bench.bg1());
    let longest = Key {
        display_name: Some("é".repeat(30)),
        ..Key::new(1)
    };
    let unnamed = Key {
        display_name: None,
        ..Key::new(2)
    };
    let first = bench.post(&path, &token, &longest.answer(&options)).await;
    assert_eq!(first.body["displayName"], "é".repeat(30));
    let second = bench.post(&path, &token, &unnamed.answer(&options)).await;
    assert_eq!(second.body["displayName"], "Security key");
}
