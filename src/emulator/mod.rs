//! A key in software: 64-byte CTAPHID reports in, 64-byte reports out (CTAP 2.1, authenticator side).
//!
//! Written from the specification, not from the client in `ctap`: of that module only the packet codec and the status
//! codes are used, so that a client mistake shows.
//!
//! ```text
//! serve/                  doors: sockets, a terminal, a HID device (uhid/), the control socket; one thread
//! control/                what can be asked over that socket, as lines of JSON or in words; pure
//! device, waiting         Emulator: the whole key, and a request that waits; no thread, no sleep
//! handling, journal       what a person does to a key, and what an onlooker sees of it
//! hid                     CTAPHID, device side: reports <-> requests
//! authenticator, command/ CTAP2: requests -> answers, a file for each command
//! ctap1/                  U2F: its messages, on the same credentials
//! state, storage          what a key remembers, and where
//! credential, wrapping    credentials that are stored, and those that the relying party keeps
//! pin_*, token            PIN/UV auth protocols, policy, pinUvAuthToken
//! attestation             who vouches for it; its certificates are in certificate
//! profile/                what kind of key it is
//! touch                   who touches it, and with which finger
//! fault/                  how it misbehaves, and when
//! ```
//!
//! An [`Emulator`] is driven by three calls: [`Emulator::handle_report`] for each report from the host,
//! [`Emulator::poll`] until it has none to give, and [`Emulator::time_until_next`] for how long a host that waits may sleep
//! before it polls again. Time comes from `Env`, touches from [`touch::Touch`].

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
mod waiting;
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
