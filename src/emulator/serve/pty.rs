//! A pseudo-terminal as a device node: libfido2's tools and OpenSSH take its path for a HID device of 64-byte reports.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use crate::ctap::hid::packet::{REPORT_LENGTH, Report};

/// Both ends of it: we hold both ends, so that a client that closes it does not hang it up.
pub(super) struct Pty {
    controller: OwnedFd,
    _user: OwnedFd,
    path: PathBuf,
    received: Vec<u8>,
}

impl Pty {
    /// Opens a new terminal in raw mode.
    pub(super) fn open() -> io::Result<Self> {
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&controller)?;
        unlockpt(&controller)?;
        let name = ptsname(&controller, Vec::new())?;
        let path = PathBuf::from(OsString::from_vec(name.into_bytes()));
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let user = rustix::fs::open(&path, flags, Mode::empty())?;
        let mut attributes = tcgetattr(&user)?;
        // Reports are not text: no echo, no line editing, no signals, no translation.
        attributes.make_raw();
        tcsetattr(&user, OptionalActions::Now, &attributes)?;
        rustix::io::ioctl_fionbio(&controller, true)?;
        Ok(Self {
            controller,
            _user: user,
            path,
            received: Vec::new(),
        })
    }

    /// Reads once, and returns the reports that are complete.
    pub(super) fn receive(&mut self) -> io::Result<Vec<Report>> {
        let mut buffer = [0; 4096];
        let length = rustix::io::read(&self.controller, &mut buffer)?;
        self.received.extend_from_slice(&buffer[..length]);
        Ok(cut_reports(&mut self.received))
    }

    /// Writes a report; it is lost when nobody reads.
    pub(super) fn send(&self, report: &Report) {
        if let Err(error) = rustix::io::write(&self.controller, report) {
            tracing::debug!(%error, "a report to the host is lost");
        }
    }

    /// What a client opens.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl AsFd for Pty {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.controller.as_fd()
    }
}

/// Cuts a stream of 64-byte reports and 65-byte ones with report number 0 in front. A first byte of zero is always the
/// report number, because no channel id of ours begins with zero.
fn cut_reports(received: &mut Vec<u8>) -> Vec<Report> {
    let mut reports = Vec::new();
    loop {
        let number = usize::from(received.first() == Some(&0));
        let Some(report) = received.get(number..number + REPORT_LENGTH) else {
            return reports;
        };
        reports.extend(Report::try_from(report));
        received.drain(..number + REPORT_LENGTH);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_cut_with_and_without_report_number() {
        let with = [[0].as_slice(), &[0xaa; 64]].concat();
        let without = [0xbb; 64];
        let mut stream = [with.as_slice(), &without, &with[..10]].concat();
        assert_eq!(cut_reports(&mut stream), [[0xaa; 64], [0xbb; 64]]);
        stream.extend_from_slice(&with[10..]);
        assert_eq!(cut_reports(&mut stream), [[0xaa; 64]]);
        assert!(stream.is_empty());
    }
}
