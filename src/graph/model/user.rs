//! `user`, the members that this tool reads and writes.

use serde::{Deserialize, Serialize, Serializer};

use crate::secret::Password;

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

/// The body of `POST /users`. Without `Debug`: it holds a password.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserCreate {
    /// Whether sign-in is allowed.
    pub account_enabled: bool,
    /// For display.
    pub display_name: String,
    /// The part of an address before the `@`.
    pub mail_nickname: String,
    /// The sign-in name.
    pub user_principal_name: String,
    /// `DisablePasswordExpiration`, for instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_policies: Option<String>,
    /// The first password.
    pub password_profile: PasswordProfile,
}

/// `passwordProfile`
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordProfile {
    /// Whether the first sign-in demands another one. Somebody who has only a key cannot give one.
    pub force_change_password_next_sign_in: bool,
    /// The password.
    #[serde(serialize_with = "expose")]
    pub password: Password,
}

fn expose<S: Serializer>(password: &Password, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(password.expose())
}

/// The body of `PATCH /users/{id}`: what is not set stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UserUpdate {
    /// Whether sign-in is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_enabled: Option<bool>,
    /// For display.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `DisablePasswordExpiration`, for instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_policies: Option<String>,
}
