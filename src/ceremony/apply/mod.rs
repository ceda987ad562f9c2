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
//! A change that was made and not recorded is found by looking at the tenant, so a run that was killed is followed by another one,
//! which looks first. Nothing is ever deleted, disabled or taken away.

mod act;
mod known;
mod look;
mod prove;
mod resolve;
mod resume;
mod run;
mod settle;

use uuid::Uuid;

use crate::ceremony::interaction::Step as Phase;
use crate::ceremony::snapshot::{self, Wanted};
use crate::ceremony::{Error, Parties};
use crate::custody::Custodians;
use crate::ledger::{Entry, EntryRef, State, TenantChange};
use crate::tenant::audit::Waiver;
use crate::tenant::desired::{Desired, GroupReference};
use crate::tenant::plan::{Made, Owned, Plan, Wish, plan};
use crate::tenant::snapshot::Snapshot;

pub use known::{known_keys, owned};
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

/// What would have to be changed in a tenant. Changes nothing, in the ledger neither.
///
/// # Errors
/// Whatever keeps ledger or tenant from being read.
pub async fn prepare(request: &Request, parties: &mut Parties<'_>) -> Result<Planned, Error> {
    parties.interaction.begin(Phase::ReadTenant);
    let snapshot = read(request, parties).await?;
    let planned = planned(
        request,
        snapshot,
        parties.ledger.state(),
        parties.ledger.entries(),
    );
    let fact = format!("{} steps to take", planned.plan.steps.len());
    parties.interaction.done(Phase::ReadTenant, &fact);
    Ok(planned)
}

/// What follows from what was read of tenant and ledger.
#[must_use]
pub fn planned(request: &Request, snapshot: Snapshot, state: &State, entries: &[Entry]) -> Planned {
    let plan = plan(&Wish {
        desired: &request.desired,
        snapshot: &snapshot,
        owned: &owned(state, &snapshot.tenant),
        keys: &known_keys(state, entries),
        waivers: &request.waivers,
        enforce: request.enforce,
    });
    let name = snapshot.organization.as_ref().ok();
    let name = name.and_then(|one| one.display_name.clone());
    Planned {
        name: name.unwrap_or_else(|| snapshot.tenant.clone()),
        snapshot,
        plan,
    }
}

/// The tenant. A group that the tool made is known by its id, whatever it is called now.
async fn read(request: &Request, parties: &mut Parties<'_>) -> Result<Snapshot, Error> {
    let wanted = Wanted::of(&request.desired, request.tenant.clone());
    let now = parties.env.now();
    let client = parties.tenant()?.clone();
    let found = snapshot::take(&client, &wanted, now, &mut |_| ()).await?;
    let owned: Owned = owned(parties.ledger.state(), &found.tenant);
    let made = owned.ids(Made::Group);
    let (Ok(None), Some(id)) = (&found.group, made.last()) else {
        return Ok(found);
    };
    let by_id = Wanted {
        group: GroupReference::Id((*id).to_owned()),
        ..wanted
    };
    let again = snapshot::take(&client, &by_id, now, &mut |_| ()).await?;
    Ok(match again.group {
        Ok(Some(_)) => again,
        _ => found,
    })
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

/// The plan, once the directory shows what an earlier run made a moment ago: what it hides would be planned for without it.
async fn when_shown(request: &Request, parties: &mut Parties<'_>) -> Result<Planned, Error> {
    let mut planned = prepare(request, parties).await?;
    for pause in run::LAG_PAUSES {
        if request.dry_run || !hides_what_was_made(&planned.snapshot, parties) {
            break;
        }
        let why = "the directory does not show yet what was made";
        parties.pause(why, pause).await?;
        planned = prepare(request, parties).await?;
    }
    Ok(planned)
}

/// Whether something is missing that the ledger says was made a moment ago: the object itself, or of an account what it is in.
fn hides_what_was_made(snapshot: &Snapshot, parties: &Parties<'_>) -> bool {
    let now = parties.env.now();
    let owned = parties.ledger.state().owned_in(&snapshot.tenant);
    let mut recent = owned.filter(|one| now.duration_since(one.made.time) < run::FRESH);
    recent.any(|one| match one.by {
        TenantChange::CreateAccount => snapshot.accounts.iter().any(|account| {
            let upn = one.name.split('@').next().unwrap_or_default();
            let is_it = account.name == one.name || account.name.eq_ignore_ascii_case(upn);
            is_it && (account.user == Ok(None) || account.memberships.is_err())
        }),
        TenantChange::CreateGroup => snapshot.group == Ok(None),
        _ => {
            snapshot
                .policies
                .iter()
                .flatten()
                .all(|policy| policy.id.as_deref() != Some(&one.id))
                && snapshot.policies.is_ok()
        }
    })
}

async fn steps(request: &Request, parties: &mut Parties<'_>) -> Result<Outcome, Error> {
    parties.interaction.begin(Phase::InspectLedger);
    parties.ledger.refresh().await?;
    parties.interaction.done(Phase::InspectLedger, "");
    let settled = match request.dry_run {
        true => Vec::new(),
        false => settle::settle(&request.tenant, parties).await?,
    };
    let planned = Box::new(when_shown(request, parties).await?);
    if request.dry_run {
        return Ok(Outcome::Planned(planned));
    }
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
    let mut text = format!("This changes the tenant {}:", planned.name);
    for step in &planned.plan.steps {
        text.push_str(&format!("\n  {}: {}", step.id(), step.object.name));
        if step.change.enforces() {
            text.push_str(&format!(" (concerns {})", step.affects));
        }
    }
    text
}
