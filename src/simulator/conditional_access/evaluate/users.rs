//! Whom a policy means.

use crate::simulator::conditional_access::evaluate::{Reason, is_meant, require};
use crate::simulator::conditional_access::policy::{
    ClientApplications, ConditionSet, ExternalTenants, GuestsOrExternalUsers, Users,
};
use crate::simulator::conditional_access::sign_in::{Identity, Person};

pub(super) fn check(conditions: &ConditionSet, identity: &Identity) -> Result<(), Reason> {
    match identity {
        Identity::Person(person) => {
            let users = conditions.users.as_ref();
            let is_meant = users.is_some_and(|users| means_person(users, person));
            require(is_meant, Reason::Users)
        }
        Identity::ServicePrincipal(id) => {
            let workloads = conditions.client_applications.as_ref();
            let is_meant = workloads.is_some_and(|workloads| means_workload(workloads, id));
            require(is_meant, Reason::WorkloadIdentities)
        }
    }
}

fn means_person(users: &Users, person: &Person) -> bool {
    let included = names(&users.include_users, person)
        || of_group(&users.include_groups, person)
        || of_role(&users.include_roles, person)
        || of_kind(users.include_guests_or_external_users.as_ref(), person);
    let excluded = names(&users.exclude_users, person)
        || of_group(&users.exclude_groups, person)
        || of_role(&users.exclude_roles, person)
        || of_kind(users.exclude_guests_or_external_users.as_ref(), person);
    included && !excluded
}

fn names(list: &[String], person: &Person) -> bool {
    list.iter().any(|entry| match entry.as_str() {
        "All" => true,
        "None" => false,
        "GuestsOrExternalUsers" => person.kind.is_some(),
        id => is_one_of(person.id.as_slice(), id),
    })
}

fn of_group(list: &[String], person: &Person) -> bool {
    list.iter().any(|id| is_one_of(&person.groups, id))
}

fn of_role(list: &[String], person: &Person) -> bool {
    list.iter().any(|id| {
        let mut roles = person.roles.iter();
        roles.any(|role| role.eq_ignore_ascii_case(id))
    })
}

/// Somebody whose tenant is not told is of no enumerated tenant.
fn of_kind(kinds: Option<&GuestsOrExternalUsers>, person: &Person) -> bool {
    let (Some(kinds), Some(kind)) = (kinds, &person.kind) else {
        return false;
    };
    let of_tenant = match &kinds.external_tenants {
        None | Some(ExternalTenants::All) => true,
        Some(ExternalTenants::Enumerated(tenants)) => {
            let mut tenants = tenants.iter();
            tenants.any(|tenant| is_one_of(person.home_tenant.as_slice(), tenant))
        }
    };
    kinds.guest_or_external_user_types.contains(kind) && of_tenant
}

/// A filter selects by attributes that no service principal has here.
fn means_workload(workloads: &ClientApplications, id: &str) -> bool {
    let is_this =
        |entry: &String| entry == "ServicePrincipalsInMyTenant" || entry.eq_ignore_ascii_case(id);
    workloads.service_principal_filter.is_none()
        && is_meant(
            &workloads.include_service_principals,
            &workloads.exclude_service_principals,
            is_this,
        )
}

fn is_one_of(ids: &[String], id: &str) -> bool {
    ids.iter().any(|own| own.eq_ignore_ascii_case(id))
}
