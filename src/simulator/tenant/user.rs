//! Users and their directory roles.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::env::Env;

/// A directory role, by what it may do to the FIDO2 keys of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Manages the keys of people without a role.
    AuthenticationAdministrator,
    /// Everything.
    GlobalAdministrator,
    /// Reads everything.
    GlobalReader,
    /// Manages the keys of everybody.
    PrivilegedAuthenticationAdministrator,
}

impl Role {
    /// The id of the role's template, the same in every tenant; tokens carry it in `wids`.
    #[must_use]
    pub const fn template_id(self) -> &'static str {
        match self {
            Self::AuthenticationAdministrator => "c4e39bd9-1100-46d3-8c65-fb160da0071f",
            Self::GlobalAdministrator => "62e90394-69f5-4237-9190-012177145e10",
            Self::GlobalReader => "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
            Self::PrivilegedAuthenticationAdministrator => "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
        }
    }
}

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
    /// Active directory roles.
    pub roles: Vec<Role>,
    /// Ids of the groups that the user is in.
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
