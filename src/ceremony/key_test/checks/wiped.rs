//! Resets (CTAP 2.1 §6.6): when they are taken, and what they erase.

use std::time::Duration;

use crate::attestation::Verdict;
use crate::ceremony::key_test::bench::{Bench, Trouble};
use crate::ceremony::key_test::check::{Answer, Finding};
use crate::ceremony::key_test::wiped::Survives;
use crate::ctap::status::Status;
use crate::ctap::{self, Cancel, KeepAlive, Wait, hid};
use crate::encoding::{cbor, hex};

/// Keys without a display take a reset within ten seconds of power-up only.
const TOO_LATE: Duration = Duration::from_secs(11);

pub(in crate::ceremony::key_test) fn too_late(bench: &mut Bench<'_>) -> Answer {
    let has_pin = bench.info()?.options.client_pin.is_some();
    if has_pin && !bench.traces.blocked {
        bench.own_pin()?;
    }
    bench.wait_since_opening(TOO_LATE)?;
    let verdict = match unattended(bench)? {
        (true, Ok(()) | Err(ctap::Error::Hid(hid::Error::Cancelled))) => {
            Verdict::not_applicable("the key takes a reset at any time, after a touch")
        }
        (
            true,
            Err(ctap::Error::Status {
                status:
                    Status::KeepaliveCancel
                    | Status::OperationDenied
                    | Status::UserActionTimeout
                    | Status::ActionTimeout,
                ..
            }),
        ) => Verdict::not_applicable("the key takes a reset at any time, after a touch"),
        (false, Ok(())) => Verdict::fail("the key was reset without being touched"),
        (
            _,
            Err(ctap::Error::Status {
                status: Status::NotAllowed,
                ..
            }),
        ) => {
            let set = bench.key()?.refresh_info()?.options.client_pin == Some(true);
            match set == has_pin {
                true => Verdict::Pass,
                false => Verdict::fail("the reset was refused, and the PIN is gone"),
            }
        }
        (_, Err(error)) => return Err(error.into()),
    };
    Ok(verdict.into())
}

/// A reset that is cancelled as soon as the key asks for a touch: whether it did, and how it ended.
fn unattended(bench: &mut Bench<'_>) -> Result<(bool, Result<(), ctap::Error>), Trouble> {
    let cancel = Cancel::default();
    let raise = |keepalive| {
        if keepalive == KeepAlive::TouchNeeded {
            cancel.raise();
        }
    };
    let mut wait = Wait::new(&cancel, raise);
    let outcome = bench.key()?.reset(&mut wait);
    drop(wait);
    // The touch may have come first.
    if outcome.is_ok() {
        bench.note_reset();
    }
    Ok((cancel.is_raised(), outcome))
}

pub(in crate::ceremony::key_test) fn taken(bench: &mut Bench<'_>) -> Answer {
    bench.wiped()?;
    Ok(Finding::pass())
}

pub(in crate::ceremony::key_test) fn pin(bench: &mut Bench<'_>) -> Answer {
    let survives = bench.wiped()?.pin;
    Ok(gone(&[("the PIN", survives)]).into())
}

pub(in crate::ceremony::key_test) fn credentials(bench: &mut Bench<'_>) -> Answer {
    let seen = bench.wiped()?;
    let verdict = gone(&[
        ("the credential that lives in its id", seen.wrapped),
        ("the credential that is stored", seen.discoverable),
    ]);
    Ok(verdict.into())
}

pub(in crate::ceremony::key_test) fn u2f(bench: &mut Bench<'_>) -> Answer {
    let survives = bench.wiped()?.u2f;
    Ok(gone(&[("the credential", survives)]).into())
}

pub(in crate::ceremony::key_test) fn large_blobs(bench: &mut Bench<'_>) -> Answer {
    let survives = bench.wiped()?.large_blobs;
    Ok(gone(&[("the array", survives)]).into())
}

/// What was there before, none of it may be there afterwards.
fn gone(things: &[(&str, Survives)]) -> Verdict {
    let left: Vec<&str> = things
        .iter()
        .filter(|(_, survives)| *survives == Some(true))
        .map(|(what, _)| *what)
        .collect();
    if things.iter().all(|(_, survives)| survives.is_none()) {
        Verdict::not_applicable("before the reset the key showed none that could be looked for")
    } else if left.is_empty() {
        Verdict::Pass
    } else {
        Verdict::fail(format!(
            "after the reset there is still {}",
            left.join(" and ")
        ))
    }
}

pub(in crate::ceremony::key_test) fn info(bench: &mut Bench<'_>) -> Answer {
    let [fresh, now] = bench.wiped()?.info;
    if fresh.is_empty() {
        return Ok(Verdict::unknown("what the fresh key said could not be read").into());
    }
    let differs =
        |(number, value): &&(cbor::Value, cbor::Value)| cbor::get(&now, number) != Some(value);
    let mut numbers: Vec<String> = fresh.iter().filter(differs).map(number).collect();
    let added = now
        .iter()
        .filter(|(number, _)| cbor::get(&fresh, number).is_none());
    numbers.extend(added.map(number));
    let verdict = match numbers.as_slice() {
        [] => Verdict::Pass,
        numbers => Verdict::fail(format!("getInfo differs in {}", numbers.join(", "))),
    };
    Ok(verdict.into())
}

fn number((number, _): &(cbor::Value, cbor::Value)) -> String {
    format!("member 0x{}", hex::encode(&cbor::encode(number)))
}

pub(in crate::ceremony::key_test) fn works(bench: &mut Bench<'_>) -> Answer {
    bench.wiped()?;
    if bench.info()?.options.always_uv == Some(true) {
        bench.ready_to_create()?;
    }
    bench.purpose = "a credential is made and signs, after the reset";
    let created = bench.credential()?;
    let signed = bench.assertion()?;
    Ok(match signed.verify(&created) {
        Ok(()) => Finding::pass(),
        Err(error) => {
            Verdict::fail(format!("after the reset a signature is wrong: {error}")).into()
        }
    })
}
