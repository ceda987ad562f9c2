//! Where an emulated key listens, as text.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

/// A door to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListenAddress {
    /// `udp:HOST:PORT`: the solo simulation protocol, one datagram for each report.
    Udp(SocketAddr),
    /// `tcp:HOST:PORT`: each report behind its length, 16 bits big-endian; the newest connection wins.
    Tcp(SocketAddr),
    /// `unix:PATH`: SOCK_SEQPACKET, one message for each report.
    Unix(PathBuf),
    /// `pty`: a new pseudo-terminal.
    Pty,
    /// `uhid`: a HID device of the kernel.
    Uhid,
}

/// A door that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BoundAddress {
    /// UDP, with the real port.
    Udp(SocketAddr),
    /// TCP, with the real port.
    Tcp(SocketAddr),
    /// The socket's path.
    Unix(PathBuf),
    /// The terminal's path, to be given to programs as the device.
    Pty(PathBuf),
    /// A HID device, with the path of its node if it has one.
    Uhid(Option<PathBuf>),
}

/// A text that is no address to listen on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseAddressError {
    /// Not HOST:PORT.
    #[error("{0:?} is not HOST:PORT with an IP address or localhost as HOST")]
    NotASocketAddress(String),
    /// Not one of the kinds.
    #[error("{0:?} is none of udp:HOST:PORT, tcp:HOST:PORT, unix:PATH, pty, uhid")]
    UnknownKind(String),
}

impl FromStr for ListenAddress {
    type Err = ParseAddressError;

    fn from_str(text: &str) -> Result<Self, ParseAddressError> {
        match text.split_once(':') {
            Some(("udp", address)) => socket_address(address).map(Self::Udp),
            Some(("tcp", address)) => socket_address(address).map(Self::Tcp),
            Some(("unix", path)) if !path.is_empty() => Ok(Self::Unix(path.into())),
            None if text == "pty" => Ok(Self::Pty),
            None if text == "uhid" => Ok(Self::Uhid),
            _ => Err(ParseAddressError::UnknownKind(text.to_owned())),
        }
    }
}

fn socket_address(text: &str) -> Result<SocketAddr, ParseAddressError> {
    let invalid = || ParseAddressError::NotASocketAddress(text.to_owned());
    match text.strip_prefix("localhost:") {
        Some(port) => {
            let port: u16 = port.parse().map_err(|_| invalid())?;
            Ok((Ipv4Addr::LOCALHOST, port).into())
        }
        None => text.parse().map_err(|_| invalid()),
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Udp(address) => write!(formatter, "udp:{address}"),
            Self::Tcp(address) => write!(formatter, "tcp:{address}"),
            Self::Unix(path) => write!(formatter, "unix:{}", path.display()),
            Self::Pty => write!(formatter, "pty"),
            Self::Uhid => write!(formatter, "uhid"),
        }
    }
}

impl fmt::Display for BoundAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Udp(address) => write!(formatter, "udp:{address}"),
            Self::Tcp(address) => write!(formatter, "tcp:{address}"),
            Self::Unix(path) => write!(formatter, "unix:{}", path.display()),
            Self::Pty(path) => write!(formatter, "{}", path.display()),
            Self::Uhid(None) => write!(formatter, "uhid"),
            Self::Uhid(Some(path)) => write!(formatter, "uhid:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shown_as_they_are_written() {
        for text in [
            "udp:127.0.0.1:8111",
            "tcp:[::1]:0",
            "unix:/run/key",
            "pty",
            "uhid",
        ] {
            let address: ListenAddress = text.parse().expect("an address");
            assert_eq!(address.to_string(), text);
        }
        assert_eq!(
            "udp:localhost:1".parse(),
            Ok(ListenAddress::Udp((Ipv4Addr::LOCALHOST, 1).into()))
        );
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "udp", "pty:3", "uhid:/dev/hidraw0", "unix:", "usb:1:2"] {
            let refusal = ParseAddressError::UnknownKind(text.to_owned());
            assert_eq!(text.parse::<ListenAddress>(), Err(refusal));
        }
        for text in ["udp:8111", "tcp:example.org:1", "udp:127.0.0.1:65536"] {
            assert!(matches!(
                text.parse::<ListenAddress>(),
                Err(ParseAddressError::NotASocketAddress(_))
            ));
        }
    }
}
