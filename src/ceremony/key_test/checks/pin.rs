//! PINs (CTAP 2.1 §6.5), without ever spending a try.

use crate::attestation::Verdict;
use crate::ceremony::fitness::PIN_TRIES_KEPT;
use crate::ceremony::key_test::bench::{Bench, PinAtHand, Trouble};
use crate::ceremony::key_test::check::{Answer, Finding};
use crate::ctap;
use crate::ctap::command::client_pin::{Request, Response};
use crate::ctap::pin_protocol::{PinUvAuthProtocol, SharedSecret};
use crate::ctap::status::Status;

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
    let listed = bench.info()?.pin_uv_auth_protocols.clone();
    let listed = listed.unwrap_or_else(|| vec![1]);
    let ours = listed
        .iter()
        .filter_map(|number| PinUvAuthProtocol::from_number(*number));
    let ours: Vec<PinUvAuthProtocol> = ours.collect();
    if ours.is_empty() {
        return Ok(Verdict::unknown("the key has neither protocol one nor two").into());
    }
    for protocol in &ours {
        agree(bench, *protocol)?;
    }
    let numbers: Vec<u8> = ours.iter().map(|protocol| protocol.number()).collect();
    Ok(Finding::pass().fact("protocols", numbers))
}

fn agree(bench: &mut Bench<'_>, protocol: PinUvAuthProtocol) -> Result<(), Trouble> {
    let request = Request::GetKeyAgreement;
    let number = protocol.number();
    let answer = bench.raw(&request.encode(protocol))?;
    let (status, cbor) = answer
        .split_first()
        .ok_or_else(|| Verdict::fail("an empty answer"))?;
    let status = Status::from(*status);
    if status != Status::Ok {
        let why = format!("protocol {number} is listed, and answers {status}");
        return Err(Verdict::fail(why).into());
    }
    let response = Response::decode(request.name(), cbor).map_err(ctap::Error::from)?;
    let peer = response.key_agreement().map_err(ctap::Error::from)?;
    match SharedSecret::encapsulate(protocol, &peer, &bench.env) {
        Ok(_) => Ok(()),
        Err(error) => Err(Verdict::fail(format!("protocol {number}: {error}")).into()),
    }
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
