//! Which check a policy concerns, so that each policy is one check's, and no two say the same.

use crate::graph::model::ConditionalAccessPolicy;
use crate::tenant::conditional_access::Demand;

/// What a policy does to an account that it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Concern {
    /// It stops the account.
    Stopped,
    /// It stops the account by an authentication strength.
    Strength,
    /// It stops the account when its sign-in looks risky.
    Risk,
    /// It asks for what a key gives.
    SecondFactor,
    /// It cuts sessions short.
    Session,
    /// It does nothing.
    Nothing,
}

/// What a policy with this demand does.
pub(super) fn concern(policy: &ConditionalAccessPolicy, demand: &Demand) -> Concern {
    let conditions = &policy.conditions;
    let by_risk = !conditions.sign_in_risk_levels.is_empty()
        || !conditions.user_risk_levels.is_empty()
        || conditions.insider_risk_levels.is_some();
    let grant = policy.grant_controls.as_ref();
    let by_strength = grant.is_some_and(|controls| {
        controls.authentication_strength.is_some() && controls.built_in_controls.is_empty()
    });
    match demand {
        Demand::Barrier(_) | Demand::Open(_) if by_risk => Concern::Risk,
        Demand::Barrier(_) | Demand::Open(_) if by_strength => Concern::Strength,
        Demand::Barrier(_) | Demand::Open(_) => Concern::Stopped,
        Demand::Key(_) => Concern::SecondFactor,
        Demand::Nothing if cuts_sessions(policy) => Concern::Session,
        Demand::Nothing => Concern::Nothing,
    }
}

/// Whether it has session controls at all; those that stop anybody are demands.
fn cuts_sessions(policy: &ConditionalAccessPolicy) -> bool {
    policy.session_controls.as_ref().is_some_and(|controls| {
        controls.sign_in_frequency.is_some()
            || controls.persistent_browser.is_some()
            || controls.disable_resilience_defaults == Some(true)
    })
}
