//! Registrations and models, judged by metadata that says one thing about them.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::authority::{self, AAGUID, By, CHALLENGE, Leaf, Made, reported, rp_id};
use crate::attestation::mds::{CertificationLevel, Metadata, Origin, Payload};
use crate::attestation::policy::Batch;
use crate::attestation::{
    ClientDataOrHash, Judgement, Registration, Reported, Roots, Subject, Trust, Verdict, judge,
    judge_model,
};
use crate::encoding::hex;

const NOW: &str = "2026-03-01T09:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// The model of [`Made`], certified, with the root of [`authority`].
fn entry() -> Value {
    let root = data_encoding::BASE64.encode(&authority::root());
    json!({
        "aaguid": AAGUID,
        "metadataStatement": {
            "description": "Key One",
            "protocolFamily": "fido2",
            "attestationTypes": ["basic_full"],
            "attestationRootCertificates": [root],
            "authenticatorGetInfo": {
                "versions": ["U2F_V2", "FIDO_2_0", "FIDO_2_1"],
                "extensions": ["hmac-secret", "credProtect"],
                "algorithms": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -8}],
                "options": {"rk": true, "clientPin": true, "plat": false},
                "firmwareVersion": 5,
            },
        },
        "statusReports": [{"status": "FIDO_CERTIFIED_L1", "effectiveDate": "2025-01-01"}],
        "timeOfLastStatusChange": "2025-01-01",
    })
}

fn with_report(report: Value) -> Value {
    let mut entry = entry();
    entry["statusReports"].as_array_mut().unwrap().push(report);
    entry
}

fn trust(entries: &[Value], next_update: &str) -> Trust {
    let payload = json!({"no": 291, "nextUpdate": next_update, "entries": entries});
    let payload = Payload::parse(payload.to_string().as_bytes()).unwrap();
    let origin = Origin {
        source: "test".to_owned(),
        stored_at: now(),
        sha256: [7; 32],
    };
    Trust {
        roots: Roots::none(),
        metadata: Some(Arc::new(Metadata::new(payload, origin))),
    }
}

fn fresh(entry: Value) -> Trust {
    trust(&[entry], "2026-04-01")
}

fn judged(made: &Made, trust: &Trust, reported: &Reported) -> Judgement {
    let (object, client_data_json) = made.make();
    let registration = Registration {
        attestation_object: &object.to_bytes(),
        client_data: ClientDataOrHash::Json(&client_data_json),
        rp_id: &rp_id(),
        challenge: CHALLENGE,
        algorithms: &[-7, -8],
        get_info: Some(reported),
    };
    judge(&registration, trust, now(), now()).unwrap()
}

fn verdict(judgement: &Judgement, subject: Subject) -> &Verdict {
    let mut findings = judgement.findings.iter();
    let found = findings.find(|finding| finding.subject == subject);
    &found.unwrap().verdict
}

/// The verdict on a model of this firmware with one report more.
fn status(report: Value, firmware: Option<u64>) -> Verdict {
    let reported = Reported {
        firmware,
        ..reported(AAGUID)
    };
    let judgement = judge_model(&reported, &fresh(with_report(report)), now());
    verdict(&judgement, Subject::Status).clone()
}

fn get_info() -> Reported {
    let members = json!({
        "versions": ["FIDO_2_1", "FIDO_2_0"],
        "extensions": ["credProtect", "hmac-secret"],
        "algorithms": [{"alg": -8}, {"alg": -7}],
        "options": {"rk": true, "plat": null},
    });
    Reported {
        members: members.as_object().unwrap().clone(),
        ..reported(AAGUID)
    }
}

#[test]
fn a_key_of_a_model_in_good_standing_passes_in_everything_without_configured_roots() {
    let judgement = judged(&Made::default(), &fresh(entry()), &get_info());
    let others: Vec<_> = judgement
        .findings
        .iter()
        .filter(|finding| !finding.verdict.is_pass())
        .collect();
    assert!(others.is_empty(), "{others:?}");
    assert_eq!(judgement.description.as_deref(), Some("Key One"));
    assert_eq!(
        judgement.candidate.certification,
        Ok(Some(CertificationLevel::L1))
    );
    assert!(matches!(judgement.candidate.batch, Batch::Certificate(_)));
    assert!(judgement.warnings.is_empty());
}

