//! One request and its response on a channel: busy devices, foreign reports, keep-alives, silence and cancelling.

use std::time::Duration;

use super::super::packet::{Assembler, Message, Packet, command};
use super::super::{Error, Violation};
use super::{Channel, SILENCE, SLICE};
use crate::ctap::status::Status;
use crate::ctap::transport::{KeepAlive, Wait};

/// How long to let a busy device be after each attempt: about three seconds in all.
pub(super) const BACK_OFF: [Duration; 5] = [
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(400),
    Duration::from_millis(800),
    Duration::from_millis(1600),
];
/// How long a key may take to acknowledge CTAPHID_CANCEL.
const CANCEL_GRACE: Duration = Duration::from_secs(1);

/// What a complete message on our channel means to an exchange.
enum Answer {
    Response(Vec<u8>),
    KeepAlive(KeepAlive),
    Busy,
    Refused(Status),
}

/// How far an exchange has come.
struct Progress {
    started: Duration,
    /// When something last came on our channel.
    heard: Duration,
    /// When CTAPHID_CANCEL was sent.
    cancelled: Option<Duration>,
    /// The key has asked for a touch.
    prompted: bool,
}

impl Channel {
    /// Sends a message, again when the device is busy, and waits for the response.
    pub(super) fn exchange(
        &mut self,
        command: u8,
        payload: &[u8],
        wait: &mut Wait<'_>,
    ) -> Result<Vec<u8>, Error> {
        if self.desynchronized {
            self.synchronize()?;
        }
        tracing::trace!(command, length = payload.len(), "request");
        for back_off in BACK_OFF {
            if wait.cancel.is_raised() {
                return Err(Error::Cancelled);
            }
            // Until the response is complete, anything that comes on the channel belongs to this exchange.
            self.desynchronized = true;
            self.write_message(command, payload)?;
            let response = self.await_response(command, wait)?;
            self.desynchronized = false;
            if let Some(response) = response {
                tracing::trace!(command, length = response.len(), "response");
                return Ok(response);
            }
            self.idle(back_off, wait)?;
        }
        Err(self.busy(command))
    }

    pub(super) fn busy(&self, command: u8) -> Error {
        let attempts = BACK_OFF.len();
        Error::Busy { command, attempts }
    }

    /// Lets time pass by reading, so that other programs' reports do not pile up.
    pub(super) fn idle(&mut self, time: Duration, wait: &Wait<'_>) -> Result<(), Error> {
        let end = self.env.monotonic() + time;
        loop {
            let left = end.saturating_sub(self.env.monotonic());
            if left.is_zero() || wait.cancel.is_raised() {
                return Ok(());
            }
            self.read_report(left)?;
        }
    }

    /// Waits for the response; `Ok(None)` when the device is busy with another channel.
    fn await_response(
        &mut self,
        command: u8,
        wait: &mut Wait<'_>,
    ) -> Result<Option<Vec<u8>>, Error> {
        let now = self.env.monotonic();
        let mut progress = Progress {
            started: now,
            heard: now,
            cancelled: None,
            prompted: false,
        };
        let mut assembler = Assembler::default();
        loop {
            self.supervise(command, wait, &mut progress)?;
            let Some(message) = self.read_message(command, &mut assembler, &mut progress)? else {
                continue;
            };
            match interpret(command, message)? {
                Answer::KeepAlive(status) => {
                    progress.prompted |= status == KeepAlive::TouchNeeded;
                    (wait.on_keepalive)(status);
                }
                Answer::Response(response) if progress.cancelled.is_some() => {
                    return acknowledged(response).map(Some);
                }
                Answer::Response(response) => return Ok(Some(response)),
                Answer::Busy | Answer::Refused(_) if progress.cancelled.is_some() => {
                    return Err(Error::Cancelled);
                }
                Answer::Busy => return Ok(None),
                Answer::Refused(status) => {
                    self.desynchronized = false;
                    return Err(Error::Refused { command, status });
                }
            }
        }
    }

    /// Ends an exchange that takes too long, and passes the operator's wish on to the key.
    fn supervise(
        &mut self,
        command: u8,
        wait: &Wait<'_>,
        progress: &mut Progress,
    ) -> Result<(), Error> {
        let now = self.env.monotonic();
        if let Some(cancelled) = progress.cancelled {
            let waited = now.saturating_sub(cancelled);
            if waited >= CANCEL_GRACE {
                return Err(Error::CancelUnconfirmed { waited });
            }
        } else if wait.cancel.is_raised() {
            self.write_message(command::CANCEL, &[])?;
            progress.cancelled = Some(now);
        }
        let waited = now.saturating_sub(progress.heard);
        if waited >= SILENCE {
            return Err(Error::Silent { command, waited });
        }
        let limit = match progress.prompted {
            true => wait.limit,
            false => wait.limit.min(wait.unprompted),
        };
        if now.saturating_sub(progress.started) >= limit {
            // So that the key stops asking for a touch that nobody waits for.
            self.write_message(command::CANCEL, &[])?;
            return Err(Error::KeepAliveTooLong { command, limit });
        }
        Ok(())
    }

    /// Reads one report and returns the message that it completes. Reports of other channels are other programs'.
    fn read_message(
        &mut self,
        command: u8,
        assembler: &mut Assembler,
        progress: &mut Progress,
    ) -> Result<Option<Message>, Error> {
        let Some(report) = self.read_report(SLICE)? else {
            return Ok(None);
        };
        let packet = Packet::parse(&report);
        if packet.cid() != self.cid {
            return Ok(None);
        }
        progress.heard = self.env.monotonic();
        assembler
            .push(&packet)
            .map_err(|error| violation(command, error.into()))
    }
}

/// Whether a device is busy with another channel. Solo 2's and Nitrokey 3's firmware (usbd-ctaphid up to 0.5) gives the code 0
/// for that.
pub(super) fn means_busy(status: Status) -> bool {
    matches!(status, Status::ChannelBusy | Status::Ok)
}

fn interpret(command: u8, message: Message) -> Result<Answer, Error> {
    let first = message.payload.first().copied();
    match (message.command, first) {
        (command::KEEPALIVE | command::ERROR, None) => {
            Err(violation(command, Violation::Empty(message.command)))
        }
        (command::KEEPALIVE, Some(status)) => Ok(Answer::KeepAlive(status.into())),
        (command::ERROR, Some(code)) => Ok(match Status::from(code) {
            status if means_busy(status) => Answer::Busy,
            status => Answer::Refused(status),
        }),
        (found, _) if found == command => Ok(Answer::Response(message.payload)),
        (found, _) => Err(violation(command, Violation::WrongCommand(found))),
    }
}

/// A response that came after CTAPHID_CANCEL. The key may have finished first; then the caller must learn what it did.
fn acknowledged(response: Vec<u8>) -> Result<Vec<u8>, Error> {
    match response.as_slice() {
        [status] if Status::from(*status) == Status::KeepaliveCancel => Err(Error::Cancelled),
        _ => Ok(response),
    }
}

fn violation(command: u8, violation: Violation) -> Error {
    Error::Violation { command, violation }
}
