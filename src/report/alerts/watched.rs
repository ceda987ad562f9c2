//! What the alerts look at.

use uuid::Uuid;

/// An object of the directory with the name that people know it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its object id.
    pub id: Uuid,
    /// The sign-in name of an account, the display name of a policy.
    pub name: String,
}

/// What the alerts look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watched {
    /// The emergency accounts.
    pub accounts: Vec<Named>,
    /// The group that keeps them out of policies.
    pub group: Option<Uuid>,
    /// The policies that are made with the accounts in mind.
    pub policies: Vec<Named>,
}

impl Watched {
    /// The ids whose changes concern the accounts.
    pub(super) fn targets(&self) -> impl Iterator<Item = Uuid> {
        let accounts = self.accounts.iter().map(|account| account.id);
        let policies = self.policies.iter().map(|policy| policy.id);
        accounts.chain(self.group).chain(policies)
    }
}
