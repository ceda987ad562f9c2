//! Groups and administrative units.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::simulator::tenant::table::Row;
use crate::simulator::tenant::{State, User};

/// What `groupTypes` has for a group whose members a rule decides.
const DYNAMIC: &str = "DynamicMembership";

/// A group. A user's groups may also be bare ids that no group here has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Group {
    /// Object id.
    pub id: String,
    /// For display.
    pub display_name: String,
    /// For display.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The name before the @ of its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_nickname: Option<String>,
    /// Whether it can be used to grant and deny.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_enabled: Option<bool>,
    /// Whether it has an address.
    pub mail_enabled: bool,
    /// `DynamicMembership`, `Unified`.
    pub group_types: Vec<String>,
    /// The rule of a dynamic group; kept, not carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub membership_rule: Option<String>,
    /// `On` or `Paused`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub membership_rule_processing_state: Option<String>,
    /// Whether roles can be assigned to it; then only few may change its members.
    pub is_assignable_to_role: bool,
    /// Whether it comes from an on-premises directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_premises_sync_enabled: Option<bool>,
    /// `Private`, `Public` or `HiddenMembership`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<String>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<jiff::Timestamp>,
    /// Object ids of users, groups and service principals that are in it directly. Users that name it in their `groups` are
    /// in it as well.
    pub members: Vec<String>,
    /// Object ids of users and service principals.
    pub owners: Vec<String>,
}

impl Group {
    /// Whether a rule decides who is in it.
    #[must_use]
    pub fn is_dynamic(&self) -> bool {
        self.group_types.iter().any(|one| one == DYNAMIC)
    }
}

impl Row for Group {
    fn names(&self) -> Vec<String> {
        vec![self.id.to_ascii_lowercase()]
    }

    fn holds(&self) -> &[String] {
        &self.members
    }
}

/// An administrative unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdministrativeUnit {
    /// Object id.
    pub id: Uuid,
    /// For display.
    pub display_name: String,
    /// Restricted management: only roles held for this unit reach its members.
    pub is_member_management_restricted: bool,
    /// Object ids of users and groups.
    pub members: Vec<String>,
}

impl State {
    /// The group of this id.
    #[must_use]
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.named(&id.to_ascii_lowercase())
    }

    /// The groups that a user is in, directly or through others, nearest first.
    #[must_use]
    pub fn groups_of(&self, user_id: Uuid) -> Vec<String> {
        let id = user_id.to_string();
        let own = self.users.named(&id).map(|user| user.groups.as_slice());
        self.groups_above(&id, own.unwrap_or_default())
    }

    /// The groups that an object is in directly; as a lagging replica tells it.
    pub(in crate::simulator) fn settled_direct_groups(&self, id: &str) -> Vec<String> {
        let own = self.users.named(id).into_iter();
        let own = own.flat_map(|user| user.groups.iter().cloned());
        let mut seen = HashSet::new();
        let all = own.chain(self.settled_parents(id));
        all.filter(|group| seen.insert(group.clone())).collect()
    }

    /// The groups that an object is in, directly or through others, nearest first; as a lagging replica tells it.
    pub(in crate::simulator) fn settled_groups(&self, id: &str) -> Vec<String> {
        reached(self.settled_direct_groups(id), |id| {
            self.settled_parents(id)
        })
    }

    /// The groups that an object is in, directly or through others, nearest first; besides those that have it as a member, it
    /// is in these. Groups within themselves are told once.
    pub(in crate::simulator) fn groups_above(&self, id: &str, besides: &[String]) -> Vec<String> {
        let parents = |id: &str| -> Vec<String> {
            let groups = self.groups.holding(id);
            groups.map(|group| group.id.clone()).collect()
        };
        let nearest = besides.iter().cloned().chain(parents(id));
        reached(nearest.collect(), parents)
    }

    /// Object ids of the members of a group, direct or through other groups, each once.
    pub(in crate::simulator) fn all_members_of(&self, group_id: &str) -> Vec<String> {
        let mut members = reached(self.members_of(group_id), |id| self.members_of(id));
        members.retain(|id| id != group_id);
        members
    }

    /// Object ids of the direct members of a group, each once.
    #[must_use]
    pub fn members_of(&self, group_id: &str) -> Vec<String> {
        let listed = self.groups.named(&group_id.to_ascii_lowercase());
        let listed = listed.into_iter().flat_map(|group| group.members.iter());
        let saying = self.users.holding(group_id).map(|user| user.id.to_string());
        let mut seen = HashSet::new();
        let all = listed.cloned().chain(saying);
        all.filter(|id| seen.insert(id.clone())).collect()
    }

    /// Takes a deleted object out of every group and unit, and its roles with it.
    pub(in crate::simulator) fn forget(&mut self, id: &str) {
        let holds = |list: &[String]| list.iter().any(|one| one == id);
        if self
            .groups
            .iter()
            .any(|group| holds(&group.members) || holds(&group.owners))
        {
            for group in self.groups.iter_mut() {
                group.members.retain(|member| member != id);
                group.owners.retain(|owner| owner != id);
            }
        }
        for unit in &mut self.administrative_units {
            unit.members.retain(|member| member != id);
        }
        self.role_assignments.retain(|row| row.principal_id != id);
    }

    /// The user as policies see it: with every group, through others too.
    pub(in crate::simulator) fn with_every_group(&self, user: &User) -> User {
        User {
            groups: self.groups_of(user.id),
            ..user.clone()
        }
    }

    /// The administrative units that an object is in.
    pub fn units_of(&self, object_id: &str) -> impl Iterator<Item = &AdministrativeUnit> {
        let units = self.administrative_units.iter();
        units.filter(move |unit| unit.members.iter().any(|member| member == object_id))
    }

    /// Whether roles and permissions for the whole tenant end before this user.
    #[must_use]
    pub fn is_management_restricted(&self, user_id: Uuid) -> bool {
        self.is_restricted(&user_id.to_string())
    }

    /// The same of any object.
    pub(in crate::simulator) fn is_restricted(&self, object_id: &str) -> bool {
        self.units_of(object_id)
            .any(|unit| unit.is_member_management_restricted)
    }
}

