//! HG-503

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::policy::about;
use crate::tenant::conditional_access::everybody::{gaps, unread_members};

pub(in super::super) const CHECK: Check = Check {
    id: "HG-503",
    name: "mfa-policy-covers-everything",
    title: "The policy counts for all resources, all programs and all circumstances",
    severity: Severity::Warning,
    source: source::ALL_USERS,
    fix: "take the condition out of the policy: All resources, no excluded one, every client app, no further condition",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    about(facts, |policy| {
        let subject = || Object::policy(policy);
        let fails = gaps(policy).into_iter().map(|gap| gap.describe());
        let fails = fails.map(|why| Finding::fail(subject(), why.clone()).told_apart_by(why));
        let open = unread_members(policy).into_iter();
        let open = open.map(|why| Finding::unknown(subject(), why.clone()).told_apart_by(why));
        let mut lines: Vec<Finding> = fails.chain(open).collect();
        if lines.is_empty() {
            lines.push(Finding::pass(subject(), "no condition narrows it"));
        }
        lines
    })
}
