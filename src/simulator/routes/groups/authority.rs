//! Who may change a group.

use crate::simulator::routes::call::Call;
use crate::simulator::routes::{GraphError, permissions};
use crate::simulator::tenant::{Group, Role, State};

/// Who changes groups.
const WRITERS: [Role; 4] = [
    Role::DirectoryWriters,
    Role::GlobalAdministrator,
    Role::GroupsAdministrator,
    Role::UserAdministrator,
];

/// Who changes groups to which roles can be assigned: otherwise a lesser administrator could become a greater one.
const GUARDIANS: [Role; 2] = [Role::GlobalAdministrator, Role::PrivilegedRoleAdministrator];

/// Whether the caller may make a group.
pub(super) fn require_creation(call: &Call, role_assignable: bool) -> Result<(), GraphError> {
    call.caller.require_any(&permissions::GROUPS_CREATE)?;
    if role_assignable {
        call.caller.require_any(&permissions::ROLES_WRITE)?;
        call.caller.require_role(&GUARDIANS)
    } else {
        call.caller.require_role(&WRITERS)
    }
}

/// Whether the caller may change a group or, with these permissions, its members. Owners may without a role.
pub(super) fn require(
    call: &Call,
    state: &State,
    group: &Group,
    permissions: &[&str],
) -> Result<(), GraphError> {
    call.caller.require_any(permissions)?;
    if group.is_assignable_to_role {
        call.caller.require_any(&permissions::ROLES_WRITE)?;
    }
    let caller = call.caller.object_id().to_string();
    if group.owners.contains(&caller) && !state.is_restricted(&group.id) {
        return Ok(());
    }
    let wanted: &[Role] = if group.is_assignable_to_role {
        &GUARDIANS
    } else {
        &WRITERS
    };
    call.caller.require_role_over(state, &group.id, wanted)
}
