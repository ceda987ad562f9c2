//! HG-404

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::by_policy::enforced;
use crate::graph::model::ConditionalAccessPolicy;
use crate::tenant::conditional_access::Enforcement;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-404",
    name: "policies-without-users",
    title: "Policies that cannot exclude anybody are about workload identities or agents",
    severity: Severity::Warning,
    source: source::CONDITIONAL_ACCESS,
    fix: "look at the policy in the admin center: it shows neither people nor workload identities",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    let tenant = Object::tenant();
    let policies = match &facts.snapshot.policies {
        Ok(policies) => policies,
        Err(unread) => {
            return vec![Finding::unread(
                tenant,
                "the Conditional Access policies",
                unread,
            )];
        }
    };
    let without = policies.iter().filter(|one| one.conditions.users.is_none());
    let lines: Vec<Finding> = without
        .filter(|one| enforced(Enforcement::of(one)))
        .map(line)
        .collect();
    match lines.is_empty() {
        true => vec![Finding::pass(
            tenant,
            "every enforced policy is about people",
        )],
        false => lines,
    }
}

fn line(policy: &ConditionalAccessPolicy) -> Finding {
    let subject = Object::policy(policy);
    match policy.conditions.client_applications {
        Some(_) => Finding::not_applicable(
            subject,
            "it is about workload identities or agents: it stops no account, and can exclude none",
        ),
        None => Finding::unknown(subject, "it shows neither people nor workload identities"),
    }
}
