//! The UDP protocol of software authenticators: one datagram is one report.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use super::super::packet::{REPORT_LENGTH, Report};
use super::super::{DeviceError, HidDevice};
use super::{at_least_a_millisecond, failure, first_that_works, is_timeout};

/// Binds a port, a certain one if the key answers only to that, and fixes the peer.
pub(super) fn connect(
    host: &str,
    port: u16,
    local_port: Option<u16>,
    name: &str,
) -> io::Result<Box<dyn HidDevice>> {
    let local_port = local_port.unwrap_or(0);
    let socket = first_that_works(host, port, |peer| {
        let local: SocketAddr = match peer {
            SocketAddr::V4(_) => ([0, 0, 0, 0], local_port).into(),
            SocketAddr::V6(_) => ([0; 16], local_port).into(),
        };
        let socket = UdpSocket::bind(local)?;
        socket.connect(peer)?;
        Ok(socket)
    })?;
    Ok(Box::new(UdpDevice {
        socket,
        name: name.to_owned(),
        answered: false,
    }))
}

/// One datagram is one report; datagrams of other sizes are dropped.
struct UdpDevice {
    socket: UdpSocket,
    name: String,
    /// Whether anything has ever come: before that, a refused datagram means that nobody was there to begin with.
    answered: bool,
}

impl UdpDevice {
    fn failure(&self, verb: &str, source: io::Error) -> DeviceError {
        match failure(&self.name, verb, source) {
            DeviceError::Gone(name) if !self.answered => DeviceError::NotFound(name),
            error => error,
        }
    }
}

impl HidDevice for UdpDevice {
    fn write_report(&mut self, report: &Report) -> Result<(), DeviceError> {
        match self.socket.send(report) {
            Ok(_) => Ok(()),
            Err(source) => Err(self.failure("write to", source)),
        }
    }

    fn read_report(&mut self, timeout: Duration) -> Result<Option<Report>, DeviceError> {
        // One byte more than a report, so that a longer datagram is not mistaken for one.
        let mut datagram = [0; REPORT_LENGTH + 1];
        let received = self
            .socket
            .set_read_timeout(Some(at_least_a_millisecond(timeout)))
            .and_then(|()| self.socket.recv(&mut datagram));
        match received {
            Ok(REPORT_LENGTH) => {
                self.answered = true;
                Ok(datagram.first_chunk().copied())
            }
            Ok(_) => Ok(None),
            Err(source) if is_timeout(&source) => Ok(None),
            Err(source) => Err(self.failure("read from", source)),
        }
    }
}
