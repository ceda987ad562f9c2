//! HG-303

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::{name, per_key};
use crate::graph::model::AttestationLevel;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-303",
    name: "keys-attested",
    title: "The service has verified the attestation of every registered key",
    severity: Severity::Warning,
    source: source::PASSKEYS,
    fix: "replace the key by one whose attestation leads to FIDO's metadata; `halligan reconcile` says what the ledger knows of it",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    per_key(facts, |account, key| {
        let (subject, name) = (Object::account(account), name(key));
        match &key.attestation_level {
            Some(AttestationLevel::Attested) => {
                Finding::pass(subject, format!("{name} is attested"))
            }
            Some(AttestationLevel::NotAttested) => Finding::fail(
                subject,
                format!("{name} is not attested: nobody but the key says what it is"),
            ),
            Some(AttestationLevel::Unknown(level)) => Finding::unknown(
                subject,
                format!("{name} has the attestation level {level:?}, which is not known here"),
            ),
            None => Finding::unknown(
                subject,
                format!("the attestation level of {name} is not shown"),
            ),
        }
    })
}
