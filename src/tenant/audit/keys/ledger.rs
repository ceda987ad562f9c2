//! HG-307

use super::super::facts::{LedgerFacts, LedgerKey, same};
use super::super::finding::ObjectKind;
use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::{name, object};
use crate::encoding::base64url;
use crate::graph::model::{Fido2AuthenticationMethod as Method, User};
use crate::tenant::snapshot::Account;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-307",
    name: "keys-in-ledger",
    title: "Ledger and tenant know the same keys",
    severity: Severity::Warning,
    source: source::EMERGENCY_ACCESS,
    fix: "`halligan reconcile` compares them one by one: delete a registration that nobody knows, retire a key that has lost its own",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    facts.for_each_account(|account, user| {
        let subject = || Object::account(account);
        match (&account.keys, facts.ledger) {
            (Err(unread), _) => vec![Finding::unread(subject(), "the registered keys", unread)],
            (_, Err(unread)) => vec![Finding::unread(subject(), "the ledger", unread)],
            (Ok(keys), Ok(ledger)) => compare(account, user, keys, ledger),
        }
    })
}

fn compare(account: &Account, user: &User, keys: &[Method], ledger: &LedgerFacts) -> Vec<Finding> {
    let subject = || Object::account(account);
    let is_of = |key: &Method, one: &LedgerKey| {
        base64url::names_key(&key.id, &one.method_id, &one.credential_id)
    };
    let recorded = |key: &Method| ledger.keys.iter().any(|one| is_of(key, one));
    let foreign = keys.iter().filter(|key| !recorded(key)).map(|key| {
        let why = format!(
            "{} is registered, and the ledger does not know it",
            name(key)
        );
        Finding::fail(subject(), why).about([object(key)])
    });
    let is_registered = |one: &LedgerKey| keys.iter().any(|key| is_of(key, one));
    let of_account = ledger
        .keys
        .iter()
        .filter(|one| same(&one.account, &user.id));
    let lost = of_account.filter(|one| !is_registered(one)).map(|one| {
        let why = format!(
            "{} is in service by the ledger, and is not registered",
            one.label
        );
        let object = Object::new(ObjectKind::Key, &one.method_id, Some(&one.label));
        Finding::fail(subject(), why).about([object])
    });
    let found: Vec<Finding> = foreign.chain(lost).collect();
    match found.is_empty() {
        true => vec![Finding::pass(
            subject(),
            format!("{} keys on both sides", keys.len()),
        )],
        false => found,
    }
}
