//! What a policy may ask for.

use crate::simulator::conditional_access::policy::{
    ConditionSet, GrantControl, GrantControls, Operator,
};
use crate::simulator::conditional_access::{Policy, Refusal};

pub(super) fn check(policy: &Policy) -> Result<(), Refusal> {
    let sessions = policy.session_controls.as_ref();
    let asks_of_session = sessions.is_some_and(|controls| !controls.is_empty());
    match &policy.grant_controls {
        Some(grant) => check_grant(grant, &policy.conditions, asks_of_session),
        None if asks_of_session => Ok(()),
        None => Err(Refusal::Empty("grantControls")),
    }
}

fn check_grant(
    grant: &GrantControls,
    conditions: &ConditionSet,
    asks_of_session: bool,
) -> Result<(), Refusal> {
    let count = grant.count();
    if count == 0 && !asks_of_session {
        return Err(Refusal::Empty("grantControls"));
    }
    if count > 1 && grant.operator.is_none() {
        return Err(Refusal::Empty("operator"));
    }
    if grant.has(GrantControl::Block) && count > 1 {
        return Err(Refusal::BlockWithOthers);
    }
    if grant.has(GrantControl::Mfa) && grant.authentication_strength.is_some() {
        return Err(Refusal::Combined("authenticationStrength", "mfa"));
    }
    if grant.has(GrantControl::PasswordChange) && !may_change_password(grant, conditions) {
        return Err(Refusal::PasswordChange);
    }
    Ok(())
}

/// As documented of the control.
fn may_change_password(grant: &GrantControls, conditions: &ConditionSet) -> bool {
    let resources = &conditions.applications;
    grant.has(GrantControl::Mfa)
        && grant.count() == 2
        && grant.operator == Some(Operator::And)
        && !conditions.user_risk_levels.is_empty()
        && resources.include_applications == ["All"]
        && resources.exclude_applications.is_empty()
        && conditions.sign_in_risk_levels.is_empty()
        && conditions.platforms.is_none()
        && conditions.locations.is_none()
        && conditions.devices.is_none()
        && conditions.authentication_flows.is_none()
}
