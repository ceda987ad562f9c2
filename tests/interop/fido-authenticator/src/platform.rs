//! What the firmware runs on: storage, randomness, a clock since power-up, and the button.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fido_authenticator::{Conforming, Error, TrussedRequirements, UserPresence};
use rand_core::OsRng;
use trussed::platform;
use trussed::types::ui::Status;
use trussed::virt::Store;
use trussed_core::types::consent::Level;

/// How the button is pressed.
#[derive(Clone, Copy)]
pub enum Touch {
    /// This long after it has been asked for.
    After(Duration),
    /// Never, and the firmware does not wait for it.
    Denied,
    /// Never.
    Never,
}

/// Whether the firmware waits for the button.
pub type Waiting = Arc<AtomicBool>;

/// The button, and the clock that the reset window is measured by.
pub struct Button {
    touch: Touch,
    powered_up: Instant,
    asked: Instant,
    waiting: Waiting,
}

impl Button {
    pub fn new(touch: Touch, waiting: Waiting) -> Self {
        let now = Instant::now();
        Self {
            touch,
            powered_up: now,
            asked: now,
            waiting,
        }
    }
}

impl platform::UserInterface for Button {
    fn check_user_presence(&mut self) -> Level {
        match self.touch {
            // As strong as any wish for it.
            Touch::After(time) if self.asked.elapsed() >= time => Level::Strong,
            Touch::After(_) | Touch::Denied | Touch::Never => Level::None,
        }
    }

    fn set_status(&mut self, status: Status) {
        let waits = status == Status::WaitingForUserPresence;
        if waits {
            self.asked = Instant::now();
        }
        self.waiting.store(waits, Ordering::Relaxed);
    }

    /// Called in a loop while a touch is awaited.
    fn refresh(&mut self) {
        thread::sleep(Duration::from_millis(1));
    }

    fn uptime(&mut self) -> Duration {
        self.powered_up.elapsed()
    }
}

/// Asks for the button as the device does, unless the answer is known to be no.
#[derive(Clone, Copy)]
pub struct Presence(pub Touch);

impl UserPresence for Presence {
    fn user_present<T: TrussedRequirements>(
        self,
        trussed: &mut T,
        timeout: u32,
    ) -> Result<(), Error> {
        match self.0 {
            Touch::Denied => Err(Error::OperationDenied),
            Touch::After(_) | Touch::Never => Conforming {}.user_present(trussed, timeout),
        }
    }
}

/// One power cycle's hardware.
pub struct Platform<'a> {
    pub random: OsRng,
    pub store: Store<'a>,
    pub button: Button,
}

impl<'a> platform::Platform for Platform<'a> {
    type R = OsRng;
    type S = Store<'a>;
    type UI = Button;

    fn rng(&mut self) -> &mut OsRng {
        &mut self.random
    }

    fn store(&self) -> Store<'a> {
        self.store
    }

    fn user_interface(&mut self) -> &mut Button {
        &mut self.button
    }
}
