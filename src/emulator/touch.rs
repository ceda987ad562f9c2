//! Where a touch comes from (CTAP 2.1 §5, "evidence of user interaction"). The emulator asks again at every poll until the
//! source has an answer or the profile's touch time-out has passed.

use std::time::Duration;

/// What the user has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TouchState {
    /// Nothing yet; ask again.
    Waiting,
    /// Touched: the operation goes on.
    Touched,
    /// Declined: the operation ends with CTAP2_ERR_OPERATION_DENIED.
    Denied,
}

/// Somebody, or something, that touches the key.
pub trait Touch: Send {
    /// The state after the present request has waited this long. `waited` starts at zero for every request.
    fn state(&mut self, waited: Duration) -> TouchState;
}

/// Touches at once.
#[derive(Debug, Clone, Copy, Default)]
pub struct Auto;

impl Touch for Auto {
    fn state(&mut self, _waited: Duration) -> TouchState {
        TouchState::Touched
    }
}

/// Declines at once.
#[derive(Debug, Clone, Copy, Default)]
pub struct Deny;

impl Touch for Deny {
    fn state(&mut self, _waited: Duration) -> TouchState {
        TouchState::Denied
    }
}

/// Touches when a request has waited this long.
#[derive(Debug, Clone, Copy)]
pub struct After(pub Duration);

impl Touch for After {
    fn state(&mut self, waited: Duration) -> TouchState {
        if waited >= self.0 {
            TouchState::Touched
        } else {
            TouchState::Waiting
        }
    }
}

/// Never touches; every request that needs a touch times out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Never;

impl Touch for Never {
    fn state(&mut self, _waited: Duration) -> TouchState {
        TouchState::Waiting
    }
}
