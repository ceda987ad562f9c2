//! HG-408

use super::super::{Check, Severity, source};
use super::by_policy::lines_about;
use super::concern::Concern;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-408",
    name: "not-stopped-by-risk",
    title: "No policy about risk can stop the accounts",
    severity: Severity::Error,
    source: source::CONDITIONAL_ACCESS,
    fix: "exclude the group of the emergency accounts from the policy: an emergency looks risky",
    run: |facts| {
        lines_about(
            facts,
            Concern::Risk,
            "no policy about risk stands in the way",
        )
    },
};
