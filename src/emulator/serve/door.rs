//! The doors: what is read from a socket, terminal or HID device, cut into reports, and how reports are written to it. Everything is
//! non-blocking; a peer that does not read loses reports, as a USB host would.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, SocketType, accept_with,
    bind, connect, listen, recv, send, socket_with,
};

use super::pty::Pty;
use super::uhid::{Identity, Uhid};
use super::{BoundAddress, ListenAddress, ServeError};
use crate::ctap::hid::packet::{REPORT_LENGTH, Report};

pub(super) const SOCKET_FLAGS: SocketFlags = SocketFlags::CLOEXEC.union(SocketFlags::NONBLOCK);

/// A socket, terminal or HID device on which reports travel, or connections arrive.
pub(super) enum Door {
    Udp(UdpSocket),
    TcpListener(TcpListener),
    Tcp(TcpStream, Vec<u8>),
    UnixListener(OwnedFd, PathBuf),
    Unix(OwnedFd),
    Pty(Pty),
    Uhid(Uhid),
}

/// What a readable door gave.
pub(super) enum Received {
    /// Nothing usable.
    Nothing,
    /// Reports, with the sender where a door has several.
    Reports(Vec<Report>, Option<SocketAddr>),
    /// A connection.
    Connection(Door),
    /// The peer is gone.
    Closed,
}

impl Door {
    /// `identity` is what a HID device says of itself.
    pub(super) fn open(address: &ListenAddress, identity: &Identity) -> Result<Self, ServeError> {
        let failed = |attempted| {
            let address = address.clone();
            move |source: io::Error| ServeError::Io {
                attempted,
                address,
                source,
            }
        };
        match address {
            ListenAddress::Udp(socket) | ListenAddress::Tcp(socket)
                if !socket.ip().is_loopback() =>
            {
                Err(ServeError::NotLoopback(address.clone()))
            }
            ListenAddress::Udp(socket) => UdpSocket::bind(socket)
                .and_then(|socket| socket.set_nonblocking(true).map(|()| Self::Udp(socket)))
                .map_err(failed("listen on")),
            ListenAddress::Tcp(socket) => TcpListener::bind(socket)
                .and_then(|listener| {
                    listener.set_nonblocking(true)?;
                    Ok(Self::TcpListener(listener))
                })
                .map_err(failed("listen on")),
            ListenAddress::Unix(path) => {
                remove_stale_socket(path, SocketType::SEQPACKET)?;
                listen_on_unix(path).map_err(failed("listen on"))
            }
            ListenAddress::Pty => Pty::open().map(Self::Pty).map_err(failed("open")),
            ListenAddress::Uhid => Uhid::open(identity.clone()).map(Self::Uhid),
        }
    }

    /// Where a host finds the door; `None` for connections.
    pub(super) fn address(&self) -> Option<BoundAddress> {
        match self {
            Self::Udp(socket) => socket.local_addr().ok().map(BoundAddress::Udp),
            Self::TcpListener(listener) => listener.local_addr().ok().map(BoundAddress::Tcp),
            Self::UnixListener(_, path) => Some(BoundAddress::Unix(path.clone())),
            Self::Pty(pty) => Some(BoundAddress::Pty(pty.path().to_owned())),
            Self::Uhid(uhid) => Some(BoundAddress::Uhid(uhid.node().map(Path::to_owned))),
            Self::Tcp(..) | Self::Unix(_) => None,
        }
    }

    /// Whether it is a connection that somebody made, and that ends when the key is unplugged.
    pub(super) fn is_connection(&self) -> bool {
        matches!(self, Self::Tcp(..) | Self::Unix(_))
    }

    /// Reads once.
    pub(super) fn receive(&mut self) -> Received {
        let result = match self {
            Self::Udp(socket) => return receive_datagram(socket),
            Self::TcpListener(listener) => accept_tcp(listener),
            Self::UnixListener(listener, _) => accept_with(listener, SOCKET_FLAGS)
                .map(|connection| Received::Connection(Self::Unix(connection)))
                .map_err(io::Error::from),
            Self::Unix(connection) => receive_message(connection),
            Self::Tcp(stream, received) => {
                read_into(stream, received).map(|open| frames(received, open))
            }
            Self::Pty(pty) => pty
                .receive()
                .map(|reports| Received::Reports(reports, None)),
            Self::Uhid(uhid) => return Received::Reports(uhid.receive(), None),
        };
        result.unwrap_or_else(|error| match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::Interrupted => Received::Nothing,
            // A listener that fails once, a connection already reset for instance, goes on listening.
            _ if !self.is_connection() => Received::Nothing,
            _ => Received::Closed,
        })
    }

    /// Writes a report. What cannot be written is lost; `false` when the connection can no longer be used.
    pub(super) fn send(&mut self, report: &Report, peer: Option<SocketAddr>) -> bool {
        match self {
            Self::Udp(socket) => {
                if let Some(Err(error)) = peer.map(|peer| socket.send_to(report, peer)) {
                    tracing::debug!(%error, "a report to the host is lost");
                }
                true
            }
            Self::Tcp(stream, _) => {
                let mut frame = vec![0, 64];
                frame.extend_from_slice(report);
                // Half a frame would shift all that follow.
                stream.write_all(&frame).is_ok()
            }
            Self::Unix(connection) => {
                let sent = send(connection, report, SendFlags::NOSIGNAL);
                !matches!(sent, Err(error) if error != rustix::io::Errno::WOULDBLOCK)
            }
            Self::Pty(pty) => {
                pty.send(report);
                true
            }
            Self::Uhid(uhid) => {
                uhid.send(report);
                true
            }
            Self::TcpListener(_) | Self::UnixListener(..) => true,
        }
    }
}

