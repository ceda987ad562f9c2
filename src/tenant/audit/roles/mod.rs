//! HG-2xx: roles.

pub(super) mod active;
pub(super) mod administrators;
pub(super) mod eligible;
mod holders;
pub(super) mod permanent;
pub(super) mod resetters;
mod schedules;
