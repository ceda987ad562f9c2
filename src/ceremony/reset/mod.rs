//! Making a key as it left the factory (CTAP 2.1 §6.6): PIN, settings and every credential are lost.
//!
//! ```text
//! read only    which keys of the ledger this one is, and whether their methods are still registered
//! person       types the label unless all of them are retired
//! intent       reset.intended, for each of them
//! key          unplugged and plugged in again if it wants that; still the same one; touched
//! outcome      reset.performed, for each of them
//! ```
//!
//! One key may serve several accounts, and a reset loses all of its credentials, so each of them has a ceremony of its own. A key
//! that the ledger does not know is reset without a record, by [`reset_unrecorded`].

mod loss;
mod perform;
pub(in crate::ceremony) mod reinsertion;
mod resume;
mod run;

use crate::ceremony::{Error, Parties, subject};
use crate::ledger::{EntryRef, Event, ResetIntended};

pub use loss::Loss;
pub use perform::reset_unrecorded;
pub(crate) use resume::{finish, inspect, undo};

use loss::{held, registered};
use run::{finish_all, stopped};

/// What the operator asks for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The key's label in the ledger.
    pub label: String,
    /// Stop before anything changes.
    pub dry_run: bool,
}

/// How far it went.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What is lost, or would be.
    pub losses: Vec<Loss>,
    /// The entries that record it; none in a dry run.
    pub entries: Vec<EntryRef>,
    /// Whether the key was reset.
    pub performed: bool,
}

/// Resets a key that the ledger knows.
///
/// # Errors
/// Before the intent is recorded: the reason, with nothing changed. Afterwards: the reason if the key was not reset, or
/// [`Error::Stopped`] if it was or may have been.
pub async fn reset(request: &Request, mut parties: Parties<'_>) -> Result<Outcome, Error> {
    let losses = match prepare(request, &mut parties).await {
        Ok(losses) => losses,
        Err(error) => return Err(parties.blame(error)),
    };
    if request.dry_run {
        return Ok(Outcome {
            losses,
            entries: Vec::new(),
            performed: false,
        });
    }
    let mut ceremonies = Vec::new();
    for loss in &losses {
        let ceremony = parties.env.uuid();
        let intended = ResetIntended {
            label: loss.key.enrolled.label.clone(),
            credential_id: loss.key.enrolled.credential_id.clone(),
        };
        let recorded = parties
            .record(ceremony, &Event::ResetIntended(intended))
            .await;
        match recorded {
            Ok(_) => ceremonies.push((ceremony, loss.key.enrolled.clone())),
            Err(error) => return Err(stopped(error, &ceremonies, &mut parties).await),
        }
    }
    match finish_all(&ceremonies, &mut parties).await {
        Ok(entries) => Ok(Outcome {
            losses,
            entries,
            performed: true,
        }),
        Err(error) => Err(stopped(error, &ceremonies, &mut parties).await),
    }
}

async fn prepare(request: &Request, parties: &mut Parties<'_>) -> Result<Vec<Loss>, Error> {
    let named = subject::find(&request.label, parties).await?;
    subject::require_in_hand(&named.enrolled, parties)?;
    let mut losses = Vec::new();
    for key in held(&named, parties)? {
        if let Some(open) = parties.ledger.state().open_ceremony_on(&key.enrolled.label) {
            return Err(Error::CeremonyOpen {
                label: key.enrolled.label.clone(),
                ceremony: open.id,
            });
        }
        let registered = registered(&key.enrolled, parties).await;
        losses.push(Loss { key, registered });
    }
    let lines: Vec<String> = losses.iter().map(Loss::describe).collect();
    let stakes = format!(
        "A reset deletes the PIN, the settings and every credential of the key:\n  {}",
        lines.join("\n  ")
    );
    if request.dry_run || losses.iter().all(|loss| loss.key.retired.is_some()) {
        parties.interaction.warn(&stakes);
    } else {
        parties.confirm(&stakes, &request.label)?;
    }
    Ok(losses)
}