#[test]
fn stale_metadata_is_unknown_and_never_pass() {
    let stale = trust(&[entry()], "2026-02-28");
    let judgement = judged(&Made::default(), &stale, &get_info());
    let of_metadata = judgement
        .findings
        .iter()
        .filter(|finding| finding.subject >= Subject::Chain);
    for finding in of_metadata {
        let why = finding.verdict.why().unwrap();
        assert_eq!(finding.verdict.as_str(), "unknown", "{finding:?}");
        assert!(why.contains("stale since 2026-03-01"), "{why}");
    }
    assert!(judgement.candidate.certification.is_err());
    let last_day = trust(&[entry()], "2026-03-01");
    assert!(
        verdict(
            &judged(&Made::default(), &last_day, &get_info()),
            Subject::Status
        )
        .is_pass()
    );
}

#[test]
fn a_model_that_the_metadata_does_not_know_or_cannot_read_is_unknown() {
    let mut other = entry();
    other["aaguid"] = json!("ee882879-721c-4913-9775-3dfcce97072a");
    let mut broken = entry();
    broken["statusReports"] = json!("none");
    for entry in [other, broken] {
        let judgement = judged(&Made::default(), &fresh(entry), &get_info());
        for finding in judgement
            .findings
            .iter()
            .filter(|finding| finding.subject >= Subject::Chain)
        {
            assert_eq!(finding.verdict.as_str(), "unknown", "{finding:?}");
        }
    }
}

#[test]
fn every_incident_fails_the_status_with_its_day() {
    for word in [
        "REVOKED",
        "USER_VERIFICATION_BYPASS",
        "ATTESTATION_KEY_COMPROMISE",
        "USER_KEY_REMOTE_COMPROMISE",
        "USER_KEY_PHYSICAL_COMPROMISE",
    ] {
        let report = json!({"status": word, "effectiveDate": "2026-01-31"});
        let found = status(report, Some(5));
        let expected = format!("FIDO reports {word} since 2026-01-31");
        assert_eq!(found, Verdict::fail(expected));
        let announced = json!({"status": word, "effectiveDate": "2026-03-02"});
        assert!(status(announced, Some(5)).is_pass());
    }
    for word in ["NOT_FIDO_CERTIFIED", "SELF_ASSERTION_SUBMITTED", "RETIRED"] {
        assert!(status(json!({"status": word}), Some(5)).is_pass(), "{word}");
    }
}

#[test]
fn an_incident_is_about_the_firmware_that_it_names_and_older() {
    let report = |status: &str| {
        json!({
            "status": status, "effectiveDate": "2026-01-31", "authenticatorVersion": 5,
            "url": "https://vendor.example/advisory",
        })
    };
    let bypass = report("USER_VERIFICATION_BYPASS");
    assert_eq!(
        status(bypass.clone(), Some(5)),
        Verdict::fail(
            "FIDO reports USER_VERIFICATION_BYPASS since 2026-01-31 for firmware 5 and older; the key has 5 \
             (https://vendor.example/advisory)"
        )
    );
    assert!(status(bypass.clone(), Some(6)).is_pass());
    assert_eq!(status(bypass, None).as_str(), "unknown");
    assert!(status(report("REVOKED"), Some(6)).is_fail());
}

#[test]
fn a_compromised_attestation_key_may_be_that_of_one_batch() {
    let made = Made::default();
    let By::Certificates(certificates) = &made.by else {
        panic!("the default attests by certificate");
    };
    let found = |batch: &[u8]| {
        let report = json!({
            "status": "ATTESTATION_KEY_COMPROMISE", "effectiveDate": "2026-01-31",
            "batchCertificate": data_encoding::BASE64.encode(batch),
        });
        let trust = fresh(with_report(report.clone()));
        let judgement = judged(&made, &trust, &get_info());
        let before = status(report, Some(5));
        assert_eq!(before.as_str(), "unknown", "no certificate is known yet");
        verdict(&judgement, Subject::Status).clone()
    };
    assert!(found(&certificates[0]).is_fail());
    assert!(found(&authority::root()).is_pass());
}

#[test]
fn newer_firmware_and_a_retired_model_are_warnings() {
    let warnings = |report, firmware| {
        let reported = Reported {
            firmware,
            ..reported(AAGUID)
        };
        let judgement = judge_model(&reported, &fresh(with_report(report)), now());
        assert!(verdict(&judgement, Subject::Status).is_pass());
        judgement.warnings
    };
    let update = json!({
        "status": "UPDATE_AVAILABLE", "effectiveDate": "2026-01-31", "authenticatorVersion": 6,
    });
    assert_eq!(
        warnings(update.clone(), Some(5)),
        ["FIDO reports UPDATE_AVAILABLE since 2026-01-31: there is firmware 6, the key has 5"]
    );
    assert!(warnings(update.clone(), Some(6)).is_empty());
    assert_eq!(warnings(update, None).len(), 1);
    let retired = json!({"status": "RETIRED", "effectiveDate": "2026-01-31"});
    assert!(warnings(retired, Some(5))[0].contains("RETIRED since 2026-01-31"));
}

