//! HG-3xx: keys, and other ways in.

pub(super) mod accepted;
pub(super) mod attested;
pub(super) mod device_bound;
pub(super) mod enough;
pub(super) mod ledger;
pub(super) mod methods;
pub(super) mod models;
pub(super) mod proven;
pub(super) mod temporary_access_pass;

use super::finding::{Object, ObjectKind};
use super::{Facts, Finding};
use crate::graph::model::Fido2AuthenticationMethod;
use crate::tenant::snapshot::Account;

/// A line for each registered key of each account; an account without keys has a line that says so.
fn per_key(
    facts: &Facts<'_>,
    line: impl Fn(&Account, &Fido2AuthenticationMethod) -> Finding,
) -> Vec<Finding> {
    facts.for_each_account(|account, _| {
        let subject = || Object::account(account);
        match &account.keys {
            Err(unread) => vec![Finding::unread(subject(), "the registered keys", unread)],
            Ok(keys) if keys.is_empty() => {
                vec![Finding::not_applicable(subject(), "no key is registered")]
            }
            Ok(keys) => {
                let lines = keys
                    .iter()
                    .map(|key| line(account, key).about([object(key)]));
                lines.collect()
            }
        }
    })
}

fn object(key: &Fido2AuthenticationMethod) -> Object {
    Object::new(ObjectKind::Key, &key.id, key.display_name.as_deref())
}

fn name(key: &Fido2AuthenticationMethod) -> &str {
    key.display_name.as_deref().unwrap_or(&key.id)
}
