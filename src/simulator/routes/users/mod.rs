//! `/users`, `/users/{id}`, `/me`, and the recycle bin.

mod check;
mod deleted;
mod members;
mod read;
mod sessions;
mod write;

use axum::Router;
use axum::routing::{get, post};
pub(super) use members::{DEFAULT, member};

use crate::simulator::service::Service;

pub(super) fn routes() -> Router<Service> {
    let bin = "/directory/deletedItems";
    Router::new()
        .route("/me", get(read::me).patch(write::update_me))
        .route("/users", get(read::list).post(write::create))
        .route(
            "/users/{user}",
            get(read::get).patch(write::update).delete(write::delete),
        )
        .route("/users/{user}/revokeSignInSessions", post(sessions::revoke))
        .route(&format!("{bin}/microsoft.graph.user"), get(deleted::list))
        .route(
            &format!("{bin}/{{id}}"),
            get(deleted::get).delete(deleted::purge),
        )
        .route(&format!("{bin}/{{id}}/restore"), post(deleted::restore))
}
