//! Keys behind sockets: software authenticators, test beds, forwarded devices.

mod tcp;
mod udp;
mod unix;

#[cfg(test)]
mod tests;

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;

use super::{DeviceError, HidDevice, SocketAddress};

/// Connects to a key.
///
/// # Errors
/// When nothing listens there, or the operating system refuses.
pub fn open(address: &SocketAddress) -> Result<Box<dyn HidDevice>, DeviceError> {
    let name = address.to_string();
    let device = match address {
        SocketAddress::Udp {
            host,
            port,
            local_port,
        } => udp::connect(host, *port, *local_port, &name),
        SocketAddress::Tcp { host, port } => tcp::connect(host, *port, &name),
        SocketAddress::Unix(path) => unix::connect(path, &name),
    };
    device.map_err(|source| failure(&name, "connect to", source))
}

/// A name may stand for several addresses. IPv4 comes first: software keys listen on 127.0.0.1, and UDP does not tell that
/// nobody listens on `localhost`'s IPv6 address.
fn first_that_works<T>(
    host: &str,
    port: u16,
    attempt: impl Fn(SocketAddr) -> io::Result<T>,
) -> io::Result<T> {
    let mut last = ErrorKind::NotFound.into();
    let mut peers: Vec<SocketAddr> = (host, port).to_socket_addrs()?.collect();
    peers.sort_by_key(SocketAddr::is_ipv6);
    for peer in peers {
        match attempt(peer) {
            Ok(connected) => return Ok(connected),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// A time limit of zero would mean none.
fn at_least_a_millisecond(timeout: Duration) -> Duration {
    timeout.max(Duration::from_millis(1))
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}

fn failure(name: &str, verb: &str, source: io::Error) -> DeviceError {
    match source.kind() {
        ErrorKind::NotFound => DeviceError::NotFound(name.to_owned()),
        ErrorKind::PermissionDenied => DeviceError::PermissionDenied(name.to_owned()),
        // UDP learns by an ICMP message that nobody listens, so also in the middle.
        ErrorKind::ConnectionRefused if verb == "connect to" => {
            DeviceError::NotFound(name.to_owned())
        }
        ErrorKind::BrokenPipe
        | ErrorKind::ConnectionAborted
        | ErrorKind::ConnectionRefused
        | ErrorKind::ConnectionReset
        | ErrorKind::UnexpectedEof => DeviceError::Gone(name.to_owned()),
        _ => DeviceError::Io {
            attempted: format!("{verb} {name}"),
            source,
        },
    }
}
