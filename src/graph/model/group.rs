//! `group`, the members that this tool reads and writes.

use serde::{Deserialize, Serialize};

use super::kind;

/// `group`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Group {
    /// Object id.
    pub id: String,
    /// For people.
    pub display_name: Option<String>,
    /// `DynamicMembership`, `Unified`; empty for a plain group.
    pub group_types: Vec<String>,
    /// The rule of a dynamic group.
    pub membership_rule: Option<String>,
    /// Whether it can be used to grant and deny.
    pub security_enabled: Option<bool>,
    /// Whether roles can be assigned to it; then only two roles can change its members. Set at creation only; missing is no.
    pub is_assignable_to_role: Option<bool>,
    /// Whether it is a member of a restricted management administrative unit; missing is no.
    pub is_management_restricted: Option<bool>,
    /// Whether it comes from an on-premises directory.
    pub on_premises_sync_enabled: Option<bool>,
}

impl Group {
    /// Whether a rule decides who is in it.
    #[must_use]
    pub fn is_dynamic(&self) -> bool {
        self.group_types
            .iter()
            .any(|one| one == "DynamicMembership")
    }
}

/// The body of `POST /groups`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupCreate {
    /// For people; need not be unique.
    pub display_name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it has an address; a security group has none.
    pub mail_enabled: bool,
    /// Needed all the same.
    pub mail_nickname: String,
    /// Whether it can be used to grant and deny.
    pub security_enabled: bool,
    /// Empty for a plain group.
    pub group_types: Vec<String>,
    /// Whether roles can be assigned to it; never changes afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_assignable_to_role: Option<bool>,
}

/// The body of a request that refers to another object: a new member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceCreate {
    /// The object's address.
    #[serde(rename = "@odata.id")]
    pub odata_id: String,
}

/// A `directoryObject` that is a member, an owner, or the holder of a role: what kind it is, and its names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DirectoryObject {
    /// Which kind, `#microsoft.graph.user` for instance.
    #[serde(rename = "@odata.type")]
    pub odata_type: Option<String>,
    /// Object id.
    pub id: String,
    /// For people.
    pub display_name: Option<String>,
    /// Of a user.
    pub user_principal_name: Option<String>,
}

impl DirectoryObject {
    /// The kind, without the namespace.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        self.odata_type.as_deref().map(kind)
    }
}
