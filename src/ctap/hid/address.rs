//! Where a key is: the texts that `--device` and `--listen` take.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where a key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// `usb`: whichever FIDO HID device is plugged in.
    Usb,
    /// `hid:PATH`: one HID device, `/dev/hidraw3` for example.
    Hid(String),
    /// A socket.
    Socket(SocketAddress),
    /// `emulator:DIR`: a key in this process, with its state in a directory.
    Emulator(PathBuf),
}

/// Where a key listens on a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SocketAddress {
    /// `udp:HOST:PORT[:LOCALPORT]`: one datagram is one report.
    Udp {
        /// Host name or address; an IPv6 address without brackets.
        host: String,
        /// The key's port.
        port: u16,
        /// Our own port, where the key answers only to a fixed one.
        local_port: Option<u16>,
    },
    /// `tcp:HOST:PORT`: each report preceded by its length.
    Tcp {
        /// Host name or address; an IPv6 address without brackets.
        host: String,
        /// The key's port.
        port: u16,
    },
    /// `unix:PATH`: a SOCK_SEQPACKET socket, one message is one report.
    Unix(PathBuf),
}

/// A text that is not an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// The part after the scheme is empty.
    #[error("{0:?} lacks a path")]
    MissingPath(String),
    /// Not `HOST:PORT`, or a port is not a number from 1 to 65535.
    #[error("{0:?} lacks a host or a port number")]
    HostAndPort(String),
    /// The scheme is none of usb, hid, udp, tcp, unix, emulator.
    #[error("{0:?} is not a device address")]
    Scheme(String),
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if text == "usb" {
            return Ok(Self::Usb);
        }
        let scheme = || AddressError::Scheme(text.to_owned());
        let path = |rest: &str| match rest {
            "" => Err(AddressError::MissingPath(text.to_owned())),
            path => Ok(path.to_owned()),
        };
        let host_and_port = || AddressError::HostAndPort(text.to_owned());
        let (name, rest) = text.split_once(':').ok_or_else(scheme)?;
        match name {
            "hid" => Ok(Self::Hid(path(rest)?)),
            "udp" => udp(rest).map(Self::Socket).ok_or_else(host_and_port),
            "tcp" => tcp(rest).map(Self::Socket).ok_or_else(host_and_port),
            "unix" => Ok(Self::Socket(SocketAddress::Unix(path(rest)?.into()))),
            "emulator" => Ok(Self::Emulator(path(rest)?.into())),
            _ => Err(scheme()),
        }
    }
}

fn udp(text: &str) -> Option<SocketAddress> {
    let (host, ports) = host(text)?;
    let (port, local_port) = match ports.split_once(':') {
        Some((port, local_port)) => (port, Some(number(local_port)?)),
        None => (ports, None),
    };
    Some(SocketAddress::Udp {
        host,
        port: number(port)?,
        local_port,
    })
}

fn tcp(text: &str) -> Option<SocketAddress> {
    let (host, port) = host(text)?;
    Some(SocketAddress::Tcp {
        host,
        port: number(port)?,
    })
}

/// Splits off the host; an IPv6 address is in brackets, because it has colons itself.
fn host(text: &str) -> Option<(String, &str)> {
    let (host, rest) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once("]:")?,
        None => text.split_once(':')?,
    };
    (!host.is_empty()).then(|| (host.to_owned(), rest))
}

fn number(text: &str) -> Option<u16> {
    text.parse().ok().filter(|port| *port != 0)
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usb => formatter.write_str("usb"),
            Self::Hid(path) => write!(formatter, "hid:{path}"),
            Self::Socket(address) => address.fmt(formatter),
            Self::Emulator(path) => write!(formatter, "emulator:{}", path.display()),
        }
    }
}

impl fmt::Display for SocketAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bracketed = |host: &str| match host.contains(':') {
            true => format!("[{host}]"),
            false => host.to_owned(),
        };
        match self {
            Self::Udp {
                host,
                port,
                local_port,
            } => {
                write!(formatter, "udp:{}:{port}", bracketed(host))?;
                local_port.map_or(Ok(()), |local_port| write!(formatter, ":{local_port}"))
            }
            Self::Tcp { host, port } => write!(formatter, "tcp:{}:{port}", bracketed(host)),
            Self::Unix(path) => write!(formatter, "unix:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_and_written_back() {
        for text in [
            "usb",
            "hid:/dev/hidraw3",
            "udp:127.0.0.1:8111",
            "udp:localhost:8111:7112",
            "udp:[::1]:8111:7112",
            "tcp:[::1]:35962",
            "unix:/run/key",
            "emulator:state/key-a",
        ] {
            assert_eq!(
                text.parse::<Address>().map(|address| address.to_string()),
                Ok(text.to_owned())
            );
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "USB",
            "usb:1",
            "hid:",
            "unix:",
            "emulator:",
            "udp:8111",
            "udp:h:0",
            "udp:h:1:",
            "udp::1",
            "tcp:h",
            "tcp:h:65536",
            "tcp:h:1:2",
            "tcp:[::1]1",
            "ftp:h:1",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = text.parse::<Address>();
        }
    }
}
