//! PINs (CTAP 2.1 §6.5), without ever spending a try.

use crate::attestation::Verdict;
use crate::ceremony::fitness::PIN_TRIES_KEPT;
use crate::ceremony::key_test::bench::{Bench, PinAtHand};
use crate::ceremony::key_test::check::{Answer, Finding};
use crate::ctap;

/// CTAP 2.1 §6.5.2.3.
const MOST_TRIES: u8 = 8;

pub(in crate::ceremony::key_test) fn retries(bench: &mut Bench<'_>) -> Answer {
    let key = bench.key()?;
    let (first, second) = (key.pin_retries()?, key.pin_retries()?);
    let left = first.retries;
    let verdict = if first != second {
        let then = second.retries;
        Verdict::fail(format!("asked twice, {left} tries became {then}"))
    } else if left == 0 {
        Verdict::fail("the PIN is blocked")
    } else if left > MOST_TRIES {
        Verdict::fail(format!("{left} tries are left, the most are {MOST_TRIES}"))
    } else if first.power_cycle_state == Some(true) {
        Verdict::fail("the key takes no PIN until it is unplugged")
    } else if left <= PIN_TRIES_KEPT {
        Verdict::fail(format!("only {left} tries are left"))
    } else {
        Verdict::Pass
    };
    Ok(Finding::new(verdict).fact("tries", left))
}

pub(in crate::ceremony::key_test) fn policy(bench: &mut Bench<'_>) -> Answer {
    let info = bench.info()?;
    let minimum = info.pin_minimum();
    let verdict = if info.force_pin_change == Some(true) {
        Verdict::fail("the PIN must be changed before the key signs anything")
    } else if !(4..=63).contains(&minimum) {
        Verdict::fail(format!(
            "a PIN of at least {minimum} characters cannot be set"
        ))
    } else {
        Verdict::Pass
    };
    Ok(Finding::new(verdict)
        .fact("least_characters", minimum)
        .fact("most_bytes", info.max_pin_length.unwrap_or(63))
        .fact("complexity", info.pin_complexity_policy))
}

pub(in crate::ceremony::key_test) fn key_agreement(bench: &mut Bench<'_>) -> Answer {
    let ours = bench.pin_protocols()?;
    if ours.is_empty() {
        return Ok(Verdict::unknown("the key has neither protocol one nor two").into());
    }
    for protocol in &ours {
        bench.agree(*protocol)?;
    }
    let numbers: Vec<u8> = ours.iter().map(|protocol| protocol.number()).collect();
    Ok(Finding::pass().fact("protocols", numbers))
}

pub(in crate::ceremony::key_test) fn token(bench: &mut Bench<'_>) -> Answer {
    let PinAtHand::Known(pin) = &bench.pin else {
        return Ok(Verdict::unknown("the PIN is not at hand").into());
    };
    let pin = pin.clone();
    let rp_id = crate::ceremony::key_test::throw_away::rp_id();
    let key = bench.key()?;
    let permissions = if key.takes_pin_for(ctap::Permissions::GA) {
        ctap::Permissions::GA
    } else {
        ctap::Permissions::CM
    };
    key.pin_uv_auth(&pin, permissions, Some(&rp_id))?;
    let left = key.pin_retries()?.retries;
    // §6.5.5.7.2: the right PIN sets the counter back to its maximum, which is 8 or less.
    let again = {
        key.pin_uv_auth(&pin, permissions, Some(&rp_id))?;
        key.pin_retries()?.retries
    };
    let verdict = match left == again {
        true => Verdict::Pass,
        false => Verdict::fail(format!("the right PIN left {left} tries, and then {again}")),
    };
    Ok(Finding::new(verdict).fact("tries", left))
}
