//! `unifiedRoleAssignment`: who has which role, and where it counts.

use serde::{Deserialize, Serialize};

use super::DirectoryObject;

/// `unifiedRoleAssignment`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnifiedRoleAssignment {
    /// The role; for built-in ones the template's id.
    pub role_definition_id: String,
    /// Who has it: a user, a group, a service principal.
    pub principal_id: String,
    /// `/` for the whole tenant, `/administrativeUnits/{id}`, or the path of another object.
    pub directory_scope_id: Option<String>,
}

impl UnifiedRoleAssignment {
    /// The id of the administrative unit in which it counts, if it is one.
    #[must_use]
    pub fn administrative_unit(&self) -> Option<&str> {
        self.directory_scope_id
            .as_deref()?
            .strip_prefix("/administrativeUnits/")
    }
}

/// `unifiedRoleAssignment` with its navigation property `principal`, which has to be asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpandedRoleAssignment {
    /// The assignment.
    #[serde(flatten)]
    pub assignment: UnifiedRoleAssignment,
    /// Who has the role.
    #[serde(default)]
    pub principal: Option<DirectoryObject>,
}
