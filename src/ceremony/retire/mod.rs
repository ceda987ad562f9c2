//! Taking a key out of service: its method leaves the directory, its credential the key where that is wanted and possible.
//!
//! ```text
//! read only    the key in the ledger, its method in the directory, the keys that the account keeps
//! person       types the account's name if fewer than two of those work
//! key          is the right one; PIN (only if its credential is to be deleted)
//! intent       retire.intended
//! tenant       the method is deleted, and looked for      retire.method_removed
//! key          the credential is deleted                  retire.credential_deleted
//! outcome      key.retired
//! ```
//!
//! A lost key cannot be in hand, so nothing here needs it but the deletion of its credential. What is to be deleted in the
//! directory is the method that the enrolment recorded, and nothing that merely looks like it.

mod directory;
mod plan;
mod resume;
mod run;
mod working;

use uuid::Uuid;

use crate::ceremony::interaction::Step;
use crate::ceremony::{Error, Parties, subject};
use crate::ctap::PinUvAuth;
use crate::ledger::{EntryRef, Event, RetireIntended, RetireReason};
use crate::secret::Pin;

pub use plan::Plan;
pub(crate) use resume::{finish, inspect, undo};
pub use working::{Kept, WORKING_KEYS_KEPT};
pub(crate) use working::{is_leaving, last_proof_passed};

use plan::{prepare, require_kept};
use run::Run;

/// What the operator asks for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The key's label in the ledger.
    pub label: String,
    /// Why it goes out of service.
    pub reason: RetireReason,
    /// Whether its credential is deleted from the key in hand too.
    pub delete_credential: bool,
    /// Whether to try a PIN although few tries are left.
    pub spend_last_tries: bool,
    /// Stop before anything changes.
    pub dry_run: bool,
}

/// How far it went.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// A dry run: what would have been done.
    Planned(Box<Plan>),
    /// The key is out of service.
    Retired {
        /// What had been planned.
        plan: Box<Plan>,
        /// The ceremony's id in the ledger.
        ceremony: Uuid,
        /// The entry that records it.
        entry: EntryRef,
    },
}

/// Takes a key out of service.
///
/// # Errors
/// Before the intent is recorded: the reason, with nothing changed. Afterwards: the reason, if the method is still registered, or
/// [`Error::Stopped`] with what remains to be done.
pub async fn retire(request: &Request, mut parties: Parties<'_>) -> Result<Outcome, Error> {
    let (plan, methods) = match prepare(request, &mut parties).await {
        Ok((plan, methods)) => (Box::new(plan), methods),
        Err(error) => return Err(parties.blame(error)),
    };
    if request.dry_run {
        return Ok(Outcome::Planned(plan));
    }
    let pin = match consent(request, &plan, &mut parties) {
        Ok(pin) => pin,
        Err(error) => return Err(parties.blame(error)),
    };
    let ceremony = parties.env.uuid();
    let intended = plan.intent();
    run::intend(ceremony, &intended, &mut parties).await?;
    let run = Run {
        ceremony,
        intended: &intended,
        reached: crate::ledger::Step::Intended,
        deletion_answered: false,
    };
    if let Err(error) = require_kept(&plan, &methods, &parties) {
        return Err(run.stopped(error, &mut parties).await);
    }
    let entry = run.complete(pin.as_ref(), &mut parties).await?;
    Ok(Outcome::Retired {
        plan,
        ceremony,
        entry,
    })
}

/// What only the person can give: the account's name if too few keys are left, the PIN if a credential is to be deleted.
fn consent(
    request: &Request,
    plan: &Plan,
    parties: &mut Parties<'_>,
) -> Result<Option<Pin>, Error> {
    if plan.forced {
        parties.confirm(&working::stakes(plan), &plan.key.enrolled.account.upn)?;
    }
    if !request.delete_credential {
        return Ok(None);
    }
    let pin = subject::present_pin(request.spend_last_tries, parties)?;
    // A wrong PIN is found out while the method is still there.
    authorize(&pin, parties)?;
    Ok(Some(pin))
}

fn authorize(pin: &Pin, parties: &mut Parties<'_>) -> Result<PinUvAuth, Error> {
    parties.interaction.begin(Step::VerifyPin);
    let key = parties.key.in_hand_mut()?;
    let auth = key.pin_uv_auth(pin, crate::ctap::Permissions::CM, None)?;
    parties.interaction.done(Step::VerifyPin, "");
    Ok(auth)
}

/// The intent of a retirement.
fn intended(ceremony: &crate::ledger::Ceremony) -> Option<&RetireIntended> {
    match &ceremony.intent {
        Event::RetireIntended(intended) => Some(intended),
        _ => None,
    }
}
