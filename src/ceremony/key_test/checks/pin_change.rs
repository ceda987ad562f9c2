//! Changing the PIN (CTAP 2.1 §6.5.5.6).

use crate::attestation::Verdict;
use crate::ceremony::key_test::bench::{Bench, Trouble};
use crate::ceremony::key_test::check::{Answer, Finding};
use crate::ctap::status::Status;

/// Two bytes each in UTF-8, each a single code point in normalization form C.
const UMLAUTS: [char; 6] = ['ä', 'ö', 'ü', 'é', 'ñ', 'ç'];

pub(in crate::ceremony::key_test) fn change(bench: &mut Bench<'_>) -> Answer {
    let (old, new, wrong) = (bench.own_pin()?, bench.new_pin()?, bench.new_pin()?);
    let (old, new, wrong) = (old.expose_text(), new.expose_text(), wrong.expose_text());
    let full = bench.tries()?;
    let mut problems = Vec::new();
    let refused = bench.change(wrong, new)?;
    if refused == Status::Ok {
        return Ok(Verdict::fail("a wrong PIN was enough to change it").into());
    }
    let left = bench.tries()?;
    if left.checked_add(1) != Some(full) {
        problems.push(format!(
            "a change by a wrong PIN made {left} tries of {full}"
        ));
    }
    let changed = bench.change(old, new)?;
    if changed != Status::Ok {
        problems.push(format!("a change by the right PIN gets {changed}"));
        return Ok(Finding::of_problems(&problems));
    }
    let taken = bench.try_pin(new)?;
    if taken != Status::Ok {
        problems.push(format!("the new PIN gets {taken}"));
    }
    if bench.try_pin(old)? == Status::Ok {
        problems.push("the old PIN is still taken".to_owned());
    }
    restore_tries(bench, new, full, &mut problems)?;
    Ok(Finding::of_problems(&problems).fact("status", refused.to_string()))
}

/// The right PIN, so that no check leaves fewer tries to the next.
fn restore_tries(
    bench: &mut Bench<'_>,
    pin: &str,
    full: u8,
    problems: &mut Vec<String>,
) -> Result<(), Trouble> {
    bench.try_pin(pin)?;
    let left = bench.tries()?;
    if left != full {
        problems.push(format!("{left} tries are left, not {full}"));
    }
    Ok(())
}

pub(in crate::ceremony::key_test) fn characters(bench: &mut Bench<'_>) -> Answer {
    let old = bench.own_pin()?;
    let info = bench.info()?;
    let (minimum, counts) = (info.pin_minimum(), info.has_selection());
    let letters: String = UMLAUTS.into_iter().cycle().take(minimum).collect();
    let mut short = letters.clone();
    short.pop();
    let mut problems = Vec::new();
    let mut current = old.expose_text().to_owned();
    // Before CTAP 2.1 keys may count bytes.
    if counts {
        let status = bench.change(&current, &short)?;
        if status == Status::Ok {
            let (characters, bytes) = (minimum - 1, short.len());
            problems.push(format!(
                "{characters} characters in {bytes} bytes became the PIN, at least {minimum} are due"
            ));
            current = short;
        }
    }
    let status = bench.change(&current, &letters)?;
    if status != Status::Ok {
        problems.push(format!("{minimum} characters beyond ASCII get {status}"));
    } else if bench.try_pin(&letters)? != Status::Ok {
        problems.push("characters beyond ASCII are set and then refused".to_owned());
    }
    // A PIN that can be told over the telephone for what follows.
    let next = bench.new_pin()?;
    if let Some(current) = bench.traces.pin().map(str::to_owned) {
        bench.change(&current, next.expose_text())?;
    }
    Ok(Finding::of_problems(&problems).fact("least_characters", minimum))
}

pub(in crate::ceremony::key_test) fn old_proof(bench: &mut Bench<'_>) -> Answer {
    let (old, new) = (bench.own_pin()?, bench.new_pin()?);
    if !bench.info()?.has_selection() {
        return Ok(Verdict::not_applicable("it came with CTAP 2.1").into());
    }
    let proof = bench.proof_for_management()?;
    bench.key()?.credentials_metadata(&proof)?;
    let changed = bench.change(old.expose_text(), new.expose_text())?;
    if changed != Status::Ok {
        return Ok(Verdict::unknown(format!("the PIN could not be changed: {changed}")).into());
    }
    Ok(match bench.is_taken(&proof)? {
        true => Verdict::fail("what was proven by the old PIN still opens the key").into(),
        false => Finding::pass(),
    })
}
