//! The key is unplugged and plugged in again, and must be the same one: whoever plugs in another would lose that one.

use std::time::Duration;

use crate::ceremony::Error;
use crate::ceremony::interaction::Interaction;
use crate::ceremony::parties::KeyInHand;
use crate::ceremony::reset::perform::attempt;
use crate::ctap::{Authenticator, Cancel};
use crate::env::Env;
use crate::webauthn::Aaguid;

/// How long a person may take to unplug a key and plug it in.
pub(in crate::ceremony) const PATIENCE: Duration = Duration::from_secs(120);
/// How often to look. Most keys take a reset only within ten seconds of being plugged in, so this must be little.
const INTERVAL: Duration = Duration::from_millis(100);

/// How often a key that still answers is asked for the reset again.
const ATTEMPTS: Duration = Duration::from_secs(1);

/// What became of a key that was to be plugged in anew.
pub(super) enum Plugging {
    /// It is back on a new channel.
    Anew {
        /// Why a reset had no answer, if the key was gone before it gave one.
        unanswered: Option<Error>,
    },
    /// It lost power, kept its channel and took the reset.
    Reset,
}

/// What a key shows of itself without a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ceremony) struct Fingerprint {
    aaguid: Aaguid,
    firmware: Option<u64>,
    device_version: [u8; 3],
}

impl Fingerprint {
    pub(in crate::ceremony) fn of(key: &Authenticator) -> Self {
        Self {
            aaguid: key.info().aaguid,
            firmware: key.info().firmware_version,
            device_version: key.identity().device_version,
        }
    }

    pub(in crate::ceremony) fn require(&self, key: &Authenticator) -> Result<(), Error> {
        let now = Self::of(key);
        if now == *self {
            return Ok(());
        }
        Err(Error::NotTheSameKey(format!(
            "a key of model {} instead of {}",
            now.aaguid, self.aaguid
        )))
    }
}

/// Waits until the key is gone and back, or takes the reset.
pub(super) fn wait(
    before: &Fingerprint,
    key: &mut KeyInHand<'_>,
    interaction: &mut dyn Interaction,
    cancel: &Cancel,
    env: &Env,
) -> Result<Plugging, Error> {
    interaction.reinsert_key();
    let end = env.monotonic() + PATIENCE;
    let plugging = until_gone(before, key, interaction, cancel, (env, end))?;
    if matches!(plugging, Plugging::Reset) {
        return Ok(plugging);
    }
    let found = loop {
        if let Some(found) = key.reopen()? {
            break found;
        }
        pause(end, cancel, env)?;
    };
    *key.in_hand_mut()? = found;
    before.require(key.in_hand()?)?;
    Ok(plugging)
}

/// Until the channel fails, or the key takes the reset.
///
/// The channel of a USB key that was unplugged does not answer, however fast it came back. A key behind a socket may lose power
/// and keep its channel; that it did, only its taking the reset shows.
fn until_gone(
    before: &Fingerprint,
    key: &mut KeyInHand<'_>,
    interaction: &mut dyn Interaction,
    cancel: &Cancel,
    (env, end): (&Env, Duration),
) -> Result<Plugging, Error> {
    let mut next = env.monotonic() + ATTEMPTS;
    while key.in_hand_mut()?.refresh_info().is_ok() {
        before.require(key.in_hand()?)?;
        if env.monotonic() >= next {
            match attempt(key, interaction, cancel) {
                Ok(true) => return Ok(Plugging::Reset),
                Ok(false) => next = env.monotonic() + ATTEMPTS,
                Err(Error::Key(error)) if error.outcome_unknown() => {
                    let unanswered = Some(error.into());
                    return Ok(Plugging::Anew { unanswered });
                }
                Err(error) => return Err(error),
            }
        }
        pause(end, cancel, env)?;
    }
    Ok(Plugging::Anew { unanswered: None })
}

/// Lets a little time pass, unless it is over or the operator interrupts.
pub(in crate::ceremony) fn pause(end: Duration, cancel: &Cancel, env: &Env) -> Result<(), Error> {
    if cancel.is_raised() {
        return Err(Error::Cancelled);
    }
    if env.monotonic() > end {
        return Err(Error::ReinsertionNeeded);
    }
    std::thread::sleep(INTERVAL);
    Ok(())
}
