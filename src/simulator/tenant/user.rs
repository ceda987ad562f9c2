//! Users.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::env::Env;
use crate::simulator::tenant::Role;

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

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
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
    /// Active directory roles, for the whole tenant; those that a group gives come on top.
    pub roles: Vec<Role>,
    /// Ids of the groups that the user is in, directly or through another.
    pub groups: Vec<String>,
}

impl User {
    /// An enabled member without roles and groups.
    #[must_use]
    pub fn member(user_principal_name: &str, display_name: &str, env: &Env) -> Self {
        Self {
            id: env.uuid(),
            user_principal_name: user_principal_name.to_owned(),
            display_name: display_name.to_owned(),
            account_enabled: true,
            user_type: UserType::Member,
            roles: Vec::new(),
            groups: Vec::new(),
        }
    }

    /// The same account with one role more.
    #[must_use]
    pub fn with_role(mut self, role: Role) -> Self {
        self.roles.push(role);
        self
    }

    /// Whether a path segment names this user: object id or sign-in name, in any case.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        name.parse() == Ok(self.id) || self.user_principal_name.eq_ignore_ascii_case(name)
    }
}
