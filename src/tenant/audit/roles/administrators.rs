//! HG-204

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::holders::{Holder, WHOLE_TENANT, distinct, holders};
use crate::tenant::preflight::GLOBAL_ADMINISTRATOR;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-204",
    name: "number-of-global-administrators",
    title: "There are no more Global Administrators than the configuration allows",
    severity: Severity::Warning,
    source: source::ROLES,
    fix: "take the role from those who can do with a lesser one, or make them eligible for it",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    let tenant = Object::tenant();
    let found = match holders(facts, GLOBAL_ADMINISTRATOR) {
        Ok(found) => found,
        Err(unread) => {
            return vec![Finding::unread(tenant, "who holds the role", &unread)];
        }
    };
    let everywhere: Vec<Holder> = found
        .into_iter()
        .filter(|one| one.scope == WHOLE_TENANT)
        .collect();
    let objects = distinct(&everywhere);
    let (count, limit) = (
        objects.len(),
        facts.desired.thresholds.global_administrators,
    );
    let line = match count <= limit {
        true => Finding::pass(tenant, format!("{count} Global Administrators")),
        false => Finding::fail(
            tenant,
            format!("{count} Global Administrators, {limit} are allowed"),
        ),
    };
    vec![line.about(objects)]
}
