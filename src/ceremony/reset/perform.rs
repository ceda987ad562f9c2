//! The reset itself. The key is asked at once; only if it says that too much time has passed must it be plugged in anew, and then
//! it must be the same key.

use crate::ceremony::interaction::{Interaction, Step};
use crate::ceremony::parties::{KeyInHand, touch_prompt};
use crate::ceremony::reset::reinsertion::{self, Fingerprint};
use crate::ceremony::silent::{self, Holding};
use crate::ceremony::{Error, Parties};
use crate::ctap::status::Status;
use crate::ctap::{self, Cancel};
use crate::env::Env;
use crate::ledger::KeyEnrolled;

/// Resets the key in hand, which holds these credentials.
pub(super) fn perform(known: &[&KeyEnrolled], parties: &mut Parties<'_>) -> Result<(), Error> {
    parties.interaction.begin(Step::ResetKey);
    let before = Fingerprint::of(parties.key.in_hand()?);
    // A second time without asking for the credential: to some keys any command but a reset ends the time for one.
    for ask in [true, false] {
        if attempt(&mut parties.key, parties.interaction, parties.cancel)? {
            parties.interaction.done(Step::ResetKey, "");
            return Ok(());
        }
        reinsertion::wait(
            &before,
            &mut parties.key,
            parties.interaction,
            parties.cancel,
            parties.env,
        )?;
        if ask {
            require_same(known, parties)?;
        }
    }
    match attempt(&mut parties.key, parties.interaction, parties.cancel)? {
        true => {
            parties.interaction.done(Step::ResetKey, "");
            Ok(())
        }
        false => Err(Error::ReinsertionNeeded),
    }
}

fn require_same(known: &[&KeyEnrolled], parties: &mut Parties<'_>) -> Result<(), Error> {
    for key in known {
        if silent::holding(parties, &key.rp_id, &key.credential_id)? == Holding::Lacks {
            return Err(Error::NotTheSameKey(format!(
                "it does not hold the credential of {}",
                key.label
            )));
        }
    }
    Ok(())
}

/// Resets a key that the ledger does not know, once the person has typed `reset`.
///
/// # Errors
/// The reason; unless the key did not answer, it is as it was.
pub fn reset_unrecorded(
    mut key: KeyInHand<'_>,
    interaction: &mut dyn Interaction,
    cancel: &Cancel,
    env: &Env,
) -> Result<(), Error> {
    const WORD: &str = "reset";
    let stakes = "The ledger does not know this key. A reset deletes its PIN, its settings and every credential on it, whatever it opens.";
    if !interaction.confirm(stakes, WORD) {
        return Err(Error::NotConfirmed(WORD.to_owned()));
    }
    interaction.begin(Step::ResetKey);
    let before = Fingerprint::of(key.in_hand()?);
    if !attempt(&mut key, interaction, cancel)? {
        reinsertion::wait(&before, &mut key, interaction, cancel, env)?;
        if !attempt(&mut key, interaction, cancel)? {
            return Err(Error::ReinsertionNeeded);
        }
    }
    interaction.done(Step::ResetKey, "");
    Ok(())
}

/// Whether the key took the reset; it takes none when too much time has passed since it was plugged in.
fn attempt(
    key: &mut KeyInHand<'_>,
    interaction: &mut dyn Interaction,
    cancel: &Cancel,
) -> Result<bool, Error> {
    let key = key.in_hand_mut()?;
    if key.info().long_touch_for_reset == Some(true) {
        interaction.warn("the key wants a long touch: keep touching it until it is done");
    }
    let answer = key.reset(&mut touch_prompt(interaction, cancel));
    match answer {
        Err(ctap::Error::Status {
            status: Status::NotAllowed,
            ..
        }) => Ok(false),
        answer => {
            answer?;
            // A key that cannot be asked any more has been reset all the same.
            let _ = key.refresh_info();
            Ok(true)
        }
    }
}
