//! The PIN of a run: asked for at most once, and proven before the first check.

use super::Check;
use super::bench::{Bench, PinAtHand, Trouble};
use super::run::end_of_run;
use super::throw_away;
use crate::ceremony::Error;
use crate::ceremony::fitness::require_pin_tries;
use crate::ceremony::interaction::{PinPurpose, PinUnavailable};
use crate::ctap::{self, Permissions};
use crate::secret::Pin;

/// Asks for the PIN if a check needs it, and proves it once, so that a wrong one costs one try and not many.
pub(super) fn obtain_pin(
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
        Err(Trouble::Over(error)) => return Err(*error),
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
