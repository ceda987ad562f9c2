//! Policies against accounts: what the checks of single policies have in common.

use super::super::{Facts, Finding, Object};
use super::concern::{Concern, concern};
use super::reach::{Models, Reach, reach};
use crate::graph::model::ConditionalAccessPolicy;
use crate::tenant::conditional_access::{Demand, Enforcement, with_strengths};
use crate::tenant::snapshot::Account;

/// A policy that was held against an account.
pub(super) struct Case<'a> {
    pub(super) account: &'a Account,
    pub(super) policy: &'a ConditionalAccessPolicy,
    pub(super) enforcement: Enforcement,
    pub(super) reach: Reach,
}

impl Case<'_> {
    /// What the policy does to the account, if it reaches it.
    pub(super) fn concern(&self) -> Option<Concern> {
        match &self.reach {
            Reach::Applies(demand) | Reach::Open(demand, _) => Some(concern(self.policy, demand)),
            Reach::Excluded(_) | Reach::Elsewhere(_) => None,
        }
    }

    /// A line that says that the policy reaches the account: a failure if that is certain, else open.
    pub(super) fn line(&self) -> Finding {
        let subject = Object::account(self.account);
        let name = self.policy.display_name.as_deref().unwrap_or("a policy");
        let line = match &self.reach {
            Reach::Applies(Demand::Open(what)) => Finding::unknown(
                subject,
                format!("{name:?} applies to the account, and asks for what is open: {what}"),
            ),
            Reach::Applies(demand) if self.enforcement == Enforcement::Unknown => {
                let state = self.policy.state.as_deref().unwrap_or("not shown");
                Finding::unknown(
                    subject,
                    format!(
                        "{name:?} asks for {}, and its state is {state:?}, which is not known here",
                        what(demand)
                    ),
                )
            }
            Reach::Applies(demand) => Finding::fail(
                subject,
                format!(
                    "{name:?} applies to the account, does not exclude it, and asks for {}",
                    what(demand)
                ),
            ),
            Reach::Open(demand, why) => Finding {
                permission: self.permission(),
                ..Finding::unknown(
                    subject,
                    format!(
                        "{name:?} asks for {}, and whether it applies to the account is open: {why}",
                        what(demand)
                    ),
                )
            },
            Reach::Excluded(_) | Reach::Elsewhere(_) => {
                Finding::pass(subject, format!("{name:?} does not reach the account"))
            }
        };
        line.about([Object::policy(self.policy)])
    }

    /// What would show the account's groups and roles.
    fn permission(&self) -> Option<std::borrow::Cow<'static, str>> {
        let unread = self.account.memberships.as_ref().err();
        unread.and_then(|unread| unread.permission.clone())
    }
}

/// What a policy asks for, in words.
pub(super) fn what(demand: &Demand) -> &str {
    match demand {
        Demand::Nothing => "nothing but another sign-in",
        Demand::Key(what) | Demand::Open(what) | Demand::Barrier(what) => what,
    }
}

/// The lines of one check: those that it makes of each policy and account, or one for an account of which there is nothing to say.
pub(super) fn lines(
    facts: &Facts<'_>,
    counts: fn(Enforcement) -> bool,
    nothing: &str,
    line: impl Fn(&Case<'_>) -> Option<Finding>,
) -> Vec<Finding> {
    let policies = match &facts.snapshot.policies {
        Ok(policies) => policies,
        Err(unread) => {
            let subject = Object::tenant();
            return vec![Finding::unread(
                subject,
                "the Conditional Access policies",
                unread,
            )];
        }
    };
    let strengths = facts.snapshot.strengths.as_deref().unwrap_or_default();
    let policies = with_strengths(policies, strengths);
    facts.for_each_account(|account, _| {
        let Some(person) = account.person() else {
            return Vec::new();
        };
        let models = Models::of(account);
        let mut lines = Vec::new();
        for policy in policies.iter().filter(|one| one.conditions.users.is_some()) {
            let enforcement = Enforcement::of(policy);
            if !counts(enforcement) {
                continue;
            }
            let reach = reach(facts.snapshot, policy, &person, &models);
            let case = Case {
                account,
                policy,
                enforcement,
                reach,
            };
            lines.extend(line(&case));
        }
        if lines.is_empty() {
            lines.push(Finding::pass(Object::account(account), nothing));
        }
        lines
    })
}

/// Policies whose demands count, or may.
pub(super) fn enforced(enforcement: Enforcement) -> bool {
    enforcement.may_count()
}

/// The lines of a check about what enforced policies do to the accounts.
pub(super) fn lines_about(facts: &Facts<'_>, wanted: Concern, nothing: &str) -> Vec<Finding> {
    lines(facts, enforced, nothing, |case| {
        (case.concern() == Some(wanted)).then(|| case.line())
    })
}
