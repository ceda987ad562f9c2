//! HG-302

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::{name, per_key};
use crate::graph::model::Fido2AuthenticationMethod as Method;
use crate::tenant::passkey_policy::Ruling;
use crate::tenant::snapshot::Account;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-302",
    name: "keys-accepted-now",
    title: "The passkey policy lets every registered key sign in",
    severity: Severity::Error,
    source: source::PASSKEYS,
    fix: "allow the key's model in a passkey profile of the account, or take the account out of what excludes it; `halligan tenant preflight --key LABEL` shows the setting",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    per_key(facts, |account, key| line(facts, account, key))
}

fn line(facts: &Facts<'_>, account: &Account, key: &Method) -> Finding {
    let subject = Object::account(account);
    if let Err(unread) = &facts.snapshot.passkeys {
        return Finding::unread(subject, "the passkey policy", unread);
    }
    let name = name(key);
    match facts.snapshot.sign_in_with(key, account) {
        Ruling::Allowed { by } => Finding::pass(subject, format!("{name}: {by}")),
        Ruling::Refused { by, .. } => {
            Finding::fail(subject, format!("{name} cannot sign in: {by}"))
        }
        Ruling::Unknown { why } => Finding {
            permission: account
                .memberships
                .as_ref()
                .err()
                .and_then(|unread| unread.permission.clone()),
            ..Finding::unknown(subject, format!("{name}: {why}"))
        },
    }
}
