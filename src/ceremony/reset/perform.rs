//! The reset itself. The key is asked at once; only if it says that too much time has passed must it be plugged in anew, and then
//! it must be the same key.

use crate::ceremony::interaction::{Interaction, Step};
use crate::ceremony::parties::{KeyInHand, touch_prompt};
use crate::ceremony::reset::reinsertion::{self, Fingerprint, Plugging};
use crate::ceremony::silent::{self, Holding};
use crate::ceremony::{Error, Parties};
use crate::ctap::status::Status;
use crate::ctap::{self, Cancel};
use crate::env::Env;
use crate::ledger::KeyEnrolled;

/// Resets the key in hand, which holds these credentials.
pub(super) fn perform(known: &[&KeyEnrolled], parties: &mut Parties<'_>) -> Result<(), Error> {
    begin(&parties.key, parties.interaction)?;
    let before = Fingerprint::of(parties.key.in_hand()?);
    if attempt(&mut parties.key, parties.interaction, parties.cancel)? {
        parties.interaction.done(Step::ResetKey, "");
        return Ok(());
    }
    // A second time without asking for the credential: to some keys any command but a reset ends the time for one.
    for ask in [true, false] {
        let plugging = reinsertion::wait(
            &before,
            &mut parties.key,
            parties.interaction,
            parties.cancel,
            parties.env,
        )?;
        if ask && let Plugging::Anew { unanswered } = plugging {
            require_same(known, unanswered, parties)?;
        } else if matches!(plugging, Plugging::Reset) {
            parties.interaction.done(Step::ResetKey, "");
            return Ok(());
        }
        if attempt(&mut parties.key, parties.interaction, parties.cancel)? {
            parties.interaction.done(Step::ResetKey, "");
            return Ok(());
        }
    }
    Err(Error::ReinsertionNeeded)
}

/// `unanswered` is the reset that a key did not answer before it was gone: the one that lacks its credential may have done it.
fn require_same(
    known: &[&KeyEnrolled],
    unanswered: Option<Error>,
    parties: &mut Parties<'_>,
) -> Result<(), Error> {
    for key in known {
        if silent::holding(parties, &key.rp_id, &key.credential_id)? == Holding::Lacks {
            return Err(unanswered.unwrap_or_else(|| {
                let lacks = format!("it does not hold the credential of {}", key.label);
                Error::NotTheSameKey(lacks)
            }));
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
    begin(&key, interaction)?;
    let before = Fingerprint::of(key.in_hand()?);
    let done = attempt(&mut key, interaction, cancel)?
        || matches!(
            reinsertion::wait(&before, &mut key, interaction, cancel, env)?,
            Plugging::Reset
        )
        || attempt(&mut key, interaction, cancel)?;
    if !done {
        return Err(Error::ReinsertionNeeded);
    }
    interaction.done(Step::ResetKey, "");
    Ok(())
}

fn begin(key: &KeyInHand<'_>, interaction: &mut dyn Interaction) -> Result<(), Error> {
    interaction.begin(Step::ResetKey);
    if key.in_hand()?.info().long_touch_for_reset == Some(true) {
        interaction.warn("the key wants a long touch: keep touching it until it is done");
    }
    Ok(())
}

/// Whether the key took the reset; it takes none when too much time has passed since it was plugged in.
pub(super) fn attempt(
    key: &mut KeyInHand<'_>,
    interaction: &mut dyn Interaction,
    cancel: &Cancel,
) -> Result<bool, Error> {
    let key = key.in_hand_mut()?;
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
