//! What would have to be changed for a tenant to be as it is wanted, in an order in which nobody is shut out at any moment.
//!
//! ```text
//! accounts ─▶ group, members ─▶ exclusion of the group from policies ─▶ role ─▶ policy for everybody, report-only ─▶ enforcement
//! ```
//!
//! The exclusions come before the role, since a policy may mean whoever holds it. A step is planned only if all that it rests on was
//! read; what was not read blocks it, by name of the permission. What the tool has not made is never deleted, disabled or taken away:
//! where that is needed it is named, to be done by hand. A plan on what it leads to is empty.

mod accounts;
mod audited;
mod dedicated;
mod draft;
mod effect;
mod everybody;
mod exclusion;
mod group;
mod keys;
mod mfa_policy;
mod safety;
mod step;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::GLOBAL_ADMINISTRATOR;
use super::audit::Waiver;
use super::desired::Desired;
use super::snapshot::Snapshot;

pub use effect::{changed, effect};
pub use keys::{KnownKey, working};
pub use safety::{is_excluded, models, shut_out, worst};
pub use step::{Change, Step, Target};

use draft::Draft;

/// All that a plan is made of.
#[derive(Clone, Copy)]
pub struct Wish<'a> {
    /// What is wanted.
    pub desired: &'a Desired,
    /// What was read.
    pub snapshot: &'a Snapshot,
    /// What the ledger says that the tool made.
    pub owned: &'a Owned,
    /// The keys that the ledger knows.
    pub keys: &'a [KnownKey],
    /// What somebody takes as it is.
    pub waivers: &'a [Waiver],
    /// Whether policies are to be enforced.
    pub enforce: bool,
}

/// What the tool made in a tenant, by object id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owned(pub BTreeMap<String, Made>);

/// As what the tool made an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// An emergency account.
    Account,
    /// The policy for the emergency accounts.
    DedicatedPolicy,
    /// The group of the emergency accounts.
    Group,
    /// The policy for everybody.
    MfaPolicy,
}

impl Owned {
    /// Whether the tool made the object as this.
    #[must_use]
    pub fn made(&self, id: &str, as_what: Made) -> bool {
        self.0.get(id) == Some(&as_what)
    }
}

/// What is to be done, by whom.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// By the tool, in this order.
    pub steps: Vec<Step>,
    /// By nobody yet: something must be known or settled first.
    pub blocked: Vec<Blocked>,
    /// By people.
    pub by_hand: Vec<ByHand>,
    /// Worth knowing; nothing is to be done.
    pub notes: Vec<String>,
}

impl Plan {
    /// Whether the tenant is as it is wanted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.blocked.is_empty() && self.by_hand.is_empty()
    }
}

/// Something that the tool would do and must not yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// What.
    pub what: String,
    /// Why not.
    pub why: String,
    /// The permission that would help.
    pub permission: Option<String>,
}

/// Something that is for people to do, or to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByHand {
    /// What.
    pub what: String,
    /// Why, and why not by the tool.
    pub why: String,
    /// Commands that do it.
    pub commands: Vec<String>,
}

/// The plan.
#[must_use]
pub fn plan(wish: &Wish<'_>) -> Plan {
    let mut draft = Draft::new(wish);
    accounts::plan(&mut draft);
    group::plan(&mut draft);
    exclusion::plan(&mut draft);
    accounts::plan_role(&mut draft);
    accounts::note_the_rest(&mut draft);
    keys::plan(&mut draft);
    mfa_policy::plan(&mut draft);
    dedicated::plan(&mut draft);
    audited::plan(&mut draft);
    draft.finish()
}
