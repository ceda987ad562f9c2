//! The key is unplugged and plugged in again in the middle of a run, and must be the same model.

use std::time::Duration;

use super::bench::{Bench, Trouble};
use crate::ceremony::Error;
use crate::ceremony::reset::reinsertion::{Fingerprint, PATIENCE, pause};

/// How often a key that still answers is looked at for having lost power.
const LOOKS: Duration = Duration::from_secs(1);

impl Bench<'_> {
    /// Asks for it and waits. The channel of a USB key that was unplugged does not answer any more. A key behind a socket may
    /// lose power and keep its channel; that it did, `lost_power` finds out, or nobody.
    ///
    /// # Errors
    /// The run is over if the key does not come back in time, another one comes, or the operator interrupts.
    pub(super) fn reinsert(
        &mut self,
        mut lost_power: impl FnMut(&mut Self) -> Result<bool, Trouble>,
    ) -> Result<(), Trouble> {
        let before = Fingerprint::of(self.key()?);
        self.witness.reinsert_key();
        let end = self.env.monotonic() + PATIENCE;
        let mut next = self.env.monotonic() + LOOKS;
        while self.key()?.refresh_info().is_ok() {
            if self.env.monotonic() >= next {
                if lost_power(self)? {
                    self.opened = self.env.monotonic();
                    return Ok(before.require(self.key()?)?);
                }
                next = self.env.monotonic() + LOOKS;
            }
            self.pause(end)?;
        }
        while !(self.reconnect)().is_some_and(|device| self.take(device)) {
            self.pause(end)?;
        }
        Ok(before.require(self.key()?)?)
    }

    /// Has the key plugged in anew, for nothing but the loss of power. Where the channel is kept, that shows in the key agreement:
    /// its key pair is made at power-up (CTAP 2.1 §6.5.5.4). Keys that make one for every question show nothing by it.
    pub(super) fn cut_power(&mut self) -> Result<(), Trouble> {
        let (before, again) = (self.key_agreement()?, self.key_agreement()?);
        let lasts = before == again;
        self.reinsert(|bench| Ok(lasts && bench.key_agreement()? != before))
    }

    /// Lets so much time pass since the key was opened.
    pub(super) fn wait_since_opening(&self, time: Duration) -> Result<(), Trouble> {
        let end = self.opened + time;
        while self.env.monotonic() < end {
            self.pause(end)?;
        }
        Ok(())
    }

    fn pause(&self, end: Duration) -> Result<(), Trouble> {
        match pause(end, self.cancel, &self.env) {
            Err(Error::ReinsertionNeeded) => Err(Error::NotPluggedInAgain.into()),
            paused => Ok(paused?),
        }
    }
}
