//! Halligan provisions, tests and governs the FIDO2 keys of Microsoft Entra emergency access accounts.
//!
//! The library behind the `halligan` binary, not a public API. Imports run downwards only; a test reads every
//! `use crate::` and fails with the rule that is broken:
//!
//! ```text
//! cli → ceremony, report → ctap, graph, attestation, tenant, custody → ledger → webauthn → encoding, env, secret
//! ```
//!
//! `emulator` and `simulator` stand behind the wire: of `ctap` the emulator uses the packet codec and the status codes,
//! of `graph` the simulator uses the wire types, so that a mistake of the client shows; `tenant`
//! judges what the wire types say, and asks nobody.

pub mod attestation;
pub mod ceremony;
pub mod cli;
pub mod ctap;
pub mod custody;
pub mod emulator;
pub mod encoding;
pub mod env;
pub mod graph;
pub mod ledger;
pub mod report;
pub mod secret;
pub mod simulator;
pub mod tenant;
pub mod webauthn;
