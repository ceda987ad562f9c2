//! What a user is a member of: a `directoryObject` that is a group, a role or an administrative unit.

use serde::{Deserialize, Serialize};

use super::kind;

/// A group, a role or an administrative unit. Where the caller may not read an object, the service answers its kind and its id and
/// nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// Which of them.
    #[serde(rename = "@odata.type")]
    pub odata_type: Option<String>,
    /// Object id.
    pub id: String,
    /// For people; missing where the caller may not read the object.
    pub display_name: Option<String>,
    /// Of a `group`: whether roles can be assigned to it.
    pub is_assignable_to_role: Option<bool>,
    /// Of a `directoryRole`: the template, which is the same in every tenant.
    pub role_template_id: Option<String>,
    /// Of an `administrativeUnit`: whether only its own administrators manage its members; missing is no.
    pub is_member_management_restricted: Option<bool>,
}

impl Membership {
    /// The kind of a role.
    pub const ROLE: &'static str = "directoryRole";
    /// The kind of an administrative unit.
    pub const UNIT: &'static str = "administrativeUnit";

    /// The kind, without the namespace.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        self.odata_type.as_deref().map(kind)
    }
}
