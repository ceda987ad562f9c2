//! Why a policy is not taken. The texts with a number in front have been seen from the service, the others are ours.

/// Why a policy is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// `block` is asked for together with something else.
    #[error("The grant control block cannot be combined with other controls.")]
    BlockWithOthers,
    /// Members that contradict each other.
    #[error("{0} cannot be combined with {1}.")]
    Combined(&'static str, &'static str),
    /// What must have something in it has nothing.
    #[error("{0} must not be empty.")]
    Empty(&'static str),
    /// A text is not in the language of filters.
    #[error("The filter rule is not valid: {0}")]
    FilterRule(String),
    /// A word that the member does not have.
    #[error("{member} does not take {value:?}.")]
    InvalidValue {
        /// Which member.
        member: &'static str,
        /// What was sent.
        value: String,
    },
    /// The tenant has no licence for Conditional Access.
    #[error("The tenant is not licensed for Conditional Access.")]
    NotLicensed,
    /// The tenant has no licence for policies about risk.
    #[error(
        "1039: Cannot create or update policies with premium P2 features. Upgrade to a premium P2 license and try again."
    )]
    NotLicensedForRisk,
    /// `passwordChange` is for policies about risky users, with `mfa`, on all resources, and nothing else.
    #[error(
        "The grant control passwordChange takes mfa with AND, userRiskLevels, all applications without exclusions, and no other condition."
    )]
    PasswordChange,
    /// No member, no type or no word that the metadata has.
    #[error(
        "1007: Incoming ConditionalAccessPolicy object is null or does not match the schema of ConditionalAccessPolicy type. {0}"
    )]
    Schema(#[from] serde_json::Error),
    /// Security defaults are on, and the policy is to be enforced.
    #[error(
        "Security Defaults is enabled in the tenant. You must disable Security defaults before enabling a Conditional Access policy."
    )]
    SecurityDefaults,
    /// As many as there may be.
    #[error("The tenant has {POLICY_LIMIT} Conditional Access policies already.")]
    TooMany,
    /// The id of nothing.
    #[error("{member} has {id:?}, which does not exist.")]
    Unknown {
        /// Which member.
        member: &'static str,
        /// What was sent.
        id: String,
    },
}

/// Policies of a tenant, in whatever state.
pub(super) const POLICY_LIMIT: usize = 240;
