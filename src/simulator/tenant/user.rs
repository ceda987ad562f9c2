//! Users.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::env::Env;
use crate::simulator::tenant::table::Row;

/// Whether the account is of this organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UserType {
    /// Invited from elsewhere; the service registers no passkey for guests.
    Guest,
    /// One of us.
    Member,
}

impl UserType {
    /// The value of `userType`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "Guest",
            Self::Member => "Member",
        }
    }
}

/// Multifactor authentication for one user, as it was before Conditional Access.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PerUserMfa {
    /// Not asked for.
    #[default]
    Disabled,
    /// Asked for, once registered.
    Enabled,
    /// Asked for.
    Enforced,
}

/// An account. Passwords are not among what is kept: nothing here signs in with one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct User {
    /// Object id.
    pub id: Uuid,
    /// The sign-in name.
    pub user_principal_name: String,
    /// For display.
    pub display_name: String,
    /// Whether sign-in is allowed at all.
    pub account_enabled: bool,
    /// Member or guest.
    pub user_type: UserType,
    /// Ids of groups that the user is in directly, besides those that have the user among their members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// `DisablePasswordExpiration`, `DisableStrongPassword`, with a comma between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_policies: Option<String>,
    /// When the password was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_password_change: Option<Timestamp>,
    /// No refresh token from before this is good any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions_valid_from: Option<Timestamp>,
    /// Whether the password must be changed at the next sign-in.
    #[serde(default, skip_serializing_if = "is_default")]
    pub must_change_password: bool,
    /// `Invitation`, …; none for an account that was made in the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation_type: Option<String>,
    /// The anchor of an account that comes, or came, from an on-premises directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_premises_immutable_id: Option<String>,
    /// Whether it comes from an on-premises directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_premises_sync_enabled: Option<bool>,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// Whether MFA is asked for, whatever the policies say.
    #[serde(default, skip_serializing_if = "is_default")]
    pub per_user_mfa: PerUserMfa,
    /// Authentication methods besides password and FIDO2 keys, as Graph shows them, each with `@odata.type` and `id`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authentication_methods: Vec<Map<String, Value>>,
    /// Members of the resource that are kept and mean nothing here.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub other: Map<String, Value>,
}

impl User {
    /// An enabled member without roles and groups, made now.
    #[must_use]
    pub fn member(user_principal_name: &str, display_name: &str, env: &Env) -> Self {
        let now = env.now();
        Self {
            created: Some(now),
            last_password_change: Some(now),
            ..Self::bare(env.uuid(), user_principal_name, display_name)
        }
    }

    /// An enabled member of whom nothing else is known.
    pub(in crate::simulator) fn bare(
        id: Uuid,
        user_principal_name: &str,
        display_name: &str,
    ) -> Self {
        Self {
            id,
            user_principal_name: user_principal_name.to_owned(),
            display_name: display_name.to_owned(),
            account_enabled: true,
            user_type: UserType::Member,
            groups: Vec::new(),
            password_policies: None,
            last_password_change: None,
            sessions_valid_from: None,
            must_change_password: false,
            creation_type: None,
            on_premises_immutable_id: None,
            on_premises_sync_enabled: None,
            created: None,
            per_user_mfa: PerUserMfa::Disabled,
            authentication_methods: Vec::new(),
            other: Map::new(),
        }
    }

    /// Whether a path segment names this user: object id or sign-in name, in any case.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        name.parse() == Ok(self.id) || self.user_principal_name.eq_ignore_ascii_case(name)
    }
}

/// An account in the recycle bin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeletedUser {
    /// As it was.
    pub user: User,
    /// Since when.
    pub deleted: Timestamp,
}

impl Row for User {
    fn names(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.user_principal_name.to_ascii_lowercase(),
        ]
    }

    fn holds(&self) -> &[String] {
        &self.groups
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
