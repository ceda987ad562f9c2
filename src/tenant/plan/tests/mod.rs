#![allow(clippy::unwrap_used)]

mod audited;
mod enforcement;
mod everybody;
mod exclusions;
mod order;
mod stage;
mod steps;
