//! Who is in which group and who has which role.

use serde_json::{Value, json};

use crate::simulator::audit::activity::{Activity, Modified, Target};
use crate::simulator::tenant::{Group, RoleAssignment, Standing, State, WHOLE_TENANT};

const GROUPS: &str = "GroupManagement";

/// Members and owners that came and went.
pub(super) fn of_group(then: &Group, now: &Group, after: &State) -> Vec<Activity> {
    let missing = |list: &[String], from: &[String]| -> Vec<String> {
        let gone = list.iter().filter(|id| !from.contains(id));
        gone.cloned().collect()
    };
    let joined = missing(&now.members, &then.members);
    let left = missing(&then.members, &now.members);
    let owners = missing(&now.owners, &then.owners);
    let no_owners = missing(&then.owners, &now.owners);
    let joined = joined
        .iter()
        .map(|id| within(after, now, id, "Add member to group", "Assign"));
    let left = left
        .iter()
        .map(|id| within(after, now, id, "Remove member from group", "Unassign"));
    let owners = owners
        .iter()
        .map(|id| within(after, now, id, "Add owner to group", "Assign"));
    let no_owners = no_owners
        .iter()
        .map(|id| within(after, now, id, "Remove owner from group", "Unassign"));
    joined.chain(left).chain(owners).chain(no_owners).collect()
}

/// That somebody is in a group by what is kept of the user.
pub(super) fn joined(after: &State, group: &str, member: &str) -> Option<Activity> {
    let group = after.group(group)?;
    Some(within(
        after,
        group,
        member,
        "Add member to group",
        "Assign",
    ))
}

/// The same of who is in it no longer.
pub(super) fn left(after: &State, group: &str, member: &str) -> Option<Activity> {
    let group = after.group(group)?;
    Some(within(
        after,
        group,
        member,
        "Remove member from group",
        "Unassign",
    ))
}

fn within(
    after: &State,
    group: &Group,
    member: &str,
    name: &'static str,
    operation: &'static str,
) -> Activity {
    let facts = [
        ("Group.ObjectID", json!(group.id)),
        ("Group.DisplayName", json!(group.display_name)),
    ];
    let member = Target::object(after, member).with(one_sided(&facts, operation == "Assign"));
    Activity::of_directory(name, GROUPS, operation, vec![member, Target::group(group)])
}

/// What is there on one side only: the new one for what was added.
fn one_sided(facts: &[(&str, Value)], is_new: bool) -> Vec<Modified> {
    let facts = facts.iter().map(|(name, value)| Modified {
        name: (*name).to_owned(),
        old: (!is_new).then(|| value.clone()),
        new: is_new.then(|| value.clone()),
    });
    facts.collect()
}

pub(super) fn roles(before: &State, after: &State) -> Vec<Activity> {
    if before.role_assignments.is_same(&after.role_assignments) {
        return Vec::new();
    }
    let (then, now) = (&before.role_assignments, &after.role_assignments);
    let added = now.iter().filter(|one| !then.contains(one));
    let added = added.map(|one| role(after, one, true));
    let removed = then.iter().filter(|one| !now.contains(one));
    let removed = removed.map(|one| role(after, one, false));
    added.chain(removed).collect()
}

fn role(after: &State, assignment: &RoleAssignment, is_new: bool) -> Activity {
    let is_eligible = assignment.standing == Standing::Eligible;
    let is_scoped = assignment.directory_scope_id != WHOLE_TENANT;
    let name = match (is_new, is_eligible, is_scoped) {
        (true, true, _) => "Add eligible member to role",
        (true, false, true) => "Add scoped member to role",
        (true, false, false) => "Add member to role",
        (false, true, _) => "Remove eligible member from role",
        (false, false, true) => "Remove scoped member from role",
        (false, false, false) => "Remove member from role",
    };
    let role = assignment.role;
    let facts = [
        ("Role.ObjectID", json!(role.template_id())),
        ("Role.DisplayName", json!(role.display_name())),
        ("Role.TemplateId", json!(role.template_id())),
    ];
    let member = Target::object(after, &assignment.principal_id).with(one_sided(&facts, is_new));
    let role = Target {
        name: Some(role.display_name().to_owned()),
        ..Target::other("Role", role.template_id())
    };
    let operation = if is_new { "Assign" } else { "Unassign" };
    Activity::of_directory(name, "RoleManagement", operation, vec![member, role])
}
