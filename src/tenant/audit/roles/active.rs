//! HG-201

use super::super::facts::{among, same};
use super::super::finding::ObjectKind;
use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::holders::WHOLE_TENANT;
use crate::graph::model::{Membership, User};
use crate::tenant::preflight::{GLOBAL_ADMINISTRATOR, permission};
use crate::tenant::read::{Read, Unread};
use crate::tenant::snapshot::Account;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-201",
    name: "global-administrator",
    title: "The accounts are Global Administrators now",
    severity: Severity::Error,
    source: source::ROLES,
    fix: "assign the role Global Administrator to the account, active and for good",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    facts.per_account(|account, user| line(facts, account, user))
}

fn line(facts: &Facts<'_>, account: &Account, user: &User) -> Finding {
    let subject = Object::account(account);
    let role = Object::new(
        ObjectKind::Role,
        GLOBAL_ADMINISTRATOR,
        Some("Global Administrator"),
    );
    let found = match held(facts, account, user) {
        Ok(Some(how)) => Finding::pass(subject, how),
        Ok(None) => Finding::fail(subject, "the account does not hold the role now"),
        Err(unread) => Finding::unread(subject, "who holds the role", &unread),
    };
    found.about([role])
}

/// How the account holds the role now. Two sources say it, and either yes is enough; both are of the moment.
pub(super) fn held(facts: &Facts<'_>, account: &Account, user: &User) -> Read<Option<String>> {
    match (assigned(facts, account, user), is_member(account)) {
        (Ok(Some(how)), _) => Ok(Some(how)),
        (_, Ok(true)) => Ok(Some(
            "the directory lists the role among its memberships".to_owned(),
        )),
        (Ok(None), _) | (_, Ok(false)) => Ok(None),
        (Err(unread), Err(_)) => Err(unread),
    }
}

/// How the role is assigned, in the whole tenant.
fn assigned(facts: &Facts<'_>, account: &Account, user: &User) -> Read<Option<String>> {
    let assignments = facts.snapshot.role_assignments.as_ref();
    let of_role = assignments.map_err(Clone::clone)?.iter().filter(|one| {
        same(&one.role_definition_id, GLOBAL_ADMINISTRATOR)
            && one.directory_scope_id.as_deref() == Some(WHOLE_TENANT)
    });
    let principals: Vec<&str> = of_role.map(|one| one.principal_id.as_str()).collect();
    if among(&principals, &user.id) {
        return Ok(Some("assigned directly".to_owned()));
    }
    let groups = account.memberships.as_ref().map_err(Clone::clone)?;
    let by = groups.iter().find(|group| among(&principals, &group.id));
    Ok(by.map(|group| {
        let name = group.display_name.as_deref().unwrap_or(&group.id);
        format!("assigned to group {name:?}")
    }))
}

/// Whether the role is among the account's memberships. Where a template is missing, the service hides it.
fn is_member(account: &Account) -> Read<bool> {
    let memberships = account.memberships.as_ref().map_err(Clone::clone)?;
    let roles: Vec<&Membership> = memberships
        .iter()
        .filter(|one| one.kind().is_none_or(|kind| kind == Membership::ROLE))
        .collect();
    let templates = |one: &&Membership| one.role_template_id.clone();
    let known: Vec<String> = roles.iter().filter_map(templates).collect();
    match among(&known, GLOBAL_ADMINISTRATOR) {
        false if known.len() < roles.len() => Err(Unread {
            why: "the account's roles are not shown".to_owned(),
            permission: Some(permission::ROLES),
        }),
        found => Ok(found),
    }
}
