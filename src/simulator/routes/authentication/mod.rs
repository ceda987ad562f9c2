//! `/users/{id}/authentication`, besides FIDO2 keys: methods of every kind, Temporary Access Passes, per-user MFA.

mod methods;
mod passes;
mod requirements;

use axum::Router;
use axum::routing::get;

use crate::simulator::routes::{Access, Caller, GraphError};
use crate::simulator::service::Service;
use crate::simulator::tenant::{State, User};

pub(super) fn routes() -> Router<Service> {
    let base = "/users/{user}/authentication";
    let passes = format!("{base}/temporaryAccessPassMethods");
    Router::new()
        .route(&format!("{base}/methods"), get(methods::all))
        .route(
            &format!("{base}/requirements"),
            get(requirements::get).patch(requirements::update),
        )
        .route(&passes, get(passes::list).post(passes::create))
        .route(
            &format!("{passes}/{{id}}"),
            get(passes::get).delete(passes::delete),
        )
        .route(&format!("{base}/{{kind}}"), get(methods::list))
        .route(
            &format!("{base}/{{kind}}/{{id}}"),
            get(methods::get).delete(methods::delete),
        )
}

/// The user that the path names, whose methods the caller reaches with one of these permissions.
fn reached<'a>(
    state: &'a State,
    caller: &Caller,
    user: &str,
    access: Access,
    permissions: &[&str],
) -> Result<&'a User, GraphError> {
    caller.require_any(permissions)?;
    let found = state.user(user);
    let found = found.filter(|user| state.is_settled(&user.id.to_string()));
    let found = found.ok_or_else(|| GraphError::no_such_object(user))?;
    caller.require_authority(state, found, access)?;
    Ok(found)
}
