//! Bodies of the entries about changes of the tenant, and about what was proven before one.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Account, Outcome, SealedSecret};
use crate::ledger::chain::EntryHash;

/// What is changed in a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TenantChange {
    /// A group gets a member.
    AddMember,
    /// An account gets a role.
    AssignRole,
    /// The policy that asks everybody for multifactor authentication is changed.
    ChangeMfaPolicy,
    /// An account is made.
    CreateAccount,
    /// The policy for the emergency accounts is made, and not enforced.
    CreateDedicatedPolicy,
    /// A group is made.
    CreateGroup,
    /// The policy that asks everybody for multifactor authentication is made, and not enforced.
    CreateMfaPolicy,
    /// The policy for the emergency accounts counts from now on.
    EnforceDedicatedPolicy,
    /// The policy that asks everybody for multifactor authentication counts from now on.
    EnforceMfaPolicy,
    /// A policy does not mean the group any more.
    ExcludeGroup,
    /// An account's password does not expire any more.
    SetPasswordPolicy,
}

impl TenantChange {
    /// As it is written in the ledger, and in a plan.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AddMember => "add_member",
            Self::AssignRole => "assign_role",
            Self::ChangeMfaPolicy => "change_mfa_policy",
            Self::CreateAccount => "create_account",
            Self::CreateDedicatedPolicy => "create_dedicated_policy",
            Self::CreateGroup => "create_group",
            Self::CreateMfaPolicy => "create_mfa_policy",
            Self::EnforceDedicatedPolicy => "enforce_dedicated_policy",
            Self::EnforceMfaPolicy => "enforce_mfa_policy",
            Self::ExcludeGroup => "exclude_group",
            Self::SetPasswordPolicy => "set_password_policy",
        }
    }

    /// Whether it makes an object that was not there.
    #[must_use]
    pub fn creates(self) -> bool {
        matches!(
            self,
            Self::CreateAccount
                | Self::CreateDedicatedPolicy
                | Self::CreateGroup
                | Self::CreateMfaPolicy
        )
    }
}

/// An object of the directory, or a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantObject {
    /// Its identifier; none of one that is still to be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name at the time.
    pub name: String,
}

/// `tenant.change_intended`: a station is about to change something in the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantChangeIntended {
    /// The change's own name, by which it can be resumed.
    pub label: String,
    /// The tenant's identifier.
    pub tenant: String,
    /// What is changed.
    pub change: TenantChange,
    /// On what.
    pub object: TenantObject,
    /// What it is about besides: the member, the role, the group that is excluded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<TenantObject>,
    /// The hash of the canonical form of the object as it was read for the plan; none of one that is still to be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<EntryHash>,
    /// The members that it is to have afterwards. Never a secret.
    pub after: Map<String, Value>,
    /// The password with which an account is to be made, sealed; none if nobody is to know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<SealedSecret>,
}

/// `tenant.changed`: the change was seen in the tenant; closes the ceremony.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantChanged {
    /// The change's own name.
    pub label: String,
    /// What was changed, or made.
    pub object: TenantObject,
}

/// `tenant.password_opened`: somebody asked for the sealed password of an account, and opened it or one share of it. Says only what
/// was done with the tool, as `pin.opened` does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantPasswordOpened {
    /// The account's name, as it was asked for.
    pub account: String,
    /// The custodians whose identities opened it; none if the sealed password does not name them.
    pub by: Vec<String>,
    /// Whether it was a share that was opened, and not the password.
    pub share: bool,
}

/// `tenant.exclusion_proven`: what service and tool say of the emergency accounts if a policy is enforced. The station's word; the
/// answers are there to be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantExclusionProven {
    /// The tenant's identifier.
    pub tenant: String,
    /// The policy that is to be enforced.
    pub policy: TenantObject,
    /// Each account.
    pub accounts: Vec<ProvenAccount>,
}

/// An emergency account before a policy is enforced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvenAccount {
    /// The account.
    pub account: Account,
    /// The labels of its working keys.
    pub keys: Vec<String>,
    /// One line per way to sign in that was asked about.
    pub scenarios: Vec<Outcome>,
}
