//! Microsoft Graph, v1.0 and beta: one file per resource.

mod administrative_units;
mod caller;
mod creation_options;
mod envelope;
mod error;
mod fido2_methods;
mod fido2_policy;
mod memberships;
mod odata;
mod organization;
mod page;
mod permissions;
mod roles;
mod users;

use axum::routing::get;
use axum::{Extension, Router};
pub(in crate::simulator) use caller::{Access, Caller};
pub(in crate::simulator) use envelope::envelope;
pub(in crate::simulator) use error::GraphError;

use crate::simulator::service::Service;

/// A version of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulator) enum Version {
    Beta,
    V1,
}

impl Version {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Beta => "beta",
            Self::V1 => "v1.0",
        }
    }
}

/// Graph's routes.
pub(in crate::simulator) fn router() -> Router<Service> {
    [Version::V1, Version::Beta]
        .into_iter()
        .fold(Router::new(), |router, version| {
            router.nest(
                &format!("/{}", version.as_str()),
                resources().layer(Extension(version)),
            )
        })
}

fn resources() -> Router<Service> {
    let methods = "/users/{user}/authentication/fido2Methods";
    Router::new()
        .route("/me", get(users::me))
        .route("/users", get(users::list))
        .route("/users/{user}", get(users::get))
        .merge(directory())
        .route(
            methods,
            get(fido2_methods::list).post(fido2_methods::create),
        )
        .route(
            &format!("{methods}/{{segment}}"),
            get(fido2_methods::get).delete(fido2_methods::delete),
        )
        .route("/organization", get(organization::get))
        .route(
            "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2",
            get(fido2_policy::get).patch(fido2_policy::update),
        )
}

/// Who is where, and who may what.
fn directory() -> Router<Service> {
    let of_user = "/users/{user}/transitiveMemberOf";
    let of_me = "/me/transitiveMemberOf";
    let units = "/directory/administrativeUnits";
    Router::new()
        .route(of_user, get(memberships::of_user))
        .route(
            &format!("{of_user}/{{cast}}"),
            get(memberships::of_user_by_kind),
        )
        .route(of_me, get(memberships::of_me))
        .route(
            &format!("{of_me}/{{cast}}"),
            get(memberships::of_me_by_kind),
        )
        .route(
            "/roleManagement/directory/roleAssignments",
            get(roles::assignments),
        )
        .route(units, get(administrative_units::list))
        .route(&format!("{units}/{{unit}}"), get(administrative_units::get))
        .route(
            &format!("{units}/{{unit}}/members"),
            get(administrative_units::members),
        )
}
