//! HG-6xx: the passkey policy.

pub(super) mod attestation;
pub(super) mod enabled;
pub(super) mod self_service;

use super::{Facts, Finding, Object};
use crate::graph::model::Fido2AuthenticationMethodConfiguration as Policy;
use crate::tenant::passkey_policy;

/// A line for each account, by the passkey policy.
fn per_account(
    facts: &Facts<'_>,
    line: impl Fn(&Policy, passkey_policy::Account<'_>, Object) -> Finding,
) -> Vec<Finding> {
    facts.per_account(|account, user| {
        let subject = Object::account(account);
        let policy = match &facts.snapshot.passkeys {
            Ok(policy) => policy,
            Err(unread) => return Finding::unread(subject, "the passkey policy", unread),
        };
        let groups = account.person().and_then(|person| person.groups);
        let member = passkey_policy::Account {
            id: &user.id,
            groups: groups.as_deref(),
        };
        let line = line(policy, member, subject);
        let open = matches!(line.verdict, crate::attestation::Verdict::Unknown { .. });
        let unread = account.memberships.as_ref().err().filter(|_| open);
        Finding {
            permission: unread.and_then(|unread| unread.permission.clone()),
            ..line
        }
    })
}
