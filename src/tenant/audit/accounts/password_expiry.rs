//! HG-107

use super::super::{Check, Facts, Finding, Object, Severity, source};

pub(in super::super) const CHECK: Check = Check {
    id: "HG-107",
    name: "password-never-expires",
    title: "The accounts' passwords never expire",
    severity: Severity::Warning,
    source: source::EMERGENCY_ACCESS,
    fix: "set passwordPolicies of the account to DisablePasswordExpiration",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    facts.per_account(|account, user| {
        let subject = Object::account(account);
        let policies = user.password_policies.as_deref().unwrap_or("None");
        let never = policies
            .split(',')
            .any(|one| one.trim() == "DisablePasswordExpiration");
        match never {
            true => Finding::pass(subject, "DisablePasswordExpiration"),
            false => Finding::fail(
                subject,
                format!("passwordPolicies is {policies}: the tenant's policy decides when the password expires"),
            ),
        }
    })
}
