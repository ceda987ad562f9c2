//! HG-603

use super::super::{Check, Facts, Finding, Severity, source};
use super::per_account;
use crate::tenant::passkey_policy::{Attestation, Key, Purpose, Ruling, applied};

pub(in super::super) const CHECK: Check = Check {
    id: "HG-603",
    name: "attestation-enforced",
    title: "Nobody can register a key for the accounts that does not prove what it is",
    severity: Severity::Note,
    source: source::PASSKEYS,
    fix: "give the group of the accounts a passkey profile of its own that enforces attestation",
    run,
};

/// Asks the policy about a key that proves nothing, of a model that nobody has chosen.
fn run(facts: &Facts<'_>) -> Vec<Finding> {
    per_account(facts, |policy, account, subject| {
        let unproven = Key {
            aaguid: None,
            attestation: Attestation::None,
        };
        let settings = applied(policy, account);
        let mut open = None;
        for one in &settings {
            match one.rule(unproven, Purpose::Registration) {
                Ruling::Refused { .. } => {}
                Ruling::Allowed { by } => return Finding::fail(subject, by),
                Ruling::Unknown { why } => open = open.or(Some(why)),
            }
        }
        match open {
            Some(why) => Finding::unknown(subject, why),
            None if settings.is_empty() => {
                Finding::not_applicable(subject, "no passkey profile holds for the account")
            }
            None => Finding::pass(subject, "every profile of the account enforces attestation"),
        }
    })
}
