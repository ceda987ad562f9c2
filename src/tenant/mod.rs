//! Is the tenant safe for its emergency accounts? Facts in, findings out: nothing here asks anybody anything.

pub mod conditional_access;
pub mod desired;
pub mod passkey_policy;
pub mod preflight;
pub mod read;
mod setting;
pub mod snapshot;

pub use setting::{Scope, Setting};
