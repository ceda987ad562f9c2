//! Roles with their terms. The service shows them with a licence for Privileged Identity Management only, and without one there are
//! no terms.

use super::super::facts::{Facts, same};
use super::holders::WHOLE_TENANT;
use crate::graph::model::{Organization, UnifiedRoleScheduleInstance};
use crate::tenant::preflight::GLOBAL_ADMINISTRATOR;

/// Service plan of Microsoft Entra ID Governance, which has Privileged Identity Management too.
const GOVERNANCE: &str = "e866a266-3cff-43a3-acca-0c90a7e00c8b";

/// Whether the tenant certainly has no Privileged Identity Management, and never had: a licence that has run out leaves terms behind.
pub(super) fn cannot_have_terms(facts: &Facts<'_>) -> bool {
    let Ok(organization) = &facts.snapshot.organization else {
        return false;
    };
    let mut plans = organization.assigned_plans.iter();
    let is_shown = !organization.assigned_plans.is_empty();
    is_shown
        && !plans.any(|plan| {
            same(&plan.service_plan_id, Organization::P2) || same(&plan.service_plan_id, GOVERNANCE)
        })
}

/// Those that are about Global Administrator in the whole tenant.
pub(super) fn of_global_administrator(
    instances: &[UnifiedRoleScheduleInstance],
) -> Vec<&UnifiedRoleScheduleInstance> {
    let is_meant = |one: &&UnifiedRoleScheduleInstance| {
        let role = one.role_definition_id.as_deref();
        let scope = one.directory_scope_id.as_deref();
        role.is_some_and(|role| same(role, GLOBAL_ADMINISTRATOR))
            && scope.is_none_or(|scope| scope == WHOLE_TENANT)
    };
    instances.iter().filter(is_meant).collect()
}
