#![allow(clippy::unwrap_used)]

use super::*;
use crate::attestation::mds::CertificationLevel::{Functional, L1, L2};

const MODEL: Aaguid = Aaguid::new([1; 16]);
const OTHER: Aaguid = Aaguid::new([2; 16]);

fn key() -> Candidate {
    Candidate {
        aaguid: MODEL,
        firmware: Some(5),
        certification: Ok(Some(L1)),
        multi_device: Some(false),
        batch: Batch::Certificate([1; 32]),
    }
}

fn sibling(aaguid: Aaguid, batch: Batch) -> Sibling {
    Sibling {
        label: "BG1-A".to_owned(),
        aaguid,
        batch,
    }
}

/// The one finding that this policy has besides that on credentials that may leave the key.
fn verdict(policy: Policy, key: &Candidate, siblings: &[Sibling]) -> Verdict {
    let policy = Policy {
        device_bound_only: false,
        ..policy
    };
    let mut findings = policy.judge(key, siblings);
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings.pop().unwrap().verdict
}

#[test]
fn only_the_rules_that_are_set_have_findings() {
    let findings = Policy::default().judge(&key(), &[]);
    let found: Vec<_> = findings
        .iter()
        .map(|found| (found.rule, found.verdict.clone()))
        .collect();
    assert_eq!(found, [(Rule::DeviceBoundOnly, Verdict::Pass)]);
}

#[test]
fn a_finding_is_one_flat_json_object() {
    let finding = PolicyFinding {
        rule: Rule::MinLevel,
        verdict: Verdict::fail("too low"),
    };
    let json = serde_json::json!({"rule": "min_level", "verdict": "fail", "why": "too low"});
    assert_eq!(serde_json::to_value(&finding).unwrap(), json);
    assert_eq!(
        serde_json::from_value::<PolicyFinding>(json).unwrap(),
        finding
    );
}

#[test]
fn a_level_is_met_by_itself_and_by_higher_ones() {
    let demanding = |min_level| Policy {
        min_level: Some(min_level),
        ..Policy::default()
    };
    let with = |certification| Candidate {
        certification,
        ..key()
    };
    for (found, wanted, expected) in [
        (Ok(Some(L1)), L1, "pass"),
        (Ok(Some(L2)), L1, "pass"),
        (Ok(Some(Functional)), L1, "fail"),
        (Ok(Some(L1)), L2, "fail"),
        (Ok(None), Functional, "fail"),
        (Err("stale".to_owned()), L1, "unknown"),
    ] {
        let verdict = verdict(demanding(wanted), &with(found.clone()), &[]);
        assert_eq!(verdict.as_str(), expected, "{found:?} for {wanted}");
    }
}

#[test]
fn a_model_is_on_the_list_or_refused() {
    let allowing = |models: &[Aaguid]| Policy {
        allowed_models: models.to_vec(),
        ..Policy::default()
    };
    assert!(verdict(allowing(&[OTHER, MODEL]), &key(), &[]).is_pass());
    assert!(verdict(allowing(&[OTHER]), &key(), &[]).is_fail());
}

#[test]
fn firmware_is_demanded_for_each_model() {
    let demanding = |model, firmware| Policy {
        min_firmware: BTreeMap::from([(model, firmware)]),
        ..Policy::default()
    };
    let silent = Candidate {
        firmware: None,
        ..key()
    };
    for (policy, key, expected) in [
        (demanding(MODEL, 5), key(), "pass"),
        (demanding(MODEL, 6), key(), "fail"),
        (demanding(OTHER, 6), key(), "not_applicable"),
        (demanding(MODEL, 5), silent, "unknown"),
    ] {
        assert_eq!(verdict(policy, &key, &[]).as_str(), expected);
    }
}

fn advisory(model: Aaguid, from: Option<u64>, to: Option<u64>, severity: Severity) -> Policy {
    Policy {
        advisories: vec![Advisory {
            model,
            firmware: FirmwareRange { from, to },
            text: "EUCLEAK".to_owned(),
            severity,
        }],
        ..Policy::default()
    }
}

