//! The one test binary: everything that crosses module borders or runs the real executable.

#![allow(clippy::unwrap_used)]

mod architecture;
mod batch;
mod bench;
mod check;
mod control_cli;
mod cost;
mod demo;
mod docs;
mod enroll;
mod exit_status;
mod families;
mod faults;
mod key_cli;
mod ledger_cli;
mod output;
mod reconcile;
mod secrets;
mod sign_in;
mod together;
mod udev;
