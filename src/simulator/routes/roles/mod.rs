//! `/roleManagement/directory`: who has which directory role, since when and until when, and which roles there are.

mod assignments;
mod definitions;
mod schedules;

use axum::Router;
use axum::routing::get;

use crate::simulator::service::Service;

const BASE: &str = "/roleManagement/directory";

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route(
            &format!("{BASE}/roleAssignments"),
            get(assignments::list).post(assignments::create),
        )
        .route(
            &format!("{BASE}/roleAssignments/{{id}}"),
            get(assignments::get).delete(assignments::delete),
        )
        .route(
            &format!("{BASE}/roleAssignmentScheduleInstances"),
            get(schedules::active),
        )
        .route(
            &format!("{BASE}/roleEligibilityScheduleInstances"),
            get(schedules::eligible),
        )
        .route(&format!("{BASE}/roleDefinitions"), get(definitions::list))
        .route(
            &format!("{BASE}/roleDefinitions/{{id}}"),
            get(definitions::get),
        )
}
