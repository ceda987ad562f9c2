//! Microsoft Graph, v1.0 and beta: one file per resource.

mod administrative_units;
mod audit_logs;
mod authentication;
mod batch;
mod call;
mod caller;
mod conditional_access;
mod creation_options;
mod directory_objects;
mod envelope;
mod error;
mod fido2_methods;
mod fido2_policy;
mod filter;
mod governance;
mod groups;
mod memberships;
mod odata;
mod organization;
mod page;
mod permissions;
mod quota;
mod roles;
mod users;

pub(in crate::simulator) use audit_logs::LogPace;
use axum::routing::get;
use axum::{Extension, Router};
pub(in crate::simulator) use batch::run as run_batches;
pub(in crate::simulator) use caller::{Access, Caller};
pub(in crate::simulator) use conditional_access::Pace;
pub(in crate::simulator) use envelope::envelope;
pub(in crate::simulator) use error::GraphError;
pub(in crate::simulator) use quota::{Quota, apply as apply_quota};

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
        .merge(directory())
        .merge(conditional_access::router())
        .route(
            methods,
            get(fido2_methods::list).post(fido2_methods::create),
        )
        .route(
            &format!("{methods}/{{segment}}"),
            get(fido2_methods::get).delete(fido2_methods::delete),
        )
        .merge(authentication::routes())
        .merge(batch::routes())
        .merge(governance::routes())
        .merge(organization::routes())
        .merge(audit_logs::routes())
        .route(
            "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2",
            get(fido2_policy::get).patch(fido2_policy::update),
        )
}

/// Who is where, and who may what.
fn directory() -> Router<Service> {
    let units = "/directory/administrativeUnits";
    Router::new()
        .merge(users::routes())
        .merge(groups::routes())
        .merge(memberships::routes())
        .merge(roles::routes())
        .route(units, get(administrative_units::list))
        .route(&format!("{units}/{{unit}}"), get(administrative_units::get))
        .route(
            &format!("{units}/{{unit}}/members"),
            get(administrative_units::members),
        )
}
