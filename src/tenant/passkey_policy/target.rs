//! Whether the policy means the account: its targets, and the groups that they name.

use super::{Account, Policy, Ruling};
use crate::graph::model::PasskeyAuthenticationMethodTarget as Target;
use crate::tenant::Setting;

/// The target that covers every account.
const ALL_USERS: &str = "all_users";

/// Whether the policy needs to know the account's groups.
#[must_use]
pub fn asks_for_groups(policy: &Policy) -> bool {
    let targets = [&policy.include_targets, &policy.exclude_targets];
    targets
        .into_iter()
        .flatten()
        .flatten()
        .any(|target| target.id != ALL_USERS && !names_a_user(target))
}

/// Whether a target includes the account.
#[must_use]
pub fn included(policy: &Policy, account: Account<'_>) -> Ruling {
    let Some(targets) = &policy.include_targets else {
        return Ruling::unknown("the policy does not show its includeTargets");
    };
    match covers_any(targets, account) {
        Some(true) => Ruling::allowed("includeTargets: the account is included"),
        Some(false) => Ruling::refused(
            Setting::IncludeTargets,
            "includeTargets: none of them covers the account",
        ),
        None => Ruling::unknown(
            "the account's groups could not be read, so it is open whether includeTargets covers it",
        ),
    }
}

/// Whether a target takes the account out again.
#[must_use]
pub fn excluded(policy: &Policy, account: Account<'_>) -> Ruling {
    let Some(targets) = &policy.exclude_targets else {
        return Ruling::unknown("the policy does not show its excludeTargets");
    };
    match covers_any(targets, account) {
        Some(true) => Ruling::refused(
            Setting::ExcludeTargets,
            "excludeTargets: the account is excluded",
        ),
        Some(false) => Ruling::allowed("excludeTargets: the account is not excluded"),
        None => Ruling::unknown(
            "the account's groups could not be read, and one of them may be in excludeTargets",
        ),
    }
}

/// The targets that include the account, each with whether that is certain.
pub(super) fn covering<'a>(
    policy: &'a Policy,
    account: Account<'_>,
) -> impl Iterator<Item = (&'a Target, bool)> {
    let targets = policy.include_targets.iter().flatten();
    targets.filter_map(move |target| match covers(target, account) {
        Some(true) => Some((target, true)),
        Some(false) => None,
        None => Some((target, false)),
    })
}

/// Whether one of the targets covers the account; `None` if that depends on groups that could not be read.
fn covers_any(targets: &[Target], account: Account<'_>) -> Option<bool> {
    let mut open = false;
    for target in targets {
        match covers(target, account) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => open = true,
        }
    }
    (!open).then_some(false)
}

fn covers(target: &Target, account: Account<'_>) -> Option<bool> {
    if target.id == ALL_USERS {
        return Some(true);
    }
    if names_a_user(target) {
        return Some(target.id.eq_ignore_ascii_case(account.id));
    }
    let groups = account.groups?;
    Some(
        groups
            .iter()
            .any(|group| group.eq_ignore_ascii_case(&target.id)),
    )
}

fn names_a_user(target: &Target) -> bool {
    target.target_type.as_deref() == Some("user")
}
