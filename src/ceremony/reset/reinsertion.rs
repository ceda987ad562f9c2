//! The key is unplugged and plugged in again, and must be the same one: whoever plugs in another would lose that one.

use std::time::Duration;

use crate::ceremony::Error;
use crate::ceremony::interaction::Interaction;
use crate::ceremony::parties::KeyInHand;
use crate::ctap::{Authenticator, Cancel};
use crate::env::Env;
use crate::webauthn::Aaguid;

/// How long a person may take to unplug a key and plug it in.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often to look. Most keys take a reset only within ten seconds of being plugged in, so this must be little.
const INTERVAL: Duration = Duration::from_millis(100);

/// What a key shows of itself without a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fingerprint {
    aaguid: Aaguid,
    firmware: Option<u64>,
    device_version: [u8; 3],
}

impl Fingerprint {
    pub(super) fn of(key: &Authenticator) -> Self {
        Self {
            aaguid: key.info().aaguid,
            firmware: key.info().firmware_version,
            device_version: key.identity().device_version,
        }
    }
}

/// Waits until the key is gone and back.
pub(super) fn wait(
    before: &Fingerprint,
    key: &mut KeyInHand<'_>,
    interaction: &mut dyn Interaction,
    cancel: &Cancel,
    env: &Env,
) -> Result<(), Error> {
    interaction.reinsert_key();
    let end = env.monotonic() + PATIENCE;
    // The channel of a key that was unplugged does not answer, however fast it came back.
    while key.in_hand_mut()?.refresh_info().is_ok() {
        pause(end, cancel, env)?;
    }
    let found = loop {
        if let Some(found) = key.reopen()? {
            break found;
        }
        pause(end, cancel, env)?;
    };
    let now = Fingerprint::of(&found);
    *key.in_hand_mut()? = found;
    if now == *before {
        Ok(())
    } else {
        Err(Error::NotTheSameKey(format!(
            "a key of model {} instead of {}",
            now.aaguid, before.aaguid
        )))
    }
}

fn pause(end: Duration, cancel: &Cancel, env: &Env) -> Result<(), Error> {
    if cancel.is_raised() {
        return Err(Error::Cancelled);
    }
    if env.monotonic() > end {
        return Err(Error::ReinsertionNeeded);
    }
    std::thread::sleep(INTERVAL);
    Ok(())
}
