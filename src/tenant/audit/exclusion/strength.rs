//! HG-406

use super::super::{Check, Severity, source};
use super::by_policy::lines_about;
use super::concern::Concern;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-406",
    name: "strengths-met",
    title: "Every registered key meets the authentication strengths that the accounts are asked for",
    severity: Severity::Error,
    source: source::CONDITIONAL_ACCESS,
    fix: "allow the models of the accounts' keys in the authentication strength, or exclude the group from the policy",
    run: |facts| {
        lines_about(
            facts,
            Concern::Strength,
            "no authentication strength stands in the way",
        )
    },
};
