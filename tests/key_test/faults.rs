//! Keys that misbehave: every effect of `docs/emulator.md`, what finds it, and the exit status. A fault is found when exactly
//! the named checks fail; those that rest on them may be unknown.

use std::collections::BTreeSet;

use halligan::emulator::Profile;

use super::{test, test_at, with_verdict};
use crate::bench::Bench;

/// Fault, the checks that fail, exit status.
type Row = (&'static str, &'static [&'static str], i32);

/// Signatures, credentials and counters.
const SIGNING: &[Row] = &[
    (
        "bad-signature",
        &[
            "attestation",
            "assertion-signature",
            "allow-list",
            "algorithms",
            "discoverable-credential",
        ],
        1,
    ),
    ("bad-signature@makeCredential", &["attestation"], 1),
    (
        "bad-signature@getNextAssertion",
        &["discoverable-credential"],
        1,
    ),
    ("sign-count-back", &["sign-count-grows"], 1),
    ("storage-full", &["discoverable-credential"], 1),
    ("wrong-aaguid", &["aaguid-agrees", "attestation"], 1),
    (
        "wrong-key",
        &[
            "assertion-signature",
            "assertion-credential",
            "allow-list",
            "algorithms",
            "discoverable-credential",
        ],
        1,
    ),
    ("pin-blocked", &["pin-retries"], 1),
];

/// Refusals that have no reason.
const REFUSING: &[Row] = &[
    ("status=0x7f@getInfo", &["get-info-answers"], 1),
    (
        "status=CTAP2_ERR_NOT_ALLOWED@getInfo,from:2",
        &[
            "get-info-stable",
            "malformed-requests",
            "large-request",
            "discoverable-credential",
        ],
        1,
    ),
    (
        "status=0x7f@getAssertion",
        &[
            "get-assertion",
            "allow-list",
            "credential-bound-to-rp",
            "algorithms",
            "hmac-secret",
            "discoverable-credential",
        ],
        1,
    ),
    (
        "status=0x7f@makeCredential",
        &[
            "make-credential",
            "unknown-algorithm",
            "algorithms",
            "cred-protect",
            "discoverable-credential",
        ],
        1,
    ),
    (
        "status=0x7f@clientPIN",
        &["pin-retries", "key-agreement", "hmac-secret"],
        1,
    ),
    (
        "status=0x7f@getNextAssertion",
        &["discoverable-credential"],
        1,
    ),
    (
        "status=0x7f@credentialManagement",
        &[
            "options-behave",
            "credential-storage",
            "discoverable-credential",
        ],
        1,
    ),
    (
        "status=0x7f@prototypeCredentialManagement",
        &["options-behave"],
        1,
    ),
    (
        "status=0x7f@selection",
        &["selection", "touch-cancelled"],
        1,
    ),
    ("status=0x7f@largeBlobs", &["large-blobs-read"], 1),
    ("status=0x7f@config", &["options-behave"], 1),
];

/// Answers that are late, or go on for ever.
const WAITING: &[Row] = &[
    ("busy@largeBlobs", &["large-blobs-read"], 1),
    ("busy@u2f", &["u2f-version"], 1),
    ("delay=700ms@getInfo", &["latency"], 1),
    ("keepalive@getInfo", &["get-info-answers"], 1),
    ("keepalive@largeBlobs", &["large-blobs-read"], 1),
    ("silent@getInfo", &["get-info-answers"], 1),
    ("silent@u2f", &["u2f-version"], 1),
    ("silent@config", &["options-behave"], 1),
];

/// Answers that are spoilt on their way.
const GARBLING: &[Row] = &[
    ("noise", &["channel-undisturbed"], 1),
    ("noise@makeCredential", &["channel-undisturbed"], 1),
    ("non-canonical", &["canonical-answers"], 1),
    (
        "non-canonical@credentialManagement",
        &["canonical-answers"],
        1,
    ),
    ("truncated", &["u2f-version", "get-info-answers"], 1),
    (
        "truncated@largeBlobs",
        &["large-blobs-read", "canonical-answers"],
        1,
    ),
    (
        "truncated@clientPIN",
        &[
            "pin-retries",
            "key-agreement",
            "hmac-secret",
            "canonical-answers",
        ],
        1,
    ),
    ("wrong-sequence", &["get-info-answers"], 1),
    (
        "wrong-sequence@makeCredential",
        &[
            "make-credential",
            "algorithms",
            "cred-protect",
            "discoverable-credential",
        ],
        1,
    ),
    (
        "wrong-sequence@clientPIN",
        &["key-agreement", "hmac-secret"],
        1,
    ),
];

/// Keys that vanish: the check at which it happened, and exit status 3.
const VANISHING: &[Row] = &[
    ("unplug@selection", &["selection"], 3),
    ("unplug@u2f", &["u2f-version"], 3),
    ("unplug@getInfo,nth:2", &["get-info-stable"], 3),
    ("unplug=touch", &["make-credential"], 3),
    ("unplug=answer@largeBlobs", &["large-blobs-read"], 3),
    ("unplug-after=20", &["hid-resynchronization"], 3),
];

/// What is asked for and does not come, which may be the person's fault or another program's: unknown, and not passed.
const UNCERTAIN: &[Row] = &[
    ("busy@times:3", &["channel-undisturbed"], 1),
    ("slow-touch=40s@selection", &["selection"], 1),
];

/// What cannot be seen from outside in a run that leaves nothing behind, and why.
const UNSEEN: &[(&str, &str)] = &[
    ("slow-touch=300ms", "a person who hesitates looks the same"),
    ("delay=100ms", "real keys compute for as long"),
    (
        "bad-signature@u2f",
        "Entra knows no U2F: its version is asked, no credential is made by it",
    ),
    (
        "wrong-sequence@config",
        "what is asked there is refused, and a refusal is one packet",
    ),
    (
        "status=0x7f@reset",
        "a reset deletes everything: it is not sent",
    ),
];

/// The checks that fail at some fault.
pub(super) fn failing_checks() -> impl Iterator<Item = &'static str> {
    let groups = [SIGNING, REFUSING, WAITING, GARBLING, VANISHING];
    let rows = groups.into_iter().flatten();
    rows.flat_map(|(_, checks, _)| checks.iter().copied())
}

fn is_found((fault, checks, status): Row, verdict: &str) {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.set_pin();
    key.fault(fault);
    let tested = test(&bench, &key).run();
    assert_eq!(
        with_verdict(&tested, verdict),
        checks,
        "{fault}: {}",
        tested.shown()
    );
    tested.exits(status);
}

#[test]
fn wrong_signatures_credentials_and_counters_are_found() {
    SIGNING.iter().for_each(|row| is_found(*row, "fail"));
}

#[test]
fn refusals_without_a_reason_are_found() {
    REFUSING.iter().for_each(|row| is_found(*row, "fail"));
}

#[test]
fn keys_that_keep_waiting_are_found() {
    WAITING.iter().for_each(|row| is_found(*row, "fail"));
}

#[test]
fn garbled_answers_are_found() {
    GARBLING.iter().for_each(|row| is_found(*row, "fail"));
}

#[test]
fn keys_that_vanish_end_the_run_and_what_was_found_is_kept() {
    VANISHING.iter().for_each(|row| is_found(*row, "fail"));
}

#[test]
fn what_may_be_somebody_elses_fault_is_unknown() {
    UNCERTAIN.iter().for_each(|row| is_found(*row, "unknown"));
}

#[test]
fn what_cannot_be_seen_raises_no_alarm() {
    for (fault, why) in UNSEEN {
        let bench = Bench::new();
        let key = bench.key(Profile::default());
        key.set_pin();
        key.fault(fault);
        let tested = test(&bench, &key).run();
        assert!(tested.succeeded(), "{fault} ({why}): {}", tested.shown());
    }
}

/// UDP knows no end of a connection: a key that is gone is silent.
#[test]
fn a_key_that_falls_silent_for_good_is_gone() {
    let bench = Bench::new();
    for fault in ["unplug@selection", "unplug-after=20"] {
        let key = bench.key(Profile::default());
        key.fault(fault);
        let tested = test_at(&bench, key.address(), &key).run().exits(3);
        tested.fails_with("key_removed");
    }
}

#[test]
fn a_sensor_that_does_not_answer_is_found() {
    let bench = Bench::new();
    let bio = halligan::emulator::profile::Family::named("bio").unwrap();
    for fault in [
        "status=0x7f@bioEnrollment",
        "truncated@prototypeBioEnrollment",
    ] {
        let key = bench.key(bio.read().profile);
        key.fault(fault);
        let tested = test(&bench, &key).run().exits(1);
        assert!(
            with_verdict(&tested, "fail").contains(&"options-behave".to_owned()),
            "{fault}"
        );
    }
}

/// Whoever adds a fault to the emulator says here how it is found.
#[test]
fn no_effect_is_left_out() {
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/emulator.md");
    let document = std::fs::read_to_string(document).unwrap();
    let (_, table) = document.split_once("| effect | what happens |\n").unwrap();
    let rows = table.lines().map_while(|line| line.strip_prefix('|'));
    let effects = rows.filter_map(|row| row.split('`').nth(1));
    let effects: BTreeSet<&str> = effects.map(word).collect();
    assert!(effects.len() >= 18, "{effects:?}");
    let groups = [SIGNING, REFUSING, WAITING, GARBLING, VANISHING, UNCERTAIN];
    let found = groups
        .iter()
        .flat_map(|rows| rows.iter().map(|(fault, _, _)| word(fault)));
    assert_eq!(found.collect::<BTreeSet<&str>>(), effects);
}

/// The effect's word, without value and conditions.
fn word(fault: &str) -> &str {
    fault.split(['=', '@']).next().unwrap()
}
