//! Is the tenant safe for its emergency accounts? Facts in, findings out: nothing here asks anybody anything.

pub mod activity;
pub mod audit;
pub mod change;
pub mod conditional_access;
pub mod desired;
pub mod explain;
pub mod passkey_policy;
pub mod plan;
pub mod preflight;
pub mod read;
mod setting;
pub mod snapshot;
pub mod what_if;

pub use setting::{Scope, Setting};

/// The template of the role Global Administrator, which may do everything in the whole tenant; the same in every tenant.
pub const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
