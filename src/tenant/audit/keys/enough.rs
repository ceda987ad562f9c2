//! HG-301

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::object;
use crate::graph::model::{Fido2AuthenticationMethod as Method, PasskeyType};

pub(in super::super) const CHECK: Check = Check {
    id: "HG-301",
    name: "keys-per-account",
    title: "Every account has as many device-bound keys as the configuration asks for",
    severity: Severity::Error,
    source: source::EMERGENCY_ACCESS,
    fix: "enrol another key: `halligan enroll --account ACCOUNT --label LABEL`",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    let wanted = facts.desired.keys_per_account;
    facts.per_account(|account, _| {
        let subject = Object::account(account);
        let keys = match &account.keys {
            Ok(keys) => keys,
            Err(unread) => return Finding::unread(subject, "the registered keys", unread),
        };
        let count = |is_meant: fn(&Method) -> bool| keys.iter().filter(|key| is_meant(key)).count();
        let bound = count(|key| key.passkey_type == Some(PasskeyType::DeviceBound));
        let open = count(|key| {
            !matches!(
                key.passkey_type,
                Some(PasskeyType::DeviceBound | PasskeyType::Synced)
            )
        });
        let plural = if bound == 1 { "" } else { "s" };
        let said = format!("{bound} device-bound key{plural}, {wanted} wanted");
        let line = if bound >= wanted {
            Finding::pass(subject, said)
        } else if bound + open >= wanted {
            Finding::unknown(
                subject,
                format!(
                    "{said}; of {open} the service does not show whether they are device-bound"
                ),
            )
        } else {
            Finding::fail(subject, said)
        };
        line.about(keys.iter().map(object))
    })
}
