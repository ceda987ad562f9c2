//! `/identity/conditionalAccess` and what its policies name under `/policies`.

mod deleted_policies;
mod evaluate;
mod named_locations;
mod pace;
mod policies;
mod security_defaults;
mod strengths;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde_json::Value;
use uuid::Uuid;

pub(in crate::simulator) use pace::Pace;

use crate::simulator::conditional_access::Refusal;
use crate::simulator::routes::{Caller, GraphError, permissions};
use crate::simulator::service::Service;
use crate::simulator::tenant::Role;

/// Who may write, of people. Whom the service lets read is left to the permissions.
const WRITERS: [Role; 3] = [
    Role::ConditionalAccessAdministrator,
    Role::GlobalAdministrator,
    Role::SecurityAdministrator,
];

pub(super) fn router() -> Router<Service> {
    let root = "/identity/conditionalAccess";
    let deleted = format!("{root}/deletedItems/policies");
    let strengths = "/policies/authenticationStrengthPolicies";
    Router::new()
        .route(
            &format!("{root}/policies"),
            get(policies::list).post(policies::create),
        )
        .route(
            &format!("{root}/policies/{{policy}}"),
            get(policies::get)
                .patch(policies::update)
                .delete(policies::delete),
        )
        .route(&deleted, get(deleted_policies::list))
        .route(
            &format!("{deleted}/{{policy}}"),
            get(deleted_policies::get).delete(deleted_policies::delete),
        )
        .route(
            &format!("{deleted}/{{policy}}/restore"),
            post(deleted_policies::restore),
        )
        .route(
            &format!("{root}/namedLocations"),
            get(named_locations::list),
        )
        .route(
            &format!("{root}/namedLocations/{{location}}"),
            get(named_locations::get),
        )
        .route(&format!("{root}/evaluate"), post(evaluate::evaluate))
        .route(strengths, get(strengths::list))
        .route(&format!("{strengths}/{{strength}}"), get(strengths::get))
        .route(
            "/policies/identitySecurityDefaultsEnforcementPolicy",
            get(security_defaults::get).patch(security_defaults::update),
        )
}

fn require_read(caller: &Caller) -> Result<(), GraphError> {
    let granted = caller.require_any(&permissions::CONDITIONAL_ACCESS);
    granted.map_err(|_| GraphError::missing_scopes())
}

fn require_write(caller: &Caller) -> Result<(), GraphError> {
    let both = caller
        .require_any(&permissions::ALL_POLICIES)
        .and_then(|()| caller.require_any(&permissions::CONDITIONAL_ACCESS_WRITE));
    both.map_err(|_| GraphError::missing_scopes())?;
    let role = caller.require_role(&WRITERS);
    role.map_err(|_| {
        GraphError::access_denied("You do not have the required role to perform this operation.")
    })
}

/// The JSON of a body; the service says the same of one that is none as of one that fits no policy.
fn read(body: &[u8]) -> Result<Value, GraphError> {
    Ok(serde_json::from_slice(body).map_err(Refusal::from)?)
}

/// The id in a path. What is no id is nothing's id.
fn object_id(segment: &str) -> Result<Uuid, GraphError> {
    segment.parse().map_err(|_| not_found(segment))
}

/// What a change answers that concerns the object of this id, if there is one.
fn done(is_there: bool, id: &str) -> Result<StatusCode, GraphError> {
    if is_there {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(not_found(id))
    }
}

fn not_found(id: &str) -> GraphError {
    GraphError::no_such_policy(id)
}

impl From<Refusal> for GraphError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotLicensed => Self::access_denied(refusal.to_string()),
            refused => Self::malformed(refused.to_string()),
        }
    }
}
