//! Keys that break the rules of PINs and resets: the emulator with faults, or with somebody on the wire who changes what it says.

use halligan::ctap::hid::packet::command;
use halligan::emulator::Profile;
use halligan::encoding::cbor::{self, Value};

use super::liars::{Lie, by_signing_for_anybody, in_info, instead_of, liar, with_member};
use super::{destroy, with_verdict};
use crate::bench::Bench;

/// A lie, the checks that run, and those of them that see through it.
type Row = (Lie, &'static [&'static str], &'static [&'static str]);

const LIES: &[Row] = &[
    (
        by_setting_any_pin,
        &["pin-too-short", "pin-too-long"],
        &["pin-too-short", "pin-too-long"],
    ),
    (about_no_tries, &["pin-set"], &["pin-set"]),
    (by_setting_any_pin, &["pin-set-once"], &["pin-set-once"]),
    (
        about_full_tries,
        &["pin-set", "pin-wrong", "pin-change"],
        &["pin-wrong", "pin-change"],
    ),
    (by_changing_anyway, &["pin-characters"], &["pin-characters"]),
    (
        by_honouring_old_proofs,
        &["proof-after-change", "pin-lockout", "proof-after-power"],
        &["proof-after-change", "proof-after-power"],
    ),
    (
        by_signing_for_anybody,
        &[
            "get-assertion",
            "protected-credential",
            "reset-erases-credentials",
        ],
        &["protected-credential", "reset-erases-credentials"],
    ),
    (by_configuring_anyway, &["pin-minimum"], &["pin-minimum"]),
    (
        about_no_forced_change,
        &["pin-forced-change"],
        &["pin-forced-change"],
    ),
    (
        by_opening_in_a_lockout,
        &["pin-lockout", "pin-lockout-ends"],
        &["pin-lockout"],
    ),
    (
        by_never_unlocking,
        &["pin-lockout", "pin-lockout-ends"],
        &["pin-lockout-ends"],
    ),
    (about_being_blocked, &["pin-blocked"], &["pin-blocked"]),
    (
        about_the_pin_after_a_reset,
        &["reset-taken", "reset-erases-pin"],
        &["reset-erases-pin"],
    ),
    (
        by_knowing_every_handle,
        &["reset-erases-u2f"],
        &["reset-erases-u2f"],
    ),
    (
        by_keeping_blobs,
        &["reset-erases-large-blobs"],
        &["reset-erases-large-blobs"],
    ),
    (
        about_the_firmware_after_a_reset,
        &["reset-restores-info"],
        &["reset-restores-info"],
    ),
];

/// Faults of the emulator, and the checks that run and fail.
const FAULTS: &[(&str, &[&str])] = &[
    // The third reset is the one that ends the run.
    (
        "status=0x7f@reset,times:2",
        &["reset-too-late", "reset-taken"],
    ),
    // Two credentials are made to be erased.
    ("status=0x7f@makeCredential,from:3", &["works-after-reset"]),
];

/// The checks that are seen to fail here.
pub(super) fn failing_checks() -> impl Iterator<Item = &'static str> {
    let lies = LIES.iter().map(|(_, _, failing)| *failing);
    let faults = FAULTS.iter().map(|(_, failing)| *failing);
    lies.chain(faults).flatten().copied()
}

/// A subcommand of clientPIN; the protocol comes before it.
fn is_about_pins(request: &[u8], subcommand: u8) -> bool {
    matches!(request, [0x06, _, 0x01, _, 0x02, found, ..] if *found == subcommand)
}

fn about_no_tries(_: u8, request: &[u8], said: Vec<u8>, _: &mut Vec<u8>) -> Option<Vec<u8>> {
    Some(match is_about_pins(request, 1) {
        true => with_member(said, 0x03, Value::from(0)),
        false => said,
    })
}

fn about_full_tries(_: u8, request: &[u8], said: Vec<u8>, _: &mut Vec<u8>) -> Option<Vec<u8>> {
    Some(match is_about_pins(request, 1) {
        true => with_member(said, 0x03, Value::from(8)),
        false => said,
    })
}

fn by_setting_any_pin(_: u8, request: &[u8], said: Vec<u8>, _: &mut Vec<u8>) -> Option<Vec<u8>> {
    Some(match (is_about_pins(request, 3), said.as_slice()) {
        (true, [_]) => vec![0],
        _ => said,
    })
}

fn by_changing_anyway(_: u8, request: &[u8], said: Vec<u8>, _: &mut Vec<u8>) -> Option<Vec<u8>> {
    Some(match (is_about_pins(request, 4), said.as_slice()) {
        (true, [0x37]) => vec![0],
        _ => said,
    })
}

