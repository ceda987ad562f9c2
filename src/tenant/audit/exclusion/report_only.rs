//! HG-412

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::by_policy::{Case, lines, what};
use super::concern::Concern;
use super::reach::Reach;
use crate::tenant::conditional_access::Enforcement;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-412",
    name: "report-only-policies",
    title: "No policy in report-only mode would stop the accounts once it is enforced",
    severity: Severity::Note,
    source: source::CONDITIONAL_ACCESS,
    fix: "exclude the group of the emergency accounts before the policy is enforced",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    let nothing = "no policy in report-only mode would stop the account";
    let is_counted = |enforcement| enforcement == Enforcement::ReportOnly;
    lines(facts, is_counted, nothing, line)
}

fn line(case: &Case<'_>) -> Option<Finding> {
    let stops = matches!(
        case.concern()?,
        Concern::Stopped | Concern::Strength | Concern::Risk
    );
    let name = case.policy.display_name.as_deref().unwrap_or("a policy");
    let subject = Object::account(case.account);
    let line = match &case.reach {
        Reach::Applies(demand) => Finding::fail(
            subject,
            format!("{name:?} would ask the account for {}", what(demand)),
        ),
        Reach::Open(demand, why) => Finding::unknown(
            subject,
            format!(
                "{name:?} would ask for {}, and whether it would apply is open: {why}",
                what(demand)
            ),
        ),
        Reach::Excluded(_) | Reach::Elsewhere(_) => return None,
    };
    stops.then(|| line.about([Object::policy(case.policy)]))
}
