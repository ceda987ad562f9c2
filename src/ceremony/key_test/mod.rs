//! The test bench for one key: checks as data ([`CHECKS`]), each of which answers by a verdict with its reason, the numbers and
//! bytes behind it, and how long it took. Nothing stays on the key. A check never ends the run: only a key that is gone, a wrong
//! PIN or the operator does, and what was found till then is kept.

mod bench;
mod check;
mod checks;
mod latency;
mod observed;
mod selection;
mod table;
mod throw_away;

use std::time::Duration;

use crate::attestation::{Roots, Verdict};
use crate::ceremony::fitness::require_pin_tries;
use crate::ceremony::interaction::{PinPurpose, PinUnavailable};
use crate::ceremony::{self, Error};
use crate::ctap::command::get_info;
use crate::ctap::hid::{self, DeviceError, HidDevice};
use crate::ctap::status::Status;
use crate::ctap::{self, Cancel, Permissions};
use crate::env::Env;
use crate::secret::Pin;

pub use check::{Check, Kind, Need, Record, Tag};
pub use selection::{Selection, UnknownCheck};
pub use table::CHECKS;

use bench::{Bench, PinAtHand, Trouble};
use check::Finding;

/// Whoever watches a run and does what it asks for.
pub trait Witness: Send {
    /// It begins: how many checks, and how many touches at most.
    fn planned(&mut self, checks: usize, touches: u32);

    /// A check begins.
    fn begun(&mut self, check: &'static Check);

    /// A check has answered.
    fn ended(&mut self, record: &Record);

    /// The key waits for a touch, for this.
    fn touch_needed(&mut self, purpose: &str);

    /// The key must not be touched for up to a minute and a half.
    fn keep_off(&mut self);

    /// Asks for the PIN.
    ///
    /// # Errors
    /// When none can be had.
    fn pin(&mut self, purpose: PinPurpose) -> Result<Pin, PinUnavailable>;
}

/// What a run needs besides the key.
pub struct Setting<'a> {
    /// What the key's attestation may lead to.
    pub roots: &'a Roots,
    /// Whoever watches.
    pub witness: &'a mut dyn Witness,
    /// Raised by Ctrl-C.
    pub cancel: &'a Cancel,
    /// Clock and randomness.
    pub env: &'a Env,
    /// Whether a PIN try may leave fewer than three.
    pub spend_last_tries: bool,
}

/// What a run found.
#[derive(Debug)]
pub struct Tested {
    /// What the key said of itself when the run began; none if it said nothing that can be read.
    pub info: Option<get_info::Response>,
    /// One for each chosen check, in order.
    pub records: Vec<Record>,
    /// What ended the run before its end.
    pub broken_off: Option<Error>,
}

impl Tested {
    /// Whether all chosen checks passed, or had nothing to look at.
    #[must_use]
    pub fn passed(&self) -> bool {
        let good = |record: &Record| {
            matches!(
                record.verdict,
                Verdict::Pass | Verdict::NotApplicable { .. }
            )
        };
        self.broken_off.is_none() && self.records.iter().all(good)
    }
}

/// Runs checks.
///
/// # Errors
/// When there is no key, or it does not even answer INIT.
pub fn run(
    device: Box<dyn HidDevice>,
    checks: &[&'static Check],
    setting: Setting<'_>,
) -> Result<Tested, Error> {
    let spend_last_tries = setting.spend_last_tries;
    let mut bench = Bench::open(device, setting).map_err(ctap::Error::from)?;
    let info = bench.info().ok().cloned();
    let mut tested = Tested {
        info,
        records: Vec::new(),
        broken_off: obtain_pin(&mut bench, checks, spend_last_tries).err(),
    };
    let touches = touches(&bench, checks);
    bench.witness.planned(checks.len(), touches);
    for check in checks {
        let record = match &tested.broken_off {
            Some(error) => unasked(check, &error.to_string()),
            None => ask(&mut bench, check, &mut tested.broken_off),
        };
        bench.witness.ended(&record);
        tested.records.push(record);
    }
    Ok(tested)
}

/// The touches that the checks whose needs are met ask for, at most.
fn touches(bench: &Bench<'_>, checks: &[&'static Check]) -> u32 {
    let mut made: Vec<Need> = Vec::new();
    let mut touches = 0;
    for check in checks {
        if check.needs.iter().any(|need| bench.has(*need).is_err()) {
            continue;
        }
        touches += u32::from(check.touches);
        let mut needed = check.needs.to_vec();
        while let Some(need) = needed.pop() {
            if !made.contains(&need) {
                touches += u32::from(need.touches());
                made.push(need);
                needed.extend(need.rests_on());
            }
        }
    }
    touches
}

/// Asks for the PIN if a check needs it, and proves it once, so that a wrong one costs one try and not many.
fn obtain_pin(
    bench: &mut Bench<'_>,
    checks: &[&'static Check],
    spend_last_tries: bool,
) -> Result<(), Error> {
    if !checks.iter().any(|check| bench.wants_pin(check.needs)) {
        return Ok(());
    }
    let retries = bench.key().and_then(|key| Ok(key.pin_retries()?));
    let allowed = match retries {
        Ok(retries) => require_pin_tries(retries, spend_last_tries).map(|()| retries.retries),
        Err(Trouble::Key(error)) => return withhold(bench, error),
        Err(Trouble::Settled(verdict)) => {
            let why = verdict.why().unwrap_or_default().to_owned();
            bench.pin = PinAtHand::Missing(why);
            return Ok(());
        }
    };
    let left = match allowed {
        Ok(left) => left,
        Err(error) => {
            bench.pin = PinAtHand::Missing(error.to_string());
            return Ok(());
        }
    };
    let purpose = PinPurpose::Present {
        retries: Some(left),
    };
    match bench.witness.pin(purpose) {
        Ok(pin) => prove(bench, pin),
        Err(error @ (PinUnavailable::NoSource | PinUnavailable::Declined)) => {
            bench.pin = PinAtHand::Missing(error.to_string());
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

fn prove(bench: &mut Bench<'_>, pin: Pin) -> Result<(), Error> {
    let rp_id = throw_away::rp_id();
    let Ok(key) = bench.key() else {
        return Ok(());
    };
    let permissions = match key.takes_pin_for(Permissions::GA) {
        true => Permissions::GA,
        false => Permissions::CM,
    };
    match key.pin_uv_auth(&pin, permissions, Some(&rp_id)) {
        Ok(_) => {
            bench.pin = PinAtHand::Known(pin);
            Ok(())
        }
        // The key has judged this PIN: the operator's mistake, and no fault of the key.
        Err(error @ ctap::Error::Pin { .. }) => Err(error.into()),
        Err(error) => withhold(bench, error),
    }
}

/// A key that cannot be given its PIN is tested without it.
fn withhold(bench: &mut Bench<'_>, error: ctap::Error) -> Result<(), Error> {
    if let Some(end) = end_of_run(bench, &error) {
        return Err(end);
    }
    bench.pin = PinAtHand::Missing(error.to_string());
    Ok(())
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
fn end_of_run(bench: &Bench<'_>, error: &ctap::Error) -> Option<Error> {
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
    ceremony::Error::from(ctap::Error::from(gone))
}
