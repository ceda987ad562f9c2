//! authenticatorReset (CTAP 2.1 §6.6).

use std::time::Duration;

use super::{AfterTouch, Reply};
use crate::ctap::status::Status;
use crate::emulator::authenticator::Authenticator;
use crate::emulator::profile::ResetWindow;
use crate::emulator::state::State;

/// How long a long touch is; the specification leaves it to the key.
const LONG_TOUCH: Duration = Duration::from_secs(5);

impl Authenticator {
    pub(in crate::emulator) fn reset(&mut self) -> Result<Reply, Status> {
        let is_open = match self.profile.reset_window {
            ResetWindow::Always => true,
            ResetWindow::AfterPowerUp(window) => self.time_since_power_up() <= window,
            ResetWindow::FirstCommand => !self.has_worked,
        };
        if !is_open {
            return Err(Status::NotAllowed);
        }
        let is_long = self.long_touch_for_reset() == Some(true);
        let hold = if is_long { LONG_TOUCH } else { Duration::ZERO };
        Ok(Reply::Touch(AfterTouch::Reset { hold }))
    }

    /// As it left the factory, but for the serial number, the enterprise identity and the signature counter, which never goes back.
    pub(in crate::emulator) fn erase(&mut self) -> Result<Reply, Status> {
        let mut fresh = State::new(&self.profile, &self.env);
        fresh.serial.clone_from(&self.state().serial);
        fresh.enterprise = self.state().enterprise.clone();
        fresh.sign_count = self.state().sign_count;
        self.update(|state| *state = fresh)?;
        self.reset_tokens();
        self.forget_mismatches();
        self.enrollment = None;
        Ok(Reply::Empty)
    }
}
