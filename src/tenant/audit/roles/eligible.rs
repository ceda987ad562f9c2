//! HG-203

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::schedules::{cannot_have_terms, of_global_administrator};
use crate::tenant::snapshot::Account;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-203",
    name: "role-not-eligible",
    title: "The accounts need not activate the role first",
    severity: Severity::Error,
    source: source::ROLES,
    fix: "assign the role as active: an activation may need an approval, and the service that grants it",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    facts.per_account(|account, _| {
        let subject = Object::account(account);
        match &account.role_eligibilities {
            Ok(instances) if of_global_administrator(instances).is_empty() => {
                Finding::pass(subject, "not among those who could activate the role")
            }
            Ok(_) => eligible(account, subject),
            Err(_) if cannot_have_terms(facts) => Finding::not_applicable(
                subject,
                "the tenant has no licence for Privileged Identity Management",
            ),
            Err(unread) => Finding::unread(subject, "what the account could activate", unread),
        }
    })
}

/// Who holds a role for good can be eligible as well, which does no harm.
fn eligible(account: &Account, subject: Object) -> Finding {
    let instances = match &account.role_schedules {
        Ok(instances) => of_global_administrator(instances),
        Err(unread) => return Finding::unread(subject, "the terms of the account's roles", unread),
    };
    let lasts = |assigned: Option<&str>, end: &Option<String>| {
        assigned == Some("Assigned") && end.is_none()
    };
    match instances
        .iter()
        .any(|one| lasts(one.assignment_type.as_deref(), &one.end_date_time))
    {
        true => Finding::pass(subject, "eligible, and holds the role for good besides"),
        false => Finding::fail(
            subject,
            "the account is eligible for the role, and does not hold it for good",
        ),
    }
}