fn by_configuring_anyway(_: u8, request: &[u8], said: Vec<u8>, _: &mut Vec<u8>) -> Option<Vec<u8>> {
    Some(match (request.first(), said.as_slice()) {
        (Some(0x0d), [0x37]) => vec![0],
        _ => said,
    })
}

/// The last good answer of credential management, to whoever proves nothing.
fn by_honouring_old_proofs(
    _: u8,
    request: &[u8],
    said: Vec<u8>,
    earlier: &mut Vec<u8>,
) -> Option<Vec<u8>> {
    Some(instead_of(0x33, 0x0a, request, said, earlier))
}

fn about_no_forced_change(
    _: u8,
    request: &[u8],
    said: Vec<u8>,
    _: &mut Vec<u8>,
) -> Option<Vec<u8>> {
    Some(in_info(request, said, 0x0c, Value::from(false)))
}

fn by_opening_in_a_lockout(_: u8, _: &[u8], said: Vec<u8>, _: &mut Vec<u8>) -> Option<Vec<u8>> {
    Some(if said == [0x34] { vec![0] } else { said })
}

fn by_never_unlocking(
    _: u8,
    request: &[u8],
    said: Vec<u8>,
    locked: &mut Vec<u8>,
) -> Option<Vec<u8>> {
    Some(
        match is_locked(&said, locked) && is_about_pins(request, 9) {
            true => locked.clone(),
            false => said,
        },
    )
}

fn about_being_blocked(_: u8, _: &[u8], said: Vec<u8>, _: &mut Vec<u8>) -> Option<Vec<u8>> {
    Some(if said == [0x32] { vec![0x31] } else { said })
}

/// Whether the key was locked by wrong PINs, which the liar remembers, by the answer that said so.
pub(super) fn is_locked(said: &[u8], locked: &mut Vec<u8>) -> bool {
    if said == [0x34] {
        *locked = said.to_vec();
    }
    !locked.is_empty()
}

/// Whether the key was reset, which the liar remembers.
fn is_reset(request: &[u8], said: &[u8], reset: &mut Vec<u8>) -> bool {
    if request == [0x07] && said == [0] {
        reset.push(1);
    }
    !reset.is_empty()
}

fn about_the_pin_after_a_reset(
    _: u8,
    request: &[u8],
    said: Vec<u8>,
    reset: &mut Vec<u8>,
) -> Option<Vec<u8>> {
    let options = [("rk", Value::from(true)), ("clientPin", Value::from(true))];
    Some(match is_reset(request, &said, reset) {
        true => in_info(request, said, 0x04, cbor::map(options)),
        false => said,
    })
}

fn about_the_firmware_after_a_reset(
    _: u8,
    request: &[u8],
    said: Vec<u8>,
    reset: &mut Vec<u8>,
) -> Option<Vec<u8>> {
    Some(match is_reset(request, &said, reset) {
        true => in_info(request, said, 0x0e, Value::from(7)),
        false => said,
    })
}

/// The first array that was read, whenever one is asked for.
fn by_keeping_blobs(_: u8, request: &[u8], said: Vec<u8>, first: &mut Vec<u8>) -> Option<Vec<u8>> {
    if !matches!(request, [0x0c, _, 0x01, ..]) {
        return Some(said);
    }
    if first.is_empty() {
        first.clone_from(&said);
    }
    Some(first.clone())
}

fn by_knowing_every_handle(code: u8, _: &[u8], said: Vec<u8>, _: &mut Vec<u8>) -> Option<Vec<u8>> {
    Some(match (code, said.as_slice()) {
        (command::MSG, [0x6a, 0x80]) => vec![0x69, 0x85],
        _ => said,
    })
}

fn only<'a>(checks: &[&'a str]) -> Vec<&'a str> {
    checks.iter().flat_map(|check| ["--only", check]).collect()
}

#[test]
fn lies_about_pins_and_resets_are_seen_through() {
    let bench = Bench::new();
    for (lie, run, failing) in LIES {
        let key = bench.key(Profile::default());
        let tested = destroy(&bench, &liar(&key, *lie), &key, &only(run));
        assert_eq!(
            with_verdict(&tested, "fail"),
            *failing,
            "{}",
            tested.shown()
        );
        tested.exits(1);
        // Whatever was found, the run ended with a reset.
        assert_eq!(
            key.open().info().options.client_pin,
            Some(false),
            "{failing:?}"
        );
    }
}

#[test]
fn faults_in_a_reset_are_found_and_named() {
    let bench = Bench::new();
    for (fault, failing) in FAULTS {
        let key = bench.key(Profile::default());
        key.fault(fault);
        let tested = destroy(&bench, key.connection(), &key, &only(failing));
        assert_eq!(
            with_verdict(&tested, "fail"),
            *failing,
            "{}",
            tested.shown()
        );
        tested.exits(1);
        assert_eq!(key.open().info().options.client_pin, Some(false));
    }
}
