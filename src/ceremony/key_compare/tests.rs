//! Documents held against each other, and what is no document.

use serde_json::{Value, json};

use super::{CheckVerdict, Comparison, ResultError, SIZE_LIMIT, Same, TestResult, compare};

fn document() -> Value {
    json!({
        "schema": "halligan.key.test/1", "ok": true, "device": "hid:/dev/hidraw3",
        "model": {"aaguid": "8b1d6c52-0f3e-4b6a-9c77-2e5a41d00001", "firmware_version": 5, "versions": ["FIDO_2_1"]},
        "info": {
            "options": {"rk": true, "uv": null},
            "algorithms": [-7],
            "max_msg_size": 1200,
        },
        "checks": [
            {"id": "attestation", "verdict": "pass", "why": null, "facts": {"certificate_sha256": "aa"}},
            {"id": "wink", "verdict": "pass", "why": null, "facts": {}},
            {"id": "latency", "verdict": "pass", "facts": {"commands": [
                {"command": "getInfo", "n": 3, "median_ms": 4.0},
                {"command": "selection", "n": 1, "median_ms": 0.0},
            ]}},
        ],
    })
}

fn read(document: Value) -> TestResult {
    TestResult::from_document(document).unwrap()
}

/// The document against itself after a change.
fn against(change: impl FnOnce(&mut Value)) -> Comparison {
    let mut changed = document();
    change(&mut changed);
    compare(&read(document()), &read(changed))
}

#[test]
fn a_result_is_like_itself() {
    let same = against(|_| ());
    assert!(same.is_good());
    assert_eq!((same.verdicts.len(), same.info.len()), (0, 0));
    let all = Some(true);
    assert_eq!(
        same.same,
        Same {
            model: all,
            firmware: all,
            batch: all
        }
    );
    assert_eq!(same.latency[0].ratio(), Some(1.0));
    assert_eq!(same.latency[1].ratio(), None);
}

#[test]
fn a_verdict_that_differs_is_named_with_both_reasons() {
    let found = against(|other| {
        other["checks"][1]["verdict"] = json!("fail");
        other["checks"][1]["why"] = json!("it does not blink");
    });
    assert!(!found.is_good());
    assert_eq!(found.not_passed, [vec![], vec!["wink".to_owned()]]);
    let [difference] = found.verdicts.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(
        difference.verdicts,
        [Some(CheckVerdict::Pass), Some(CheckVerdict::Fail)]
    );
    assert_eq!(difference.why[1].as_deref(), Some("it does not blink"));
}

#[test]
fn what_does_not_apply_to_one_key_is_a_difference_and_a_check_that_only_one_was_asked_too() {
    let found = against(|other| other["checks"][1]["verdict"] = json!("not_applicable"));
    assert!(!found.is_good());
    let found = against(|other| drop(other["checks"].as_array_mut().unwrap().remove(1)));
    assert_eq!(found.verdicts[0].verdicts, [Some(CheckVerdict::Pass), None]);
    assert!(!found.is_good());
}

#[test]
fn two_keys_that_fail_alike_differ_in_nothing_and_are_not_good() {
    let mut failing = document();
    failing["checks"][1]["verdict"] = json!("unknown");
    let found = compare(&read(failing.clone()), &read(failing));
    assert!(found.verdicts.is_empty());
    assert!(!found.is_good());
}

#[test]
fn members_of_get_info_differ_by_name_and_absent_is_not_false() {
    let found = against(|other| {
        other["info"] = json!({"options": {"rk": true, "uv": false}, "algorithms": [-8, -7], "max_msg_size": 1200});
    });
    let members: Vec<_> = found
        .info
        .iter()
        .map(|difference| (difference.member.as_str(), difference.values.clone()))
        .collect();
    assert_eq!(
        members,
        [
            ("algorithms", [Some(json!([-7])), Some(json!([-8, -7]))]),
            ("options.uv", [None, Some(json!(false))]),
        ]
    );
    // Different features are no fault.
    assert!(found.is_good());
    let without = against(|other| drop(other.as_object_mut().unwrap().remove("info")));
    assert_eq!(without.info, []);
}

#[test]
fn keys_of_other_batches_models_and_firmware_are_told_apart() {
    let found = against(|other| {
        other["checks"][0]["facts"]["certificate_sha256"] = json!("bb");
        other["model"]["firmware_version"] = json!(6);
    });
    assert_eq!(
        found.same,
        Same {
            model: Some(true),
            firmware: Some(false),
            batch: Some(false)
        }
    );
    let unknown = against(|other| {
        other["model"] = json!(null);
        other["checks"][0]["facts"] = json!({});
    });
    assert_eq!(
        unknown.same,
        Same {
            model: None,
            firmware: None,
            batch: None
        }
    );
}

#[test]
fn what_is_no_result_is_refused_with_the_reason() {
    let refused = |bytes: &[u8]| TestResult::from_json(bytes).unwrap_err();
    assert!(matches!(refused(b"{\"schema\""), ResultError::NotJson(_)));
    assert_eq!(refused(b"[]"), ResultError::Schema(String::new()));
    assert_eq!(
        refused(br#"{"schema":"halligan.key.info/1"}"#),
        ResultError::Schema("halligan.key.info/1".to_owned())
    );
    let changed = |change: fn(&mut Value)| {
        let mut document = document();
        change(&mut document);
        refused(document.to_string().as_bytes())
    };
    let list = changed(|document| drop(document.as_object_mut().unwrap().remove("device")));
    assert!(list.to_string().contains("device"), "{list}");
    let verdict = changed(|document| document["checks"][0]["verdict"] = json!("fine"));
    assert!(verdict.to_string().contains("fine"), "{verdict}");
    let many = changed(|document| {
        let check = document["checks"][1].clone();
        document["checks"] = vec![check; 1001].into();
    });
    assert_eq!(many, ResultError::TooLarge);
    assert_eq!(refused(&vec![b' '; SIZE_LIMIT + 1]), ResultError::TooLarge);
}
