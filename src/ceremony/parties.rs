//! Who takes part in a ceremony.

use std::time::Duration;

use uuid::Uuid;

use crate::ceremony::Error;
use crate::ceremony::interaction::Interaction;
use crate::ctap::{Authenticator, Cancel, KeepAlive, Wait};
use crate::env::Env;
use crate::graph::Client;
use crate::ledger::{Draft, EntryRef, Event, Ledger};

/// A key, a tenant, a ledger, and a person.
pub struct Parties<'a> {
    /// The key, for a ceremony that is about one in hand.
    pub key: KeyInHand<'a>,
    /// The tenant; a check can do without.
    pub tenant: Option<&'a Client>,
    /// The record.
    pub ledger: &'a mut Ledger,
    /// The person at the keyboard.
    pub interaction: &'a mut dyn Interaction,
    /// Raised by Ctrl-C.
    pub cancel: &'a Cancel,
    /// Clock and randomness.
    pub env: &'a Env,
}

/// Opens the key again after it was unplugged; none while it is not back.
pub type Reopen<'a> = dyn FnMut() -> Option<Authenticator> + Send + 'a;

/// A key, or none: a lost key is taken out of service without it.
pub struct KeyInHand<'a> {
    key: Option<&'a mut Authenticator>,
    reopen: Option<&'a mut Reopen<'a>>,
}

impl<'a> KeyInHand<'a> {
    /// No key.
    pub const NONE: Self = Self {
        key: None,
        reopen: None,
    };

    /// A key that can be opened again after it was unplugged: what a reset needs.
    #[must_use]
    pub fn reopening(key: &'a mut Authenticator, reopen: &'a mut Reopen<'a>) -> Self {
        Self {
            key: Some(key),
            reopen: Some(reopen),
        }
    }
}

impl KeyInHand<'_> {
    /// Whether there is a key.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.key.is_some()
    }

    /// Opens the key again, once, if it is back.
    ///
    /// # Errors
    /// [`Error::ReinsertionNeeded`] when nobody said how to open it again.
    pub(crate) fn reopen(&mut self) -> Result<Option<Authenticator>, Error> {
        let reopen = self.reopen.as_mut().ok_or(Error::ReinsertionNeeded)?;
        Ok(reopen())
    }

    /// The key, to look at.
    ///
    /// # Errors
    /// [`Error::NoKeyInHand`] when there is none.
    pub fn in_hand(&self) -> Result<&Authenticator, Error> {
        self.key.as_deref().ok_or(Error::NoKeyInHand)
    }

    /// The key, to ask it something.
    ///
    /// # Errors
    /// [`Error::NoKeyInHand`] when there is none.
    pub fn in_hand_mut(&mut self) -> Result<&mut Authenticator, Error> {
        self.key.as_deref_mut().ok_or(Error::NoKeyInHand)
    }
}

impl<'a> From<&'a mut Authenticator> for KeyInHand<'a> {
    fn from(key: &'a mut Authenticator) -> Self {
        Self {
            key: Some(key),
            reopen: None,
        }
    }
}

impl Parties<'_> {
    /// The tenant, for a ceremony that cannot do without.
    ///
    /// # Errors
    /// [`Error::NoTenant`] when the ceremony was started without one.
    pub(crate) fn tenant(&self) -> Result<&Client, Error> {
        self.tenant.ok_or(Error::NoTenant)
    }

    /// Writes an entry of a ceremony.
    pub(crate) async fn record(
        &mut self,
        ceremony: Uuid,
        event: &Event,
    ) -> Result<EntryRef, Error> {
        let draft = Draft::new(event, Some(ceremony));
        Ok(self.ledger.append(draft).await?.reference())
    }

    /// Has the person type a word before something that cannot be taken back.
    ///
    /// # Errors
    /// [`Error::NotConfirmed`] when something else was typed, or nobody is there.
    pub(crate) fn confirm(&mut self, stakes: &str, word: &str) -> Result<(), Error> {
        if self.interaction.confirm(stakes, word) {
            Ok(())
        } else {
            Err(Error::NotConfirmed(word.to_owned()))
        }
    }

    /// Goes on, unless the operator has interrupted.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when the operator has interrupted.
    pub(crate) fn go_on(&self) -> Result<(), Error> {
        if self.cancel.is_raised() {
            Err(Error::Cancelled)
        } else {
            Ok(())
        }
    }

    /// The reason for an error: whatever an interrupt broke off, a request or a touch, it is the interrupt. What a ceremony says
    /// that remains of it, it goes on saying.
    pub(crate) fn blame(&self, error: Error) -> Error {
        match error {
            Error::Stopped { .. } => error,
            error => self.go_on().err().unwrap_or(error),
        }
    }

    /// Lets time pass, unless the operator interrupts.
    ///
    /// # Errors
    /// [`Error::Cancelled`] as soon as the operator interrupts.
    pub(crate) async fn pause(&mut self, reason: &str, duration: Duration) -> Result<(), Error> {
        self.interaction.waiting(reason, duration);
        self.sleep(duration).await
    }

    /// Waits for this, unless the operator interrupts: then it is given up.
    ///
    /// # Errors
    /// [`Error::Cancelled`] as soon as the operator interrupts.
    pub(crate) async fn interruptible<T>(
        &self,
        future: impl Future<Output = T>,
    ) -> Result<T, Error> {
        let raised = async {
            while !self.cancel.is_raised() {
                tokio::time::sleep(CANCEL_INTERVAL).await;
            }
        };
        tokio::select! {
            value = future => Ok(value),
            () = raised => Err(Error::Cancelled),
        }
    }

    /// As [`Self::pause`], without a word.
    ///
    /// # Errors
    /// [`Error::Cancelled`] as soon as the operator interrupts.
    pub(crate) async fn sleep(&self, duration: Duration) -> Result<(), Error> {
        let end = self.env.monotonic() + duration;
        while self.env.monotonic() < end {
            self.go_on()?;
            tokio::time::sleep(CANCEL_INTERVAL).await;
        }
        Ok(())
    }
}

/// Pauses while the directory does not show yet what was written, or still shows what was deleted.
pub(crate) const LAG_PAUSES: [Duration; 6] = [
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
    Duration::from_secs(30),
];

/// How often a pause looks whether the operator has interrupted.
const CANCEL_INTERVAL: Duration = Duration::from_millis(50);

/// Waits for a key, and tells the person once when it wants to be touched.
pub(crate) fn touch_prompt<'a>(interaction: &'a mut dyn Interaction, cancel: &Cancel) -> Wait<'a> {
    let mut prompted = false;
    Wait::new(cancel, move |keepalive| {
        if keepalive == KeepAlive::TouchNeeded && !prompted {
            prompted = true;
            interaction.touch_needed();
        }
    })
}
