//! Who holds a role, with those who hold it by a group.

use super::super::facts::{Facts, same};
use super::super::finding::Object;
use crate::graph::model::{DirectoryObject, UnifiedRoleAssignment};
use crate::tenant::read::{Read, Unread};

/// Where a role counts for everything.
pub(super) const WHOLE_TENANT: &str = "/";

/// Somebody who holds a role.
pub(super) struct Holder {
    /// Who.
    pub(super) object: Object,
    /// The group by which they do.
    pub(super) by: Option<String>,
    /// Where it counts.
    pub(super) scope: String,
}

/// Everybody who holds the role, groups taken apart. A group whose members could not be read makes all of it unread.
pub(super) fn holders(facts: &Facts<'_>, role: &str) -> Read<Vec<Holder>> {
    let assignments = facts.snapshot.role_assignments.as_ref();
    let assignments = assignments.map_err(Clone::clone)?;
    let mut holders = Vec::new();
    for one in assignments {
        if same(&one.role_definition_id, role) {
            add(facts, one, &mut holders)?;
        }
    }
    Ok(holders)
}

fn add(
    facts: &Facts<'_>,
    assignment: &UnifiedRoleAssignment,
    holders: &mut Vec<Holder>,
) -> Read<()> {
    let principal = &assignment.principal_id;
    let scope = assignment.directory_scope_id.as_deref();
    let scope = scope.unwrap_or_default().to_owned();
    let known = facts.snapshot.role_holders.as_ref().map_err(Clone::clone)?;
    let object = known.iter().find(|one| same(&one.id, principal));
    let Some(object) = object else {
        return Err(Unread {
            why: format!("who {principal} is, is not shown"),
            permission: None,
        });
    };
    if object.kind() != Some("group") {
        holders.push(Holder {
            object: Object::member(object),
            by: None,
            scope,
        });
        return Ok(());
    }
    for member in members(facts, principal)? {
        holders.push(Holder {
            object: Object::member(member),
            by: Some(name(object).to_owned()),
            scope: scope.clone(),
        });
    }
    Ok(())
}

fn members<'a>(facts: &Facts<'a>, group: &str) -> Read<&'a [DirectoryObject]> {
    let groups = facts.snapshot.role_groups.as_ref().map_err(Clone::clone)?;
    let found = groups.iter().find(|one| same(&one.group, group));
    found
        .map(|one| one.members.as_slice())
        .ok_or_else(|| Unread {
            why: format!("the members of group {group}, which holds the role, are not shown"),
            permission: Some("RoleManagement.Read.Directory".into()),
        })
}

fn name(group: &DirectoryObject) -> &str {
    group.display_name.as_deref().unwrap_or(&group.id)
}

/// Several of them, each once, for people.
pub(super) fn distinct(holders: &[Holder]) -> Vec<Object> {
    let mut distinct: Vec<Object> = Vec::new();
    for holder in holders {
        if !distinct.contains(&holder.object) {
            distinct.push(holder.object.clone());
        }
    }
    distinct
}
