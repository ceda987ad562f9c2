//! HG-409

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::by_policy::{Case, enforced, lines};
use super::concern::Concern;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-409",
    name: "excluded-from-mfa-policies",
    title: "The accounts are excluded from policies that ask for a second factor",
    severity: Severity::Warning,
    source: source::CONDITIONAL_ACCESS,
    fix: "exclude the group of the emergency accounts from the policy; their keys satisfy it today, and a later change of it would stop them",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    let nothing = "no policy asks the account for a second factor";
    lines(facts, enforced, nothing, |case| {
        let asks = case.concern() == Some(Concern::SecondFactor);
        asks.then(|| line(facts, case))
    })
}

/// The policy for the accounts themselves asks for it on purpose.
fn line(facts: &Facts<'_>, case: &Case<'_>) -> Finding {
    let dedicated = facts.desired.dedicated_policy.as_ref();
    let is_dedicated = dedicated
        .is_some_and(|wanted| case.policy.display_name.as_deref() == Some(wanted.name.as_str()));
    match is_dedicated {
        false => case.line(),
        true => Finding::pass(
            Object::account(case.account),
            "the policy for the emergency accounts asks for it, as configured",
        )
        .about([Object::policy(case.policy)]),
    }
}
