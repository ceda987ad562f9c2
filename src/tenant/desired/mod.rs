//! What the tenant is to be like: the accounts, their group, the policies, and what besides is intended.

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desired {
    /// The emergency accounts.
    pub accounts: Vec<Account>,
    /// How many working keys each is to have.
    pub keys_per_account: usize,
    /// The group that is excluded from policies.
    pub group: Group,
    /// The policy that asks everybody else for multifactor authentication.
    pub mfa_policy: MfaPolicy,
    /// The policy that asks the emergency accounts for a phishing-resistant method; off unless somebody said why.
    pub dedicated_policy: Option<DedicatedPolicy>,
    /// Who besides the group may be excluded from the policy for everybody.
    pub exclude_also: Exclusions,
    /// Accounts that stand for everybody else, by name.
    pub regular_users: Vec<String>,
    /// Where an audit draws the line.
    pub thresholds: Thresholds,
}

/// An emergency account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The sign-in name; without `@` it is in the tenant's initial domain.
    pub name: String,
    /// For people.
    pub display_name: String,
}

/// The group of the emergency accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Which.
    pub reference: GroupReference,
    /// Whether roles can be assigned to it, which keeps lesser administrators from changing its members; none: where the licence
    /// allows it. Only asked for when the group is made.
    pub role_assignable: Option<bool>,
}

/// How the configuration names a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupReference {
    /// By display name; it is made if there is none.
    Name(String),
    /// By object id; it must be there.
    Id(String),
}

/// The policy that asks everybody for multifactor authentication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MfaPolicy {
    /// Display name, if it has to be made.
    pub name: String,
    /// What it asks for.
    pub strength: Strength,
}

/// What a policy asks for, from the weakest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// The grant control `mfa`: any second factor, methods of other providers included.
    Mfa,
    /// The built-in authentication strength "Multifactor authentication".
    MultifactorStrength,
    /// The built-in authentication strength "Phishing-resistant MFA".
    PhishingResistant,
}

impl Strength {
    /// For people.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Mfa => "any second factor",
            Self::MultifactorStrength => "the strength \"Multifactor authentication\"",
            Self::PhishingResistant => "the strength \"Phishing-resistant MFA\"",
        }
    }
}

/// A policy for the emergency accounts themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DedicatedPolicy {
    /// Display name, if it has to be made.
    pub name: String,
    /// Why somebody wants what Microsoft advises against since June 2026.
    pub reason: String,
}

/// Who may be excluded, by object id; roles by template id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exclusions {
    /// Users.
    pub users: Vec<String>,
    /// Groups.
    pub groups: Vec<String>,
    /// Roles: that of directory synchronization accounts, for instance.
    pub roles: Vec<String>,
}

/// Where an audit draws the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// How many Global Administrators there may be, the emergency accounts included.
    pub global_administrators: usize,
    /// After how many days a password is too old.
    pub password_age_days: Option<u16>,
    /// How many days an audit looks back in the sign-in log.
    pub sign_in_days: u16,
    /// After how many days the last review is too old.
    pub review_every_days: u16,
    /// After how many days a key's last proof that it works is too old.
    pub key_proof_days: u16,
}

impl Default for Thresholds {
    /// Microsoft's advice: fewer than five Global Administrators who are people, and at least two emergency accounts; a review at
    /// least every 90 days. The sign-in log goes back 30 days.
    fn default() -> Self {
        Self {
            global_administrators: 6,
            password_age_days: None,
            sign_in_days: 30,
            review_every_days: 90,
            key_proof_days: 90,
        }
    }
}
