//! HG-103

use super::super::{Check, Facts, Finding, Object, Severity, source};

pub(in super::super) const CHECK: Check = Check {
    id: "HG-103",
    name: "cloud-only",
    title: "The accounts do not come from an on-premises directory",
    severity: Severity::Error,
    source: source::EMERGENCY_ACCESS,
    fix: "make a new account in the cloud and retire this one: what is synchronized depends on the directory that it comes from",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    facts.per_account(|account, user| {
        let subject = Object::account(account);
        // A user that was never synchronized has null for both.
        match (user.on_premises_sync_enabled, &user.on_premises_immutable_id) {
            (Some(true), _) => Finding::fail(subject, "the account is synchronized from an on-premises directory"),
            (_, Some(anchor)) => Finding::fail(
                subject,
                format!("the account has the on-premises anchor {anchor:?}: it came from a directory, or one can be matched to it"),
            ),
            (_, None) => Finding::pass(subject, "never synchronized"),
        }
    })
}
