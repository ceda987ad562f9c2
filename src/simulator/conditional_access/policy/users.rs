//! `conditionalAccessUsers`: whom a policy means.

use serde::{Deserialize, Serialize};

use crate::simulator::conditional_access::policy::Flags;

/// `conditionalAccessUsers`. An exclusion wins over any inclusion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Users {
    /// Object ids, `All`, `None`, `GuestsOrExternalUsers`.
    #[serde(default)]
    pub include_users: Vec<String>,
    /// Object ids, `GuestsOrExternalUsers`.
    #[serde(default)]
    pub exclude_users: Vec<String>,
    /// Object ids.
    #[serde(default)]
    pub include_groups: Vec<String>,
    /// Object ids.
    #[serde(default)]
    pub exclude_groups: Vec<String>,
    /// Template ids of directory roles.
    #[serde(default)]
    pub include_roles: Vec<String>,
    /// Template ids of directory roles.
    #[serde(default)]
    pub exclude_roles: Vec<String>,
    /// Kinds of people from outside.
    #[serde(default)]
    pub include_guests_or_external_users: Option<GuestsOrExternalUsers>,
    /// Kinds of people from outside.
    #[serde(default)]
    pub exclude_guests_or_external_users: Option<GuestsOrExternalUsers>,
}

/// `conditionalAccessGuestsOrExternalUsers`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GuestsOrExternalUsers {
    /// Any of these.
    pub guest_or_external_user_types: Flags<GuestType>,
    /// Of these tenants; none: of all.
    #[serde(default)]
    pub external_tenants: Option<ExternalTenants>,
}

/// `conditionalAccessGuestOrExternalUserTypes`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the words are the metadata's")]
pub enum GuestType {
    B2bCollaborationGuest,
    B2bCollaborationMember,
    B2bDirectConnectUser,
    InternalGuest,
    None,
    OtherExternalUser,
    ServiceProvider,
}

/// `conditionalAccessAllExternalTenants` or `conditionalAccessEnumeratedExternalTenants`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub enum ExternalTenants {
    /// Any.
    All,
    /// These, by tenant id.
    Enumerated(Vec<String>),
}

const ENUMERATED: &str = "#microsoft.graph.conditionalAccessEnumeratedExternalTenants";
const ALL: &str = "#microsoft.graph.conditionalAccessAllExternalTenants";

/// As Graph writes it; the annotation says the same as `membershipKind` and is not asked for.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wire {
    #[serde(rename = "@odata.type", default)]
    odata_type: Option<String>,
    membership_kind: MembershipKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    members: Option<Vec<String>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum MembershipKind {
    All,
    Enumerated,
}

/// `members` and `membershipKind` contradict each other.
#[derive(Debug, thiserror::Error)]
#[error("members belong to the membershipKind enumerated")]
pub struct Contradiction;

impl TryFrom<Wire> for ExternalTenants {
    type Error = Contradiction;

    fn try_from(wire: Wire) -> Result<Self, Contradiction> {
        match (wire.membership_kind, wire.members) {
            (MembershipKind::All, None) => Ok(Self::All),
            (MembershipKind::Enumerated, Some(members)) => Ok(Self::Enumerated(members)),
            _ => Err(Contradiction),
        }
    }
}

impl From<ExternalTenants> for Wire {
    fn from(tenants: ExternalTenants) -> Self {
        let (odata_type, membership_kind, members) = match tenants {
            ExternalTenants::All => (ALL, MembershipKind::All, None),
            ExternalTenants::Enumerated(members) => {
                (ENUMERATED, MembershipKind::Enumerated, Some(members))
            }
        };
        Self {
            odata_type: Some(odata_type.to_owned()),
            membership_kind,
            members,
        }
    }
}
