//! HG-5xx: everybody else is asked for a second factor.

pub(super) mod enforced;
pub(super) mod everything;
pub(super) mod exclusions;
mod policy;
pub(super) mod present;
pub(super) mod strength;
