//! HG-504

use super::super::facts::{among, same};
use super::super::finding::ObjectKind;
use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::policy::about;
use crate::graph::model::ConditionalAccessPolicy;
use crate::graph::model::conditional_access_policy::ConditionalAccessUsers;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-504",
    name: "mfa-policy-exclusions",
    title: "Nobody is excluded from the policy but whom the configuration names",
    severity: Severity::Warning,
    source: source::ALL_USERS,
    fix: "take the exclusion away, or name it in [emergency.exclude_also] with what you know of it",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    about(facts, |policy| {
        let Some(users) = &policy.conditions.users else {
            return Vec::new();
        };
        let mut lines = by_user(facts, policy, users);
        lines.extend(by_group(facts, policy, users));
        lines.extend(by_role(facts, policy, users));
        if users.exclude_guests_or_external_users.is_some() {
            lines.push(Finding::fail(Object::policy(policy), "guests are excluded"));
        }
        if lines.is_empty() {
            lines.push(Finding::pass(
                Object::policy(policy),
                "nobody but whom the configuration names",
            ));
        }
        lines
    })
}

fn excluded(policy: &ConditionalAccessPolicy, kind: ObjectKind, id: &str) -> Finding {
    let why = format!(
        "{} {id} is excluded, and the configuration does not name it",
        match kind {
            ObjectKind::Member => "user",
            other => other.as_str(),
        }
    );
    Finding::fail(Object::policy(policy), why).about([Object::new(kind, id, None)])
}

fn by_user(
    facts: &Facts<'_>,
    policy: &ConditionalAccessPolicy,
    users: &ConditionalAccessUsers,
) -> Vec<Finding> {
    let ours = facts.account_ids();
    let intended = &facts.desired.exclude_also.users;
    let foreign = users
        .exclude_users
        .iter()
        .filter(|id| id.as_str() != "None" && !among(&ours, id) && !among(intended, id));
    let unread = facts.unread_account();
    foreign
        .map(|id| match unread {
            // It may be the one that could not be read.
            Some(unread) => Finding::unread(Object::policy(policy), "an emergency account", unread)
                .about([Object::new(ObjectKind::Member, id, None)]),
            None => excluded(policy, ObjectKind::Member, id),
        })
        .collect()
}

fn by_group(
    facts: &Facts<'_>,
    policy: &ConditionalAccessPolicy,
    users: &ConditionalAccessUsers,
) -> Vec<Finding> {
    let intended = &facts.desired.exclude_also.groups;
    let others = users
        .exclude_groups
        .iter()
        .filter(|id| !among(intended, id));
    others
        .filter_map(|id| match &facts.snapshot.group {
            Ok(Some(group)) if same(&group.group.id, id) => None,
            Ok(_) => Some(excluded(policy, ObjectKind::Group, id)),
            Err(unread) => Some(
                Finding::unread(Object::policy(policy), "the group of the accounts", unread)
                    .about([Object::new(ObjectKind::Group, id, None)]),
            ),
        })
        .collect()
}

fn by_role(
    facts: &Facts<'_>,
    policy: &ConditionalAccessPolicy,
    users: &ConditionalAccessUsers,
) -> Vec<Finding> {
    let intended = &facts.desired.exclude_also.roles;
    let others = users.exclude_roles.iter().filter(|id| !among(intended, id));
    others
        .map(|id| excluded(policy, ObjectKind::Role, id))
        .collect()
}
