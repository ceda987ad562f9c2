//! What a key was like, in the entries that say so.

use serde_json::json;

use super::forge::Forge;
use super::golden;
use super::tampered::{Case, case};
use crate::ledger::{Draft, Event, KeyTested, Latency, Observation, Outcome, OutcomeVerdict};

/// Everything that can be observed, with texts that only a hostile key says.
fn observation() -> Observation {
    let texts = |texts: &[&str]| Some(texts.iter().map(|&text| text.to_owned()).collect());
    let latency = Latency {
        n: 3,
        median_us: 2_417,
    };
    Observation {
        firmware: Some(u64::MAX.to_string()),
        versions: texts(&["FIDO_2_1", "\u{fb33} \" \\"]),
        extensions: texts(&[]),
        options: Some([("rk".to_owned(), true), ("alwaysUv".to_owned(), false)].into()),
        min_pin_length: Some(4),
        pin_retries: Some(8),
        uv_retries: Some(0),
        credentials_left: Some(u32::MAX),
        latency: Some([("getInfo".to_owned(), latency)].into()),
    }
}

fn tested(forge: &mut Forge<'_>, observed: Option<Observation>) -> Draft {
    let outcome = Outcome {
        subject: "latency".to_owned(),
        verdict: OutcomeVerdict::Pass,
        why: None,
    };
    let tested = KeyTested {
        label: "BG1-A".to_owned(),
        credential_id: forge.golden().key.credential_id.clone(),
        passed: true,
        checks: vec![outcome],
        observed,
    };
    Draft::new(&Event::KeyTested(tested), None)
}

/// A test, and a check that accepts what has changed.
pub(super) fn observed(forge: &mut Forge<'_>) {
    for observed in [Some(observation()), None] {
        let draft = tested(forge, observed);
        forge.append(draft);
    }
    let Event::KeyChecked(mut checked) = golden::checked(&forge.golden().key, true, None) else {
        unreachable!("a check is a check")
    };
    checked.observed = Some(observation());
    checked.accepted = Some("the firmware was updated by us".to_owned());
    forge.append_proven(Draft::new(&Event::KeyChecked(checked), None));
}

pub(super) const OBSERVED: [Case; 4] = [
    case("tested-but-not-enrolled", 14, "key-unknown", |forge| {
        let draft = tested(forge, None);
        forge.append(draft);
        forge.rewrite(14, |entry| entry["body"]["credential_id"] = json!("AAAA"));
    }),
    case("observed-tries-beyond-a-byte", 14, "body", |forge| {
        with_observed(forge, "pin_retries", &json!(256));
    }),
    case("observed-option-that-is-no-boolean", 14, "body", |forge| {
        with_observed(forge, "options", &json!({"rk": 1}));
    }),
    case("observed-time-without-a-count", 14, "body", |forge| {
        with_observed(forge, "latency", &json!({"getInfo": {"median_us": 1}}));
    }),
];

fn with_observed(forge: &mut Forge<'_>, member: &str, value: &serde_json::Value) {
    let draft = tested(forge, Some(observation()));
    forge.append(draft);
    forge.rewrite(14, |entry| {
        entry["body"]["observed"][member] = value.clone()
    });
}

#[test]
fn a_test_is_no_sign_of_life() {
    let mut golden = golden::build();
    let mut forge = Forge::new(&mut golden);
    let before = super::vectors::verify(&forge.objects).state.keys()[0].last_proof;
    let draft = tested(&mut forge, Some(observation()));
    forge.append(draft);
    let verified = super::vectors::verify(&forge.objects);
    assert_eq!(verified.failure, None);
    assert_eq!(verified.state.keys()[0].last_proof, before);
}
