//! HG-205

use super::super::facts::{among, same};
use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::holders::{Holder, WHOLE_TENANT, distinct, holders};
use crate::graph::model::{Membership, User};
use crate::tenant::preflight::{
    GLOBAL_ADMINISTRATOR, PRIVILEGED_AUTHENTICATION_ADMINISTRATOR, permission,
};
use crate::tenant::read::{Read, Unread};
use crate::tenant::snapshot::Account;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-205",
    name: "who-can-reset",
    title: "Nobody else can give themselves a way into the accounts",
    severity: Severity::Note,
    source: source::RESTRICTED_UNITS,
    fix: "know them all; make them eligible instead of active, or put the accounts into a restricted management administrative unit",
    run,
};

/// The roles that reset a Global Administrator's password, register methods and issue Temporary Access Passes.
const ROLES: [(&str, &str); 3] = [
    (GLOBAL_ADMINISTRATOR, "Global Administrator"),
    // Assigns either of the others to itself.
    (
        "e8611ab8-c189-46e8-94e1-60213ab1f814",
        "Privileged Role Administrator",
    ),
    (
        PRIVILEGED_AUTHENTICATION_ADMINISTRATOR,
        "Privileged Authentication Administrator",
    ),
];

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    facts.for_each_account(|account, user| {
        let lines = ROLES.iter().map(|role| line(facts, account, user, role));
        lines.collect()
    })
}

fn line(facts: &Facts<'_>, account: &Account, user: &User, (role, name): &(&str, &str)) -> Finding {
    let subject = Object::account(account);
    let reaching = holders(facts, role).and_then(|all| reaching(all, account, user));
    let reaching = match reaching {
        Ok(reaching) => reaching,
        Err(unread) => {
            return Finding::unread(
                subject,
                &format!("who reaches the account as {name}"),
                &unread,
            );
        }
    };
    let ours = facts.account_ids();
    let others: Vec<Holder> = reaching
        .into_iter()
        .filter(|one| !one.object.id.as_ref().is_some_and(|id| among(&ours, id)))
        .collect();
    match (others.as_slice(), facts.unread_account()) {
        ([], _) => Finding::pass(
            subject,
            format!("nobody but the emergency accounts as {name}"),
        ),
        // One of them may be the account that could not be read.
        (others, Some(unread)) => {
            Finding::unread(subject, "an account", unread).about(distinct(others))
        }
        (others, None) => {
            let named: Vec<String> = others.iter().map(describe).collect();
            let why = format!("as {name}: {}", named.join(", "));
            Finding::fail(subject, why).about(distinct(others))
        }
    }
}

fn describe(holder: &Holder) -> String {
    match &holder.by {
        Some(group) => format!("{} (by group {group:?})", holder.object.name),
        None => holder.object.name.clone(),
    }
}

/// Those whose role reaches the account: roles of the whole tenant end at a restricted unit, and roles in a unit count there.
fn reaching(all: Vec<Holder>, account: &Account, user: &User) -> Read<Vec<Holder>> {
    let is_restricted = user.is_management_restricted == Some(true);
    let units = units(account);
    let mut reaching = Vec::new();
    for holder in all {
        let unit = holder.scope.strip_prefix("/administrativeUnits/");
        let reaches = match unit {
            None => holder.scope == WHOLE_TENANT && !is_restricted,
            Some(unit) => among(units.as_ref().map_err(Clone::clone)?, unit),
        };
        if reaches {
            reaching.push(holder);
        }
    }
    Ok(reaching)
}

fn units(account: &Account) -> Read<Vec<&str>> {
    let memberships = account.memberships.as_ref().map_err(|unread| Unread {
        why: format!(
            "the account's administrative units could not be read: {}",
            unread.why
        ),
        permission: Some(permission::ADMINISTRATIVE_UNITS),
    })?;
    let is_unit = |one: &&Membership| one.kind().is_none_or(|kind| same(kind, Membership::UNIT));
    Ok(memberships
        .iter()
        .filter(is_unit)
        .map(|one| one.id.as_str())
        .collect())
}
