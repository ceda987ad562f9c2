//! HG-102

use super::super::facts::{Facts, user};
use super::super::finding::ObjectKind;
use super::super::{Check, Finding, Object, Severity, source};
use crate::tenant::desired;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-102",
    name: "account-exists",
    title: "Every account of the configuration exists",
    severity: Severity::Error,
    source: source::EMERGENCY_ACCESS,
    fix: "make the account with `halligan tenant plan` and `apply`, or take it out of the configuration",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    let wanted = facts.desired.accounts.iter();
    wanted.map(|one| line(facts, one)).collect()
}

fn line(facts: &Facts<'_>, wanted: &desired::Account) -> Finding {
    let read = facts
        .accounts()
        .find(|one| one.name.eq_ignore_ascii_case(&wanted.name));
    let Some(account) = read else {
        let subject = Object {
            kind: ObjectKind::Account,
            id: None,
            name: wanted.name.clone(),
        };
        return Finding::unknown(subject, "the snapshot was taken without it");
    };
    let subject = Object::account(account);
    match (&account.user, user(account)) {
        (Err(unread), _) => Finding::unread(subject, "the account", unread),
        (Ok(_), None) => Finding::fail(subject, "there is no user of this name"),
        (Ok(_), Some(user)) => Finding::pass(subject, format!("object id {}", user.id)),
    }
}
