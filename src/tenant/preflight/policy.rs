//! What the passkey policy says, setting by setting.

use super::{Account, At, Finding, Read, Subject, Unread};
use crate::attestation::Verdict;
use crate::graph::model::Fido2AuthenticationMethodConfiguration as Policy;
use crate::tenant::passkey_policy::{self, Applied, Key, Purpose, Ruling};

/// The subjects that only the policy answers.
const SUBJECTS: [(Subject, At); 5] = [
    (Subject::State, At::Both),
    (Subject::SelfService, At::Registration),
    (Subject::IncludeTargets, At::Both),
    (Subject::ExcludeTargets, At::Both),
    (Subject::Profile, At::Both),
];

pub(super) fn findings(policy: &Read<Policy>, account: &Account, key: Key) -> Vec<Finding> {
    let policy = match policy {
        Ok(policy) => policy,
        Err(unread) => return all_unread(unread),
    };
    let groups = account.groups();
    let member = passkey_policy::Account {
        id: &account.user.id,
        groups: groups.as_deref(),
    };
    let rulings = [
        passkey_policy::state(policy),
        passkey_policy::self_service(policy),
        passkey_policy::included(policy, member),
        passkey_policy::excluded(policy, member),
    ];
    let lines = SUBJECTS.into_iter().zip(rulings);
    let mut findings: Vec<Finding> = lines
        .map(|((subject, at), ruling)| Finding::ruled(subject, at, ruling))
        .map(|finding| naming_permission(finding, account))
        .collect();
    let applied = passkey_policy::applied(policy, member);
    findings.extend(profiles(&applied, key, At::Registration));
    findings.extend(profiles(&applied, key, At::SignIn));
    findings
}

fn all_unread(unread: &Unread) -> Vec<Finding> {
    let line = |(subject, at)| Finding::unread(subject, at, unread);
    SUBJECTS.map(line).into()
}

/// Targets are open only where the account's groups could not be read.
fn naming_permission(finding: Finding, account: &Account) -> Finding {
    let by_groups = matches!(
        finding.subject,
        Subject::IncludeTargets | Subject::ExcludeTargets
    );
    match (&finding.verdict, &account.memberships) {
        (Verdict::Unknown { .. }, Err(unread)) if by_groups => Finding {
            permission: unread.permission.clone(),
            ..finding
        },
        _ => finding,
    }
}

/// A line for each set of settings. One that takes the key is enough, so that a refusal counts only where all refuse.
fn profiles(applied: &[Applied<'_>], key: Key, at: At) -> Vec<Finding> {
    let subject = Subject::Profile;
    let purpose = match at {
        At::SignIn => Purpose::SignIn,
        At::Both | At::Registration => Purpose::Registration,
    };
    if applied.is_empty() {
        let why = "no passkey profile holds for the account";
        return vec![Finding::not_applicable(subject, at, why)];
    }
    let together = passkey_policy::combined(applied, key, purpose);
    let line = |one: &Applied<'_>| match (one.rule(key, purpose), &together) {
        (Ruling::Refused { by, .. }, Ruling::Allowed { .. } | Ruling::Unknown { .. }) => {
            let why = format!("{by}; one of several that takes the key is enough");
            Finding::not_applicable(subject, at, why)
        }
        (Ruling::Unknown { why }, Ruling::Allowed { .. }) => {
            let why = format!("{why}; another takes the key, which is enough");
            Finding::not_applicable(subject, at, why)
        }
        (ruling, _) => Finding::ruled(subject, at, ruling),
    };
    applied.iter().map(line).collect()
}
