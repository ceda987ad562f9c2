//! HG-601

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::per_account;
use crate::tenant::passkey_policy::{Ruling, excluded, included, state};

pub(in super::super) const CHECK: Check = Check {
    id: "HG-601",
    name: "passkeys-enabled",
    title: "Passkeys are enabled for the accounts",
    severity: Severity::Error,
    source: source::PASSKEYS,
    fix: "Authentication methods > Policies > Passkey (FIDO2): enable it, and include a group of the accounts without excluding another",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    per_account(facts, |policy, account, subject| {
        let rulings = [
            state(policy),
            included(policy, account),
            excluded(policy, account),
        ];
        line(subject, &rulings)
    })
}

/// One refusal is enough; then what is open counts.
fn line(subject: Object, rulings: &[Ruling]) -> Finding {
    let refused = rulings.iter().find_map(|one| match one {
        Ruling::Refused { by, .. } => Some(by),
        _ => None,
    });
    let open = rulings.iter().find_map(|one| match one {
        Ruling::Unknown { why } => Some(why),
        _ => None,
    });
    match (refused, open) {
        (Some(by), _) => Finding::fail(subject, by.clone()),
        (None, Some(why)) => Finding::unknown(subject, why.clone()),
        (None, None) => Finding::pass(subject, "enabled, included, and not excluded"),
    }
}
