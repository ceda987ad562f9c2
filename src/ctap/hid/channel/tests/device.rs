use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::super::super::packet::{Assembler, ChannelId, Message, Packet, Report, command, split};
use super::super::super::{DeviceError, HidDevice};
use super::{Channel, OURS};
use crate::env::{Env, ManualClock, SeededRng};

/// Reports with the milliseconds that pass before each.
pub(super) type Timed = Vec<(u64, Report)>;
/// Messages that the host sent.
pub(super) type Log = Arc<Mutex<Vec<(ChannelId, u8, Vec<u8>)>>>;

/// What the device does when it has received a message; `None` means what an ordinary key does with it.
type Behaviour = Box<dyn FnMut(ChannelId, &Message) -> Option<Timed> + Send>;

pub(super) struct Script {
    behaviour: Behaviour,
    pub(super) clock: Arc<ManualClock>,
    pub(super) received: Log,
}

struct Scripted {
    script: Script,
    assembler: Assembler,
    due: VecDeque<(Duration, Report)>,
}

impl Script {
    pub(super) fn new(
        behaviour: impl FnMut(ChannelId, &Message) -> Option<Timed> + Send + 'static,
    ) -> Self {
        Self {
            behaviour: Box::new(behaviour),
            clock: Arc::new(ManualClock::new(jiff::Timestamp::UNIX_EPOCH)),
            received: Log::default(),
        }
    }

    /// A device and the environment whose clock it moves.
    pub(super) fn device(self) -> (Box<dyn HidDevice>, Env) {
        let env = Env::new(self.clock.clone(), Arc::new(SeededRng::new(7)));
        let device = Scripted {
            script: self,
            assembler: Assembler::default(),
            due: VecDeque::new(),
        };
        (Box::new(device), env)
    }

    pub(super) fn open(self) -> Channel {
        let (device, env) = self.device();
        Channel::open(device, env).unwrap()
    }
}

impl HidDevice for Scripted {
    fn write_report(&mut self, report: &Report) -> Result<(), DeviceError> {
        let packet = Packet::parse(report);
        let Some(message) = self.assembler.push(&packet).unwrap() else {
            return Ok(());
        };
        let cid = packet.cid();
        self.script
            .received
            .lock()
            .unwrap()
            .push((cid, message.command, message.payload.clone()));
        let reports = (self.script.behaviour)(cid, &message).unwrap_or_else(|| match message {
            Message {
                command: command::INIT,
                payload,
            } => answer(cid, command::INIT, &init_response(&payload, OURS, 5)),
            _ => Vec::new(),
        });
        let reports = reports
            .into_iter()
            .map(|(delay, report)| (Duration::from_millis(delay), report));
        self.due.extend(reports);
        Ok(())
    }

    fn read_report(&mut self, timeout: Duration) -> Result<Option<Report>, DeviceError> {
        match self.due.front_mut() {
            Some((delay, _)) if *delay > timeout => *delay -= timeout,
            Some((delay, report)) => {
                self.script.clock.advance(*delay);
                let report = *report;
                self.due.pop_front();
                return Ok(Some(report));
            }
            None => {}
        }
        self.script.clock.advance(timeout);
        Ok(None)
    }
}

/// The reports of a message, a millisecond each.
pub(super) fn answer(cid: ChannelId, command: u8, payload: &[u8]) -> Timed {
    let reports = split(cid, command, payload).unwrap();
    reports.into_iter().map(|report| (1, report)).collect()
}

/// A response to INIT from a key with protocol version 2, device version 1.2.3.
pub(super) fn init_response(nonce: &[u8], cid: ChannelId, capabilities: u8) -> Vec<u8> {
    [nonce, &cid.0, &[2, 1, 2, 3, capabilities]].concat()
}

/// A key whose behaviour is only about CBOR messages.
pub(super) fn cbor_key(mut behaviour: impl FnMut(&[u8]) -> Timed + Send + 'static) -> Script {
    Script::new(move |_, message| {
        (message.command == command::CBOR).then(|| behaviour(&message.payload))
    })
}
