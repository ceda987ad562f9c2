//! HG-306

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::{name, per_key};
use crate::graph::model::PasskeyType;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-306",
    name: "keys-device-bound",
    title: "No passkey of the accounts can be copied",
    severity: Severity::Warning,
    source: source::EMERGENCY_ACCESS,
    fix: "delete the synced passkey of the account, after a device-bound key is enrolled",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    per_key(facts, |account, key| {
        let (subject, name) = (Object::account(account), name(key));
        match &key.passkey_type {
            Some(PasskeyType::DeviceBound) => {
                Finding::pass(subject, format!("{name} is bound to its device"))
            }
            Some(PasskeyType::Synced) => Finding::fail(
                subject,
                format!("{name} is synced: it is in somebody's account with a passkey provider"),
            ),
            Some(PasskeyType::Unknown(kind)) => Finding::unknown(
                subject,
                format!("{name} is of the type {kind:?}, which is not known here"),
            ),
            None => Finding::unknown(
                subject,
                format!("whether {name} is bound to its device is not shown"),
            ),
        }
    })
}
