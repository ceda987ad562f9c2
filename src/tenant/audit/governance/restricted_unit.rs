//! HG-703

use super::super::{Check, Facts, Finding, Object, Severity, source};

pub(in super::super) const CHECK: Check = Check {
    id: "HG-703",
    name: "group-can-be-changed",
    title: "Somebody can change who is in the group",
    severity: Severity::Warning,
    source: source::RESTRICTED_UNITS,
    fix: "take the group out of the restricted unit: a group to which roles can be assigned needs none",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    let tenant = Object::tenant();
    let group = match &facts.snapshot.group {
        Err(unread) => return vec![Finding::unread(tenant, "the group of the accounts", unread)],
        Ok(None) => return vec![Finding::not_applicable(tenant, "there is no such group")],
        Ok(Some(group)) => &group.group,
    };
    let subject = Object::group(group);
    let assignable = group.is_assignable_to_role == Some(true);
    let restricted = group.is_management_restricted == Some(true);
    vec![match assignable && restricted {
        true => Finding::fail(
            subject,
            "roles can be assigned to it and it is in a restricted management administrative unit: nobody at all can change its members",
        ),
        false => Finding::pass(
            subject,
            "it is not both, role-assignable and in a restricted unit",
        ),
    }]
}
