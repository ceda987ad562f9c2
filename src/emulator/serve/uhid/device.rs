//! The device: how it is made and ends, and the reports between.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use super::event::{self, Create, EVENT_LENGTH, Event};
use super::node;
use crate::ctap::hid::packet::Report;
use crate::emulator::Emulator;
use crate::emulator::serve::{ListenAddress, ServeError};

const UHID: &str = "/dev/uhid";
/// The kernel keeps no more than 31 events for us and drops what comes then, so they are read before any is looked at. This
/// is twice the longest message; a flood does not keep us from the other doors for longer.
const EVENTS_AT_ONCE: usize = 256;
/// A host asks a USB device for a report once in a frame.
const REPORT_INTERVAL: Duration = Duration::from_millis(1);

/// What the device says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::emulator::serve) struct Identity {
    name: String,
    serial: String,
    vendor_id: u16,
    product_id: u16,
    version: u16,
}

impl Identity {
    pub(in crate::emulator::serve) fn of(emulator: &Emulator) -> Self {
        let usb = &emulator.profile().usb;
        let [major, minor, _] = usb.device_version;
        Self {
            name: usb.product.clone(),
            serial: emulator.serial().to_owned(),
            vendor_id: usb.vendor_id,
            product_id: usb.product_id,
            version: u16::from_be_bytes([major, minor]),
        }
    }
}

/// A device that is there while the key is plugged in. Closing the file ends it.
pub(in crate::emulator::serve) struct Uhid {
    file: OwnedFd,
    identity: Identity,
    /// Tells this device from every other in sysfs.
    phys: String,
    is_plugged_in: bool,
    node: Option<PathBuf>,
}

impl Uhid {
    /// Makes the device and waits for its node.
    pub(in crate::emulator::serve) fn open(identity: Identity) -> Result<Self, ServeError> {
        let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = rustix::fs::open(UHID, flags, Mode::empty()).map_err(|errno| match errno {
            // The node may be there without its driver.
            Errno::NOENT | Errno::NODEV | Errno::NXIO => ServeError::NoUhid,
            Errno::ACCESS | Errno::PERM => ServeError::UhidPermission,
            errno => failed("open", errno),
        })?;
        // The process id alone says little: containers share the kernel.
        let phys = format!(
            "halligan/{}/{}/{}",
            identity.serial,
            std::process::id(),
            file.as_raw_fd()
        );
        let mut uhid = Self {
            file,
            identity,
            phys,
            is_plugged_in: false,
            node: None,
        };
        uhid.create().map_err(|errno| failed("create", errno))?;
        uhid.node = node::wait_for(&uhid.phys);
        Ok(uhid)
    }

    /// `/dev/hidrawN` as it was when the device was first made; `None` where no node appeared.
    pub(in crate::emulator::serve) fn node(&self) -> Option<&Path> {
        self.node.as_deref()
    }

    /// Reads what has happened, and returns the reports among it.
    pub(in crate::emulator::serve) fn receive(&self) -> Vec<Report> {
        let mut reports = Vec::new();
        for _ in 0..EVENTS_AT_ONCE {
            match self.read() {
                Ok(Event::Output(report)) => reports.push(report),
                Ok(Event::Question(refusal)) => self.tell(&refusal),
                Ok(Event::Other) => {}
                // Mostly because there are no more.
                Err(_) => break,
            }
        }
        reports
    }

    /// Gives a report to whoever has the node open, at the pace of USB: hidraw keeps 64 for each of them and drops the rest,
    /// and a long answer has 129.
    pub(in crate::emulator::serve) fn send(&self, report: &Report) {
        self.tell(&event::input(report));
        std::thread::sleep(REPORT_INTERVAL);
    }

    /// Lets the node vanish, if it is there.
    pub(in crate::emulator::serve) fn unplug(&mut self) {
        if !self.is_plugged_in {
            return;
        }
        self.is_plugged_in = false;
        if let Err(error) = self.write(&event::destroy()) {
            tracing::error!(%error, "the device node of the emulated key stays");
        }
        // What was said to the old device is nothing to the next one.
        while self.read().is_ok() {}
    }

    /// Makes a node again, if there is none. It may have another number.
    pub(in crate::emulator::serve) fn plug_in(&mut self) {
        if !self.is_plugged_in
            && let Err(error) = self.create()
        {
            tracing::error!(%error, "the device node of the emulated key cannot be made");
        }
    }

    fn create(&mut self) -> Result<(), Errno> {
        let create = Create {
            name: &self.identity.name,
            phys: &self.phys,
            uniq: &self.identity.serial,
            vendor_id: self.identity.vendor_id,
            product_id: self.identity.product_id,
            version: self.identity.version,
        };
        self.write(&create.event())?;
        self.is_plugged_in = true;
        Ok(())
    }

    /// What the kernel does not take is lost, as on a wire.
    fn tell(&self, event: &[u8]) {
        if let Err(error) = self.write(event) {
            tracing::debug!(%error, "a report to the host is lost");
        }
    }

    fn read(&self) -> Result<Event, Errno> {
        // Bytes that the kernel does not write count as zero.
        let mut event = [0; EVENT_LENGTH];
        rustix::io::read(&self.file, &mut event)?;
        Ok(Event::parse(&event))
    }

    /// The kernel takes an event whole or not at all.
    fn write(&self, event: &[u8]) -> Result<(), Errno> {
        rustix::io::write(&self.file, event).map(|_| ())
    }
}

impl AsFd for Uhid {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

fn failed(attempted: &'static str, errno: Errno) -> ServeError {
    ServeError::Io {
        attempted,
        address: ListenAddress::Uhid,
        source: errno.into(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_device_is_the_profile_s() {
        let env = crate::env::Env::system();
        let emulator = Emulator::in_memory(env, crate::emulator::Profile::default()).unwrap();
        let identity = Identity::of(&emulator);
        assert_eq!(identity.name, "Halligan emulated key");
        assert_eq!((identity.vendor_id, identity.product_id), (0x1209, 0xf1d0));
        assert_eq!(identity.version, 0x0100);
        assert_eq!(identity.serial, emulator.serial());
    }
}
