//! Groups, directory roles and administrative units.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::simulator::tenant::{State, User};

/// A directory role, by what it may do to the FIDO2 keys of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Manages the keys of people without a role.
    AuthenticationAdministrator,
    /// Writes the FIDO2 policy, and no key.
    AuthenticationPolicyAdministrator,
    /// Everything.
    GlobalAdministrator,
    /// Reads everything.
    GlobalReader,
    /// Manages the keys of everybody.
    PrivilegedAuthenticationAdministrator,
    /// Manages who has which role, and no key.
    PrivilegedRoleAdministrator,
    /// Manages users and groups, and no key.
    UserAdministrator,
}

impl Role {
    /// The id of the role's template, the same in every tenant; tokens carry it in `wids`.
    #[must_use]
    pub const fn template_id(self) -> &'static str {
        match self {
            Self::AuthenticationAdministrator => "c4e39bd9-1100-46d3-8c65-fb160da0071f",
            Self::AuthenticationPolicyAdministrator => "0526716b-113d-4c15-b2c8-68e3c22b9f80",
            Self::GlobalAdministrator => "62e90394-69f5-4237-9190-012177145e10",
            Self::GlobalReader => "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
            Self::PrivilegedAuthenticationAdministrator => "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
            Self::PrivilegedRoleAdministrator => "e8611ab8-c189-46e8-94e1-60213ab1f814",
            Self::UserAdministrator => "fe930be7-5e62-47db-91af-98c3a49a38b1",
        }
    }

    /// For people.
    #[must_use]
    pub const fn display_name(self) -> &'static str {
        match self {
            Self::AuthenticationAdministrator => "Authentication Administrator",
            Self::AuthenticationPolicyAdministrator => "Authentication Policy Administrator",
            Self::GlobalAdministrator => "Global Administrator",
            Self::GlobalReader => "Global Reader",
            Self::PrivilegedAuthenticationAdministrator => {
                "Privileged Authentication Administrator"
            }
            Self::PrivilegedRoleAdministrator => "Privileged Role Administrator",
            Self::UserAdministrator => "User Administrator",
        }
    }

    /// Whether the role can be held for one administrative unit only.
    #[must_use]
    pub const fn is_scopable(self) -> bool {
        matches!(
            self,
            Self::AuthenticationAdministrator
                | Self::PrivilegedAuthenticationAdministrator
                | Self::UserAdministrator
        )
    }
}

/// A group, by what matters to keys. A user's groups may also be bare ids that no group here has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Group {
    /// Object id.
    pub id: String,
    /// For display.
    pub display_name: String,
    /// Directory roles that its members have by it; such a group is role-assignable.
    #[serde(default)]
    pub roles: Vec<Role>,
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
    /// Object ids of users.
    pub members: Vec<Uuid>,
}

/// A directory role that holds within one administrative unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScopedRole {
    /// Object id of a user, or of an application's service principal.
    pub principal_id: Uuid,
    /// What.
    pub role: Role,
    /// Where.
    pub administrative_unit: Uuid,
}

impl State {
    /// The roles that a user has in the whole tenant, by assignment or by a group, each once.
    #[must_use]
    pub fn roles_of(&self, user: &User) -> Vec<Role> {
        let groups = self.groups.iter();
        let own = groups.filter(|group| user.groups.contains(&group.id));
        let by_group = own.flat_map(|group| group.roles.iter());
        let mut roles: Vec<Role> = user.roles.iter().chain(by_group).copied().collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    /// The administrative units that a user is in.
    pub fn units_of(&self, user_id: Uuid) -> impl Iterator<Item = &AdministrativeUnit> {
        let units = self.administrative_units.iter();
        units.filter(move |unit| unit.members.contains(&user_id))
    }

    /// Whether roles and permissions for the whole tenant end before this user.
    #[must_use]
    pub fn is_management_restricted(&self, user_id: Uuid) -> bool {
        self.units_of(user_id)
            .any(|unit| unit.is_member_management_restricted)
    }

    /// The roles that a principal has over a user because of the units that the user is in; if only restricted units count,
    /// because of those.
    pub(in crate::simulator) fn scoped_roles_over(
        &self,
        principal_id: Uuid,
        user_id: Uuid,
        only_restricted: bool,
    ) -> impl Iterator<Item = Role> {
        let units = self.units_of(user_id);
        let counting =
            units.filter(move |unit| unit.is_member_management_restricted || !only_restricted);
        counting.flat_map(move |unit| {
            let held = self.scoped_roles.iter();
            held.filter(move |held| {
                held.principal_id == principal_id && held.administrative_unit == unit.id
            })
            .map(|held| held.role)
        })
    }
}
