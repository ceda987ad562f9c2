//! HG-401

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::by_policy::{Case, enforced, lines};
use super::concern::Concern;
use super::path;
use super::reach::Reach;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-401",
    name: "not-stopped-by-policies",
    title: "No enforced policy can stop the accounts",
    severity: Severity::Error,
    source: source::CONDITIONAL_ACCESS,
    fix: "exclude the group of the emergency accounts from the policy; `halligan tenant plan` does it for every policy",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    let nothing =
        "no enforced policy stops the account, but for those that HG-406 and HG-408 speak of";
    lines(facts, enforced, nothing, line)
}

/// A line for every policy, since this is the proof of the exclusion; what another check speaks of is said there.
fn line(case: &Case<'_>) -> Option<Finding> {
    let name = case.policy.display_name.as_deref().unwrap_or("a policy");
    let said = match (&case.reach, case.concern()) {
        (_, Some(Concern::Stopped)) => return Some(case.line()),
        (Reach::Excluded(paths), _) => {
            let paths = path::describe(paths, case.account);
            format!("{name:?} excludes {paths}")
        }
        (Reach::Elsewhere(why), _) => format!("{name:?} does not reach the account: {why}"),
        (Reach::Applies(_) | Reach::Open(..), _) => return None,
    };
    let line = Finding::pass(Object::account(case.account), said);
    Some(line.about([Object::policy(case.policy)]))
}
