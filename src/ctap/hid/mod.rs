//! CTAPHID (CTAP 2.1 §11.2): messages over 64-byte HID reports, and the things that carry such reports.

pub mod address;
pub mod channel;
pub mod error;
pub mod packet;
pub mod probe;
pub mod socket;
pub mod tap;
pub mod usb;

pub use address::{Address, SocketAddress};
pub use channel::Channel;
pub use error::{Error, Violation};
pub use probe::Probe;
pub use tap::Tap;

use std::time::Duration;

use packet::Report;

/// Why a report could not be moved.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// The device is gone: unplugged, or the peer closed the connection.
    #[error("the key is gone: {0}")]
    Gone(String),
    /// The operating system refused.
    #[error("{attempted}: {source}")]
    Io {
        /// What was being done, with the address.
        attempted: String,
        /// The operating system's answer.
        source: std::io::Error,
    },
    /// There is nothing at the address.
    #[error("there is no device at {0}")]
    NotFound(String),
    /// The operating system knows the device but does not let this user use it.
    #[error("no permission to use {0}")]
    PermissionDenied(String),
}

/// A thing that takes and gives 64-byte reports: USB, a socket, or the emulator in the same process.
pub trait HidDevice: Send {
    /// Sends one report.
    ///
    /// # Errors
    /// When the device is gone or the operating system refuses.
    fn write_report(&mut self, report: &Report) -> Result<(), DeviceError>;

    /// Waits for one report, at most `timeout`; `Ok(None)` when none came.
    ///
    /// # Errors
    /// When the device is gone or the operating system refuses.
    fn read_report(&mut self, timeout: Duration) -> Result<Option<Report>, DeviceError>;
}

/// The specification's name of a CTAPHID command, for error texts.
fn command_name(command: u8) -> &'static str {
    match command {
        packet::command::PING => "CTAPHID_PING",
        packet::command::MSG => "CTAPHID_MSG",
        packet::command::INIT => "CTAPHID_INIT",
        packet::command::WINK => "CTAPHID_WINK",
        packet::command::CBOR => "CTAPHID_CBOR",
        _ => "CTAPHID",
    }
}
