//! A key, seen from the host: the platform side of CTAP 2.1, and of what CTAP 2.2 adds to responses.
//!
//! [`Authenticator`] has a method for every command; below it, [`command`] turns requests into bytes and bytes into
//! responses, [`pin_protocol`] keeps PINs off the wire, and [`hid`] moves messages over 64-byte reports. Everything blocks,
//! nothing prints or asks: touch reaches the caller as [`KeepAlive`], Ctrl-C reaches the key through [`Cancel`].

pub mod authenticator;
pub mod command;
pub mod error;
pub mod hid;
pub mod pin_protocol;
pub mod status;
pub mod transport;

pub use authenticator::{Authenticator, PinUvAuth, Times};
pub use command::client_pin::Permissions;
pub use error::{Error, PinFailure, PinFailureKind};
pub use transport::{Cancel, Capabilities, Counters, Identity, KeepAlive, Transport, Wait};
