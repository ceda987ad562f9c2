//! The first PIN of a key: what is refused, what is taken, what a wrong one costs (CTAP 2.1 §6.5.5.5, §6.5.5.7).

use crate::attestation::Verdict;
use crate::ceremony::key_test::bench::{Bench, Trouble};
use crate::ceremony::key_test::check::{Answer, Finding};
use crate::ceremony::key_test::own_pin::padded;
use crate::ctap::status::Status;

/// CTAP 2.1 §6.5.2.3.
const MOST_TRIES: u8 = 8;
/// Fewer than a lock-out costs, and so none.
const FEW_TRIES: u8 = 3;

pub(in crate::ceremony::key_test) fn too_short(bench: &mut Bench<'_>) -> Answer {
    require_none(bench)?;
    let minimum = bench.info()?.pin_minimum();
    let pin = bench.new_pin()?;
    let short: String = pin.expose_text().chars().take(minimum - 1).collect();
    let status = bench.set(&short, &padded(&short))?;
    let problem = match status {
        Status::Ok => Some(format!("{} characters became the PIN", short.len())),
        Status::PinPolicyViolation => after_refusal(bench, "a PIN that is too short"),
        _ => Some(format!("it is refused by {status}")),
    };
    let problems: Vec<String> = problem.into_iter().collect();
    Ok(Finding::of_problems(&problems)
        .fact("characters", short.len())
        .fact("status", status.to_string()))
}

pub(in crate::ceremony::key_test) fn too_long(bench: &mut Bench<'_>) -> Answer {
    require_none(bench)?;
    let filler: String = (0..8).flat_map(|_| "h3m7x9bk".chars()).collect();
    let whole = padded(&filler);
    let mut problems = Vec::new();
    let mut statuses = Vec::new();
    // 64 bytes leave no room for padding; 16 and 80 are not what was padded to 64.
    let longer: Vec<[u8; 16]> = whole.iter().chain(&whole[..1]).copied().collect();
    for (what, text, blocks) in [
        ("64 bytes", filler.as_str(), whole.as_slice()),
        ("16 bytes without padding", &filler[..16], &whole[..1]),
        ("80 bytes", filler.as_str(), longer.as_slice()),
    ] {
        let status = bench.set(text, blocks)?;
        statuses.push(status.to_string());
        if status == Status::Ok {
            problems.push(format!("{what} became the PIN"));
            break;
        }
        problems.extend(after_refusal(bench, what));
    }
    Ok(Finding::of_problems(&problems).fact("statuses", statuses))
}

/// These can only be asked of a key that has no PIN; one that took what it should have refused has one.
fn require_none(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    match bench.info()?.options.client_pin {
        Some(false) => Ok(()),
        _ => Err(Verdict::unknown("the key has a PIN by now").into()),
    }
}

fn after_refusal(bench: &Bench<'_>, what: &str) -> Option<String> {
    let info = bench.info();
    let set = info.is_ok_and(|info| info.options.client_pin == Some(true));
    set.then(|| format!("{what} was refused, and a PIN is set all the same"))
}

pub(in crate::ceremony::key_test) fn set(bench: &mut Bench<'_>) -> Answer {
    let pin = bench.own_pin()?;
    let mut problems = Vec::new();
    bench.key()?.refresh_info()?;
    if bench.info()?.options.client_pin != Some(true) {
        problems.push("getInfo still says that no PIN is set".to_owned());
    }
    let tries = bench.tries()?;
    if !(FEW_TRIES..=MOST_TRIES).contains(&tries) {
        problems.push(format!("{tries} tries are left of a new PIN"));
    }
    for protocol in bench.pin_protocols()? {
        let status = bench.try_pin_by(protocol, pin.expose_text())?;
        if status != Status::Ok {
            let number = protocol.number();
            problems.push(format!("by protocol {number} the PIN gets {status}"));
        }
    }
    Ok(Finding::of_problems(&problems).fact("tries", tries))
}

pub(in crate::ceremony::key_test) fn set_once(bench: &mut Bench<'_>) -> Answer {
    let (pin, other) = (bench.own_pin()?, bench.new_pin()?);
    let status = bench.set_own_pin(&other)?;
    if status == Status::Ok {
        // What the PIN is now, the traces know.
        bench.forget_pin();
        return Ok(Verdict::fail("whoever has the key can set another PIN").into());
    }
    let verdict = match bench.try_pin(pin.expose_text())? {
        Status::Ok => Verdict::Pass,
        after => Verdict::fail(format!("it is refused, and then the PIN gets {after}")),
    };
    Ok(Finding::new(verdict).fact("status", status.to_string()))
}

pub(in crate::ceremony::key_test) fn wrong(bench: &mut Bench<'_>) -> Answer {
    let (right, wrong) = (bench.own_pin()?, bench.new_pin()?);
    let mut problems = Vec::new();
    let full = bench.tries()?;
    for protocol in bench.pin_protocols()? {
        let number = protocol.number();
        let refused = bench.try_pin_by(protocol, wrong.expose_text())?;
        if refused != Status::PinInvalid {
            problems.push(format!("by protocol {number} a wrong PIN gets {refused}"));
        }
        let left = bench.tries()?;
        if left.checked_add(1) != Some(full) {
            problems.push(format!("a wrong PIN made {left} tries of {full}"));
        }
        let taken = bench.try_pin_by(protocol, right.expose_text())?;
        if taken != Status::Ok {
            problems.push(format!("after a wrong PIN the right one gets {taken}"));
        }
        let restored = bench.tries()?;
        if restored != full {
            problems.push(format!("the right PIN left {restored} tries, not {full}"));
        }
    }
    Ok(Finding::of_problems(&problems).fact("tries", full))
}
