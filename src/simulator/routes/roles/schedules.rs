//! `roleAssignmentScheduleInstances` and `roleEligibilityScheduleInstances`: since when and until when.

use axum::response::Response;
use serde_json::{Value, json};

use crate::simulator::relying_party::date_time;
use crate::simulator::routes::call::Call;
use crate::simulator::routes::filter::Filter;
use crate::simulator::routes::page::{Options, Queried};
use crate::simulator::routes::roles::assignments::{FILTERED, rows};
use crate::simulator::routes::{GraphError, permissions};
use crate::simulator::tenant::{License, RoleAssignment, Standing};

pub(super) async fn active(call: Call, options: Queried) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::ACTIVE_SCHEDULES)?;
    list(&call, "roleAssignmentScheduleInstances", options, |row| {
        row.standing != Standing::Eligible
    })
}

pub(super) async fn eligible(call: Call, options: Queried) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::ELIGIBLE_SCHEDULES)?;
    list(&call, "roleEligibilityScheduleInstances", options, |row| {
        row.standing == Standing::Eligible
    })
}

fn list(
    call: &Call,
    name: &str,
    options: Queried,
    is_wanted: fn(&RoleAssignment) -> bool,
) -> Result<Response, GraphError> {
    let options = Options::with_filter(options)?;
    let filter = Filter::parse(options.filter.as_deref(), &FILTERED)?;
    let path = format!("roleManagement/directory/{name}");
    call.service.tenant.read(|state| {
        if state.license < License::P2 {
            return Err(GraphError::premium_required(
                "Privileged Identity Management",
            ));
        }
        let running =
            rows(state, &filter).filter(|row| is_wanted(row) && row.is_running(state.now));
        call.collection(&path, &path)
            .page(running, None, &options, |row| Ok(wire(row)))
    })
}

fn wire(row: &RoleAssignment) -> Value {
    let instance = format!("{}-1", row.id);
    let mut body = json!({
        "id": instance,
        "principalId": row.principal_id,
        "roleDefinitionId": row.role.template_id(),
        "directoryScopeId": row.directory_scope_id,
        "appScopeId": null,
        "startDateTime": row.start.map(date_time),
        "endDateTime": row.end.map(date_time),
        "memberType": "Direct",
    });
    match row.standing {
        Standing::Eligible => body["roleEligibilityScheduleId"] = json!(row.id),
        Standing::Activated | Standing::Assigned => {
            let activated = row.standing == Standing::Activated;
            body["assignmentType"] = if activated { "Activated" } else { "Assigned" }.into();
            body["roleAssignmentOriginId"] = json!(row.id);
            body["roleAssignmentScheduleId"] = json!(row.id);
        }
    }
    body
}
