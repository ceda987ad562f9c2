//! What was read of a tenant, all of it at one time: the facts for audit, plan, what-if and explanation, and a document that can be
//! kept (`halligan.tenant.snapshot/1`).
//!
//! Objects are Graph's own, so that a policy out of a file can be put in the place of one that was read. Every part is there or
//! says why it is not: what could not be read is a fact as well, and whatever rests on it is unknown.

mod account;
#[cfg(test)]
pub(crate) mod example;
mod key;
mod path;
#[cfg(test)]
mod tests;
mod unread;

use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::read::{self, Read};
use crate::graph::model::{
    AccessReviewScheduleDefinition, AuthenticationStrengthPolicy, ConditionalAccessPolicy,
    DirectoryObject, Domain, Fido2AuthenticationMethodConfiguration, Group,
    IdentitySecurityDefaultsEnforcementPolicy, NamedLocation, Organization, UnifiedRoleAssignment,
    Workflow,
};

pub use account::{Account, Edge};
pub use unread::UnreadPart;

/// The schema of the document.
pub const SCHEMA: &str = "halligan.tenant.snapshot/1";

/// Why a text is no snapshot.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No JSON, or not with the members of a snapshot.
    #[error("it is no snapshot of a tenant: {0}")]
    Document(#[from] serde_json::Error),
    /// Another document, or one that came later.
    #[error("it is {found}, and not {SCHEMA}")]
    Schema {
        /// What it says that it is.
        found: String,
    },
}

impl FromStr for Snapshot {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Document {
            schema: String,
        }
        let Document { schema: found } = serde_json::from_str(text)?;
        match found == SCHEMA {
            true => Ok(serde_json::from_str(text)?),
            false => Err(Error::Schema { found }),
        }
    }
}

/// What was read of a tenant.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Snapshot {
    /// [`SCHEMA`]
    pub schema: String,
    /// When the first question was asked.
    pub taken_at: Timestamp,
    /// The tenant's identifier.
    pub tenant: String,
    /// Its name and licences.
    #[serde(with = "read")]
    pub organization: Read<Organization>,
    /// Its domains.
    #[serde(with = "read")]
    pub domains: Read<Vec<Domain>>,
    /// The emergency accounts, in the order of the configuration.
    pub accounts: Vec<Account>,
    /// Accounts that stand for everybody else.
    pub regular: Vec<Account>,
    /// The group that is to be excluded; none if the configuration's name leads to none.
    #[serde(with = "read")]
    pub group: Read<Option<ExclusionGroup>>,
    /// All Conditional Access policies, those that are off included.
    #[serde(with = "read")]
    pub policies: Read<Vec<ConditionalAccessPolicy>>,
    /// Authentication strengths, built in or not, with the models that they demand.
    #[serde(with = "read")]
    pub strengths: Read<Vec<AuthenticationStrengthPolicy>>,
    /// Networks and countries that policies name.
    #[serde(with = "read")]
    pub named_locations: Read<Vec<NamedLocation>>,
    /// Whether security defaults are on.
    #[serde(with = "read")]
    pub security_defaults: Read<IdentitySecurityDefaultsEnforcementPolicy>,
    /// The passkey policy.
    #[serde(with = "read")]
    pub passkeys: Read<Fido2AuthenticationMethodConfiguration>,
    /// Who holds a role that matters: Global Administrator, and those that can reset or issue a way in for the accounts.
    #[serde(with = "read")]
    pub role_assignments: Read<Vec<UnifiedRoleAssignment>>,
    /// The holders among them, by object id.
    #[serde(with = "read")]
    pub role_holders: Read<Vec<DirectoryObject>>,
    /// Who is in those holders that are groups.
    #[serde(with = "read")]
    pub role_groups: Read<Vec<RoleGroup>>,
    /// Reviews that can take a membership or an account away.
    #[serde(with = "read")]
    pub access_reviews: Read<Vec<AccessReviewScheduleDefinition>>,
    /// Workflows that can.
    #[serde(with = "read")]
    pub lifecycle_workflows: Read<Vec<Workflow>>,
}

/// A group that holds a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleGroup {
    /// Object id.
    pub group: String,
    /// Everybody in it. Groups within it do not count: they pass no role on.
    pub members: Vec<DirectoryObject>,
}

/// The group that keeps the emergency accounts out of policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExclusionGroup {
    /// The group.
    pub group: Group,
    /// Everybody in it, groups within the group included.
    #[serde(with = "read")]
    pub transitive_members: Read<Vec<DirectoryObject>>,
    /// Who may change it besides administrators.
    #[serde(with = "read")]
    pub owners: Read<Vec<DirectoryObject>>,
}
