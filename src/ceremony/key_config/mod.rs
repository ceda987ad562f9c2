//! Changing a key's settings (CTAP 2.1 §6.11), most of which only a reset takes back: what would change is found out and shown
//! first.
//!
//! ```text
//! read only    the key in the ledger, the same one in the hand, what it has set
//! person       confirms what cannot be taken back; PIN
//! intent       config.intended
//! key          one command for each setting that differs
//! outcome      config.applied
//! ```
//!
//! Every step first looks whether it is done, so that a resumed ceremony is the same code. A key that the ledger does not know
//! is set without a record, by [`set_unrecorded`].

mod change;
mod resume;
mod run;
mod settings;
mod unrecorded;

use crate::ceremony::interaction::{Interaction, PinPurpose};
use crate::ceremony::{Error, Parties, fitness, subject};
use crate::ctap::{Authenticator, Permissions};
use crate::ledger::{EntryRef, KeySettings};
use crate::secret::Pin;

pub(crate) use change::describe_change;
pub use change::{Change, TakenBackBy, changes};
pub(crate) use resume::{finish, inspect, undo};
pub(crate) use run::{apply, finish_settings};
pub use unrecorded::set_unrecorded;

/// What the operator asks for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The key's label in the ledger.
    pub label: String,
    /// What is to be set; what is absent stays as it is.
    pub settings: KeySettings,
    /// Whether to try a PIN although few tries are left.
    pub spend_last_tries: bool,
    /// Stop before anything changes.
    pub dry_run: bool,
}

/// How far it went.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The key's label, if the ledger knows it.
    pub label: Option<String>,
    /// What differed from what was asked for; empty if nothing did.
    pub changes: Vec<Change>,
    /// Whether the changes were made.
    pub applied: bool,
    /// The entry that records them.
    pub entry: Option<EntryRef>,
}

/// Changes the settings of a key that the ledger knows, and records it.
///
/// # Errors
/// Before the intent is recorded: the reason, with nothing changed. Afterwards: the reason if the key is as it was, or
/// [`Error::Stopped`] with what is set or may be.
pub async fn set(request: &Request, mut parties: Parties<'_>) -> Result<Outcome, Error> {
    let (changes, pin) = match prepare(request, &mut parties).await {
        Ok(prepared) => prepared,
        Err(error) => return Err(parties.blame(error)),
    };
    let mut outcome = Outcome {
        label: Some(request.label.clone()),
        applied: false,
        entry: None,
        changes,
    };
    if !request.dry_run && !outcome.changes.is_empty() {
        let recorded = apply(
            &request.label,
            &request.settings,
            pin.as_ref(),
            &mut parties,
        );
        outcome.entry = Some(recorded.await?);
        outcome.applied = true;
    }
    Ok(outcome)
}

async fn prepare(
    request: &Request,
    parties: &mut Parties<'_>,
) -> Result<(Vec<Change>, Option<Pin>), Error> {
    let key = subject::find(&request.label, parties).await?;
    subject::require_in_hand(&key.enrolled, parties)?;
    let changes = changes(parties.key.in_hand()?.info(), &request.settings)?;
    if request.dry_run || changes.is_empty() {
        return Ok((changes, None));
    }
    parties.confirm(&change::describe(&changes), &request.label)?;
    let interaction = &mut *parties.interaction;
    let pin = ask_pin(
        parties.key.in_hand_mut()?,
        request.spend_last_tries,
        interaction,
    )?;
    Ok((changes, pin))
}

/// The key's PIN, if it takes settings only for its PIN.
fn ask_pin(
    key: &mut Authenticator,
    spend_last_tries: bool,
    interaction: &mut dyn Interaction,
) -> Result<Option<Pin>, Error> {
    if key.info().options.client_pin != Some(true) || !key.takes_pin_for(Permissions::ACFG) {
        return Ok(None);
    }
    if key.info().force_pin_change == Some(true) {
        let why = "it demands that its PIN be changed first".to_owned();
        return Err(Error::SettingImpossible(why));
    }
    let retries = key.pin_retries()?;
    fitness::require_pin_tries(retries, spend_last_tries)?;
    let purpose = PinPurpose::Present {
        retries: Some(retries.retries),
    };
    Ok(Some(interaction.pin(purpose)?))
}
