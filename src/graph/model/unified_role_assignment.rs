//! `unifiedRoleAssignment`: who has which role, and where it counts.

use serde::{Deserialize, Serialize};

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
