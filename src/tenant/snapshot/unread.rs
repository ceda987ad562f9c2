//! Which parts of a snapshot are missing.

use super::{Account, Snapshot};
use crate::tenant::read::{Read, Unread};

/// A part that was asked for and could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnreadPart<'a> {
    /// The account that it is about, by its name in the configuration; none for the tenant.
    pub account: Option<&'a str>,
    /// The member of the document.
    pub part: &'static str,
    /// Why.
    pub unread: &'a Unread,
}

impl Snapshot {
    /// The parts that were asked for and could not be read. Of an account that is not there, or not shown, nothing but that is
    /// told.
    #[must_use]
    pub fn unread(&self) -> Vec<UnreadPart<'_>> {
        let mut parts = Parts::of(None);
        parts.look("organization", &self.organization);
        parts.look("domains", &self.domains);
        parts.look("group", &self.group);
        if let Ok(Some(group)) = &self.group {
            parts.look("group.transitive_members", &group.transitive_members);
            parts.look("group.owners", &group.owners);
        }
        parts.look("policies", &self.policies);
        parts.look("strengths", &self.strengths);
        parts.look("named_locations", &self.named_locations);
        parts.look("security_defaults", &self.security_defaults);
        parts.look("passkeys", &self.passkeys);
        parts.look("role_assignments", &self.role_assignments);
        parts.look("role_holders", &self.role_holders);
        parts.look("role_groups", &self.role_groups);
        parts.look("access_reviews", &self.access_reviews);
        parts.look("lifecycle_workflows", &self.lifecycle_workflows);
        let accounts = self.accounts.iter().chain(&self.regular);
        parts
            .found
            .into_iter()
            .chain(accounts.flat_map(of_account))
            .collect()
    }
}

fn of_account(account: &Account) -> Vec<UnreadPart<'_>> {
    let mut parts = Parts::of(Some(&account.name));
    parts.look("user", &account.user);
    if let Ok(Some(_)) = &account.user {
        parts.look("memberships", &account.memberships);
        parts.look("edges", &account.edges);
        parts.look("keys", &account.keys);
        parts.look("methods", &account.methods);
        parts.look("role_schedules", &account.role_schedules);
        parts.look("role_eligibilities", &account.role_eligibilities);
        parts.look("per_user_mfa", &account.per_user_mfa);
        parts.look("sign_ins", &account.sign_ins);
    }
    parts.found
}

struct Parts<'a> {
    account: Option<&'a str>,
    found: Vec<UnreadPart<'a>>,
}

impl<'a> Parts<'a> {
    fn of(account: Option<&'a str>) -> Self {
        let found = Vec::new();
        Self { account, found }
    }

    fn look<T>(&mut self, part: &'static str, read: &'a Read<T>) {
        if let Err(unread) = read
            && *unread != Unread::not_asked()
        {
            let account = self.account;
            self.found.push(UnreadPart {
                account,
                part,
                unread,
            });
        }
    }
}
