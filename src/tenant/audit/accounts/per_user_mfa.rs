//! HG-109

use super::super::{Check, Facts, Finding, Object, Severity, source};

pub(in super::super) const CHECK: Check = Check {
    id: "HG-109",
    name: "per-user-mfa",
    title: "Per-user multifactor authentication is off for the accounts",
    severity: Severity::Warning,
    source: source::PER_USER_MFA,
    fix: "disable it: Users > Per-user MFA > the account > Disable MFA; no exclusion of a policy takes it back",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    facts.per_account(|account, _| {
        let subject = Object::account(account);
        let state = match &account.per_user_mfa {
            Ok(read) => read.per_user_mfa_state.as_deref(),
            Err(unread) => return Finding::unread(subject, "per-user MFA", unread),
        };
        match state {
            Some("disabled") => Finding::pass(subject, "disabled"),
            Some(state @ ("enabled" | "enforced")) => Finding::fail(
                subject,
                format!(
                    "per-user MFA is {state}: it asks at every sign-in, whatever policies exclude"
                ),
            ),
            Some(other) => Finding::unknown(
                subject,
                format!("per-user MFA is {other:?}, which is not known here"),
            ),
            None => Finding::unknown(subject, "the state of per-user MFA is not shown"),
        }
    })
}
