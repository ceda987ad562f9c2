//! What the PIN guards and what rules it: protected credentials (CTAP 2.1 §12.1), minimum length and forced change (§6.11.4).

use crate::attestation::Verdict;
use crate::ceremony::key_test::bench::{Bench, Trouble};
use crate::ceremony::key_test::check::{Answer, Finding};
use crate::ceremony::key_test::throw_away::rp_id;
use crate::ctap;
use crate::ctap::command::CredentialDescriptor;
use crate::ctap::command::authenticator_config::MinPinLength;
use crate::ctap::command::make_credential::CredProtect;
use crate::ctap::status::Status;

pub(in crate::ceremony::key_test) fn protected(bench: &mut Bench<'_>) -> Answer {
    bench.ready_to_create()?;
    let mut order = bench.order();
    order.request.rk = (bench.info()?.options.rk == Some(true)).then_some(true);
    order.request.extensions.cred_protect = Some(CredProtect::UvRequired);
    bench.traces.changed = true;
    let created = bench.create(&order)?;
    let mut problems = Vec::new();
    if shows(bench, vec![created.descriptor()])? {
        problems.push("it signs without the PIN when it is named".to_owned());
    }
    if order.request.rk.is_some() && shows(bench, Vec::new())? {
        problems.push("it signs without the PIN when it is not named".to_owned());
    }
    Ok(Finding::of_problems(&problems))
}

/// Whether the key signs without a touch and without the PIN. One that says that it wants the PIN hides what it has.
fn shows(bench: &mut Bench<'_>, named: Vec<CredentialDescriptor>) -> Result<bool, Trouble> {
    match bench.ask_silently(rp_id(), named) {
        Ok(signed) => Ok(signed.is_some()),
        Err(Trouble::Settled(Verdict::NotApplicable { .. })) => Ok(false),
        Err(trouble) => Err(trouble),
    }
}

pub(in crate::ceremony::key_test) fn minimum(bench: &mut Bench<'_>) -> Answer {
    bench.own_pin()?;
    let before = bench.info()?.pin_minimum();
    let Some(raised) = bench.raise_minimum()? else {
        return Ok(Verdict::not_applicable("the key does not let it be raised").into());
    };
    let mut problems = Vec::new();
    let now = bench.info()?.pin_minimum();
    if now != usize::from(raised) {
        problems.push(format!("it was raised to {raised}, and getInfo says {now}"));
    }
    let lower = MinPinLength {
        new_min_pin_length: Some(raised - 1),
        ..MinPinLength::default()
    };
    match bench.configure(lower) {
        Ok(()) => problems.push(format!("it could be lowered from {raised}")),
        Err(Trouble::Key(ctap::Error::Pin { .. } | ctap::Error::Status { .. })) => {}
        Err(trouble) => return Err(trouble),
    }
    let (pin, other) = (bench.own_pin()?, bench.new_pin()?);
    let short: String = other.expose_text().chars().take(before).collect();
    if bench.change(pin.expose_text(), &short)? == Status::Ok {
        problems.push(format!("{before} characters still became the PIN"));
        bench.change(&short, pin.expose_text())?;
    }
    Ok(Finding::of_problems(&problems)
        .fact("before", before)
        .fact("raised", raised))
}

pub(in crate::ceremony::key_test) fn forced_change(bench: &mut Bench<'_>) -> Answer {
    let (pin, other) = (bench.own_pin()?, bench.new_pin()?);
    let options = &bench.info()?.options;
    if options.set_min_pin_length != Some(true) || options.authnr_cfg != Some(true) {
        return Ok(Verdict::not_applicable("the key has no setMinPINLength").into());
    }
    bench.configure(MinPinLength {
        force_change_pin: Some(true),
        ..MinPinLength::default()
    })?;
    let mut problems = Vec::new();
    if bench.info()?.force_pin_change != Some(true) {
        problems.push("getInfo does not say that the PIN must be changed".to_owned());
    }
    if bench.try_pin(pin.expose_text())? == Status::Ok {
        problems.push("the PIN that must be changed still opens the key".to_owned());
    }
    let changed = bench.change(pin.expose_text(), other.expose_text())?;
    if changed != Status::Ok {
        problems.push(format!("the change gets {changed}"));
    } else if bench.info()?.force_pin_change == Some(true) {
        problems.push("after the change it must be changed again".to_owned());
    }
    Ok(Finding::of_problems(&problems))
}
