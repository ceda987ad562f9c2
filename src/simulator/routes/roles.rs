//! `/roleManagement/directory/roleAssignments`: who has which directory role directly, and where.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::encoding::base64url;
use crate::simulator::routes::page::{Collection, Options, Queried};
use crate::simulator::routes::{Caller, GraphError, Version, permissions};
use crate::simulator::service::Service;
use crate::simulator::tenant::{Role, State as Tenant};

/// The members that `$filter` may compare, with `eq` and joined by `and`.
const FILTERED: [&str; 3] = ["principalId", "roleDefinitionId", "directoryScopeId"];

pub(super) async fn assignments(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    caller: Caller,
    options: Queried,
) -> Result<Response, GraphError> {
    caller.require_any(&permissions::ROLE_ASSIGNMENTS)?;
    let options = Options::with_filter(options)?;
    let conditions = conditions(options.filter.as_deref())?;
    let mut assignments = service.tenant.read(all);
    assignments.retain(|assignment| {
        let mut conditions = conditions.iter();
        conditions.all(|(member, value)| assignment[member] == value.as_str())
    });
    let collection = Collection {
        service: &service,
        version,
        path: "roleManagement/directory/roleAssignments",
        context: "roleManagement/directory/roleAssignments",
    };
    collection.answer(assignments, &options)
}

/// `member eq 'value' and …`
fn conditions(filter: Option<&str>) -> Result<Vec<(&'static str, String)>, GraphError> {
    let terms = filter.into_iter().flat_map(|filter| filter.split(" and "));
    terms.map(condition).collect()
}

fn condition(term: &str) -> Result<(&'static str, String), GraphError> {
    let parsed = term.trim().split_once(" eq ").and_then(|(member, value)| {
        let mut members = FILTERED.into_iter();
        let member = members.find(|known| *known == member.trim())?;
        let value = value.trim().strip_prefix('\'')?.strip_suffix('\'')?;
        (!value.contains('\'')).then(|| (member, value.to_owned()))
    });
    parsed.ok_or_else(|| GraphError::unsupported_query("Invalid filter clause."))
}

/// Assignments to users and, for the roles that a group gives, to the group.
fn all(state: &Tenant) -> Vec<Value> {
    let users = state
        .users
        .iter()
        .map(|user| (user.id.to_string(), &user.roles));
    let groups = state
        .groups
        .iter()
        .map(|group| (group.id.clone(), &group.roles));
    let whole = users.chain(groups).flat_map(|(principal, roles)| {
        let roles = roles.iter();
        roles.map(move |role| assignment(&principal, *role, None))
    });
    let scoped = state.scoped_roles.iter().map(|held| {
        let principal = held.principal_id.to_string();
        assignment(&principal, held.role, Some(held.administrative_unit))
    });
    whole.chain(scoped).collect()
}

fn assignment(principal: &str, role: Role, unit: Option<Uuid>) -> Value {
    let scope = unit.map_or_else(
        || "/".to_owned(),
        |unit| format!("/administrativeUnits/{unit}"),
    );
    let id = format!("{principal} {} {scope}", role.template_id());
    json!({
        "id": base64url::encode(id.as_bytes()),
        "principalId": principal,
        "roleDefinitionId": role.template_id(),
        "directoryScopeId": scope,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn filters_compare_and_join_and_nothing_else() {
        let both = "principalId eq 'a' and roleDefinitionId eq 'b'";
        let wanted = vec![
            ("principalId", "a".to_owned()),
            ("roleDefinitionId", "b".to_owned()),
        ];
        assert_eq!(conditions(Some(both)).unwrap(), wanted);
        assert!(conditions(None).unwrap().is_empty());
        for bad in [
            "",
            "principalId eq a",
            "principalId ne 'a'",
            "principalId eq 'a' or principalId eq 'b'",
            "shoeSize eq '44'",
            "'",
        ] {
            assert!(conditions(Some(bad)).is_err(), "{bad}");
        }
    }
}
