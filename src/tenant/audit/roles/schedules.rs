//! Roles with their terms. The service shows them with a licence for Privileged Identity Management only, and without one there are
//! no terms.

use super::super::facts::{Facts, same};
use super::holders::WHOLE_TENANT;
use crate::graph::model::{Organization, UnifiedRoleScheduleInstance};
use crate::tenant::preflight::GLOBAL_ADMINISTRATOR;

/// Whether the tenant certainly has no Privileged Identity Management, and never had: a licence that has run out leaves terms behind.
pub(super) fn cannot_have_terms(facts: &Facts<'_>) -> bool {
    let organization = facts.snapshot.organization.as_ref();
    organization.is_ok_and(|one| one.never_had(&[Organization::P2, Organization::GOVERNANCE]))
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
