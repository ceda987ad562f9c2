//! What the service refuses although it is well-formed: ids of nothing, controls that contradict each other, too many
//! policies, missing licences.

mod controls;
mod references;

use crate::simulator::conditional_access::policy::{ConditionSet, Users};
use crate::simulator::conditional_access::refusal::POLICY_LIMIT;
use crate::simulator::conditional_access::{Policy, PolicyState, Refusal, device_rule};
use crate::simulator::tenant::{License, State};

/// Whether a policy may be in the tenant in place of the one that has been there.
///
/// # Errors
/// The first reason against it.
pub(super) fn check(
    state: &State,
    before: Option<&Policy>,
    policy: &Policy,
) -> Result<(), Refusal> {
    check_license(state.license, policy)?;
    if policy.state == PolicyState::Enabled && state.conditional_access.security_defaults_enabled {
        return Err(Refusal::SecurityDefaults);
    }
    if policy.display_name.trim().is_empty() {
        return Err(Refusal::Empty("displayName"));
    }
    check_conditions(&policy.conditions)?;
    controls::check(policy)?;
    references::check(state, before, policy)
}

/// Whether there may be one more.
pub(super) fn check_number(state: &State) -> Result<(), Refusal> {
    let policies = state.conditional_access.policies.len();
    if policies < POLICY_LIMIT {
        Ok(())
    } else {
        Err(Refusal::TooMany)
    }
}

fn check_license(license: License, policy: &Policy) -> Result<(), Refusal> {
    let conditions = &policy.conditions;
    let asks_for_risk = !conditions.user_risk_levels.is_empty()
        || !conditions.sign_in_risk_levels.is_empty()
        || !conditions.service_principal_risk_levels.is_empty()
        || conditions.insider_risk_levels.is_some();
    match license {
        License::Free => Err(Refusal::NotLicensed),
        License::P1 if asks_for_risk => Err(Refusal::NotLicensedForRisk),
        License::P1 | License::P2 | License::Governance => Ok(()),
    }
}

fn check_conditions(conditions: &ConditionSet) -> Result<(), Refusal> {
    if conditions.client_app_types.is_empty() {
        return Err(Refusal::Empty("clientAppTypes"));
    }
    let workloads = conditions.client_applications.is_some();
    match &conditions.users {
        None if !workloads => return Err(Refusal::Empty("users")),
        Some(users) => check_users(users, workloads)?,
        None => {}
    }
    check_resources(conditions)?;
    let platforms = conditions.platforms.as_ref();
    if platforms.is_some_and(|platforms| platforms.include_platforms.is_empty()) {
        return Err(Refusal::Empty("includePlatforms"));
    }
    let locations = conditions.locations.as_ref();
    if locations.is_some_and(|locations| locations.include_locations.is_empty()) {
        return Err(Refusal::Empty("includeLocations"));
    }
    let devices = conditions.devices.as_ref();
    match devices.and_then(|devices| devices.device_filter.as_ref()) {
        Some(filter) => device_rule::check(&filter.rule).map_err(Refusal::FilterRule),
        None => Ok(()),
    }
}

fn check_users(users: &Users, workloads: bool) -> Result<(), Refusal> {
    let guests = "GuestsOrExternalUsers";
    let names = |list: &[String]| list.iter().any(|one| one == guests);
    let nobody = users.include_users.iter().all(|one| one == "None")
        && users.include_groups.is_empty()
        && users.include_roles.is_empty()
        && users.include_guests_or_external_users.is_none();
    let twice = names(&users.include_users) && users.include_guests_or_external_users.is_some()
        || names(&users.exclude_users) && users.exclude_guests_or_external_users.is_some();
    if twice {
        Err(Refusal::Combined(
            "'GuestsOrExternalUsers'",
            "guestOrExternalUsers",
        ))
    } else if workloads && !nobody {
        Err(Refusal::Combined("users", "clientApplications"))
    } else if !workloads && nobody && users.include_users.is_empty() {
        Err(Refusal::Empty("includeUsers"))
    } else {
        Ok(())
    }
}

/// Applications, user actions or authentication contexts: one of the three.
fn check_resources(conditions: &ConditionSet) -> Result<(), Refusal> {
    let resources = &conditions.applications;
    let by_application =
        !resources.include_applications.is_empty() || resources.application_filter.is_some();
    let by_action = !resources.include_user_actions.is_empty();
    let by_context = !resources
        .include_authentication_context_class_references
        .is_empty();
    match (by_application, by_action, by_context) {
        (false, false, false) => Err(Refusal::Empty("includeApplications")),
        (true, true, _) => Err(Refusal::Combined(
            "includeApplications",
            "includeUserActions",
        )),
        (true, _, true) => Err(Refusal::Combined(
            "includeApplications",
            "includeAuthenticationContextClassReferences",
        )),
        (_, true, true) => Err(Refusal::Combined(
            "includeUserActions",
            "includeAuthenticationContextClassReferences",
        )),
        _ => Ok(()),
    }
}
