//! Registering, listing and removing keys, and every way in which a registration is refused.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::Bench;
use super::key::{Key, Statement};
use crate::encoding::{base64url, hex};
use crate::simulator::tenant::{
    CredentialIdEncoding, DuplicateStatus, EnforcementType, KeyRestrictions, Target, UserType,
};
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
async fn what_the_key_must_not_answer_is_refused() {
    let unverified = "could not be verified";
    let spoilers: [(fn(&mut Key), &str); 14] = [
        (|key| key.kind = "webauthn.get", unverified),
        (
            |key| key.origin = "https://login.microsoftonline.com",
            unverified,
        ),
        (|key| key.rp_id = "localhost", unverified),
        (|key| key.flags = 0x41, unverified),
        (|key| key.flags = 0x44, unverified),
        (|key| key.aaguid = *b"halligan-model-2", unverified),
        (|key| key.trailing = vec![0], "bytes too many"),
        (|key| key.extensions = vec![0xa0], "bytes too many"),
        (|key| key.flags = 0xc5, "extensions"),
        (|key| key.flags = 0x05, "bytes too many"),
        (
            |key| key.challenge = Some("AAEC".to_owned()),
            "not one that was issued",
        ),
        (
            |key| key.challenge = Some("!".to_owned()),
            "not one that was issued",
        ),
        (|key| key.display_name = Some("x".repeat(31)), "displayName"),
        (|key| key.display_name = Some(String::new()), "displayName"),
    ];
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let options = bench.options(&token).await;
    for (spoil, reason) in spoilers {
        let mut key = Key::new(1);
        spoil(&mut key);
        let path = bench.methods(&bench.bg1());
        let refused = bench.post(&path, &token, &key.answer(&options)).await;
        refused.is_error(400, "badRequest", reason);
    }
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

#[tokio::test]
async fn a_signature_by_somebody_else_is_refused() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let options = bench.options(&token).await;
    for statement in [Statement::PackedSelf, Statement::PackedX5c] {
        let key = Key {
            statement,
            ..Key::new(1)
        };
        let mut body = key.answer(&options);
        let other = Key {
            display_name: None,
            ..key.clone()
        }
        .answer(&bench.options(&token).await);
        // Client data of one ceremony, attestation of another.
        body["publicKeyCredential"]["response"]["clientDataJSON"] =
            other["publicKeyCredential"]["response"]["clientDataJSON"].clone();
        let refused = bench
            .post(&bench.methods(&bench.bg1()), &token, &body)
            .await;
        refused.is_error(400, "badRequest", "could not be verified");
    }
}

#[tokio::test]
async fn members_that_graph_does_not_know_are_refused() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let good = Key::new(1).answer(&bench.options(&token).await);
    let path = bench.methods(&bench.bg1());
    for (pointer, member) in [
        ("/publicKeyCredential", "rawId"),
        ("/publicKeyCredential", "type"),
        ("/publicKeyCredential", "authenticatorAttachment"),
        ("/publicKeyCredential/response", "transports"),
        ("/publicKeyCredential/response", "authenticatorData"),
        ("", "aaGuid"),
    ] {
        let mut body = good.clone();
        body.pointer_mut(pointer).unwrap()[member] = json!("x");
        bench
            .post(&path, &token, &body)
            .await
            .is_error(400, "badRequest", member);
    }
    let mut annotated = good;
    annotated["@odata.type"] = json!("#microsoft.graph.fido2AuthenticationMethod");
    annotated["publicKeyCredential"]["clientExtensionResults"] = json!({"hmacCreateSecret": true});
    let created = bench.post(&path, &token, &annotated).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
}

#[tokio::test]
async fn ids_and_encodings_must_be_exact() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let good = Key::new(1).answer(&bench.options(&token).await);
    let path = bench.methods(&bench.bg1());
    let spoiled = |pointer: &str, spoil: &dyn Fn(&str) -> String| {
        let mut body = good.clone();
        let member = body.pointer_mut(pointer).unwrap();
        *member = spoil(member.as_str().unwrap()).into();
        body
    };
    let object = "/publicKeyCredential/response/attestationObject";
    for (body, reason) in [
        (
            spoiled("/publicKeyCredential/id", &|_| "AAEC".to_owned()),
            "not the one",
        ),
        (
            spoiled("/publicKeyCredential/id", &|id| format!("{id}1")),
            "not the one",
        ),
        (
            spoiled("/publicKeyCredential/id", &|id| format!("{id}=")),
            "id is not base64url",
        ),
        (
            spoiled(object, &|text| format!("{text}=")),
            "attestationObject is not base64url",
        ),
        (
            spoiled(object, &|text| text[..400].to_owned()),
            "Invalid attestation data format",
        ),
        (
            spoiled("/publicKeyCredential/response/clientDataJSON", &|_| {
                "e30".to_owned()
            }),
            "clientDataJSON",
        ),
        (json!({"displayName": "x"}), "publicKeyCredential"),
        (json!([]), "request body"),
    ] {
        bench
            .post(&path, &token, &body)
            .await
            .is_error(400, "badRequest", reason);
    }
}

