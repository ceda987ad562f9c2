//! Is the tenant safe for its emergency accounts? Facts in, findings out: nothing here asks anybody anything.

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
