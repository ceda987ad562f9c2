//! Status reports: what holds on a day, for which firmware.

use serde_json::json;

use super::*;
use crate::attestation::mds::{AuthenticatorStatus, CertificationLevel, Entry};

fn read(reports: Value) -> Entry {
    metadata(json!([entry(reports)]))
        .entry(model())
        .unwrap()
        .clone()
}

fn level(reports: Value, firmware: Option<u64>) -> Option<CertificationLevel> {
    let entry = read(reports);
    entry.certification(ON, firmware).map(|(level, _)| level)
}

#[test]
fn every_word_of_the_specification_is_known_and_written_as_it_was_read() {
    let words = "NOT_FIDO_CERTIFIED FIDO_CERTIFIED USER_VERIFICATION_BYPASS ATTESTATION_KEY_COMPROMISE \
        USER_KEY_REMOTE_COMPROMISE USER_KEY_PHYSICAL_COMPROMISE UPDATE_AVAILABLE RETIRED REVOKED \
        SELF_ASSERTION_SUBMITTED FIDO_CERTIFIED_L1 FIDO_CERTIFIED_L1plus FIDO_CERTIFIED_L2 FIDO_CERTIFIED_L2plus \
        FIDO_CERTIFIED_L3 FIDO_CERTIFIED_L3plus FIPS140_CERTIFIED_L1 FIPS140_CERTIFIED_L2 FIPS140_CERTIFIED_L3 \
        FIPS140_CERTIFIED_L4";
    for word in words.split_whitespace() {
        let status = AuthenticatorStatus::from(word.to_owned());
        assert!(!matches!(status, AuthenticatorStatus::Unknown(_)), "{word}");
        assert_eq!(status.to_string(), word);
    }
    for word in [
        "FIDO_CERTIFIED_L4",
        "FIDO_CERTIFIED_functional",
        "revoked",
        "",
    ] {
        let status = AuthenticatorStatus::from(word.to_owned());
        assert_eq!(status, AuthenticatorStatus::Unknown(word.to_owned()));
        assert_eq!(status.to_string(), word);
    }
}

#[test]
fn reports_are_in_the_order_of_their_dates_whatever_the_order_of_the_payload() {
    let entry = read(json!([
        {"status": "REVOKED", "effectiveDate": "2023-12-20", "authenticatorVersion": 1},
        {"status": "NOT_FIDO_CERTIFIED", "effectiveDate": "2023-11-07"},
        {"status": "FIDO_CERTIFIED"},
    ]));
    let order: Vec<_> = entry
        .reports(ON)
        .map(|report| report.status.to_string())
        .collect();
    assert_eq!(order, ["FIDO_CERTIFIED", "NOT_FIDO_CERTIFIED", "REVOKED"]);
    let revoked = entry.revoked(ON).unwrap();
    assert_eq!(revoked.effective_date, Some(date(2023, 12, 20)));
    assert_eq!(revoked.affects(Some(9)), Some(true));
    assert!(entry.revoked(date(2023, 12, 19)).is_none());
}

#[test]
fn the_newest_report_with_a_level_decides() {
    let l1 = json!({"status": "FIDO_CERTIFIED_L1", "effectiveDate": "2024-06-04"});
    let l2 = json!({"status": "FIDO_CERTIFIED_L2", "effectiveDate": "2024-10-12"});
    let functional = json!({"status": "FIDO_CERTIFIED", "effectiveDate": "2025-01-01"});
    let lower = json!({"status": "FIDO_CERTIFIED_L1", "effectiveDate": "2025-06-01"});
    let l1_same_day = json!({"status": "FIDO_CERTIFIED_L1", "effectiveDate": "2024-10-12"});
    let future = json!({"status": "FIDO_CERTIFIED_L3", "effectiveDate": "2027-01-01"});
    use CertificationLevel::{Functional, L1, L2};
    assert_eq!(level(json!([functional]), None), Some(Functional));
    assert_eq!(level(json!([l2, l1, functional, future]), None), Some(L2));
    assert_eq!(level(json!([l2, l1_same_day]), None), Some(L2));
    assert_eq!(level(json!([l1_same_day, l2]), None), Some(L2));
    assert_eq!(level(json!([l2, lower]), None), Some(L1));
}

#[test]
fn what_ends_certification_ends_it() {
    let l2 = json!({"status": "FIDO_CERTIFIED_L2", "effectiveDate": "2024-10-12"});
    for end in ["NOT_FIDO_CERTIFIED", "REVOKED"] {
        let end = json!({"status": end, "effectiveDate": "2024-10-12"});
        assert_eq!(level(json!([l2, end]), None), None);
        let again = json!({"status": "FIDO_CERTIFIED_L1", "effectiveDate": "2025-01-01"});
        assert_eq!(
            level(json!([l2, end, again]), None),
            Some(CertificationLevel::L1)
        );
    }
    let sunset = json!({"status": "FIDO_CERTIFIED_L2", "effectiveDate": "2024-10-12", "sunsetDate": "2026-10-14"});
    assert_eq!(level(json!([sunset]), None), None);
}

#[test]
fn a_certification_is_for_its_firmware_and_later() {
    let reports = json!([
        {"status": "FIDO_CERTIFIED_L1", "effectiveDate": "2024-01-01"},
        {"status": "FIDO_CERTIFIED_L2", "effectiveDate": "2025-01-01", "authenticatorVersion": 5},
    ]);
    use CertificationLevel::{L1, L2};
    assert_eq!(level(reports.clone(), Some(4)), Some(L1));
    assert_eq!(level(reports.clone(), Some(5)), Some(L2));
    assert_eq!(level(reports, None), Some(L2));
}

#[test]
fn an_incident_concerns_its_firmware_and_earlier() {
    let entry = read(json!([
        {"status": "USER_VERIFICATION_BYPASS", "effectiveDate": "2025-01-01", "authenticatorVersion": 5},
        {"status": "UPDATE_AVAILABLE", "effectiveDate": "2025-02-01", "authenticatorVersion": 6},
        {"status": "ATTESTATION_KEY_COMPROMISE"},
        {"status": "USER_KEY_REMOTE_COMPROMISE", "effectiveDate": "2027-01-01"},
    ]));
    let incidents: Vec<_> = entry.incidents(ON).collect();
    assert_eq!(
        incidents.len(),
        2,
        "one has no date, one is of the time to come"
    );
    let [any, bypass] = incidents[..] else {
        panic!()
    };
    assert_eq!(any.affects(None), Some(true));
    assert_eq!(bypass.affects(Some(5)), Some(true));
    assert_eq!(bypass.affects(Some(6)), Some(false));
    assert_eq!(bypass.affects(None), None);
    let update = entry.update_available(ON).unwrap();
    assert_eq!(update.authenticator_version, Some(6));
    assert!(entry.revoked(ON).is_none());
}

#[test]
fn levels_are_ordered_and_read_in_any_spelling() {
    assert!(CertificationLevel::ALL.is_sorted());
    for level in CertificationLevel::ALL {
        assert_eq!(
            level.as_str().to_lowercase().parse(),
            Ok::<_, crate::attestation::mds::UnknownLevel>(level)
        );
    }
    assert_eq!("l2+".parse(), Ok(CertificationLevel::L2Plus));
    assert!("L4".parse::<CertificationLevel>().is_err());
}
