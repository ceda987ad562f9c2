//! A plan in the making.

use super::effect::effect;
use super::safety::shut_out;
use super::{Blocked, ByHand, Plan, Step, Target, Wish};
use crate::graph::model::{Membership, User};
use crate::tenant::read::{Read, Unread};
use crate::tenant::snapshot::{Account, Snapshot};

/// An emergency account, there or to be made.
pub(super) struct Candidate<'a> {
    /// Where it is in the snapshot.
    pub(super) at: usize,
    pub(super) read: &'a Account,
    pub(super) target: Target,
}

impl Candidate<'_> {
    pub(super) fn user(&self) -> Option<&User> {
        self.read.user.as_ref().ok()?.as_ref()
    }
}

pub(super) struct Draft<'a> {
    pub(super) wish: &'a Wish<'a>,
    /// Those of the accounts that can be planned for.
    pub(super) accounts: Vec<Candidate<'a>>,
    /// The group, once it is known which; none if that is blocked.
    pub(super) group: Option<Target>,
    /// What the tenant would be after all steps so far.
    pub(super) then: Snapshot,
    plan: Plan,
}

impl<'a> Draft<'a> {
    pub(super) fn new(wish: &'a Wish<'a>) -> Self {
        Self {
            wish,
            accounts: Vec::new(),
            group: None,
            then: with_members(wish.snapshot.clone()),
            plan: Plan::default(),
        }
    }

    /// Takes a step in, unless it would shut out an account that gets in without it.
    pub(super) fn step(&mut self, step: Step) {
        let mut then = self.then.clone();
        effect(&step, &mut then);
        match shut_out(&self.then, &then) {
            None => {
                self.then = then;
                self.plan.steps.push(step);
            }
            Some(why) => self.block(&describe(&step), why),
        }
    }

    pub(super) fn block(&mut self, what: &str, why: impl Into<String>) {
        self.plan.blocked.push(Blocked {
            what: what.to_owned(),
            why: why.into(),
            permission: None,
        });
    }

    /// Something rests on what could not be read.
    pub(super) fn unread(&mut self, what: &str, part: &str, unread: &Unread) {
        let blocked = Blocked {
            what: what.to_owned(),
            why: format!("{part} could not be read: {}", unread.why),
            permission: unread.permission.as_deref().map(str::to_owned),
        };
        if !self.plan.blocked.contains(&blocked) {
            self.plan.blocked.push(blocked);
        }
    }

    /// What was read, or nothing, and what rests on it is blocked.
    pub(super) fn need<'b, T>(
        &mut self,
        read: &'b Read<T>,
        what: &str,
        part: &str,
    ) -> Option<&'b T> {
        match read {
            Ok(read) => Some(read),
            Err(unread) => {
                self.unread(what, part, unread);
                None
            }
        }
    }

    pub(super) fn by_hand(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.by_command(what, why, Vec::new());
    }

    pub(super) fn by_command(
        &mut self,
        what: impl Into<String>,
        why: impl Into<String>,
        commands: Vec<String>,
    ) {
        self.plan.by_hand.push(ByHand {
            what: what.into(),
            why: why.into(),
            commands,
        });
    }

    pub(super) fn note(&mut self, note: String) {
        self.plan.notes.push(note);
    }

    pub(super) fn blocked(&self) -> &[Blocked] {
        &self.plan.blocked
    }

    /// The accounts that can be planned for, as they were read, and by which name they go.
    pub(super) fn targets(&self) -> Vec<(&'a Account, Target)> {
        let accounts = self.accounts.iter();
        accounts.map(|one| (one.read, one.target.clone())).collect()
    }

    /// The ids of the steps so far that are of these kinds.
    pub(super) fn ids(&self, which: impl Fn(&Step) -> bool) -> Vec<String> {
        let steps = self.plan.steps.iter().filter(|step| which(step));
        steps.map(Step::id).collect()
    }

    pub(super) fn finish(self) -> Plan {
        self.plan
    }
}

/// The group knows a new member before the account's own memberships do: whom it lists is excluded with it.
fn with_members(mut snapshot: Snapshot) -> Snapshot {
    let Ok(Some(found)) = &snapshot.group else {
        return snapshot;
    };
    let members = found.transitive_members.as_deref().unwrap_or_default();
    let group = &found.group.id;
    for account in &mut snapshot.accounts {
        let (Ok(Some(user)), Ok(memberships)) = (&account.user, &mut account.memberships) else {
            continue;
        };
        let is_listed = members
            .iter()
            .any(|one| one.id.eq_ignore_ascii_case(&user.id));
        let is_shown = memberships
            .iter()
            .any(|one| one.id.eq_ignore_ascii_case(group));
        if is_listed && !is_shown {
            memberships.push(Membership {
                odata_type: Some("#microsoft.graph.group".to_owned()),
                id: group.clone(),
                ..Membership::default()
            });
        }
    }
    snapshot
}

/// What a step would have done.
fn describe(step: &Step) -> String {
    let with = step.with.as_ref();
    let with = with.map_or_else(String::new, |with| format!(", {}", with.name));
    format!("{} ({}{with})", step.change.id(), step.object.name)
}
