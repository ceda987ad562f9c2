//! HG-202

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::active::held;
use super::schedules::{cannot_have_terms, of_global_administrator};
use crate::graph::model::{UnifiedRoleScheduleInstance, User};
use crate::tenant::snapshot::Account;

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
    facts.per_account(|account, user| {
        let subject = Object::account(account);
        match &account.role_schedules {
            Ok(instances) => match of_global_administrator(instances).as_slice() {
                [] => without_terms(facts, account, user),
                instances => line(subject, instances),
            },
            Err(_) if cannot_have_terms(facts) => Finding::not_applicable(
                subject,
                "the tenant has no licence for Privileged Identity Management: assignments have no end",
            ),
            Err(unread) => Finding::unread(subject, "the terms of the account's roles", unread),
        }
    })
}

/// A role by a group may have its terms there.
fn without_terms(facts: &Facts<'_>, account: &Account, user: &User) -> Finding {
    let subject = Object::account(account);
    match held(facts, account, user) {
        Ok(None) => Finding::not_applicable(subject, "the account does not hold the role now"),
        Ok(Some(how)) => Finding::unknown(
            subject,
            format!("the account holds the role ({how}), and until when is not shown"),
        ),
        Err(unread) => Finding::unread(subject, "who holds the role", &unread),
    }
}

fn line(subject: Object, instances: &[&UnifiedRoleScheduleInstance]) -> Finding {
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
