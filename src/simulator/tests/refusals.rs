//! Every way in which a registration is refused.

use reqwest::StatusCode;
use serde_json::json;

use super::Bench;
use super::key::{Key, Statement};
use crate::simulator::tenant::{
    DuplicateStatus, EnforcementType, KeyRestrictions, State, Target, UserType,
};
use crate::webauthn::Aaguid;

type Change<T> = fn(&mut T);

#[tokio::test]
async fn what_the_key_must_not_answer_is_refused() {
    let unverified = "could not be verified";
    let spoilers: [(Change<Key>, &str); 16] = [
        (|key| key.kind = "webauthn.get", unverified),
        (
            |key| key.origin = "https://login.microsoftonline.com",
            unverified,
        ),
        (|key| key.rp_id = "localhost", unverified),
        (|key| key.flags = 0x41, unverified),
        (|key| key.flags = 0x44, unverified),
        (|key| key.aaguid = *b"halligan-model-2", unverified),
        (|key| key.algorithm = -8, "algorithm that it names"),
        (|key| key.algorithm = -65535, "algorithm that it names"),
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
    let changes: [(Change<State>, &str); 5] = [
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
            |state| state.fido2_policy.include_targets = vec![Target::Group("g".to_owned()).into()],
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
    let body = Key::new(1).answer(&bench.options(&token).await);
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
