//! HG-106

use super::super::{Check, Facts, Finding, Object, Severity, source};

pub(in super::super) const CHECK: Check = Check {
    id: "HG-106",
    name: "not-a-guest",
    title: "The accounts are members of this tenant, and no guests",
    severity: Severity::Error,
    source: source::EMERGENCY_ACCESS,
    fix: "make an account in this tenant: a guest signs in elsewhere, and the service registers no passkey for it",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    facts.per_account(|account, user| {
        let subject = Object::account(account);
        match (user.user_type.as_deref(), user.creation_type.as_deref()) {
            (_, Some(how @ ("Invitation" | "EmailVerified"))) => Finding::fail(
                subject,
                format!("the account was made by {how}: it signs in elsewhere"),
            ),
            (Some("Member"), _) => Finding::pass(subject, "a member"),
            (Some(other), _) => Finding::fail(subject, format!("the account is of type {other:?}")),
            (None, _) => Finding::unknown(subject, "userType is not shown"),
        }
    })
}
