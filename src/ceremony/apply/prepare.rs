//! What is to be done: the tenant as it is read, and the plan that follows from it and from the ledger.

use jiff::{SignedDuration, Timestamp};

use super::appear::LAG_PAUSES;
use super::{Planned, Request, known_keys, owned};
use crate::ceremony::interaction::Step as Phase;
use crate::ceremony::snapshot::{self, Wanted};
use crate::ceremony::{Error, Parties};
use crate::ledger::{Entry, OwnedObject, State, TenantChange};
use crate::tenant::desired::GroupReference;
use crate::tenant::plan::{Wish, plan};
use crate::tenant::read::Read;
use crate::tenant::snapshot::{Account, Snapshot};

/// Since it is recorded that something was made, which is when it showed for the first time. What a part of the directory does not show
/// by then was taken away.
const SHOWS_WITHIN: SignedDuration = SignedDuration::from_secs(30);

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
        enforce: request.enforce,
        snapshot,
        plan,
    }
}

/// The tenant. The group that the tool made last is known by its id, whatever it is called now.
async fn read(request: &Request, parties: &mut Parties<'_>) -> Result<Snapshot, Error> {
    let wanted = Wanted::of(&request.desired, request.tenant.clone());
    let now = parties.env.now();
    let client = parties.tenant()?.clone();
    let found = snapshot::take(&client, &wanted, now, &mut |_| ()).await?;
    let made = parties.ledger.state().owned_in(&found.tenant);
    let last = made
        .filter(|one| one.by == TenantChange::CreateGroup)
        .last();
    let (Ok(None), Some(last)) = (&found.group, last) else {
        return Ok(found);
    };
    let by_id = Wanted {
        group: GroupReference::Id(last.id.clone()),
        ..wanted
    };
    let again = snapshot::take(&client, &by_id, now, &mut |_| ()).await?;
    Ok(match again.group {
        Ok(Some(_)) => again,
        _ => found,
    })
}

/// The same, once the directory shows what an earlier run made a moment ago: else it would be planned for once more.
pub(super) async fn when_shown(
    request: &Request,
    parties: &mut Parties<'_>,
) -> Result<Planned, Error> {
    let mut planned = prepare(request, parties).await?;
    for pause in LAG_PAUSES {
        let now = parties.env.now();
        let Some(hidden) = hidden(&planned.snapshot, parties.ledger.state(), now) else {
            break;
        };
        let why = format!(
            "the directory does not show {} yet, made a moment ago",
            hidden.name
        );
        parties.pause(&why, pause).await?;
        planned = prepare(request, parties).await?;
    }
    Ok(planned)
}

/// Something that was made a moment ago and does not show.
fn hidden<'a>(snapshot: &'a Snapshot, state: &'a State, now: Timestamp) -> Option<&'a OwnedObject> {
    let mut recent = state
        .owned_in(&snapshot.tenant)
        .filter(|one| now.duration_since(one.made.time) < SHOWS_WITHIN);
    recent.find(|one| !shows(one, snapshot))
}

/// Whether the directory shows it, of a new account what it is in, and of a new group who is in it: what a late replica does not
/// know yet is unread, and would block the steps that rest on it. What may not be read is not waited for.
fn shows(made: &OwnedObject, snapshot: &Snapshot) -> bool {
    match made.by {
        TenantChange::CreateAccount => snapshot
            .accounts
            .iter()
            .filter(|account| is_of(account, &made.name))
            .all(|account| match (&account.user, &account.memberships) {
                (Ok(None), _) => false,
                (Ok(Some(_)), memberships) => is_known(memberships),
                _ => true,
            }),
        TenantChange::CreateGroup => match &snapshot.group {
            Ok(None) => false,
            Ok(Some(group)) => is_known(&group.transitive_members) && is_known(&group.owners),
            Err(_) => true,
        },
        _ => match &snapshot.policies {
            Ok(policies) => policies
                .iter()
                .any(|policy| policy.id.as_deref() == Some(&made.id)),
            Err(_) => true,
        },
    }
}

fn is_known<T>(part: &Read<T>) -> bool {
    part.as_ref()
        .err()
        .is_none_or(|unread| unread.permission.is_some())
}

/// Whether the configuration means the user of this name, which it may call by the part before the domain.
fn is_of(account: &Account, user_principal_name: &str) -> bool {
    let (short, _) = user_principal_name
        .split_once('@')
        .unwrap_or((user_principal_name, ""));
    [short, user_principal_name]
        .iter()
        .any(|name| account.name.eq_ignore_ascii_case(name))
}
