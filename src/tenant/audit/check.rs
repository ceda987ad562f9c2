//! What a check is.

use std::fmt;

use super::{Facts, Finding};

/// One thing that is to hold in the tenant. All of them are in [`super::CHECKS`].
#[derive(Clone, Copy)]
pub struct Check {
    /// Stable, never used again for something else, and the name of the page in `docs/audit/`.
    pub id: &'static str,
    /// The same in words, for programs and people.
    pub name: &'static str,
    /// What holds in a tenant that passes.
    pub title: &'static str,
    /// How grave it is if it does not.
    pub severity: Severity,
    /// Where Microsoft documents it.
    pub source: &'static str,
    /// What to do then.
    pub fix: &'static str,
    pub(super) run: fn(&Facts<'_>) -> Vec<Finding>,
}

/// Pages of Microsoft on which checks rest.
pub(super) mod source {
    pub(in super::super) const ALL_USERS: &str = "https://learn.microsoft.com/entra/identity/conditional-access/policy-all-users-mfa-strength";
    pub(in super::super) const CONDITIONAL_ACCESS: &str = "https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-policies";
    pub(in super::super) const EMERGENCY_ACCESS: &str = "https://learn.microsoft.com/entra/identity/role-based-access-control/security-emergency-access";
    pub(in super::super) const MANDATORY_MFA: &str = "https://learn.microsoft.com/entra/identity/authentication/concept-mandatory-multifactor-authentication";
    pub(in super::super) const PASSKEYS: &str = "https://learn.microsoft.com/entra/identity/authentication/how-to-authentication-passkeys-fido2";
    pub(in super::super) const PER_USER_MFA: &str =
        "https://learn.microsoft.com/entra/identity/authentication/howto-mfa-userstates";
    pub(in super::super) const RESTRICTED_UNITS: &str = "https://learn.microsoft.com/entra/identity/role-based-access-control/admin-units-restricted-management";
    pub(in super::super) const ROLES: &str =
        "https://learn.microsoft.com/entra/identity/role-based-access-control/best-practices";
    pub(in super::super) const SECURITY_DEFAULTS: &str =
        "https://learn.microsoft.com/entra/fundamentals/security-defaults";
}

/// How grave it is that something does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// An emergency account is less safe than it could be, or will fail later.
    Warning,
    /// An emergency account is, or can be, locked out or taken over; or nobody is asked for a second factor.
    Error,
}

impl Severity {
    /// The word for it, which is SARIF's too.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Check {
    /// Where its page is, from the root of the repository.
    #[must_use]
    pub fn page(&self) -> String {
        format!("docs/audit/{}.md", self.id)
    }

    /// The check with this id.
    #[must_use]
    pub fn by_id(id: &str) -> Option<&'static Self> {
        let mut checks = super::CHECKS.iter();
        checks.find(|check| check.id.eq_ignore_ascii_case(id))
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id)
    }
}

impl PartialEq for Check {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}
