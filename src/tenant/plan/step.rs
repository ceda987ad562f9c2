//! One change of the tenant, as data.

use serde_json::Value;

/// What is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// The group gets an account.
    AddMember,
    /// An account gets the role Global Administrator, active and for good.
    AssignRole,
    /// The policy for everybody, which the tool made, is repaired.
    ChangeMfaPolicy,
    /// An account is made.
    CreateAccount,
    /// The policy for the emergency accounts is made, report-only.
    CreateDedicatedPolicy,
    /// The group is made.
    CreateGroup,
    /// The policy for everybody is made, report-only.
    CreateMfaPolicy,
    /// The policy for the emergency accounts is enforced.
    EnforceDedicatedPolicy,
    /// The policy for everybody is enforced.
    EnforceMfaPolicy,
    /// A policy does not mean the group any more.
    ExcludeGroup,
    /// An account's password does not expire any more.
    SetPasswordPolicy,
}

impl Change {
    /// For programs, and in labels.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::AddMember => "add-member",
            Self::AssignRole => "assign-role",
            Self::ChangeMfaPolicy => "change-mfa-policy",
            Self::CreateAccount => "create-account",
            Self::CreateDedicatedPolicy => "create-dedicated-policy",
            Self::CreateGroup => "create-group",
            Self::CreateMfaPolicy => "create-mfa-policy",
            Self::EnforceDedicatedPolicy => "enforce-dedicated-policy",
            Self::EnforceMfaPolicy => "enforce-mfa-policy",
            Self::ExcludeGroup => "exclude-group",
            Self::SetPasswordPolicy => "set-password-policy",
        }
    }

    /// Whether a policy counts for people from then on.
    #[must_use]
    pub fn enforces(self) -> bool {
        matches!(self, Self::EnforceDedicatedPolicy | Self::EnforceMfaPolicy)
    }
}

/// Something in the tenant, or something that an earlier step makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its id; of one that is to be made, a text that stands for it wherever the id is needed.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is to be made.
    pub new: bool,
}

impl Target {
    /// Something that is there.
    #[must_use]
    pub fn there(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            new: false,
        }
    }

    /// Something that is to be made. Ids have no parentheses, so that none is mistaken for it.
    #[must_use]
    pub fn to_be_made(name: &str) -> Self {
        Self {
            id: format!("(id of {name})"),
            name: name.to_owned(),
            new: true,
        }
    }

    /// Whether an id is such a text.
    pub(super) fn stands_in(id: &str) -> bool {
        id.starts_with('(')
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What is changed.
    pub change: Change,
    /// On what.
    pub object: Target,
    /// What it is about besides: the member, the role, the group.
    pub with: Option<Target>,
    /// What it is for.
    pub why: String,
    /// Members as they are; null if the object is to be made.
    pub before: Value,
    /// Members as they are to be.
    pub after: Value,
    /// Whom it concerns besides the emergency accounts.
    pub affects: String,
    /// What takes it back.
    pub undo: String,
    /// What must be true at that moment.
    pub precondition: String,
    /// The ids of the steps that come before it.
    pub needs: Vec<String>,
}

impl Step {
    /// A name of its own within the plan, the same in every plan for the same thing.
    #[must_use]
    pub fn id(&self) -> String {
        let change = self.change.id();
        match self.change {
            Change::AddMember => format!(
                "{change}/{}",
                self.with.as_ref().map_or("", |with| &with.name)
            ),
            Change::AssignRole | Change::CreateAccount | Change::SetPasswordPolicy => {
                format!("{change}/{}", self.object.name)
            }
            Change::ExcludeGroup => format!("{change}/{}", self.object.id),
            Change::ChangeMfaPolicy
            | Change::CreateDedicatedPolicy
            | Change::CreateGroup
            | Change::CreateMfaPolicy
            | Change::EnforceDedicatedPolicy
            | Change::EnforceMfaPolicy => change.to_owned(),
        }
    }
}
