//! Reports over a Unix socket of type SOCK_SEQPACKET: one message is one report.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, SocketType, recv, send,
    socket_with,
};

use super::super::packet::{REPORT_LENGTH, Report};
use super::super::{DeviceError, HidDevice};
use super::failure;

pub(super) fn connect(path: &Path, name: &str) -> io::Result<Box<dyn HidDevice>> {
    let socket = socket_with(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )?;
    rustix::net::connect(&socket, &SocketAddrUnix::new(path)?)?;
    Ok(Box::new(UnixDevice {
        socket,
        name: name.to_owned(),
    }))
}

/// Messages of other sizes are dropped.
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
