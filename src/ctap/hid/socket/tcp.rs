//! Reports over TCP: each is preceded by its length as a big-endian u16.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::super::packet::{REPORT_LENGTH, Report};
use super::super::{DeviceError, HidDevice};
use super::{at_least_a_millisecond, failure, first_that_works, is_timeout};

/// The length that precedes each report.
const PREFIX: usize = 2;
/// How long to wait for a peer to accept.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Writes to a peer that has stopped reading end after this time.
const WRITE_TIMEOUT: Duration = Duration::from_secs(2);

pub(super) fn connect(host: &str, port: u16, name: &str) -> io::Result<Box<dyn HidDevice>> {
    let stream = first_that_works(host, port, |peer| {
        TcpStream::connect_timeout(&peer, CONNECT_TIMEOUT)
    })?;
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(WRITE_TIMEOUT))?;
    Ok(Box::new(TcpDevice {
        stream,
        name: name.to_owned(),
        received: Vec::new(),
    }))
}

/// Messages of other lengths are dropped.
struct TcpDevice {
    stream: TcpStream,
    name: String,
    /// What has come of the next message, its prefix included.
    received: Vec<u8>,
}

impl HidDevice for TcpDevice {
    fn write_report(&mut self, report: &Report) -> Result<(), DeviceError> {
        let mut message = [0; PREFIX + REPORT_LENGTH];
        let length = u16::try_from(REPORT_LENGTH).expect("64 fits into 16 bits");
        message[..PREFIX].copy_from_slice(&length.to_be_bytes());
        message[PREFIX..].copy_from_slice(report);
        self.stream
            .write_all(&message)
            .map_err(|source| failure(&self.name, "write to", source))
    }

    fn read_report(&mut self, timeout: Duration) -> Result<Option<Report>, DeviceError> {
        self.stream
            .set_read_timeout(Some(at_least_a_millisecond(timeout)))
            .map_err(|source| failure(&self.name, "read from", source))?;
        loop {
            let missing = self.missing();
            if missing == 0 {
                return Ok(self.take_message());
            }
            let mut buffer = [0; 1024];
            let wanted = missing.min(buffer.len());
            match self.stream.read(&mut buffer[..wanted]) {
                Ok(0) => return Err(DeviceError::Gone(self.name.clone())),
                Ok(count) => self.received.extend_from_slice(&buffer[..count]),
                Err(source) if is_timeout(&source) => return Ok(None),
                Err(source) => return Err(failure(&self.name, "read from", source)),
            }
        }
    }
}

impl TcpDevice {
    /// How many bytes the next message still lacks, as far as known.
    fn missing(&self) -> usize {
        match self.received.first_chunk::<PREFIX>() {
            None => PREFIX - self.received.len(),
            Some(prefix) => {
                let length = usize::from(u16::from_be_bytes(*prefix));
                (PREFIX + length).saturating_sub(self.received.len())
            }
        }
    }

    fn take_message(&mut self) -> Option<Report> {
        let message = std::mem::take(&mut self.received);
        message.get(PREFIX..)?.try_into().ok()
    }
}
