//! HG-707

use super::super::facts::days;
use super::super::{Check, Facts, Finding, Object, Severity, source};

pub(in super::super) const CHECK: Check = Check {
    id: "HG-707",
    name: "reviewed-lately",
    title: "The tenant was audited within the time that the configuration sets, and the ledger has it",
    severity: Severity::Note,
    source: source::EMERGENCY_ACCESS,
    fix: "`halligan tenant audit --record` once in a while: Microsoft advises every 90 days at least",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    let tenant = Object::tenant();
    let limit = facts.desired.thresholds.review_every_days;
    let ledger = match facts.ledger {
        Ok(ledger) => ledger,
        Err(unread) => return vec![Finding::unread(tenant, "the ledger", unread)],
    };
    vec![match ledger.last_review.map(|last| days(last, facts.now)) {
        None => Finding::fail(tenant, "the ledger has no audit"),
        Some(age) if age > i64::from(limit) => Finding::fail(
            tenant,
            format!("the last one is {age} days old, {limit} are allowed"),
        ),
        Some(age) => Finding::pass(tenant, format!("{age} days ago")),
    }]
}
