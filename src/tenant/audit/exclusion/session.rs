//! HG-407

use super::super::{Check, Severity, source};
use super::by_policy::lines_about;
use super::concern::Concern;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-407",
    name: "sessions-not-cut",
    title: "No policy cuts the sessions of the accounts short",
    severity: Severity::Note,
    source: source::CONDITIONAL_ACCESS,
    fix: "exclude the group of the emergency accounts from the policy; a key is asked for again, and no more",
    run: |facts| lines_about(facts, Concern::Session, "no policy cuts its sessions short"),
};
