//! Wrong PINs in a row: locked until the power is cut, and blocked in the end (CTAP 2.1 §6.5.2.3, §6.5.5.7).

use crate::attestation::Verdict;
use crate::ceremony::key_test::bench::{Bench, PinAtHand, Trouble};
use crate::ceremony::key_test::check::{Answer, Finding};
use crate::ceremony::key_test::lockout::IN_A_ROW;
use crate::ctap::status::Status;

pub(in crate::ceremony::key_test) fn locks(bench: &mut Bench<'_>) -> Answer {
    let seen = bench.lockout()?;
    let [before, meanwhile, _] = seen.tries;
    let mut problems = Vec::new();
    if seen.locked == Status::Ok {
        problems.push(format!(
            "after {IN_A_ROW} wrong ones the right PIN is still taken"
        ));
    } else if seen.locked != Status::PinAuthBlocked {
        problems.push(format!(
            "after {IN_A_ROW} wrong ones the right PIN gets {}",
            seen.locked
        ));
    }
    if seen.locked != Status::Ok && meanwhile.checked_add(IN_A_ROW) != Some(before) {
        problems.push(format!("{IN_A_ROW} wrong PINs, and one that was refused unread, made {meanwhile} tries of {before}"));
    }
    Ok(Finding::of_problems(&problems)
        .fact("tries", [before, meanwhile].as_slice())
        .fact("status", seen.last_wrong.to_string()))
}

pub(in crate::ceremony::key_test) fn ends(bench: &mut Bench<'_>) -> Answer {
    let seen = bench.lockout()?;
    let [before, _, restored] = seen.tries;
    let verdict = if seen.anew != Status::Ok {
        Verdict::fail(format!(
            "plugged in anew, the key gives the right PIN {}",
            seen.anew
        ))
    } else if restored != before {
        Verdict::fail(format!("the right PIN left {restored} tries, not {before}"))
    } else {
        Verdict::Pass
    };
    Ok(Finding::new(verdict).fact("tries", restored))
}

pub(in crate::ceremony::key_test) fn old_proof(bench: &mut Bench<'_>) -> Answer {
    Ok(match bench.lockout()?.proof_outlives_power {
        None => Verdict::not_applicable("the key has no command for which a proof needs no touch"),
        Some(true) => Verdict::fail("what was proven before the key was unplugged still opens it"),
        Some(false) => Verdict::Pass,
    }
    .into())
}

pub(in crate::ceremony::key_test) fn blocked(bench: &mut Bench<'_>) -> Answer {
    let (right, wrong) = (bench.own_pin()?, bench.new_pin()?);
    let spent = spend_all(bench, wrong.expose_text())?;
    bench.traces.blocked = true;
    bench.pin = PinAtHand::Missing("it is blocked".to_owned());
    let mut problems = Vec::new();
    for when in ["", ", plugged in anew,"] {
        if !when.is_empty() {
            bench.cut_power()?;
        }
        let status = bench.try_pin(right.expose_text())?;
        if status != Status::PinBlocked {
            problems.push(format!(
                "without tries left{when} the right PIN gets {status}"
            ));
        }
    }
    bench.reset()?;
    let pin = bench.own_pin()?;
    let status = bench.try_pin(pin.expose_text())?;
    if status != Status::Ok {
        problems.push(format!("after a reset a new PIN gets {status}"));
    }
    Ok(Finding::of_problems(&problems).fact("tries", spent))
}

/// Wrong PINs until no tries are left; how many it took.
fn spend_all(bench: &mut Bench<'_>, wrong: &str) -> Result<u8, Trouble> {
    let all = bench.tries()?;
    let mut left = all;
    let mut just_powered = false;
    while left > 0 {
        let status = bench.try_pin(wrong)?;
        let now = bench.tries()?;
        match status {
            _ if now == 0 => {}
            // A key that is locked although it was just powered would have the operator unplug it for ever.
            Status::PinAuthBlocked if !just_powered => bench.cut_power()?,
            Status::PinInvalid if now < left => {}
            status => {
                let why =
                    format!("with {left} tries left a wrong PIN gets {status}, and {now} are left");
                return Err(Verdict::fail(why).into());
            }
        }
        just_powered = status == Status::PinAuthBlocked;
        left = now;
    }
    Ok(all)
}