#[tokio::test]
async fn a_challenge_is_for_one_user_and_for_a_time() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let body = Key::new(1).answer(&bench.options(&token).await);
    let other = bench.methods(&bench.running.demo.emergency_accounts[1]);
    let refused = bench.post(&other, &token, &body).await;
    refused.is_error(400, "badRequest", "another user");
    bench.advance(300);
    let path = bench.methods(&bench.bg1());
    let refused = bench.post(&path, &token, &body).await;
    refused.is_error(400, "badRequest", "The challenge has expired");
}

#[tokio::test]
async fn a_credential_is_registered_once_whoever_owns_it() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let key = Key::new(1);
    let path = bench.methods(&bench.bg1());
    let body = key.answer(&bench.options(&token).await);
    assert_eq!(
        bench.post(&path, &token, &body).await.status,
        StatusCode::CREATED
    );
    let again = bench.post(&path, &token, &body).await;
    again.is_error(400, "badRequest", "already registered");
    bench.change(|state| state.quirks.duplicate_status = DuplicateStatus::Conflict);
    let again = bench.post(&path, &token, &body).await;
    again.is_error(409, "conflict", "already registered");
    let other = bench.methods(&bench.running.demo.emergency_accounts[1]);
    let options = bench
        .get(&format!("{other}/creationOptions"), &token)
        .await
        .body;
    let elsewhere = bench.post(&other, &token, &key.answer(&options)).await;
    elsewhere.is_error(409, "conflict", "already registered");
}

#[tokio::test]
async fn the_policy_refuses_before_and_after_the_key_was_touched() {
    let changes: [(fn(&mut crate::simulator::tenant::State), &str); 5] = [
        (|state| state.fido2_policy.is_enabled = false, "disabled"),
        (
            |state| state.fido2_policy.is_self_service_registration_allowed = false,
            "Self-service",
        ),
        (
            |state| {
                let id = state.users[0].id;
                state.fido2_policy.exclude_targets = vec![Target::User(id)];
            },
            "not targeted",
        ),
        (
            |state| state.fido2_policy.include_targets = vec![Target::Group("g".to_owned())],
            "not targeted",
        ),
        (|state| state.users[0].user_type = UserType::Guest, "guest"),
    ];
    for (change, reason) in changes {
        let bench = Bench::new().await;
        let token = bench.app_token().await;
        let body = Key::new(1).answer(&bench.options(&token).await);
        bench.change(change);
        let path = bench.methods(&bench.bg1());
        let refused = bench.get(&format!("{path}/creationOptions"), &token).await;
        refused.is_error(400, "badRequest", reason);
        bench
            .post(&path, &token, &body)
            .await
            .is_error(400, "badRequest", reason);
    }
}

#[tokio::test]
async fn models_are_allowed_or_blocked_by_aaguid() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let body: Value = Key::new(1).answer(&bench.options(&token).await);
    let restrict = |enforcement_type, aa_guids| {
        bench.change(|state| {
            state.fido2_policy.key_restrictions = KeyRestrictions {
                is_enforced: true,
                enforcement_type,
                aa_guids,
            };
        });
    };
    let path = bench.methods(&bench.bg1());
    let own = Aaguid::new(Key::new(1).aaguid);
    restrict(EnforcementType::Block, vec![own]);
    bench
        .post(&path, &token, &body)
        .await
        .is_error(400, "badRequest", "disallowed");
    restrict(EnforcementType::Allow, vec![Aaguid::ZERO]);
    bench
        .post(&path, &token, &body)
        .await
        .is_error(400, "badRequest", "disallowed");
    restrict(EnforcementType::Allow, vec![own]);
    assert_eq!(
        bench.post(&path, &token, &body).await.status,
        StatusCode::CREATED
    );
}
