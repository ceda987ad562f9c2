//! HG-402

use super::super::facts::{among, same};
use super::super::{Check, Facts, Finding, Object, Severity, source};
use crate::graph::model::DirectoryObject;
use crate::tenant::desired::GroupReference;
use crate::tenant::snapshot::ExclusionGroup;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-402",
    name: "group-members",
    title: "The group has the emergency accounts as its members, and nobody else",
    severity: Severity::Error,
    source: source::CONDITIONAL_ACCESS,
    fix: "make the group if there is none (`halligan tenant plan`), add the account that is missing, and take out who does not belong there: everybody in it is kept out of the policies",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    let tenant = Object::tenant();
    match &facts.snapshot.group {
        Err(unread) => vec![Finding::unread(tenant, "the group of the accounts", unread)],
        Ok(None) => {
            let why = match &facts.desired.group.reference {
                GroupReference::Id(id) => format!("there is no group with the id {id}"),
                GroupReference::Name(name) => format!("there is no group {name:?}"),
            };
            vec![Finding::fail(tenant, why)]
        }
        Ok(Some(group)) => lines(facts, group),
    }
}

fn lines(facts: &Facts<'_>, group: &ExclusionGroup) -> Vec<Finding> {
    let subject = || Object::group(&group.group);
    let members = match &group.transitive_members {
        Ok(members) => members,
        Err(unread) => return vec![Finding::unread(subject(), "the group's members", unread)],
    };
    let mut lines: Vec<Finding> = Vec::new();
    if group.group.security_enabled == Some(false) {
        lines.push(Finding::fail(
            subject(),
            "it is no security group: no policy can exclude it",
        ));
    }
    lines.extend(missing(facts, group, members));
    let ours = facts.account_ids();
    // Groups in between are shown with their members; those count.
    let foreign = members
        .iter()
        .filter(|one| one.kind() != Some("group") && !among(&ours, &one.id));
    // It may be the account that could not be read.
    let unread = facts.unread_account();
    lines.extend(foreign.map(|one| {
        let object = Object::member(one);
        let why = format!("{} is in it, and is no emergency account", object.name);
        let line = match unread {
            Some(unread) => Finding::unread(subject(), "an account", unread),
            None => Finding::fail(subject(), why),
        };
        line.about([object])
    }));
    if lines.is_empty() {
        let said = format!("{} members, all of them emergency accounts", members.len());
        lines.push(Finding::pass(subject(), said));
    }
    lines
}

fn missing(facts: &Facts<'_>, group: &ExclusionGroup, members: &[DirectoryObject]) -> Vec<Finding> {
    let subject = || Object::group(&group.group);
    let mut lines = Vec::new();
    for account in facts.accounts() {
        let object = Object::account(account);
        match &account.user {
            Err(unread) => lines.push(Finding::unread(subject(), "an account", unread)),
            Ok(Some(user)) if !members.iter().any(|one| same(&one.id, &user.id)) => {
                let why = format!("{} is not in it", object.name);
                lines.push(Finding::fail(subject(), why).about([object]));
            }
            Ok(_) => {}
        }
    }
    lines
}
