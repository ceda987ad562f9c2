//! HG-302

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::{name, object};
use crate::graph::model::{Fido2AuthenticationMethod as Method, User};
use crate::tenant::passkey_policy::{self, Attestation, Key, Purpose, Ruling};
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
    facts.for_each_account(|account, user| {
        let subject = || Object::account(account);
        match &account.keys {
            Err(unread) => vec![Finding::unread(subject(), "the registered keys", unread)],
            Ok(keys) if keys.is_empty() => {
                vec![Finding::not_applicable(subject(), "no key is registered")]
            }
            Ok(keys) => {
                let line = |key| line(facts, account, user, key).about([object(key)]);
                keys.iter().map(line).collect()
            }
        }
    })
}

fn line(facts: &Facts<'_>, account: &Account, user: &User, key: &Method) -> Finding {
    let subject = Object::account(account);
    let policy = match &facts.snapshot.passkeys {
        Ok(policy) => policy,
        Err(unread) => return Finding::unread(subject, "the passkey policy", unread),
    };
    let person = account.person();
    let groups = person.and_then(|person| person.groups);
    let member = passkey_policy::Account {
        id: &user.id,
        groups: groups.as_deref(),
    };
    // At a sign-in the attestation does not count.
    let in_question = Key {
        aaguid: key.aaguid(),
        attestation: Attestation::Unknown,
    };
    let name = name(key);
    match passkey_policy::rule(policy, member, in_question, Purpose::SignIn) {
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
