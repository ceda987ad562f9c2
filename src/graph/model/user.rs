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
    /// The anchor of an account that comes, or came, from an on-premises directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_premises_immutable_id: Option<String>,
    /// `Invitation`, `EmailVerified`, … None for an account that was made in the tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation_type: Option<String>,
    /// `DisablePasswordExpiration`, `DisableStrongPassword`, with a comma between, or `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_policies: Option<String>,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_password_change_date_time: Option<String>,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_date_time: Option<String>,
}
