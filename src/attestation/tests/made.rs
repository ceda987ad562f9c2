//! Registrations made here: one that passes, and each that differs from it in one thing fails in that one subject.

use jiff::Timestamp;

use super::authority::{self, AAGUID, By, CHALLENGE, Leaf, Made, leaf, reported, rp_id};
use crate::attestation::{
    ClientDataOrHash, Finding, Registration, Roots, Subject, Trust, Verdict, judge,
};
use crate::encoding::cbor::Value;
use crate::webauthn::client_data::ClientDataType;
use crate::webauthn::{Aaguid, AttestationObject, ClientData, Flags};

const NOW: &str = "2026-03-01T09:00:00Z";

fn judge_bytes(object: &[u8], client_data_json: &[u8], roots: &Roots, now: &str) -> Vec<Finding> {
    let reported = reported(AAGUID);
    let registration = Registration {
        attestation_object: object,
        client_data: ClientDataOrHash::Json(client_data_json),
        rp_id: &rp_id(),
        challenge: CHALLENGE,
        algorithms: &[-7, -8],
        get_info: Some(&reported),
    };
    without_metadata(&registration, roots, now.parse().unwrap())
}

/// The findings that need no metadata; the others must all be unknown.
fn without_metadata(
    registration: &Registration<'_>,
    roots: &Roots,
    now: Timestamp,
) -> Vec<Finding> {
    let trust = Trust::from(roots.clone());
    let judgement = judge(registration, &trust, now, now).unwrap();
    let (of_metadata, others): (Vec<Finding>, Vec<Finding>) = judgement
        .findings
        .into_iter()
        .partition(|finding| finding.subject.is_of_metadata());
    assert_eq!(of_metadata.len(), 5);
    let unknown = Verdict::unknown("no FIDO metadata is stored");
    assert!(of_metadata.iter().all(|finding| finding.verdict == unknown));
    others
}

fn roots() -> Roots {
    Roots::from_der([authority::root()]).unwrap()
}

fn judged(made: &Made) -> Vec<Finding> {
    let (object, client_data_json) = made.make();
    judge_bytes(&object.to_bytes(), &client_data_json, &roots(), NOW)
}

/// The subjects that do not pass, with the kind of their verdict.
fn exceptions(findings: &[Finding]) -> Vec<(Subject, &'static str)> {
    findings
        .iter()
        .filter(|finding| !finding.verdict.is_pass())
        .map(|finding| (finding.subject, finding.verdict.as_str()))
        .collect()
}

fn with_certificate(certificate: &Leaf) -> Made {
    Made {
        by: By::Certificates(vec![leaf(certificate)]),
        ..Made::default()
    }
}

#[test]
fn a_good_registration_passes_in_every_subject_once() {
    let findings = judged(&Made::default());
    assert_eq!(exceptions(&findings), []);
    let mut subjects: Vec<Subject> = findings.iter().map(|finding| finding.subject).collect();
    subjects.dedup();
    assert_eq!(subjects.len(), 12);
}

#[test]
fn facts_outside_the_statement_fail_in_their_own_subject() {
    let flags = |flags| Made {
        flags,
        ..Made::default()
    };
    let client_data = |kind, challenge, origin| Made {
        client_data: ClientData::new(kind, challenge, origin),
        ..Made::default()
    };
    let origin = "https://login.microsoft.com";
    let cases = [
        (flags(Flags::UP), Subject::UserVerification),
        (
            flags(Flags::UP | Flags::UV | Flags::BE),
            Subject::DeviceBound,
        ),
        (
            client_data(ClientDataType::Get, CHALLENGE, origin),
            Subject::ClientData,
        ),
        (
            client_data(ClientDataType::Create, "AAAA", origin),
            Subject::ClientData,
        ),
        (
            client_data(ClientDataType::Create, CHALLENGE, "https://login.example"),
            Subject::ClientData,
        ),
        (
            Made {
                credential_id: vec![9; 15],
                ..Made::default()
            },
            Subject::CredentialId,
        ),
    ];
    for (made, subject) in cases {
        let found = exceptions(&judged(&made));
        assert!(found.contains(&(subject, "fail")), "{subject}: {found:?}");
        // The relying party refuses client data of another type before it looks at the statement.
        assert!(found.iter().all(|(found, verdict)| *found == subject
            || (*found == Subject::Statement && *verdict == "unknown")));
    }
}

