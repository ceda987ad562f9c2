//! Making a tenant what it is to be, change by change, each of them a ceremony in the ledger.
//!
//! ```text
//! ledger       changes that were left open: the tenant says what became of each
//! read only    the tenant, and the plan that follows from it
//! person       types the tenant's name
//! for each step
//!   proof      before a policy is enforced: keys, offline evaluation, the service's what-if      tenant.exclusion_proven
//!   intent     tenant.change_intended, with the password of an account that is to be made, sealed, if it is to be kept
//!   read only  the object is as it was when it was planned; else nothing is done
//!   tenant     the change, and waiting until it shows
//!   outcome    tenant.changed, with the id of what was made
//! ```
//!
//! One run of a station is at work at a time, by the station's lock; runs of several stations see each other's intents in the ledger.
//! A change that was made and not recorded is found by looking at the tenant, so a run that was killed is followed by another one,
//! which looks first. Nothing is ever deleted, disabled or taken away.

mod act;
mod appear;
mod error;
mod known;
mod look;
mod prepare;
mod prove;
mod resolve;
mod resume;
mod run;
mod settle;
mod turn;

use uuid::Uuid;

use crate::ceremony::interaction::Step as Phase;
use crate::ceremony::{Error, Parties};
use crate::custody::Custodians;
use crate::encoding::printable;
use crate::ledger::EntryRef;
use crate::tenant::audit::Waiver;
use crate::tenant::desired::Desired;
use crate::tenant::plan::Plan;
use crate::tenant::snapshot::Snapshot;

pub use error::ApplyError;
pub use known::{known_keys, owned};
pub use prepare::{planned, prepare};
pub(crate) use resume::{finish, inspect, undo};
pub use settle::{End, Settled};

/// What the operator asks for.
#[derive(Debug, Clone)]
pub struct Request {
    /// What the tenant is to be like.
    pub desired: Desired,
    /// The tenant as the configuration names it.
    pub tenant: String,
    /// What of an audit is taken as it is.
    pub waivers: Vec<Waiver>,
    /// Whether policies are to be enforced.
    pub enforce: bool,
    /// Who can open the passwords of accounts that are made; none: nobody, they are kept nowhere.
    pub password_custodians: Option<Custodians>,
    /// Stop before anything changes.
    pub dry_run: bool,
}

/// The tenant, and what is to be done there.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The tenant's name, which the operator types.
    pub name: String,
    /// Whether policies are to be enforced.
    pub enforce: bool,
    /// What was read.
    pub snapshot: Snapshot,
    /// What follows from it.
    pub plan: Plan,
}

/// A change that was made.
#[derive(Debug, Clone)]
pub struct Change {
    /// The step's name in the plan.
    pub step: String,
    /// The ceremony in the ledger.
    pub ceremony: Uuid,
    /// The id of what was changed, or made.
    pub object: String,
    /// The entry that records it.
    pub entry: EntryRef,
}

/// How far it went.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// A dry run: what would have been done.
    Planned(Box<Planned>),
    /// All steps of the plan are done.
    Applied {
        /// What was planned.
        planned: Box<Planned>,
        /// Changes that an earlier run had left open.
        settled: Vec<Settled>,
        /// The changes, in their order.
        changes: Vec<Change>,
        /// What is still to be done, by people or later.
        left: Plan,
    },
}

/// Makes the tenant what it is to be, as far as the plan goes.
///
/// # Errors
/// Before the first change: the reason, with nothing changed. Afterwards: the reason if the change it stopped at is not made, or
/// [`Error::Stopped`] if that is not known; the changes before it are made and recorded.
pub async fn apply(request: &Request, mut parties: Parties<'_>) -> Result<Outcome, Error> {
    match steps(request, &mut parties).await {
        Ok(outcome) => Ok(outcome),
        Err(error) => Err(parties.blame(error)),
    }
}

async fn steps(request: &Request, parties: &mut Parties<'_>) -> Result<Outcome, Error> {
    parties.interaction.begin(Phase::InspectLedger);
    parties.ledger.refresh().await?;
    parties.interaction.done(Phase::InspectLedger, "");
    if request.dry_run {
        let planned = prepare(request, parties).await?;
        return Ok(Outcome::Planned(Box::new(planned)));
    }
    let turn = turn::Turn::take(parties)?;
    let settled = settle::settle(&request.tenant, &turn, parties).await?;
    let planned = Box::new(prepare::when_shown(request, parties).await?);
    if !planned.plan.steps.is_empty() {
        parties.confirm(&stakes(&planned), &planned.name)?;
    }
    let mut run = run::Run::new(request, &planned);
    for step in &planned.plan.steps {
        run.take(step, parties).await?;
    }
    let (changes, left) = run.finish(parties);
    Ok(Outcome::Applied {
        planned,
        settled,
        changes,
        left,
    })
}

/// What a person reads before typing the tenant's name.
fn stakes(planned: &Planned) -> String {
    let mut text = format!("This changes the tenant {}:", printable(&planned.name));
    for step in &planned.plan.steps {
        // One line each: a name must not look like a step.
        let (id, name) = (printable(&step.id()), printable(&step.object.name));
        text.push_str(&format!("\n{id}: {name}"));
        if step.change.enforces() {
            text.push_str(&format!(" (concerns {})", printable(&step.affects)));
        }
    }
    text
}
