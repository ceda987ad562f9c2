//! What the tenant as a whole has: licence and domains.

use serde::{Deserialize, Serialize};

use crate::simulator::tenant::State;

/// The edition of Microsoft Entra ID.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum License {
    /// No premium licence.
    Free,
    /// P1: Conditional Access, role-assignable groups, logs.
    P1,
    /// P2: besides, eligible and time-bound roles, access reviews.
    #[default]
    P2,
    /// P2 and Microsoft Entra ID Governance: besides, lifecycle workflows.
    Governance,
}

/// Who checks the passwords of a domain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthenticationType {
    /// Another identity provider.
    Federated,
    /// The tenant itself.
    #[default]
    Managed,
}

/// A domain of the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Domain {
    /// The name.
    pub id: String,
    /// Who checks passwords.
    #[serde(default)]
    pub authentication_type: AuthenticationType,
    /// Whether it is the one that the tenant began with.
    #[serde(default)]
    pub is_initial: bool,
    /// Whether new accounts get it.
    #[serde(default)]
    pub is_default: bool,
    /// Whether it was shown to be the tenant's.
    #[serde(default = "yes")]
    pub is_verified: bool,
}

const fn yes() -> bool {
    true
}

impl State {
    /// The tenant's domains, the initial one among them.
    #[must_use]
    pub fn all_domains(&self) -> Vec<Domain> {
        let mut domains = self.domains.clone();
        if !domains.iter().any(|known| known.id == self.domain) {
            let is_default = !domains.iter().any(|known| known.is_default);
            let initial = Domain {
                id: self.domain.clone(),
                authentication_type: AuthenticationType::Managed,
                is_initial: true,
                is_default,
                is_verified: true,
            };
            domains.insert(0, initial);
        }
        domains
    }

    /// The verified domain of this name.
    #[must_use]
    pub fn verified_domain(&self, name: &str) -> Option<Domain> {
        let mut domains = self.all_domains().into_iter();
        domains.find(|known| known.is_verified && known.id.eq_ignore_ascii_case(name))
    }
}