#[test]
fn a_registration_for_another_relying_party_is_not_verified() {
    let (object, client_data_json) = Made::default().make();
    let mut data = object.auth_data.clone();
    data[0] ^= 1;
    let object = AttestationObject {
        auth_data: data,
        ..object
    };
    let findings = judge_bytes(&object.to_bytes(), &client_data_json, &roots(), NOW);
    assert_eq!(
        exceptions(&findings),
        [(Subject::RpId, "fail"), (Subject::Statement, "unknown")]
    );
}

#[test]
fn an_unsigned_change_fails_the_statement() {
    for eddsa in [false, true] {
        for by in [Made::default().by, By::Itself] {
            let made = Made {
                by,
                eddsa,
                ..Made::default()
            };
            assert!(judged(&made)[8].verdict.is_pass(), "{:?}", judged(&made)[8]);
            let (mut object, client_data_json) = made.make();
            object.auth_data[36] ^= 1;
            let findings = judge_bytes(&object.to_bytes(), &client_data_json, &roots(), NOW);
            assert!(findings[8].verdict.is_fail(), "{:?}", findings[8]);
            let other = [client_data_json, b" ".to_vec()].concat();
            let (object, _) = made.make();
            let findings = judge_bytes(&object.to_bytes(), &other, &roots(), NOW);
            assert!(findings[8].verdict.is_fail(), "{:?}", findings[8]);
        }
    }
}

#[test]
fn a_credential_of_rs256_is_judged_and_was_not_asked_for() {
    let made = Made {
        rsa: true,
        ..Made::default()
    };
    let expected = vec![(Subject::Algorithm, "fail")];
    assert_eq!(exceptions(&judged(&made)), expected);
}

#[test]
fn self_attestation_must_name_the_credentials_own_algorithm() {
    for eddsa in [false, true] {
        let made = Made {
            by: By::Itself,
            eddsa,
            statement_algorithm: Some(-257),
            ..Made::default()
        };
        assert!(judged(&made)[8].verdict.is_fail(), "{:?}", judged(&made)[8]);
    }
}

#[test]
fn without_a_certificate_the_origin_of_a_key_is_unknown() {
    for by in [By::Itself, By::None] {
        let made = Made {
            by,
            ..Made::default()
        };
        let found = exceptions(&judged(&made));
        for subject in [Subject::Certificate, Subject::Aaguid] {
            assert!(found.contains(&(subject, "not_applicable")), "{found:?}");
        }
        assert!(found.contains(&(Subject::Chain, "unknown")), "{found:?}");
        assert!(found.iter().all(|(_, verdict)| *verdict != "fail"));
    }
}

#[test]
fn none_with_a_statement_is_a_lie() {
    let (mut object, client_data_json) = Made::default().make();
    object.fmt = "none".to_owned();
    let findings = judge_bytes(&object.to_bytes(), &client_data_json, &roots(), NOW);
    assert!(findings[8].verdict.is_fail());
}

#[test]
fn a_certificate_that_breaks_a_rule_fails_in_that_rule() {
    let without_unit = "CN=Model 1,O=Vendor,C=SE";
    let cases = [
        (
            Leaf {
                subject: without_unit,
                ..Leaf::default()
            },
            (Subject::Certificate, "fail"),
        ),
        (
            Leaf {
                aaguid: Some(([1; 16], false)),
                ..Leaf::default()
            },
            (Subject::Aaguid, "fail"),
        ),
        (
            Leaf {
                aaguid: None,
                ..Leaf::default()
            },
            (Subject::Aaguid, "not_applicable"),
        ),
        (
            Leaf {
                not_after: 1_600_000_000,
                ..Leaf::default()
            },
            (Subject::Chain, "fail"),
        ),
    ];
    for (certificate, expected) in cases {
        assert_eq!(
            exceptions(&judged(&with_certificate(&certificate))),
            [expected]
        );
    }
}

#[test]
fn a_ca_certificate_or_a_critical_aaguid_fails_the_certificate() {
    let ca = Leaf {
        ca: true,
        ..Leaf::default()
    };
    let critical = Leaf {
        aaguid: Some((*AAGUID.as_bytes(), true)),
        ..Leaf::default()
    };
    for certificate in [ca, critical] {
        let found = exceptions(&judged(&with_certificate(&certificate)));
        assert!(found.contains(&(Subject::Certificate, "fail")), "{found:?}");
    }
}

