//! HG-202

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::schedules::{cannot_have_terms, of_global_administrator};
use crate::graph::model::UnifiedRoleScheduleInstance;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-202",
    name: "role-permanent",
    title: "The accounts hold the role for good",
    severity: Severity::Error,
    source: source::ROLES,
    fix: "make the assignment active and permanent: Roles & admins > Global Administrator > Assignments",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    facts.per_account(|account, _| {
        let subject = Object::account(account);
        match &account.role_schedules {
            Ok(instances) => line(subject, &of_global_administrator(instances)),
            Err(_) if cannot_have_terms(facts) => Finding::not_applicable(
                subject,
                "the tenant has no licence for Privileged Identity Management: assignments have no end",
            ),
            Err(unread) => Finding::unread(subject, "the terms of the account's roles", unread),
        }
    })
}

fn line(subject: Object, instances: &[&UnifiedRoleScheduleInstance]) -> Finding {
    if instances.is_empty() {
        return Finding::not_applicable(
            subject,
            "no assignment of the role is shown for the account",
        );
    }
    let lasts = |one: &&&UnifiedRoleScheduleInstance| {
        one.end_date_time.is_none() && one.assignment_type.as_deref() == Some("Assigned")
    };
    if let Some(one) = instances.iter().find(lasts) {
        let how = one.member_type.as_deref().unwrap_or("Direct");
        return Finding::pass(subject, format!("assigned without an end, {how}"));
    }
    let terms: Vec<String> = instances.iter().map(|one| term(one)).collect();
    match instances.iter().all(|one| is_temporary(one)) {
        true => Finding::fail(subject, terms.join("; ")),
        false => Finding::unknown(subject, terms.join("; ")),
    }
}

fn is_temporary(one: &UnifiedRoleScheduleInstance) -> bool {
    one.end_date_time.is_some() || one.assignment_type.as_deref() == Some("Activated")
}

fn term(one: &UnifiedRoleScheduleInstance) -> String {
    let kind = one.assignment_type.as_deref();
    let kind = kind.unwrap_or("an assignment of a kind that is not shown");
    match &one.end_date_time {
        Some(end) => format!("{kind} until {end}"),
        None => format!("{kind}, no end shown"),
    }
}
