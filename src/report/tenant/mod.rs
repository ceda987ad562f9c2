//! The tenant.

mod explain;
mod export;
mod plan;
mod preflight;
mod ways;
mod what_if;

pub use explain::explain;
pub use export::{Destination, snapshot_text, tenant_export, unread_line};
pub use plan::{tenant_apply, tenant_plan};
pub(super) use preflight::prediction_text;
pub use preflight::{prediction_json, preflight};
pub use what_if::what_if;
