//! The settings of a key that the ledger does not know.

use crate::ceremony::Error;
use crate::ceremony::interaction::Interaction;
use crate::ceremony::key_config::{Outcome, ask_pin, change, changes, settings};
use crate::ctap::{Authenticator, Cancel};
use crate::ledger::KeySettings;

/// What is typed for a key that has no label.
const UNNAMED: &str = "set";

/// Changes the settings of a key without a record: one that the ledger does not know.
///
/// # Errors
/// The reason; whatever the key took until then stays set.
pub fn set_unrecorded(
    settings: &KeySettings,
    (dry_run, spend_last_tries): (bool, bool),
    key: &mut Authenticator,
    interaction: &mut dyn Interaction,
    cancel: &Cancel,
) -> Result<Outcome, Error> {
    let changes = changes(key.info(), settings)?;
    let applied = !dry_run && !changes.is_empty();
    if applied {
        if !interaction.confirm(&change::describe(&changes), UNNAMED) {
            return Err(Error::NotConfirmed(UNNAMED.to_owned()));
        }
        let pin = ask_pin(key, spend_last_tries, interaction)?;
        settings::apply(key, settings, pin.as_ref(), interaction, cancel)?;
    }
    Ok(Outcome {
        label: None,
        changes,
        applied,
        entry: None,
    })
}
