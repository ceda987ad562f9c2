//! `/roleManagement/directory/roleAssignments`: who has which directory role directly, and where.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use crate::simulator::routes::page::{Collection, Options, Queried};
use crate::simulator::routes::{Caller, GraphError, Version, permissions};
use crate::simulator::service::Service;
use crate::simulator::tenant::{RoleAssignment, State as Tenant};

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

/// The assignments that are active now.
fn all(state: &Tenant) -> Vec<Value> {
    let active = state
        .role_assignments
        .iter()
        .filter(|row| row.is_active(state.now));
    active.map(assignment).collect()
}

fn assignment(row: &RoleAssignment) -> Value {
    json!({
        "id": row.id,
        "principalId": row.principal_id,
        "roleDefinitionId": row.role.template_id(),
        "directoryScopeId": row.directory_scope_id,
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
