//! Report-level conversation with a key, to see how it bears what no ordinary channel sends. While a probe exists, what passes
//! is not counted by the [`Tap`].

use std::time::Duration;

use super::packet::{
    Assembler, AssemblyError, ChannelId, Message, MessageTooLong, Packet, Report, command, split,
};
use super::{DeviceError, HidDevice, Tap};
use crate::env::Env;

/// The longest single wait for a report.
const SLICE: Duration = Duration::from_millis(50);

/// What came on a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A whole message, other than a keep-alive.
    Message(Message),
    /// Packets that make no message.
    Broken(AssemblyError),
    /// Nothing within the time.
    Nothing,
}

/// Writes reports and listens, without any of an ordinary channel's precautions.
pub struct Probe {
    tap: Tap,
    env: Env,
}

impl Probe {
    /// Begins to provoke the key behind a tap.
    #[must_use]
    pub fn new(tap: &Tap, env: &Env) -> Self {
        tap.set_probing(true);
        Self {
            tap: tap.clone(),
            env: env.clone(),
        }
    }

    /// Writes one report.
    ///
    /// # Errors
    /// When the device is gone.
    pub fn write(&mut self, report: &Report) -> Result<(), DeviceError> {
        self.tap.write_report(report)
    }

    /// Writes a whole message.
    ///
    /// # Errors
    /// When the device is gone.
    pub fn send(&mut self, cid: ChannelId, command: u8, payload: &[u8]) -> Result<(), DeviceError> {
        let reports = split(cid, command, payload).map_err(too_long)?;
        reports.iter().try_for_each(|report| self.write(report))
    }

    /// The next message on a channel, keep-alives left out.
    ///
    /// # Errors
    /// When the device is gone.
    pub fn hear(&mut self, cid: ChannelId, within: Duration) -> Result<Answer, DeviceError> {
        let end = self.env.monotonic() + within;
        let mut assembler = Assembler::default();
        loop {
            let left = end.saturating_sub(self.env.monotonic());
            if left.is_zero() {
                return Ok(Answer::Nothing);
            }
            let Some(report) = self.tap.read_report(left.min(SLICE))? else {
                continue;
            };
            let packet = Packet::parse(&report);
            if packet.cid() != cid {
                continue;
            }
            match assembler.push(&packet) {
                Ok(Some(message)) if message.command != command::KEEPALIVE => {
                    return Ok(Answer::Message(message));
                }
                Ok(_) => {}
                Err(error) => return Ok(Answer::Broken(error)),
            }
        }
    }

    /// INIT on a channel, or on [`ChannelId::BROADCAST`] for a new one: the answer to our nonce, if one came within two seconds.
    ///
    /// # Errors
    /// When the device is gone.
    pub fn init(&mut self, on: ChannelId) -> Result<Option<Vec<u8>>, DeviceError> {
        const PATIENCE: Duration = Duration::from_secs(2);
        let nonce = self.env.random::<8>();
        self.send(on, command::INIT, &nonce)?;
        let end = self.env.monotonic() + PATIENCE;
        loop {
            let left = end.saturating_sub(self.env.monotonic());
            match self.hear(on, left)? {
                Answer::Nothing => return Ok(None),
                Answer::Message(message)
                    if message.command == command::INIT && message.payload.starts_with(&nonce) =>
                {
                    return Ok(Some(message.payload));
                }
                _ => {}
            }
        }
    }

    /// A channel of its own; none if the key does not answer INIT.
    ///
    /// # Errors
    /// When the device is gone.
    pub fn channel(&mut self) -> Result<Option<ChannelId>, DeviceError> {
        let answer = self.init(ChannelId::BROADCAST)?;
        let cid = answer.and_then(|answer| answer.get(8..12)?.try_into().ok());
        Ok(cid.map(ChannelId))
    }

    /// A channel that was never allocated.
    #[must_use]
    pub fn unallocated_channel(&self) -> ChannelId {
        loop {
            // Not near the channels that a key gives out from the lower end, and neither of the reserved ones.
            let [a, b, c] = self.env.random();
            let cid = ChannelId([0xe5, a, b, c]);
            if !self.tap.knows(cid) {
                return cid;
            }
        }
    }

    /// Whether a channel echoes.
    ///
    /// # Errors
    /// When the device is gone.
    pub fn echoes(
        &mut self,
        cid: ChannelId,
        data: &[u8],
        within: Duration,
    ) -> Result<bool, DeviceError> {
        self.send(cid, command::PING, data)?;
        let answer = self.hear(cid, within)?;
        let echo = |message: &Message| message.command == command::PING && message.payload == data;
        Ok(matches!(&answer, Answer::Message(message) if echo(message)))
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.tap.set_probing(false);
    }
}

fn too_long(error: MessageTooLong) -> DeviceError {
    DeviceError::Io {
        attempted: "write a message".to_owned(),
        source: std::io::Error::other(error),
    }
}
