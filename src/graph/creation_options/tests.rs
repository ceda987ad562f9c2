#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::encoding::base64url;

const SAMPLE: &str = include_str!("../../../tests/vectors/graph/creation-options.json");

fn sample() -> Value {
    serde_json::from_str(SAMPLE).unwrap()
}

/// The sample with one member replaced; `null` counts as absent.
fn with(pointer: &str, value: Value) -> Value {
    let mut answer = sample();
    *answer.pointer_mut(pointer).unwrap() = value;
    answer
}

fn read(answer: &Value) -> CreationOptions {
    CreationOptions::from_json(answer).unwrap()
}

#[test]
fn the_published_sample_is_understood() {
    let options = read(&sample());
    assert_eq!(options.rp_id.origin(), "https://login.microsoft.com");
    assert_eq!(options.rp_name.as_deref(), Some("Microsoft"));
    assert_eq!(options.user_handle.len(), 51);
    assert_eq!(&options.user_handle[..3], b"OF:");
    assert_eq!(options.user_name.as_deref(), Some("john@contoso.com"));
    assert_eq!(options.challenge.len(), 6931);
    assert_eq!(options.algorithms, [-7, -257]);
    let lengths: Vec<usize> = options.exclude_list.iter().map(Vec::len).collect();
    assert_eq!(lengths.iter().sum::<usize>(), 32 + 32 + 16);
    assert_eq!(options.undecodable_exclusions, Vec::<String>::new());
    assert_eq!(
        options.expires,
        Some("2024-06-13T11:26:35Z".parse().unwrap())
    );
    assert_eq!(options.timeout, Some(Duration::from_secs(60)));
    assert!(options.require_resident_key && options.hmac_secret && options.enforce_cred_protect);
    assert_eq!(
        options.user_verification,
        UserVerificationRequirement::Required
    );
    assert_eq!(options.attestation, AttestationConveyance::Direct);
    assert_eq!(options.cred_protect.level(), 1);
}

#[test]
fn wrapper_and_annotations_change_nothing() {
    let mut annotated = sample();
    for pointer in [
        "",
        "/publicKey",
        "/publicKey/rp",
        "/publicKey/user",
        "/publicKey/extensions",
        "/publicKey/pubKeyCredParams/0",
        "/publicKey/authenticatorSelection",
        "/publicKey/excludeCredentials/0",
    ] {
        let object = annotated.pointer_mut(pointer).unwrap();
        object["@odata.type"] = json!("#microsoft.graph.something");
        object["cameLater"] = json!([1]);
    }
    assert_eq!(read(&annotated), read(&sample()));
    let wrapped = json!({"@odata.context": "…", "value": annotated});
    assert_eq!(read(&wrapped), read(&sample()));
}

#[test]
fn each_necessary_member_is_named_when_it_is_missing() {
    for (pointer, member) in [
        ("/publicKey", "publicKey"),
        ("/publicKey/rp", "publicKey.rp"),
        ("/publicKey/rp/id", "publicKey.rp.id"),
        ("/publicKey/user", "publicKey.user"),
        ("/publicKey/user/id", "publicKey.user.id"),
        ("/publicKey/challenge", "publicKey.challenge"),
        ("/publicKey/pubKeyCredParams", "publicKey.pubKeyCredParams"),
    ] {
        let error = CreationOptions::from_json(&with(pointer, Value::Null));
        assert_eq!(error, Err(Error::Missing(member)));
    }
    assert_eq!(
        CreationOptions::from_json(&json!({})),
        Err(Error::Missing("publicKey"))
    );
}

#[test]
fn each_malformed_member_is_named() {
    for (pointer, value, name) in [
        (
            "/challengeTimeoutDateTime",
            json!("soon"),
            "challengeTimeoutDateTime",
        ),
        (
            "/challengeTimeoutDateTime",
            json!(5),
            "challengeTimeoutDateTime",
        ),
        ("/publicKey", json!([]), "publicKey"),
        ("/publicKey/rp/id", json!("https://evil"), "publicKey.rp.id"),
        ("/publicKey/user/id", json!("!"), "publicKey.user.id"),
        (
            "/publicKey/user/id",
            json!("A".repeat(88)),
            "publicKey.user.id",
        ),
        ("/publicKey/challenge", json!("AB"), "publicKey.challenge"),
        ("/publicKey/challenge", json!("a b"), "publicKey.challenge"),
        ("/publicKey/challenge", json!("="), "publicKey.challenge"),
        (
            "/publicKey/pubKeyCredParams/1/alg",
            json!("x"),
            "publicKey.pubKeyCredParams[1].alg",
        ),
    ] {
        let error = CreationOptions::from_json(&with(pointer, value)).unwrap_err();
        assert!(
            error
                .to_string()
                .contains(&format!("member {name} is malformed")),
            "{error}"
        );
    }
}