/// The nearest, those next to them, and so on, each once: what is within itself comes to an end.
fn reached(nearest: Vec<String>, next: impl Fn(&str) -> Vec<String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    let mut level = nearest;
    while !level.is_empty() {
        level.retain(|id| seen.insert(id.clone()));
        let beyond = level.iter().flat_map(|id| next(id)).collect();
        found.append(&mut level);
        level = beyond;
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::env::Env;
    use crate::simulator::tenant::{Role, Seed};

    fn seeded(seed: &str) -> State {
        let env = Env::system();
        let mut state = crate::simulator::tenant::seed::demo(&env).0;
        let seed: Seed = seed.parse().unwrap();
        seed.apply(&mut state, &env).unwrap();
        state
    }

    fn bg1(state: &State) -> &User {
        state.user(&state.demo.emergency_accounts[0]).unwrap()
    }

    #[test]
    fn groups_are_found_through_others_and_within_themselves() {
        let state = seeded(
            "users = [{ userPrincipalName = 'bg1', groups = ['a'] }]\n\
             groups = [{ id = 'a', displayName = 'A' }, { id = 'b', displayName = 'B', members = ['a', 'c'] },\n\
             { id = 'c', displayName = 'C', members = ['B', 'bg1', 'bg2'] }, { id = 'd', displayName = 'D' }]",
        );
        assert_eq!(state.groups_of(bg1(&state).id), ["a", "c", "b"]);
        let members = state.members_of("a");
        assert_eq!(members, [bg1(&state).id.to_string()]);
        assert_eq!(state.members_of("c").len(), 3);
        assert!(state.members_of("d").is_empty());
    }

    #[test]
    fn only_active_roles_count() {
        let mut state = seeded(
            "users = [{ userPrincipalName = 'bg1', roles = [] }]\n\
             groups = [{ id = 'g', displayName = 'G', members = ['bg1'], roles = ['globalReader'] }]\n\
             [[roleAssignments]]\nprincipal = 'bg1'\nrole = 'securityReader'\nassignmentType = 'Activated'\n\
             endDateTime = '2026-06-01T10:00:00Z'\n\
             [[roleEligibilities]]\nprincipal = 'bg1'\nrole = 'globalAdministrator'\n\
             [[roleAssignments]]\nprincipal = 'Halligan provisioning'\nrole = 'privilegedRoleAdministrator'\n",
        );
        state.now = "2026-06-01T09:00:00Z".parse().unwrap();
        let roles = [Role::GlobalReader, Role::SecurityReader];
        assert_eq!(state.roles_of(bg1(&state)), roles);
        state.now = "2026-06-01T10:00:00Z".parse().unwrap();
        assert_eq!(state.roles_of(bg1(&state)), [Role::GlobalReader]);
        let app = state.application(state.demo.app_client_id).unwrap();
        let held = state.roles_of_application(app.object_id);
        assert_eq!(held, [Role::PrivilegedRoleAdministrator]);
    }
}
