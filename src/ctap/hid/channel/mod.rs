//! A CTAPHID channel (CTAP 2.1 §11.2): whole messages over the reports of a device that other programs may be using too.

mod exchange;
mod initialize;

#[cfg(test)]
mod tests;

use std::time::Duration;

use super::packet::{self, ChannelId, Report, command};
use super::{DeviceError, Error, HidDevice, Violation};
use crate::ctap::transport::{Capabilities, Counters, Identity, Transport, Wait};
use crate::env::Env;

/// The longest single wait for a report, so that Ctrl-C is noticed soon.
const SLICE: Duration = Duration::from_millis(50);
/// How long a key may be silent on our channel: twenty times the keep-alive interval of the specification.
const SILENCE: Duration = Duration::from_secs(2);

/// An allocated channel of a device.
pub struct Channel {
    device: Box<dyn HidDevice>,
    env: Env,
    cid: ChannelId,
    identity: Identity,
    counters: Counters,
    /// An exchange ended before its answer: what comes next on the channel may belong to it.
    desynchronized: bool,
}

impl Channel {
    /// Allocates a channel.
    ///
    /// # Errors
    /// When the device is gone or silent, or answers INIT against the specification.
    pub fn open(device: Box<dyn HidDevice>, env: Env) -> Result<Self, Error> {
        let mut channel = Self {
            device,
            env,
            cid: ChannelId::BROADCAST,
            identity: Identity {
                protocol_version: 0,
                device_version: [0; 3],
                capabilities: Capabilities(0),
            },
            counters: Counters::default(),
            desynchronized: false,
        };
        channel.initialize(ChannelId::BROADCAST)?;
        Ok(channel)
    }

    /// Which channel it is.
    #[must_use]
    pub fn id(&self) -> ChannelId {
        self.cid
    }

    fn write_message(&mut self, command: u8, payload: &[u8]) -> Result<(), Error> {
        let reports =
            packet::split(self.cid, command, payload).map_err(|_| Error::MessageTooLong {
                command,
                length: payload.len(),
                maximum: packet::MAX_MESSAGE,
            })?;
        reports
            .iter()
            .try_for_each(|report| Ok(self.write_report(report)?))
    }

    fn write_report(&mut self, report: &Report) -> Result<(), DeviceError> {
        self.counters.reports_written += 1;
        self.device.write_report(report)
    }

    fn read_report(&mut self, timeout: Duration) -> Result<Option<Report>, DeviceError> {
        let report = self.device.read_report(timeout.min(SLICE))?;
        self.counters.reports_read += u64::from(report.is_some());
        Ok(report)
    }
}

impl Transport for Channel {
    fn transact(&mut self, request: &[u8], wait: &mut Wait<'_>) -> Result<Vec<u8>, Error> {
        if !self.identity.capabilities.cbor() {
            return Err(Error::Unsupported {
                command: command::CBOR,
            });
        }
        self.counters.messages += 1;
        self.exchange(command::CBOR, request, wait)
    }

    fn wink(&mut self) -> Result<(), Error> {
        if !self.identity.capabilities.wink() {
            return Err(Error::Unsupported {
                command: command::WINK,
            });
        }
        self.exchange(command::WINK, &[], &mut Wait::unattended())
            .map(drop)
    }

    fn ping(&mut self, data: &[u8]) -> Result<(), Error> {
        let echo = self.exchange(command::PING, data, &mut Wait::unattended())?;
        if echo != data {
            return Err(Error::Violation {
                command: command::PING,
                violation: Violation::Echo(data.len()),
            });
        }
        Ok(())
    }

    fn identity(&self) -> Identity {
        self.identity
    }

    fn counters(&self) -> Counters {
        self.counters
    }
}
