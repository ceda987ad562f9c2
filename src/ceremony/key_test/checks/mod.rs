//! The checks themselves. Each takes a bench and answers; errors of the key are left to the caller, who makes verdicts of them.

pub(super) mod assertion;
pub(super) mod creation;
pub(super) mod discoverable;
pub(super) mod extension;
pub(super) mod info;
pub(super) mod lockout;
pub(super) mod new_pin;
pub(super) mod options;
pub(super) mod passing;
pub(super) mod pin;
pub(super) mod pin_change;
pub(super) mod pin_rules;
pub(super) mod report;
pub(super) mod request;
pub(super) mod touch;
pub(super) mod wiped;
