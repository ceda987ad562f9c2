//! The one test binary: everything that crosses module borders or runs the real executable.

#![allow(clippy::unwrap_used)]

mod alerts;
mod architecture;
mod attestation;
mod batch;
mod bench;
mod check;
mod control_cli;
mod cost;
mod crash;
mod custody;
mod day_one;
mod demo;
mod docs;
mod drill;
mod duties;
mod enroll;
mod exit_status;
mod families;
mod faults;
mod graph_schema;
mod history;
mod key_cli;
mod key_test;
mod ledger_cli;
mod ledger_stations;
mod metadata;
mod monitor;
mod output;
mod preflight;
mod reconcile;
mod review;
mod secrets;
mod service;
mod sign_in;
mod simulator_sign_in;
mod tenant_audit;
mod tenant_export;
mod tenant_what_if;
mod tenants;
mod tenants_as_code;
mod together;
mod two_rooms;
mod udev;
