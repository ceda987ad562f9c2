//! Whom the policy includes and excludes, in Graph's form.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::simulator::tenant::User;

/// What stands for everybody where the id of a group would be.
const ALL_USERS: &str = "all_users";

/// Whom the policy includes or excludes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub enum Target {
    /// `all_users`
    AllUsers,
    /// The members of a group.
    Group(String),
    /// One user, by object id.
    User(Uuid),
}

impl Target {
    pub(super) fn covers(&self, user: &User) -> bool {
        match self {
            Self::AllUsers => true,
            Self::Group(id) => user.groups.contains(id),
            Self::User(id) => user.id == *id,
        }
    }
}

/// `passkeyAuthenticationMethodTarget`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WireInclude", into = "WireInclude")]
pub struct IncludeTarget {
    /// Whom.
    pub target: Target,
    /// Whether they are asked to register; without effect here.
    pub is_registration_required: bool,
    /// The profiles of which one must take a key; if none is named, the default profile must.
    pub allowed_passkey_profiles: Vec<Uuid>,
}

impl IncludeTarget {
    /// The target, with these profiles.
    #[must_use]
    pub fn with_profiles(target: Target, profiles: &[Uuid]) -> Self {
        Self {
            allowed_passkey_profiles: profiles.to_vec(),
            ..target.into()
        }
    }
}

impl From<Target> for IncludeTarget {
    fn from(target: Target) -> Self {
        Self {
            target,
            is_registration_required: false,
            allowed_passkey_profiles: Vec::new(),
        }
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum TargetType {
    Group,
    User,
}

/// `excludeTarget`
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wire {
    target_type: TargetType,
    id: String,
}

/// `passkeyAuthenticationMethodTarget`; in the form of US government clouds without the profiles.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireInclude {
    target_type: TargetType,
    id: String,
    #[serde(default)]
    is_registration_required: bool,
    #[serde(default)]
    allowed_passkey_profiles: Vec<Uuid>,
}

impl TryFrom<Wire> for Target {
    type Error = uuid::Error;

    fn try_from(wire: Wire) -> Result<Self, uuid::Error> {
        Ok(match wire.target_type {
            TargetType::Group if wire.id == ALL_USERS => Self::AllUsers,
            TargetType::Group => Self::Group(wire.id),
            TargetType::User => Self::User(wire.id.parse()?),
        })
    }
}

impl From<Target> for Wire {
    fn from(target: Target) -> Self {
        let (target_type, id) = match target {
            Target::AllUsers => (TargetType::Group, ALL_USERS.to_owned()),
            Target::Group(id) => (TargetType::Group, id),
            Target::User(id) => (TargetType::User, id.to_string()),
        };
        Self { target_type, id }
    }
}

impl TryFrom<WireInclude> for IncludeTarget {
    type Error = uuid::Error;

    fn try_from(wire: WireInclude) -> Result<Self, uuid::Error> {
        let WireInclude {
            target_type, id, ..
        } = wire;
        Ok(Self {
            target: Wire { target_type, id }.try_into()?,
            is_registration_required: wire.is_registration_required,
            allowed_passkey_profiles: wire.allowed_passkey_profiles,
        })
    }
}

impl From<IncludeTarget> for WireInclude {
    fn from(included: IncludeTarget) -> Self {
        let Wire { target_type, id } = included.target.into();
        Self {
            target_type,
            id,
            is_registration_required: included.is_registration_required,
            allowed_passkey_profiles: included.allowed_passkey_profiles,
        }
    }
}
