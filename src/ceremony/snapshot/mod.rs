//! Everything that is asked of a tenant for one [`Snapshot`].
//!
//! How many requests that takes does not depend on how large the tenant is, but for the pages of its named locations, of the accounts'
//! own memberships and of the group. With two emergency accounts and a regular user: the sign-in; two batches about the tenant and its
//! roles, the policies and the named locations; one batch for users and group, and one more (beta) if groups hold roles; one batch
//! about the accounts, and one (beta) for their own multifactor authentication: 8 or 9. Besides, a batch for each level of nesting
//! between an account and a group that a policy names, and one request per account for sign-ins.
//!
//! Nothing is read twice to see whether it has changed meanwhile: `taken_at` is the moment before the first question.

mod accounts;
mod group;
mod paths;
pub mod permission;
mod redact;
mod roles;
mod settings;
mod sign_ins;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use crate::ceremony::Error;
use crate::graph::{self, Client};
use crate::tenant::desired::{Desired, GroupReference};
use crate::tenant::snapshot::{SCHEMA, Snapshot};

pub(crate) use accounts::{in_directory, is_whole, whole_name};
pub use roles::{Power, ROLES, Role};

/// What a snapshot is to be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The tenant as the configuration names it.
    pub tenant: String,
    /// The emergency accounts: sign-in names, object ids, or names in the tenant's initial domain.
    pub accounts: Vec<String>,
    /// The group that is to be excluded from policies.
    pub group: GroupReference,
    /// Accounts that stand for everybody else.
    pub regular: Vec<String>,
    /// Since when sign-ins are wanted, if they are.
    pub sign_ins_since: Option<Timestamp>,
}

impl Wanted {
    /// What audit, plan and explanation need, without sign-ins.
    #[must_use]
    pub fn of(desired: &Desired, tenant: String) -> Self {
        Self {
            tenant,
            accounts: desired
                .accounts
                .iter()
                .map(|one| one.name.clone())
                .collect(),
            group: desired.group.reference.clone(),
            regular: desired.regular_users.clone(),
            sign_ins_since: None,
        }
    }
}

/// Fractions of a second say nothing about a tenant.
fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// What is being asked for, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Policies, settings, roles.
    Tenant,
    /// The users, the group, and who is in groups with roles.
    Members,
    /// What the accounts hold.
    Accounts,
    /// How the accounts come into the groups that policies name.
    Paths,
    /// The log.
    SignIns,
}

/// Reads a tenant. What it does not tell is in the snapshot as unread, with the permission that would tell.
///
/// # Errors
/// [`Error::Tenant`] when there is no sign-in or no tenant.
pub async fn take(
    client: &Client,
    wanted: &Wanted,
    now: Timestamp,
    progress: &mut dyn FnMut(Part),
) -> Result<Snapshot, Error> {
    Ok(gather(client, wanted, now, progress).await?)
}

async fn gather(
    client: &Client,
    wanted: &Wanted,
    now: Timestamp,
    progress: &mut dyn FnMut(Part),
) -> Result<Snapshot, graph::Error> {
    progress(Part::Tenant);
    // First and alone: several questions at once would ask a person to sign in several times.
    client.caller().await?;
    let (settings, roles, found) = settings::read_all(client, &wanted.group).await?;
    progress(Part::Members);
    let names = accounts::names(wanted, &settings.domains);
    let mut batch = client.batch();
    let users = accounts::ask_for_users(&mut batch, client, names);
    let members = group::ask_for_members(&mut batch, client, found);
    let role_groups = roles.ask_for_members(&mut batch, client);
    let mut answers = batch.send().await?;
    let users = accounts::users(users, &mut answers).await?;
    let group = group::members(members, &mut answers).await?;
    let role_groups = roles::members(role_groups, &mut answers).await?;
    progress(Part::Accounts);
    let mut found = accounts::read_all(client, users).await?;
    progress(Part::Paths);
    let named = paths::groups_that_matter(&settings.policies, &group);
    paths::read_all(client, &named, &mut found).await?;
    if let Some(since) = wanted.sign_ins_since {
        progress(Part::SignIns);
        sign_ins::read_all(client, since, &mut found).await?;
    }
    let mut accounts: Vec<_> = found.into_iter().map(|one| one.account).collect();
    let regular = accounts.split_off(wanted.accounts.len());
    Ok(Snapshot {
        schema: SCHEMA.to_owned(),
        taken_at: whole_seconds(now),
        tenant: match &settings.organization {
            Ok(organization) => organization.id.clone(),
            Err(_) => wanted.tenant.clone(),
        },
        organization: settings.organization,
        domains: settings.domains,
        accounts,
        regular,
        group,
        policies: settings.policies,
        strengths: settings.strengths,
        named_locations: settings.named_locations,
        security_defaults: settings.security_defaults,
        passkeys: settings.passkeys,
        role_assignments: roles.assignments,
        role_holders: roles.holders,
        role_groups,
        access_reviews: settings.access_reviews,
        lifecycle_workflows: settings.lifecycle_workflows,
    })
}
