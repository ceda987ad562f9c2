//! Resets (CTAP 2.1 §6.6), and what the run knows afterwards.

use super::bench::{Bench, PinAtHand, Trouble};
use super::traces::Traces;
use crate::attestation::Verdict;
use crate::ceremony::Error;
use crate::ctap;
use crate::ctap::status::Status;

const PURPOSE: &str = "everything on the key is erased";
const LONG_PURPOSE: &str = "everything on the key is erased; keep touching it until it is done";

impl Bench<'_> {
    /// Has the key forget everything. A key that takes no reset now is plugged in anew.
    pub(super) fn reset(&mut self) -> Result<(), Trouble> {
        if self.try_reset()? {
            return Ok(());
        }
        let mut done = false;
        self.reinsert(|bench| {
            done = bench.try_reset()?;
            Ok(done)
        })?;
        if done || self.try_reset()? {
            return Ok(());
        }
        Err(Verdict::fail("right after it was plugged in, the key takes no reset").into())
    }

    fn try_reset(&mut self) -> Result<bool, Trouble> {
        let is_long = self.info()?.long_touch_for_reset == Some(true);
        self.purpose = if is_long { LONG_PURPOSE } else { PURPOSE };
        let (key, mut wait) = self.key_and_wait()?;
        match key.reset(&mut wait) {
            Err(ctap::Error::Status {
                status: Status::NotAllowed,
                ..
            }) => Ok(false),
            answer => {
                answer?;
                drop(wait);
                self.note_reset();
                Ok(true)
            }
        }
    }

    /// What was on the key is gone, as the key says. A PIN that getInfo still mentions is not taken for gone.
    pub(super) fn note_reset(&mut self) {
        let refreshed = self.key().and_then(|key| Ok(key.refresh_info()?));
        let keeps_pin = refreshed.is_ok_and(|info| info.options.client_pin == Some(true));
        if !keeps_pin {
            self.traces = Traces::default();
        }
        self.pin = PinAtHand::Missing("a reset has erased it".to_owned());
        self.credential = None;
        self.windows_credential = None;
        self.assertion = None;
    }

    /// The last thing: the key as it left the factory.
    pub(super) fn restore(&mut self) -> Result<(), Error> {
        match self.reset() {
            Ok(()) => Ok(()),
            Err(Trouble::Over(error)) => Err(*error),
            Err(Trouble::Key(_)) if self.is_cancelled() => Err(Error::Cancelled),
            Err(Trouble::Key(error)) => Err(error.into()),
            Err(Trouble::Settled(_)) => Err(Error::ReinsertionNeeded),
        }
    }
}
