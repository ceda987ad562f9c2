//! A key in software: 64-byte CTAPHID reports in, 64-byte reports out (CTAP 2.1, authenticator side).
//!
//! Written from the specification, not from the client in `ctap`: of that module only the packet codec and the status
//! codes are used, so that a client mistake shows.
//!
//! ```text
//! serve      sockets and terminals          one thread, any number of doors
//! device     Emulator: the whole key        no thread, no waiting; time from `Env`, touch from `Touch`
//! hid        CTAPHID, device side           reports <-> requests
//! authenticator, command/                   requests -> answers; state, PIN, credentials
//! ctap1/                                    U2F: its messages, on the same credentials
//! storage, attestation, profile, fault      what a key keeps, who vouches for it, what kind it is, how it misbehaves
//! control, handling, journal                what a person does to a key, and what an onlooker sees of it
//! ```
//!
//! An [`Emulator`] is driven by three calls: [`Emulator::handle_report`] for each report from the host,
//! [`Emulator::poll`] until it has none to give, and [`Emulator::time_until_next`] for how long a host that waits may sleep
//! before it polls again.

pub mod attestation;
mod authenticator;
mod certificate;
mod command;
pub mod control;
mod credential;
mod ctap1;
mod device;
mod duration;
pub mod fault;
mod handling;
mod hid;
mod journal;
mod pin_policy;
mod pin_protocol;
pub mod profile;
mod request;
pub mod serve;
mod state;
pub mod storage;
mod token;
pub mod touch;
mod wrapping;

pub use attestation::{AttestationAuthority, AttestationError};
pub use command::{Command, UnknownCommand};
pub use device::{Emulator, OpenError};
pub use fault::{Effect, Fault, Faults};
pub use handling::{CredentialSeen, NoTouchAwaited, ReportsSeen, Snapshot, TouchSeen};
pub use journal::{Event, EventKind};
pub use profile::Profile;
pub use state::StateError;

#[cfg(test)]
mod tests;
