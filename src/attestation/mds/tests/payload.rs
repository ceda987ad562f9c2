//! Reading: nothing that is unknown or broken spoils the rest, and nothing is dropped in silence.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::attestation::mds::{Error, Freshness, Lookup, key_identifier};

#[test]
fn a_statement_is_read_and_words_of_later_editions_are_kept() {
    let metadata = metadata(json!([{
        "aaguid": MODEL,
        "rogueListURL": "https://example.com",
        "metadataStatement": {
            "description": "Key One",
            "authenticatorVersion": 328_706,
            "protocolFamily": "fido2",
            "schema": 9,
            "upv": [{"major": 1, "minor": 1}],
            "userVerificationDetails": [
                [{"userVerificationMethod": "passcode_external", "caDesc": {"base": 64, "minLength": 4}},
                 {"userVerificationMethod": "presence_internal"}],
                [{"userVerificationMethod": "thought_internal"}, {"userVerificationMethod": "presence_internal"}],
            ],
            "keyProtection": ["hardware", "vacuum"],
            "icon": "data:image/png;base64,AAAA",
            "authenticatorGetInfo": {
                "versions": ["FIDO_2_1", "FIDO_9"],
                "transports": ["usb", "nfc"],
                "firmwareVersion": 328_706,
                "surprise": {"deep": [1]},
            },
        },
        "statusReports": [{"status": "PRAISED", "effectiveDate": "2026-01-02", "by": "all"}],
    }]));
    let entry = metadata.entry(model()).unwrap();
    let statement = &entry.metadata_statement;
    assert_eq!(statement.description, "Key One");
    assert_eq!(statement.key_protection, ["hardware", "vacuum"]);
    assert_eq!(
        statement.user_verification_methods(),
        ["passcode_external", "presence_internal", "thought_internal"]
    );
    assert_eq!(statement.transports().collect::<Vec<_>>(), ["usb", "nfc"]);
    assert_eq!(
        statement.versions().collect::<Vec<_>>(),
        ["FIDO_2_1", "FIDO_9"]
    );
    assert_eq!(statement.firmware_version(), Some(328_706));
    assert_eq!(
        statement.authenticator_get_info["surprise"]["deep"],
        json!([1])
    );
    assert_eq!(entry.status_reports[0].status.to_string(), "PRAISED");
    assert!(metadata.unreadable().is_empty());
}

#[test]
fn an_entry_that_cannot_be_read_is_kept_and_spoils_nothing() {
    let other = "00000000-0000-0000-0000-000000000001";
    let metadata = metadata(json!([
        {"aaguid": MODEL, "statusReports": [{"status": 7}]},
        {"aaguid": other, "statusReports": []},
        "not an entry",
    ]));
    assert_eq!(metadata.entries().len(), 1);
    assert!(metadata.entry(other.parse().unwrap()).is_some());
    let [first, second] = metadata.unreadable() else {
        panic!("{:?}", metadata.unreadable());
    };
    assert_eq!((first.place, first.aaguid), (0, Some(model())));
    assert!(
        first.why.starts_with("statusReports[0].status"),
        "{}",
        first.why
    );
    assert_eq!((second.place, second.aaguid), (2, None));
    assert_eq!(metadata.lookup(model()), Lookup::Unreadable(first));
    assert_eq!(metadata.entry(model()), None);
}

#[test]
fn of_a_model_with_two_entries_neither_is_believed() {
    let metadata = metadata(json!([entry(json!([])), entry(json!([]))]));
    assert_eq!(metadata.entry(model()), None);
    assert!(matches!(metadata.lookup(model()), Lookup::Unreadable(one) if one.place == 1));
}

#[test]
fn what_names_no_model_is_never_found() {
    let zero = Aaguid::ZERO.to_string();
    let metadata = metadata(json!([{"aaguid": zero, "statusReports": []}]));
    assert_eq!(metadata.lookup(Aaguid::ZERO), Lookup::Absent);
    assert_eq!(metadata.lookup(model()), Lookup::Absent);
}

#[test]
fn u2f_models_are_found_by_their_attestation_key() {
    let identifier = key_identifier(b"public key");
    let entry = |name: &str| {
        json!({
            "attestationCertificateKeyIdentifiers": ["00", crate::encoding::hex::encode(&identifier).to_uppercase()],
            "metadataStatement": {"description": name},
            "statusReports": [],
        })
    };
    let metadata = metadata(json!([entry("one"), entry("two")]));
    let found: Vec<_> = metadata
        .entries_by_key_identifier(&identifier)
        .map(|entry| entry.metadata_statement.description.as_str())
        .collect();
    assert_eq!(found, ["one", "two"]);
    assert_eq!(metadata.entries_by_key_identifier(&[1; 20]).count(), 0);
}