#[test]
fn what_is_not_certified_is_said() {
    let mut entry = entry();
    entry["statusReports"] = json!([{"status": "NOT_FIDO_CERTIFIED"}]);
    let judgement = judge_model(&reported(AAGUID), &fresh(entry), now());
    let found = verdict(&judgement, Subject::Certification);
    assert_eq!(found.as_str(), "not_applicable");
    assert_eq!(judgement.candidate.certification, Ok(None));
}

#[test]
fn self_attestation_of_a_model_that_has_certificates_fails() {
    let itself = Made {
        by: By::Itself,
        ..Made::default()
    };
    let found = judged(&itself, &fresh(entry()), &get_info());
    assert!(verdict(&found, Subject::AttestationType).is_fail());
    let mut surrogate = entry();
    surrogate["metadataStatement"]["attestationTypes"] = json!(["basic_surrogate"]);
    let found = judged(&itself, &fresh(surrogate.clone()), &get_info());
    assert!(verdict(&found, Subject::AttestationType).is_pass());
    let found = judged(&Made::default(), &fresh(surrogate), &get_info());
    assert!(verdict(&found, Subject::AttestationType).is_fail());
    let none = Made {
        by: By::None,
        ..Made::default()
    };
    let found = judged(&none, &fresh(entry()), &get_info());
    let found = verdict(&found, Subject::AttestationType);
    assert_eq!(found.as_str(), "not_applicable");
}

#[test]
fn get_info_must_agree_where_the_firmware_is_the_same() {
    let with = |member: &str, value: Value, firmware| {
        let mut reported = get_info();
        reported.members.insert(member.to_owned(), value);
        reported.firmware = firmware;
        let judgement = judged(&Made::default(), &fresh(entry()), &reported);
        verdict(&judgement, Subject::GetInfo).as_str()
    };
    let versions = json!(["U2F_V2", "FIDO_2_0"]);
    assert_eq!(with("versions", versions.clone(), Some(5)), "fail");
    assert_eq!(with("versions", versions, Some(6)), "unknown");
    assert_eq!(with("extensions", json!(["hmac-secret"]), Some(5)), "fail");
    assert_eq!(with("algorithms", json!([{"alg": -7}]), None), "unknown");
    assert_eq!(with("options", json!({"rk": false}), Some(5)), "fail");
    assert_eq!(
        with("options", json!({"rk": true, "alwaysUv": true}), Some(5)),
        "pass"
    );
}

#[test]
fn credentials_of_a_model_that_its_vendor_says_may_leave_are_not_device_bound() {
    for (word, multi_device) in [("unsupported", false), ("explicit", true)] {
        let mut entry = entry();
        entry["metadataStatement"]["multiDeviceCredentialSupport"] = json!(word);
        let judgement = judged(&Made::default(), &fresh(entry), &get_info());
        assert_eq!(judgement.candidate.multi_device, Some(multi_device));
    }
}

#[test]
fn a_u2f_key_is_found_by_its_attestation_key() {
    let vector = &super::vectors::all()["yubikey-4-fido-u2f"];
    let mut entry = entry();
    entry["aaguid"] = Value::Null;
    entry["metadataStatement"]["attestationTypes"] = json!(["basic_full"]);
    for (identifier, expected) in [(vector.key_identifier(), "pass"), (vec![0; 20], "unknown")] {
        entry["attestationCertificateKeyIdentifiers"] = json!([hex::encode(&identifier)]);
        let judgement = vector.judge(&fresh(entry.clone()));
        for subject in [
            Subject::Model,
            Subject::Status,
            Subject::Certification,
            Subject::AttestationType,
        ] {
            assert_eq!(verdict(&judgement, subject).as_str(), expected, "{subject}");
        }
    }
}

#[test]
fn the_serial_number_of_an_enterprise_attestation_is_read() {
    for serial in [None, Some(&[0x12, 0x34][..])] {
        let certificate = authority::leaf(&Leaf {
            serial,
            ..Leaf::default()
        });
        let made = Made {
            by: By::Certificates(vec![certificate]),
            ..Made::default()
        };
        let judgement = judged(&made, &fresh(entry()), &get_info());
        assert_eq!(judgement.serial.as_deref(), serial);
        assert!(verdict(&judgement, Subject::Chain).is_pass());
    }
}