impl AsFd for Door {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Udp(socket) => socket.as_fd(),
            Self::TcpListener(listener) => listener.as_fd(),
            Self::Tcp(stream, _) => stream.as_fd(),
            Self::UnixListener(fd, _) | Self::Unix(fd) => fd.as_fd(),
            Self::Pty(pty) => pty.as_fd(),
            Self::Uhid(uhid) => uhid.as_fd(),
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        if let Self::UnixListener(_, path) = self
            && let Err(error) = std::fs::remove_file(&path)
        {
            tracing::debug!(%error, path = %path.display(), "the socket stays behind");
        }
    }
}

/// One datagram is one report of exactly 64 bytes; all others are dropped.
fn receive_datagram(socket: &UdpSocket) -> Received {
    let mut buffer = [0; REPORT_LENGTH + 1];
    match socket.recv_from(&mut buffer) {
        Ok((REPORT_LENGTH, peer)) => {
            let mut report = [0; REPORT_LENGTH];
            report.copy_from_slice(&buffer[..REPORT_LENGTH]);
            Received::Reports(vec![report], Some(peer))
        }
        _ => Received::Nothing,
    }
}

fn accept_tcp(listener: &TcpListener) -> io::Result<Received> {
    let (stream, _) = listener.accept()?;
    stream.set_nonblocking(true)?;
    stream.set_nodelay(true)?;
    Ok(Received::Connection(Door::Tcp(stream, Vec::new())))
}

/// One message is one report; the report number in front that HID clients write is tolerated.
fn receive_message(connection: &OwnedFd) -> io::Result<Received> {
    let mut buffer = [0; REPORT_LENGTH + 2];
    let (length, _) = recv(connection, buffer.as_mut_slice(), RecvFlags::empty())?;
    let message = &buffer[..length];
    let report = match message {
        [] => return Ok(Received::Closed),
        [0, report @ ..] if report.len() == REPORT_LENGTH => report,
        report => report,
    };
    Ok(match Report::try_from(report) {
        Ok(report) => Received::Reports(vec![report], None),
        Err(_) => Received::Nothing,
    })
}

/// Appends what is there; `false` at the end of the stream. What is buffered stays below a frame plus one read.
fn read_into(stream: &mut TcpStream, received: &mut Vec<u8>) -> io::Result<bool> {
    let mut buffer = [0; 4096];
    let length = stream.read(&mut buffer)?;
    received.extend_from_slice(&buffer[..length]);
    Ok(length > 0)
}

/// Cuts length-prefixed frames; those of another length than a report's are dropped.
fn frames(received: &mut Vec<u8>, open: bool) -> Received {
    if !open {
        return Received::Closed;
    }
    let mut reports = Vec::new();
    while let Some((length, rest)) = received.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes(*length));
        let Some(frame) = rest.get(..length) else {
            break;
        };
        reports.extend(Report::try_from(frame));
        received.drain(..2 + length);
    }
    Received::Reports(reports, None)
}

/// A socket that nobody listens on was left behind by a crash.
pub(super) fn remove_stale_socket(path: &Path, kind: SocketType) -> Result<(), ServeError> {
    let file_type = path.symlink_metadata().map(|found| found.file_type());
    if !file_type.is_ok_and(|found| found.is_socket()) {
        // Connecting to an ordinary file is refused as well, and that must not be removed. Listening says what is wrong.
        return Ok(());
    }
    let probe = || -> rustix::io::Result<()> {
        let socket = socket_with(AddressFamily::UNIX, kind, SOCKET_FLAGS, None)?;
        connect(&socket, &SocketAddrUnix::new(path)?)
    };
    match probe() {
        Ok(()) => Err(ServeError::SocketInUse(path.to_owned())),
        Err(rustix::io::Errno::CONNREFUSED) => {
            std::fs::remove_file(path).map_err(|source| ServeError::Io {
                attempted: "remove the stale socket of",
                address: ListenAddress::Unix(path.to_owned()),
                source,
            })
        }
        Err(_) => Ok(()),
    }
}

fn listen_on_unix(path: &Path) -> io::Result<Door> {
    let socket = socket_with(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SOCKET_FLAGS,
        None,
    )?;
    bind(&socket, &SocketAddrUnix::new(path)?)?;
    listen(&socket, 8)?;
    Ok(Door::UnixListener(socket, path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_other_lengths_are_dropped() {
        let mut stream = [[0, 3, 1, 2, 3].as_slice(), &[0, 64], &[7; 64], &[0, 64, 1]].concat();
        let Received::Reports(reports, None) = frames(&mut stream, true) else {
            panic!("reports");
        };
        assert_eq!(reports, [[7; 64]]);
        assert_eq!(stream, [0, 64, 1]);
    }
}
