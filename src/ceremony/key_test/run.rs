//! A run: check after check, each error a verdict, until the end or until there is nobody left to ask.

use std::time::Duration;

use super::bench::{Bench, Trouble};
use super::check::{Check, Finding, Record};
use super::obtain_pin::obtain_pin;
use super::plan::Plan;
use super::{Setting, Tested, fresh};
use crate::attestation::Verdict;
use crate::ceremony::Error;
use crate::ctap::hid::{self, DeviceError, HidDevice};
use crate::ctap::status::Status;
use crate::ctap::{self, Times};

/// Runs checks.
///
/// # Errors
/// When there is no key, or it does not even answer INIT; before destructive checks also when the key shows signs of use, or
/// nobody agrees.
pub fn run(
    device: Box<dyn HidDevice>,
    checks: &[&'static Check],
    setting: Setting<'_>,
) -> Result<Tested, Error> {
    let spend_last_tries = setting.spend_last_tries;
    let mut bench = Bench::open(device, setting).map_err(ctap::Error::from)?;
    let plan = Plan::of(&bench, checks);
    if plan.destroys {
        fresh::require(&mut bench)?;
        bench.witness.agree(&plan)?;
        bench.factory = bench.members().unwrap_or_default();
    }
    let info = bench.info().ok().cloned();
    let mut tested = Tested {
        info,
        records: Vec::new(),
        times: Times::default(),
        broken_off: obtain_pin(&mut bench, checks, spend_last_tries).err(),
        left_behind: None,
    };
    let plan = Plan::of(&bench, checks);
    bench.witness.planned(plan.checks, plan.touches);
    for check in checks {
        let record = match &tested.broken_off {
            Some(error) => unasked(check, &error.to_string()),
            None => ask(&mut bench, check, &mut tested.broken_off),
        };
        bench.witness.ended(&record);
        tested.records.push(record);
    }
    tested.times = bench.times();
    if tested.broken_off.is_none() && bench.traces.any() {
        tested.broken_off = bench.restore().err();
    }
    tested.left_behind = std::mem::take(&mut bench.traces).left_behind();
    Ok(tested)
}

fn unasked(check: &'static Check, why: &str) -> Record {
    Record {
        check,
        verdict: Verdict::unknown(format!("not asked: {why}")),
        facts: serde_json::Map::new(),
        took: Duration::ZERO,
    }
}

/// Runs one check. An error is a verdict, unless the key is gone or the operator has had enough.
fn ask(bench: &mut Bench<'_>, check: &'static Check, broken_off: &mut Option<Error>) -> Record {
    bench.witness.begun(check);
    bench.purpose = check.title;
    let begun = bench.env.monotonic();
    let met = check.needs.iter().try_for_each(|need| bench.has(*need));
    let answer = match met {
        Ok(()) => (check.run)(bench),
        Err(verdict) => Err(verdict.into()),
    };
    let finding = match answer {
        Ok(finding) => finding,
        Err(Trouble::Settled(verdict)) => verdict.into(),
        Err(Trouble::Over(error)) => {
            let why = Verdict::unknown(error.to_string());
            *broken_off = Some(*error);
            why.into()
        }
        Err(Trouble::Key(error)) => {
            *broken_off = end_of_run(bench, &error);
            Finding::new(verdict_of(&error))
        }
    };
    if finding.verdict.is_fail() && broken_off.is_none() && !bench.is_there() {
        *broken_off = Some(gone_error("it no longer answers INIT".to_owned()));
    }
    if bench.is_cancelled() {
        *broken_off = Some(Error::Cancelled);
    }
    Record {
        check,
        verdict: finding.verdict,
        facts: finding.facts,
        took: bench.env.monotonic().saturating_sub(begun),
    }
}

/// What an error of the key says about it.
fn verdict_of(error: &ctap::Error) -> Verdict {
    match error {
        ctap::Error::Status {
            status: Status::ActionTimeout | Status::OperationDenied | Status::UserActionTimeout,
            ..
        } => Verdict::unknown(format!("no touch was felt in time: {error}")),
        ctap::Error::Hid(hid::Error::Cancelled | hid::Error::CancelUnconfirmed { .. }) => {
            Verdict::unknown(error.to_string())
        }
        ctap::Error::Unsupported(_) => Verdict::not_applicable(error.to_string()),
        _ => Verdict::fail(error.to_string()),
    }
}

/// Why nothing more can be asked after an error: the key is gone. Over UDP that is silence, INIT included.
pub(super) fn end_of_run(bench: &Bench<'_>, error: &ctap::Error) -> Option<Error> {
    let ctap::Error::Hid(hid) = error else {
        return None;
    };
    let left = match hid {
        hid::Error::Device(DeviceError::Gone(what) | DeviceError::NotFound(what)) => {
            Some(what.clone())
        }
        hid::Error::Device(_) => Some(hid.to_string()),
        hid::Error::Silent { .. } if !bench.is_there() => Some(hid.to_string()),
        _ => None,
    };
    if let Some(what) = left {
        return Some(gone_error(what));
    }
    bench.settle();
    None
}

fn gone_error(what: String) -> Error {
    let gone = hid::Error::from(DeviceError::Gone(what));
    Error::from(ctap::Error::from(gone))
}
