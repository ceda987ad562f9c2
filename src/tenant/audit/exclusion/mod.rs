//! HG-4xx: what Conditional Access and its like can do to the accounts.

mod by_policy;
mod concern;
pub(super) mod foreign_path;
pub(super) mod group_manual;
pub(super) mod group_members;
pub(super) mod group_protected;
mod path;
mod reach;
pub(super) mod report_only;
pub(super) mod risk;
pub(super) mod second_factor;
pub(super) mod security_defaults;
pub(super) mod session;
mod sign_ins;
pub(super) mod stopped;
pub(super) mod strength;
pub(super) mod without_users;
