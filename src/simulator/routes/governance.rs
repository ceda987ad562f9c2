//! `/identityGovernance`: access reviews and lifecycle workflows, as a seed gave them.

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Map, Value};

use crate::simulator::routes::call::Call;
use crate::simulator::routes::page::Queried;
use crate::simulator::routes::{GraphError, permissions};
use crate::simulator::service::Service;
use crate::simulator::tenant::{License, Role, State};

/// Who reads access reviews.
const REVIEWERS: [Role; 6] = [
    Role::GlobalAdministrator,
    Role::GlobalReader,
    Role::IdentityGovernanceAdministrator,
    Role::SecurityAdministrator,
    Role::SecurityReader,
    Role::UserAdministrator,
];

/// Who reads workflows.
const WORKFLOW_READERS: [Role; 3] = [
    Role::GlobalAdministrator,
    Role::GlobalReader,
    Role::LifecycleWorkflowsAdministrator,
];

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route(
            "/identityGovernance/accessReviews/definitions",
            get(access_reviews),
        )
        .route(
            "/identityGovernance/lifecycleWorkflows/workflows",
            get(workflows),
        )
}

async fn access_reviews(call: Call, options: Queried) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::ACCESS_REVIEWS)?;
    call.caller.require_role(&REVIEWERS)?;
    let path = "identityGovernance/accessReviews/definitions";
    list(&call, options, path, License::P2, |state| {
        &state.access_reviews
    })
}

async fn workflows(call: Call, options: Queried) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::WORKFLOWS)?;
    call.caller.require_role(&WORKFLOW_READERS)?;
    let path = "identityGovernance/lifecycleWorkflows/workflows";
    list(&call, options, path, License::Governance, |state| {
        &state.lifecycle_workflows
    })
}

fn list(
    call: &Call,
    options: Queried,
    path: &str,
    license: License,
    objects: fn(&State) -> &Vec<Map<String, Value>>,
) -> Result<Response, GraphError> {
    if call.service.tenant.read(|state| state.license) < license {
        return Err(GraphError::with_code(
            StatusCode::FORBIDDEN,
            "AccessDenied",
            "The tenant does not have the license that this feature needs.",
        ));
    }
    call.listed(path, options, &[], |state| {
        objects(state).iter().cloned().map(Value::from).collect()
    })
}