#[test]
fn the_statements_algorithm_must_fit_the_certificates_key() {
    let made = Made {
        statement_algorithm: Some(-257),
        ..Made::default()
    };
    assert_eq!(exceptions(&judged(&made)), [(Subject::Certificate, "fail")]);
}

#[test]
fn a_chain_passes_only_to_a_configured_root() {
    let (object, client_data_json) = Made::default().make();
    let chain = |roots: &Roots, now| {
        judge_bytes(&object.to_bytes(), &client_data_json, roots, now)[11]
            .verdict
            .clone()
    };
    let other = std::fs::read(super::vectors::directory().join("w3c-root.pem")).unwrap();
    let other = Roots::from_pem(&other).unwrap();
    assert_eq!(
        chain(&Roots::none(), NOW),
        Verdict::unknown("no trusted roots are configured, and no FIDO metadata is stored")
    );
    assert_eq!(
        chain(&other, NOW),
        Verdict::fail("it leads to none of the 1 trusted roots")
    );
    assert_eq!(
        chain(&roots(), "2010-01-01T00:00:00Z"),
        Verdict::fail("a certificate of the chain is not valid yet")
    );
    let mut both = other;
    both.extend(roots());
    assert_eq!(chain(&both, NOW), Verdict::Pass);
    let published = Roots::from_der([leaf(&Leaf::default())]).unwrap();
    assert_eq!(chain(&published, NOW), Verdict::Pass);
}

#[test]
fn u2f_demands_one_certificate_on_p256_and_no_aaguid() {
    let (mut object, client_data_json) = Made::default().make();
    object.fmt = "fido-u2f".to_owned();
    let found = exceptions(&judge_bytes(
        &object.to_bytes(),
        &client_data_json,
        &roots(),
        NOW,
    ));
    // The signature is over other bytes than U2F's.
    assert_eq!(
        found,
        [(Subject::Statement, "fail"), (Subject::Aaguid, "fail")]
    );
    let two = Made {
        by: By::Certificates(vec![leaf(&Leaf::default()), authority::root()]),
        ..Made::default()
    };
    let (mut object, client_data_json) = two.make();
    object.fmt = "fido-u2f".to_owned();
    let findings = judge_bytes(&object.to_bytes(), &client_data_json, &roots(), NOW);
    assert!(findings[9].verdict.is_fail());
}

#[test]
fn certificates_that_cannot_be_read_leave_nothing_to_pass() {
    let garbage = [
        Value::Array(vec![]),
        Value::Array(vec![Value::Bytes(vec![0x30])]),
        Value::Array(vec![Value::Null; 17]),
        Value::Bytes(vec![]),
    ];
    for x5c in garbage {
        let (mut object, client_data_json) = Made::default().make();
        let statement = object.att_stmt.as_map_mut().unwrap();
        for (key, value) in statement {
            if key.as_text() == Some("x5c") {
                *value = x5c.clone();
            }
        }
        let findings = judge_bytes(&object.to_bytes(), &client_data_json, &roots(), NOW);
        let verdicts: Vec<&str> = findings[8..].iter().map(|f| f.verdict.as_str()).collect();
        assert_eq!(verdicts, ["fail", "fail", "unknown", "unknown"]);
    }
}

#[test]
fn another_model_than_get_info_reported_fails() {
    let (object, client_data_json) = Made::default().make();
    let object = object.to_bytes();
    let rp_id = rp_id();
    let zero = reported(Aaguid::ZERO);
    let mut registration = Registration {
        attestation_object: &object,
        client_data: ClientDataOrHash::Json(&client_data_json),
        rp_id: &rp_id,
        challenge: CHALLENGE,
        algorithms: &[-257],
        get_info: Some(&zero),
    };
    let now = NOW.parse().unwrap();
    let found = exceptions(&without_metadata(&registration, &roots(), now));
    assert_eq!(
        found,
        [
            (Subject::Algorithm, "fail"),
            (Subject::ReportedAaguid, "fail")
        ]
    );
    registration.get_info = None;
    let found = exceptions(&without_metadata(&registration, &roots(), now));
    assert!(found.contains(&(Subject::ReportedAaguid, "not_applicable")));
}

#[test]
fn what_is_no_certificate_is_no_root() {
    assert!(Roots::from_der([vec![0x30, 0x00]]).is_err());
    assert!(Roots::from_pem(b"").is_err());
    assert!(
        Roots::from_pem(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").is_err()
    );
}
