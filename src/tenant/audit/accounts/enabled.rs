//! HG-105

use super::super::{Check, Facts, Finding, Object, Severity, source};

pub(in super::super) const CHECK: Check = Check {
    id: "HG-105",
    name: "account-enabled",
    title: "The accounts are enabled",
    severity: Severity::Error,
    source: source::EMERGENCY_ACCESS,
    fix: "enable the account: Users > the account > Properties > Account enabled",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    facts.per_account(|account, user| {
        let subject = Object::account(account);
        match user.account_enabled {
            Some(true) => Finding::pass(subject, "accountEnabled"),
            Some(false) => Finding::fail(
                subject,
                "the account is disabled: nobody can sign in with it",
            ),
            None => Finding::unknown(subject, "accountEnabled is not shown"),
        }
    })
}
