//! What the checks look at: what was read of the tenant, what it is to be like, and what the ledger knows.

use jiff::Timestamp;

use super::finding::{Finding, Object};
use crate::graph::model::User;
use crate::tenant::desired::Desired;
use crate::tenant::read::{Read, Unread};
use crate::tenant::snapshot::{Account, Snapshot};

/// All facts. What could not be read is one of them.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// What was read of the tenant.
    pub snapshot: &'a Snapshot,
    /// What it is to be like.
    pub desired: &'a Desired,
    /// What the ledger knows.
    pub ledger: &'a Read<LedgerFacts>,
    /// Now, by the clock of who asks.
    pub now: Timestamp,
}

/// What a ledger knows of the emergency accounts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerFacts {
    /// The keys in service.
    pub keys: Vec<LedgerKey>,
    /// When the tenant was last reviewed.
    pub last_review: Option<Timestamp>,
}

/// A key in service, as a ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerKey {
    /// The object id of its account.
    pub account: String,
    /// What people call it.
    pub label: String,
    /// The id of its registration in the tenant.
    pub method_id: String,
    /// Its credential, which the directory may name instead.
    pub credential_id: Vec<u8>,
    /// When it last proved by a signature that it works.
    pub last_proof: Option<Timestamp>,
}

impl<'a> Facts<'a> {
    /// What was read of the accounts that the configuration names. Others in the snapshot are somebody else's.
    pub(super) fn accounts(&self) -> impl Iterator<Item = &'a Account> + use<'a> {
        let wanted = &self.desired.accounts;
        self.snapshot.accounts.iter().filter(|account| {
            let is_meant = |one: &crate::tenant::desired::Account| {
                one.name.eq_ignore_ascii_case(&account.name)
            };
            wanted.iter().any(is_meant)
        })
    }

    /// The object ids of those that exist.
    pub(super) fn account_ids(&self) -> Vec<&'a str> {
        self.accounts()
            .filter_map(user)
            .map(|user| user.id.as_str())
            .collect()
    }

    /// Why the object id of an account is not known, if there is such an account: somebody who seems a stranger may be it.
    pub(super) fn unread_account(&self) -> Option<&'a Unread> {
        self.accounts().find_map(|one| one.user.as_ref().err())
    }

    /// A line, or several, for each account that exists; where it is not known whether it does, that is the line.
    pub(super) fn for_each_account(
        &self,
        lines: impl Fn(&'a Account, &'a User) -> Vec<Finding>,
    ) -> Vec<Finding> {
        let found: Vec<Finding> = self
            .accounts()
            .flat_map(|account| match &account.user {
                Ok(Some(user)) => lines(account, user),
                Ok(None) => vec![Finding::not_applicable(
                    Object::account(account),
                    "there is no such account",
                )],
                Err(unread) => {
                    let subject = Object::account(account);
                    vec![Finding::unread(subject, "the account", unread)]
                }
            })
            .collect();
        match found.is_empty() {
            true => vec![Finding::no_account()],
            false => found,
        }
    }

    /// Exactly one line for each account that exists.
    pub(super) fn per_account(
        &self,
        line: impl Fn(&'a Account, &'a User) -> Finding,
    ) -> Vec<Finding> {
        self.for_each_account(|account, user| vec![line(account, user)])
    }
}

/// The user behind an account, if there is one and it could be read.
pub(super) fn user(account: &Account) -> Option<&User> {
    account.user.as_ref().ok()?.as_ref()
}

/// Whether two ids are the same: the service writes them in either case.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Whether an id is among these.
pub(super) fn among<S: AsRef<str>>(ids: &[S], id: &str) -> bool {
    ids.iter().any(|one| same(one.as_ref(), id))
}

/// Days between two moments, of which the second is the later one; negative otherwise.
pub(super) fn days(from: Timestamp, to: Timestamp) -> i64 {
    to.duration_since(from).as_hours().div_euclid(24)
}
