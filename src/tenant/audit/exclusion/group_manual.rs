//! HG-410

use super::super::{Check, Facts, Finding, Object, Severity, source};
use crate::graph::model::Group;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-410",
    name: "group-membership-assigned",
    title: "No rule and no other directory decides who is in the group",
    severity: Severity::Error,
    source: source::CONDITIONAL_ACCESS,
    fix: "make a group of the cloud whose members are assigned, and exclude it instead",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    let tenant = Object::tenant();
    vec![match &facts.snapshot.group {
        Err(unread) => Finding::unread(tenant, "the group of the accounts", unread),
        Ok(None) => Finding::not_applicable(tenant, "there is no such group"),
        Ok(Some(group)) => line(&group.group),
    }]
}

fn line(group: &Group) -> Finding {
    let subject = Object::group(group);
    if group.is_dynamic() {
        let rule = group.membership_rule.as_deref().unwrap_or("not shown");
        let why = format!(
            "a rule decides who is in it, and a change of an attribute takes an account out: {rule}"
        );
        return Finding::fail(subject, why);
    }
    match group.on_premises_sync_enabled {
        Some(true) => Finding::fail(
            subject,
            "it comes from an on-premises directory, which decides who is in it",
        ),
        _ => Finding::pass(subject, "its members are assigned in the cloud"),
    }
}