#[test]
fn a_critical_advisory_refuses_the_firmware_that_it_is_about() {
    for (model, from, to, firmware, expected) in [
        (MODEL, None, Some(5), Some(5), "fail"),
        (MODEL, Some(5), None, Some(5), "fail"),
        (MODEL, None, Some(4), Some(5), "pass"),
        (MODEL, Some(6), Some(7), Some(5), "pass"),
        (MODEL, None, Some(5), None, "unknown"),
        (MODEL, None, None, None, "fail"),
        (OTHER, None, None, Some(5), "pass"),
    ] {
        let policy = advisory(model, from, to, Severity::Critical);
        let key = Candidate { firmware, ..key() };
        assert!(policy.warnings(&key).is_empty());
        assert_eq!(
            verdict(policy, &key, &[]).as_str(),
            expected,
            "{from:?} to {to:?}"
        );
    }
}

#[test]
fn other_advisories_are_said_and_refuse_nothing() {
    let policy = advisory(MODEL, None, Some(5), Severity::Warning);
    assert_eq!(policy.warnings(&key()), ["EUCLEAK"]);
    let newer = Candidate {
        firmware: Some(6),
        ..key()
    };
    assert!(policy.warnings(&newer).is_empty());
    assert!(verdict(policy, &key(), &[]).is_pass());
}

#[test]
fn credentials_that_may_leave_the_key_are_refused_or_excused() {
    let finding = Finding {
        subject: Subject::DeviceBound,
        verdict: Verdict::fail("the flag BE is set"),
    };
    let leaving = Candidate {
        multi_device: Some(true),
        ..key()
    };
    let strict = Policy::default();
    assert!(strict.judge(&leaving, &[])[0].refuses());
    assert!(!strict.excuses(&finding, &leaving));
    let lenient = Policy {
        device_bound_only: false,
        ..Policy::default()
    };
    assert!(lenient.judge(&leaving, &[]).is_empty());
    assert!(lenient.excuses(&finding, &leaving));
    // BS without BE contradicts itself, and is no matter of policy.
    assert!(!lenient.excuses(&finding, &key()));
    let other = Finding {
        subject: Subject::Chain,
        ..finding
    };
    assert!(!lenient.excuses(&other, &leaving));
}

#[test]
fn one_key_of_another_model_is_enough() {
    let policy = || Policy {
        distinct_models: true,
        ..Policy::default()
    };
    let same = sibling(MODEL, Batch::Unattested);
    let other = sibling(OTHER, Batch::Unattested);
    let nameless = Candidate {
        aaguid: Aaguid::ZERO,
        ..key()
    };
    let zero = sibling(Aaguid::ZERO, Batch::Unattested);
    for (key, siblings, expected) in [
        (key(), vec![], "not_applicable"),
        (key(), vec![same.clone()], "fail"),
        (key(), vec![same, other.clone()], "pass"),
        (key(), vec![zero], "fail"),
        (nameless, vec![other], "unknown"),
    ] {
        assert_eq!(verdict(policy(), &key, &siblings).as_str(), expected);
    }
}

#[test]
fn keys_of_one_batch_share_their_attestation_certificate() {
    let policy = || Policy {
        distinct_batches: true,
        ..Policy::default()
    };
    let own = Batch::Certificate([1; 32]);
    let others = Batch::Certificate([2; 32]);
    let with = |batch| Candidate { batch, ..key() };
    for (key, siblings, expected) in [
        (with(own), vec![], "not_applicable"),
        (with(own), vec![sibling(MODEL, own)], "fail"),
        (with(own), vec![sibling(MODEL, others)], "pass"),
        (
            with(own),
            vec![sibling(MODEL, own), sibling(MODEL, others)],
            "pass",
        ),
        (
            with(own),
            vec![sibling(MODEL, Batch::Unattested)],
            "unknown",
        ),
        (with(own), vec![sibling(OTHER, Batch::Unattested)], "pass"),
        (
            with(Batch::Unattested),
            vec![sibling(MODEL, own)],
            "unknown",
        ),
        (
            with(Batch::NotYetKnown),
            vec![sibling(MODEL, own)],
            "not_applicable",
        ),
        (with(Batch::NotYetKnown), vec![sibling(OTHER, own)], "pass"),
    ] {
        let verdict = verdict(policy(), &key, &siblings);
        assert_eq!(verdict.as_str(), expected, "{key:?} {siblings:?}");
    }
}
