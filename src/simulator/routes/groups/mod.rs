//! `/groups`, and who is in them.

mod authority;
mod members;
mod read;
mod write;

use axum::Router;
use axum::routing::{delete, get, post};
pub(super) use read::member;

use crate::simulator::service::Service;

pub(super) fn routes() -> Router<Service> {
    let group = "/groups/{group}";
    Router::new()
        .route("/groups", get(read::list).post(write::create))
        .route(
            group,
            get(read::get).patch(write::update).delete(write::delete),
        )
        .route(&format!("{group}/members"), get(members::direct))
        .route(
            &format!("{group}/members/{{segment}}"),
            get(members::direct_by_kind),
        )
        .route(&format!("{group}/members/$ref"), post(members::add))
        .route(
            &format!("{group}/members/{{segment}}/$ref"),
            delete(members::remove),
        )
        .route(&format!("{group}/transitiveMembers"), get(members::all))
        .route(
            &format!("{group}/transitiveMembers/{{segment}}"),
            get(members::all_by_kind),
        )
        .route(&format!("{group}/owners"), get(members::owners))
}
