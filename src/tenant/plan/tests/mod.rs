#![allow(clippy::unwrap_used)]

mod enforcement;
mod exclusions;
mod order;
mod stage;
mod steps;
