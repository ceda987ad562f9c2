//! HG-403

use super::super::{Check, Facts, Finding, Object, Severity, source};
use crate::tenant::snapshot::ExclusionGroup;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-403",
    name: "group-protected",
    title: "Only the highest administrators can change who is in the group",
    severity: Severity::Warning,
    source: source::RESTRICTED_UNITS,
    fix: "make a new group to which roles can be assigned, exclude it everywhere, then remove the old one; and take its owners away. A plain group in a restricted management administrative unit does as well",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    let tenant = Object::tenant();
    match &facts.snapshot.group {
        Err(unread) => vec![Finding::unread(tenant, "the group of the accounts", unread)],
        Ok(None) => vec![Finding::not_applicable(tenant, "there is no such group")],
        Ok(Some(group)) => vec![protection(group), owners(group)],
    }
}

fn protection(group: &ExclusionGroup) -> Finding {
    let subject = Object::group(&group.group);
    // Missing is no, for both.
    let assignable = group.group.is_assignable_to_role == Some(true);
    let restricted = group.group.is_management_restricted == Some(true);
    match (assignable, restricted) {
        (true, _) => Finding::pass(subject, "roles can be assigned to it"),
        (_, true) => Finding::pass(
            subject,
            "it is in a restricted management administrative unit",
        ),
        (false, false) => Finding::fail(
            subject,
            "every administrator of groups, and every application that may write groups, can change its members",
        ),
    }
}

/// An owner changes the members even of a group to which roles can be assigned.
fn owners(group: &ExclusionGroup) -> Finding {
    let subject = Object::group(&group.group);
    match &group.owners {
        Err(unread) => Finding::unread(subject, "the group's owners", unread),
        Ok(owners) if owners.is_empty() => Finding::pass(subject, "it has no owner"),
        Ok(owners) => {
            let objects: Vec<Object> = owners.iter().map(Object::member).collect();
            let names: Vec<&str> = objects.iter().map(|one| one.name.as_str()).collect();
            let why = format!("its owners can change its members: {}", names.join(", "));
            Finding::fail(subject, why).about(objects)
        }
    }
}
