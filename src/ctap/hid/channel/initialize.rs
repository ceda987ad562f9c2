//! CTAPHID_INIT (CTAP 2.1 §11.2.9.1.3): allocating a channel, and synchronizing one whose last exchange broke off.

use super::super::packet::{ChannelId, Packet, command};
use super::super::{Error, Violation};
use super::exchange::{BACK_OFF, means_busy};
use super::{Channel, SILENCE};
use crate::ctap::status::Status;
use crate::ctap::transport::{Capabilities, Identity, Wait};

/// Nonce, channel, protocol version, device version (3), capabilities.
const RESPONSE_LENGTH: usize = 17;

enum Answer {
    Busy,
    Allocated([u8; RESPONSE_LENGTH]),
}

impl Channel {
    /// Aborts whatever the key still does for us and discards what is left of its answers.
    pub(super) fn synchronize(&mut self) -> Result<(), Error> {
        self.initialize(self.cid)
    }

    pub(super) fn initialize(&mut self, on: ChannelId) -> Result<(), Error> {
        self.cid = on;
        for back_off in BACK_OFF {
            let nonce = self.env.random::<8>();
            self.write_message(command::INIT, &nonce)?;
            match self.await_init(nonce)? {
                Answer::Allocated(response) => return self.adopt(&response),
                Answer::Busy => self.idle(back_off, &Wait::unattended())?,
            }
        }
        Err(self.busy(command::INIT))
    }

    /// Waits for the answer with our nonce. Whatever else comes is a stranger's, or is left of an exchange that broke off.
    fn await_init(&mut self, nonce: [u8; 8]) -> Result<Answer, Error> {
        let deadline = self.env.monotonic() + SILENCE;
        loop {
            let left = deadline.saturating_sub(self.env.monotonic());
            if left.is_zero() {
                return Err(Error::Silent {
                    command: command::INIT,
                    waited: SILENCE,
                });
            }
            let Some(report) = self.read_report(left)? else {
                continue;
            };
            if let Some(answer) = self.judge(&Packet::parse(&report), nonce)? {
                return Ok(answer);
            }
        }
    }

    fn judge(&self, packet: &Packet<'_>, nonce: [u8; 8]) -> Result<Option<Answer>, Error> {
        let Packet::Initialization {
            cid,
            command,
            length,
            data,
        } = *packet
        else {
            return Ok(None);
        };
        if cid != self.cid {
            return Ok(None);
        }
        if command == command::ERROR {
            return match data.first().map(|code| Status::from(*code)) {
                Some(status) if means_busy(status) => Ok(Some(Answer::Busy)),
                // A key that has forgotten our channel was unplugged or is another one: the caller must decide.
                Some(status @ Status::InvalidChannel) if cid != ChannelId::BROADCAST => {
                    Err(Error::Refused {
                        command: command::INIT,
                        status,
                    })
                }
                _ => Ok(None),
            };
        }
        if command != command::INIT || !data.starts_with(&nonce) {
            return Ok(None);
        }
        let length = usize::from(length);
        match data.first_chunk() {
            Some(response) if length >= RESPONSE_LENGTH => Ok(Some(Answer::Allocated(*response))),
            _ => Err(violation(Violation::ShortInit(length))),
        }
    }

    fn adopt(&mut self, response: &[u8; RESPONSE_LENGTH]) -> Result<(), Error> {
        let [
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            c0,
            c1,
            c2,
            c3,
            protocol,
            major,
            minor,
            build,
            capabilities,
        ] = *response;
        let cid = ChannelId([c0, c1, c2, c3]);
        if cid == ChannelId::ZERO || cid == ChannelId::BROADCAST {
            return Err(violation(Violation::ReservedChannel(cid.0)));
        }
        self.cid = cid;
        self.identity = Identity {
            protocol_version: protocol,
            device_version: [major, minor, build],
            capabilities: Capabilities(capabilities),
        };
        self.desynchronized = false;
        Ok(())
    }
}

fn violation(violation: Violation) -> Error {
    Error::Violation {
        command: command::INIT,
        violation,
    }
}