#[test]
fn padding_of_the_challenge_is_dropped_and_the_rest_kept() {
    assert_eq!(
        read(&with("/publicKey/challenge", json!("_-8="))).challenge,
        "_-8"
    );
}

#[test]
fn absence_means_what_the_service_says_it_means() {
    let mut answer = sample();
    for member in [
        "extensions",
        "authenticatorSelection",
        "attestation",
        "excludeCredentials",
        "timeout",
    ] {
        answer["publicKey"][member] = Value::Null;
    }
    answer["challengeTimeoutDateTime"] = Value::Null;
    let options = read(&answer);
    assert!(options.hmac_secret && !options.enforce_cred_protect);
    assert_eq!(
        options.cred_protect,
        CredentialProtectionPolicy::UserVerificationOptional
    );
    assert_eq!(
        options.user_verification,
        UserVerificationRequirement::Preferred
    );
    assert_eq!(options.attestation, AttestationConveyance::None);
    assert_eq!((options.expires, options.timeout), (None, None));
    assert!(options.exclude_list.is_empty());
}

#[test]
fn the_tenant_may_want_other_extensions() {
    let extensions = json!({"hmacCreateSecret": false, "credentialProtectionPolicy": "userVerificationRequired"});
    let options = read(&with("/publicKey/extensions", extensions));
    assert!(!options.hmac_secret);
    assert_eq!(options.cred_protect.level(), 3);
}

#[test]
fn names_are_cut_between_characters() {
    let long = format!("{}é and more", "x".repeat(63));
    assert_eq!(
        read(&with("/publicKey/user/name", json!(long)))
            .user_name
            .unwrap(),
        "x".repeat(63)
    );
    let exact = "é".repeat(32);
    let options = read(&with("/publicKey/user/displayName", json!(exact)));
    assert_eq!(options.user_display_name.unwrap(), exact);
}

#[test]
fn every_reading_of_an_excluded_id_is_excluded() {
    let bytes = |length: u8| (0..length).collect::<Vec<u8>>();
    let entries = json!([
        {"id": "AAECAwQFBgcICQoLDA0ODw2"},
        {"id": "AAECAwQFBgcICQoLDA0ODxA1"},
        {"id": "AAECAwQFBgcICQoLDA0ODxAR0"},
        {"id": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh81"},
        {"id": "AAECAwQFBgcICQoLDA0ODw=="},
        {"id": "§"},
        {"id": null},
        {"id": "A".repeat(4000)},
    ]);
    let options = read(&with("/publicKey/excludeCredentials", entries));
    for length in [16, 17, 18, 32] {
        assert!(options.exclude_list.contains(&bytes(length)), "{length}");
    }
    let occurrences = options
        .exclude_list
        .iter()
        .filter(|id| **id == bytes(16))
        .count();
    assert_eq!(occurrences, 1);
    assert_eq!(options.undecodable_exclusions.len(), 3);
    assert_eq!(options.undecodable_exclusions[2].len(), 200);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(".{0,12}", inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_member() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        "/challengeTimeoutDateTime",
        "/publicKey",
        "/publicKey/rp",
        "/publicKey/rp/id",
        "/publicKey/user",
        "/publicKey/user/id",
        "/publicKey/user/name",
        "/publicKey/challenge",
        "/publicKey/pubKeyCredParams",
        "/publicKey/pubKeyCredParams/0",
        "/publicKey/timeout",
        "/publicKey/excludeCredentials",
        "/publicKey/excludeCredentials/0/id",
        "/publicKey/authenticatorSelection",
        "/publicKey/attestation",
        "/publicKey/extensions",
        "/publicKey/extensions/credentialProtectionPolicy",
    ])
}

proptest! {
    #[test]
    fn any_value_of_any_member_gives_options_or_an_error(pointer in any_member(), value in any_json()) {
        if let Ok(options) = CreationOptions::from_json(&with(pointer, value)) {
            prop_assert!(base64url::decode(&options.challenge).is_ok());
            prop_assert!((1..=64).contains(&options.user_handle.len()));
            prop_assert!(options.user_name.is_none_or(|name| name.len() <= 64));
        }
    }

    #[test]
    fn any_json_gives_options_or_an_error(value in any_json()) {
        let _ = CreationOptions::from_json(&value);
        let _ = CreationOptions::from_json(&json!({"value": value}));
    }

    #[test]
    fn any_bytes_in_place_of_the_sample_give_options_or_an_error(
        offset in 0..SAMPLE.len(), bytes in prop::collection::vec(any::<u8>(), 1..8)
    ) {
        let mut text = SAMPLE.as_bytes().to_vec();
        let end = (offset + bytes.len()).min(text.len());
        text.splice(offset..end, bytes);
        if let Ok(answer) = serde_json::from_slice(&text) {
            let _ = CreationOptions::from_json(&answer);
        }
    }
}