#[test]
fn a_root_that_is_none_does_not_spoil_the_others() {
    let good = include_str!("../roots/globalsign-root-ca-r3.pem")
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect::<String>();
    let (head, tail) = good.split_at(64);
    let broken_over_lines = format!("{head}\n{}", tail.trim_end_matches('='));
    let metadata = metadata(json!([{
        "aaguid": MODEL,
        "metadataStatement": {"attestationRootCertificates": [good, "AAAA", "?", broken_over_lines]},
        "statusReports": [],
    }]));
    let entry = metadata.entry(model()).unwrap();
    assert_eq!(entry.roots().len(), 2);
    let why: Vec<_> = entry
        .unusable_roots()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(why.len(), 2);
    assert!(
        why[0].starts_with("trusted root 2 is not a certificate"),
        "{why:?}"
    );
    assert!(
        why[1].starts_with("trusted root 3 is not a certificate"),
        "{why:?}"
    );
}

#[test]
fn metadata_is_fresh_up_to_the_end_of_its_last_day() {
    let metadata = metadata(json!([]));
    let at = |time: &str| metadata.freshness(time.parse().unwrap());
    assert_eq!(at("2026-11-01T23:59:59Z"), Freshness::Fresh);
    let since = date(2026, 11, 2);
    assert_eq!(at("2026-11-02T00:00:00Z"), Freshness::Stale { since });
}

#[test]
fn what_is_no_payload_is_an_error() {
    for text in [
        "",
        "[]",
        "{}",
        r#"{"no":-1,"nextUpdate":"2026-11-01","entries":[]}"#,
        r#"{"no":1,"nextUpdate":"soon","entries":[]}"#,
    ] {
        let refused = Payload::parse(text.as_bytes());
        assert!(matches!(refused, Err(Error::Payload(_))), "{text}");
    }
}

#[test]
fn deep_nesting_costs_an_entry_and_not_the_stack() {
    let deep = "[".repeat(200_000) + &"]".repeat(200_000);
    let text = format!(
        r#"{{"no":1,"nextUpdate":"2026-11-01","entries":[
            {{"aaguid":"{MODEL}","statusReports":[],"metadataStatement":{{"authenticatorGetInfo":{{"x":{deep}}}}}}},
            {{"statusReports":[],"unknown":{deep}}}]}}"#
    );
    let payload = Payload::parse(text.as_bytes()).unwrap();
    assert_eq!((payload.entries.len(), payload.unreadable.len()), (1, 1));
    assert_eq!(payload.unreadable[0].aaguid, Some(model()));
}

/// An entry with something in every member that is looked into.
fn rich() -> Value {
    json!({
        "aaguid": MODEL,
        "attestationCertificateKeyIdentifiers": ["00ff"],
        "metadataStatement": {
            "description": "Key One", "protocolFamily": "fido2", "upv": [{"major": 1, "minor": 1}],
            "userVerificationDetails": [[{"userVerificationMethod": "none"}]],
            "attestationRootCertificates": ["AAAA"],
            "authenticatorGetInfo": {"transports": ["usb"], "firmwareVersion": 5},
        },
        "statusReports": [
            {"status": "FIDO_CERTIFIED_L1", "effectiveDate": "2020-01-01", "authenticatorVersion": 1},
            {"status": "REVOKED", "sunsetDate": "9999-12-31"},
        ],
    })
}

proptest! {
    #[test]
    fn a_payload_with_any_byte_changed_never_panics_and_loses_no_entry(
        at in any::<prop::sample::Index>(),
        to: u8,
    ) {
        let good = json!({"no": 1, "nextUpdate": "9999-12-31", "entries": [rich(), 7]});
        let mut text = good.to_string().into_bytes();
        let at = at.index(text.len());
        text[at] = to;
        if let Ok(payload) = Payload::parse(&text) {
            let metadata = Metadata::new(payload, origin());
            let _ = metadata.freshness(Timestamp::MAX);
            for entry in metadata.entries() {
                let _ = (entry.roots(), entry.unusable_roots());
                let _ = (entry.certification(ON, Some(1)), entry.revoked(Date::MAX));
            }
            prop_assert!(metadata.entries().len() + metadata.unreadable().len() >= 1);
        }
    }
}
