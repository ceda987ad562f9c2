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
mod resume;
mod run;
mod working;

use uuid::Uuid;

use crate::ceremony::interaction::Step;
use crate::ceremony::{Error, Parties, subject};
use crate::ctap::PinUvAuth;
use crate::graph::model::Fido2AuthenticationMethod;
use crate::ledger::{EnrolledKey, EntryRef, Event, RetireIntended, RetireReason};
use crate::secret::Pin;

pub(crate) use resume::{finish, inspect, undo};
pub use working::{Kept, WORKING_KEYS_KEPT};

use directory::Registration;
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

/// What a retirement is going to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The key as the ledger knows it.
    pub key: EnrolledKey,
    /// Why it goes out of service.
    pub reason: RetireReason,
    /// Whether the directory still has its method.
    pub registered: bool,
    /// Whether its credential is deleted from the key.
    pub delete_credential: bool,
    /// The account's other keys in service, and whether each works.
    pub kept: Vec<Kept>,
    /// Whether fewer working keys are left than there should be.
    pub forced: bool,
}

impl Plan {
    /// How many working keys the account keeps.
    #[must_use]
    pub fn working(&self) -> usize {
        self.kept.iter().filter(|key| key.works()).count()
    }
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
    let intended = intent(&plan);
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

/// Counts again once the intent is in the ledger: another station may have begun to retire the account's other key since. Of two
/// that begin at once, the later intent knows of the earlier.
fn require_kept(
    plan: &Plan,
    methods: &[Fido2AuthenticationMethod],
    parties: &Parties<'_>,
) -> Result<(), Error> {
    let kept = working::kept(&plan.key.enrolled, methods, parties.ledger);
    let working = kept.iter().filter(|key| key.works()).count();
    if working < WORKING_KEYS_KEPT && !plan.forced {
        return Err(Error::TooFewKeys {
            account: plan.key.enrolled.account.upn.clone(),
            left: working,
        });
    }
    Ok(())
}

async fn prepare(
    request: &Request,
    parties: &mut Parties<'_>,
) -> Result<(Plan, Vec<Fido2AuthenticationMethod>), Error> {
    let key = subject::find(&request.label, parties).await?;
    if let Some((index, _)) = key.retired {
        return Err(Error::OutOfService {
            label: request.label.clone(),
            why: format!("it was retired by entry {index}"),
        });
    }
    parties.interaction.begin(Step::InspectTenant);
    let methods = directory::methods(&key.enrolled.account.id, parties).await?;
    let registered = match directory::find(&key.enrolled, &methods)? {
        Registration::There => true,
        Registration::Gone => {
            parties
                .interaction
                .warn("the directory does not have its method any more");
            false
        }
    };
    let kept = working::kept(&key.enrolled, &methods, parties.ledger);
    let working = kept.iter().filter(|key| key.works()).count();
    parties.interaction.done(
        Step::InspectTenant,
        &format!(
            "{}, {working} working keys are left",
            key.enrolled.account.upn
        ),
    );
    if request.delete_credential {
        require_deletable(&key, parties)?;
    }
    let plan = Plan {
        reason: request.reason,
        registered,
        delete_credential: request.delete_credential,
        forced: working < WORKING_KEYS_KEPT,
        kept,
        key,
    };
    Ok((plan, methods))
}

/// The key must be the right one and able to forget a credential, before its method is gone.
fn require_deletable(key: &EnrolledKey, parties: &mut Parties<'_>) -> Result<(), Error> {
    subject::require_in_hand(&key.enrolled, parties)?;
    let options = &parties.key.in_hand()?.info().options;
    match options.cred_mgmt.or(options.credential_mgmt_preview) {
        Some(true) => Ok(()),
        _ => Err(crate::ctap::Error::Unsupported("credential management").into()),
    }
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

fn intent(plan: &Plan) -> RetireIntended {
    let enrolled = &plan.key.enrolled;
    RetireIntended {
        label: enrolled.label.clone(),
        credential_id: enrolled.credential_id.clone(),
        account: enrolled.account.clone(),
        method_id: enrolled.method_id.clone(),
        reason: plan.reason,
        delete_credential: plan.delete_credential,
        keys_left: u32::try_from(plan.working()).unwrap_or(u32::MAX),
        forced: plan.forced,
    }
}

/// The intent of a retirement.
fn intended(ceremony: &crate::ledger::Ceremony) -> Option<&RetireIntended> {
    match &ceremony.intent {
        Event::RetireIntended(intended) => Some(intended),
        _ => None,
    }
}
