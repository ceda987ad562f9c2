//! HG-705

use super::super::exclusion::security_defaults::has_conditional_access;
use super::super::{Check, Facts, Finding, Object, Severity, source};

pub(in super::super) const CHECK: Check = Check {
    id: "HG-705",
    name: "sign-in-log-readable",
    title: "Somebody can see when the accounts are used",
    severity: Severity::Note,
    source: source::EMERGENCY_ACCESS,
    fix: "the sign-in log needs Microsoft Entra ID P1, and AuditLog.Read.All to be read by a program",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    facts.per_account(|account, _| {
        let subject = Object::account(account);
        match (&account.sign_ins, &facts.snapshot.organization) {
            (Ok(sign_ins), _) => {
                Finding::pass(subject, format!("{} sign-ins were read", sign_ins.len()))
            }
            (Err(_), Ok(organization)) if !has_conditional_access(organization) => {
                Finding::fail(subject, "the tenant has no licence for the sign-in log")
            }
            (Err(unread), _) => Finding::unread(subject, "the sign-in log", unread),
        }
    })
}
