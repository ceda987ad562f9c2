//! `user`, the members that this tool reads.

use serde::{Deserialize, Serialize};

/// `user`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Object id.
    pub id: String,
    /// The sign-in name.
    pub user_principal_name: Option<String>,
    /// For display.
    pub display_name: Option<String>,
    /// Whether sign-in is allowed at all.
    pub account_enabled: Option<bool>,
    /// `Member` or `Guest`.
    pub user_type: Option<String>,
    /// Whether it is a member of a restricted management administrative unit; missing is no.
    pub is_management_restricted: Option<bool>,
    /// Whether the account comes from an on-premises directory.
    pub on_premises_sync_enabled: Option<bool>,
}
