//! CTAPHID (CTAP 2.1 §11.2): messages over 64-byte HID reports.

pub mod packet;

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
