//! A key in software: 64-byte CTAPHID reports in, 64-byte reports out (CTAP 2.1, authenticator side).
//!
//! Written from the specification, not from the client in `ctap`: of that module only the packet codec and the status
//! codes are used, so that a client mistake shows.
//!
//! ```text
//! // The key. No thread, no socket; the time is `Env::monotonic`.
//! Emulator::in_memory(env, profile) -> Result<Emulator, OpenError>
//! Emulator::open(dir, env, profile) -> Result<Emulator, OpenError>            // own attestation root in DIR/attestation
//! Emulator::new(Box<dyn Storage>, AttestationAuthority, env, profile) -> Result<Emulator, OpenError>
//!     .set_touch(Box<dyn Touch>)            // default touch::Auto
//!     .set_faults(Faults)                   // default none
//!     .handle_report(&Report)               // host -> key
//!     .poll() -> Option<Report>             // key -> host; call until None; drives touch, time-outs, keep-alives
//!     .time_until_next() -> Option<Duration>// when poll is worth calling again without new input; None: never
//!     .power_cycle()                        // unplug and replug: lock-out and tokens cleared, storage and channels kept
//!     .is_gone() -> bool                    // a fault unplugged it; power_cycle brings it back
//!     .attestation_root_pem() -> Result<String, CertificateError>
//!
//! // A root that several keys may share.
//! AttestationAuthority::open(dir, &env) / ::generate(&env) -> Result<_, AttestationError>;  .root_pem()
//!
//! // The engine of `emulator serve`.
//! serve::serve(Arc<Mutex<Emulator>>, &[ListenAddress]) -> Result<Server, ServeError>
//!     ListenAddress: FromStr  udp:HOST:PORT | tcp:HOST:PORT | unix:PATH | pty   (port 0: any)
//!     Server::addresses() -> &[ListenAddress] with real ports and the PTY's path;  Server::stop(self)
//!
//! // Misbehaviour.
//! "unplug-on=makeCredential".parse::<Fault>();  Faults::from_iter([..])
//! ```

pub mod attestation;
mod authenticator;
mod command;
mod credential;
mod device;
pub mod fault;
mod hid;
mod pin_protocol;
pub mod profile;
mod request;
pub mod serve;
mod state;
pub mod storage;
mod token;
pub mod touch;

pub use attestation::{AttestationAuthority, AttestationError};
pub use command::{Command, UnknownCommand};
pub use device::{Emulator, OpenError};
pub use fault::{Fault, Faults};
pub use profile::Profile;
pub use state::StateError;

#[cfg(test)]
mod tests;
