//! Keys behind sockets: software authenticators, test beds, forwarded devices.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs, UdpSocket};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, SocketType, connect, recv,
    send, socket_with,
};

use super::packet::{REPORT_LENGTH, Report};
use super::{DeviceError, HidDevice, SocketAddress};

/// The length that precedes each report on TCP.
const PREFIX: usize = 2;
/// How long to wait for a TCP peer to accept.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Writes to a peer that has stopped reading end after this time.
const WRITE_TIMEOUT: Duration = Duration::from_secs(2);

/// Connects to a key.
///
/// # Errors
/// When nothing listens there, or the operating system refuses.
pub fn open(address: &SocketAddress) -> Result<Box<dyn HidDevice>, DeviceError> {
    let name = address.to_string();
    let failed = |source| failure(&name, "connect to", source);
    match address {
        SocketAddress::Udp {
            host,
            port,
            local_port,
        } => {
            let socket = connect_udp(host, *port, local_port.unwrap_or(0)).map_err(failed)?;
            Ok(Box::new(UdpDevice { socket, name }))
        }
        SocketAddress::Tcp { host, port } => {
            let stream = connect_tcp(host, *port).map_err(failed)?;
            Ok(Box::new(TcpDevice {
                stream,
                name,
                received: Vec::new(),
            }))
        }
        SocketAddress::Unix(path) => {
            let socket = connect_unix(path).map_err(|errno| failed(errno.into()))?;
            Ok(Box::new(UnixDevice { socket, name }))
        }
    }
}

fn connect_udp(host: &str, port: u16, local_port: u16) -> std::io::Result<UdpSocket> {
    first_that_works(host, port, |peer| {
        let local: SocketAddr = match peer {
            SocketAddr::V4(_) => ([0, 0, 0, 0], local_port).into(),
            SocketAddr::V6(_) => ([0; 16], local_port).into(),
        };
        let socket = UdpSocket::bind(local)?;
        socket.connect(peer)?;
        Ok(socket)
    })
}

fn connect_tcp(host: &str, port: u16) -> std::io::Result<TcpStream> {
    let stream = first_that_works(host, port, |peer| {
        TcpStream::connect_timeout(&peer, CONNECT_TIMEOUT)
    })?;
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(WRITE_TIMEOUT))?;
    Ok(stream)
}

/// A name may stand for several addresses, `localhost` for an IPv6 one where nobody listens.
fn first_that_works<T>(
    host: &str,
    port: u16,
    attempt: impl Fn(SocketAddr) -> std::io::Result<T>,
) -> std::io::Result<T> {
    let mut last = ErrorKind::NotFound.into();
    for peer in (host, port).to_socket_addrs()? {
        match attempt(peer) {
            Ok(connected) => return Ok(connected),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn connect_unix(path: &Path) -> rustix::io::Result<OwnedFd> {
    let socket = socket_with(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )?;
    connect(&socket, &SocketAddrUnix::new(path)?)?;
    Ok(socket)
}

/// One datagram is one report; datagrams of other sizes are dropped.
struct UdpDevice {
    socket: UdpSocket,
    name: String,
}

impl HidDevice for UdpDevice {
    fn write_report(&mut self, report: &Report) -> Result<(), DeviceError> {
        match self.socket.send(report) {
            Ok(_) => Ok(()),
            Err(source) => Err(failure(&self.name, "write to", source)),
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
            Ok(REPORT_LENGTH) => Ok(datagram.first_chunk().copied()),
            Ok(_) => Ok(None),
            Err(source) if is_timeout(&source) => Ok(None),
            Err(source) => Err(failure(&self.name, "read from", source)),
        }
    }
}

/// Each report is preceded by its length as a big-endian u16; messages of other lengths are dropped.
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

/// One message is one report; messages of other sizes are dropped.
struct UnixDevice {
    socket: OwnedFd,
    name: String,
}

impl HidDevice for UnixDevice {
    fn write_report(&mut self, report: &Report) -> Result<(), DeviceError> {
        match send(&self.socket, report, SendFlags::NOSIGNAL) {
            Ok(_) => Ok(()),
            Err(errno) => Err(failure(&self.name, "write to", errno.into())),
        }
    }

    fn read_report(&mut self, timeout: Duration) -> Result<Option<Report>, DeviceError> {
        let failed = |errno: Errno| failure(&self.name, "read from", errno.into());
        let timeout = Timespec::try_from(timeout).ok();
        let mut descriptors = [PollFd::new(&self.socket, PollFlags::IN)];
        match poll(&mut descriptors, timeout.as_ref()) {
            Ok(0) | Err(Errno::INTR) => return Ok(None),
            Ok(_) => {}
            Err(errno) => return Err(failed(errno)),
        }
        let mut message = [0; REPORT_LENGTH];
        match recv(&self.socket, &mut message[..], RecvFlags::TRUNC) {
            Ok((_, 0)) => Err(DeviceError::Gone(self.name.clone())),
            Ok((_, REPORT_LENGTH)) => Ok(Some(message)),
            Ok(_) | Err(Errno::INTR) => Ok(None),
            Err(errno) => Err(failed(errno)),
        }
    }
}

/// A time limit of zero would mean none.
fn at_least_a_millisecond(timeout: Duration) -> Duration {
    timeout.max(Duration::from_millis(1))
}

fn is_timeout(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}

fn failure(name: &str, verb: &str, source: std::io::Error) -> DeviceError {
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
