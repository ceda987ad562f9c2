//! The tenant.

mod explain;
mod preflight;
mod ways;
mod what_if;

pub use explain::explain;
pub(super) use preflight::prediction_text;
pub use preflight::{prediction_json, preflight};
pub use what_if::what_if;
