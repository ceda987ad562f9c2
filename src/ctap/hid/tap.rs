//! A device with an ear on it: an ordinary channel and report-level probes share it, and what passes is judged by rules that
//! no single channel can see. One thread uses it at a time.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::packet::{ChannelId, Packet, Report, command};
use super::{DeviceError, HidDevice};
use crate::ctap::status::Status;

/// What passed by, except while a [`super::Probe`] provokes the key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Heard {
    /// Reports from the key.
    pub reports: u64,
    /// Refusals as busy, on our channels: one of ours was never busy with another of ours.
    pub busy: u64,
    /// Reports of a channel that is not ours, neither refusals nor INIT, while the key worked for us. A key works for one
    /// channel at a time (CTAP 2.1 §11.2.5.1), so that they are nobody's.
    pub intrusions: u64,
}

/// A device that may be cloned; the clones share it.
#[derive(Clone)]
pub struct Tap(Arc<Mutex<Shared>>);

struct Shared {
    device: Box<dyn HidDevice>,
    heard: Heard,
    /// Channels on which anything was written.
    ours: HashSet<ChannelId>,
    /// The channel whose request has no answer yet.
    outstanding: Option<ChannelId>,
    probing: bool,
}

impl Tap {
    /// Puts an ear on a device.
    #[must_use]
    pub fn new(device: Box<dyn HidDevice>) -> Self {
        Self(Arc::new(Mutex::new(Shared {
            device,
            heard: Heard::default(),
            ours: HashSet::from([ChannelId::BROADCAST]),
            outstanding: None,
            probing: false,
        })))
    }

    /// What has passed by so far.
    #[must_use]
    pub fn heard(&self) -> Heard {
        self.lock().heard
    }

    /// Whether anything was written on a channel.
    pub(super) fn knows(&self, cid: ChannelId) -> bool {
        self.lock().ours.contains(&cid)
    }

    pub(super) fn set_probing(&self, probing: bool) {
        self.lock().probing = probing;
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HidDevice for Tap {
    fn write_report(&mut self, report: &Report) -> Result<(), DeviceError> {
        let mut shared = self.lock();
        shared.note_written(&Packet::parse(report));
        shared.device.write_report(report)
    }

    fn read_report(&mut self, timeout: Duration) -> Result<Option<Report>, DeviceError> {
        let mut shared = self.lock();
        let report = shared.device.read_report(timeout)?;
        if let Some(report) = &report {
            shared.note_read(&Packet::parse(report));
        }
        Ok(report)
    }
}

impl Shared {
    fn note_written(&mut self, packet: &Packet<'_>) {
        self.ours.insert(packet.cid());
        if let Packet::Initialization { cid, command, .. } = packet
            && !matches!(*command, command::INIT | command::CANCEL)
        {
            self.outstanding = Some(*cid);
        }
    }

    fn note_read(&mut self, packet: &Packet<'_>) {
        if self.probing {
            return;
        }
        self.heard.reports += 1;
        if self.ours.contains(&packet.cid()) {
            self.note_ours(packet);
        } else if self.outstanding.is_some() && !is_always_allowed(packet) {
            self.heard.intrusions += 1;
        }
    }

    fn note_ours(&mut self, packet: &Packet<'_>) {
        let Packet::Initialization { command, data, .. } = packet else {
            return;
        };
        let code = data.first().map(|code| Status::from(*code));
        if *command == command::ERROR && code == Some(Status::ChannelBusy) {
            self.heard.busy += 1;
        }
        if *command != command::KEEPALIVE {
            self.outstanding = None;
        }
    }
}

/// What a key may send to another program while it works for us.
fn is_always_allowed(packet: &Packet<'_>) -> bool {
    matches!(
        packet,
        Packet::Initialization {
            command: command::ERROR | command::INIT,
            ..
        }
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::VecDeque;

    use super::*;
    use crate::ctap::hid::packet::split;

    const OURS: ChannelId = ChannelId([1, 2, 3, 4]);
    const FOREIGN: ChannelId = ChannelId([9, 9, 9, 9]);

    /// A device that says what it was told to say.
    struct Told(VecDeque<Report>);

    impl HidDevice for Told {
        fn write_report(&mut self, _: &Report) -> Result<(), DeviceError> {
            Ok(())
        }

        fn read_report(&mut self, _: Duration) -> Result<Option<Report>, DeviceError> {
            Ok(self.0.pop_front())
        }
    }

    /// What is heard of these messages while a request of ours is under way.
    fn heard(probing: bool, messages: &[(ChannelId, u8, &[u8])]) -> Heard {
        let reports = messages
            .iter()
            .flat_map(|(cid, command, payload)| split(*cid, *command, payload).unwrap());
        let mut tap = Tap::new(Box::new(Told(reports.collect())));
        tap.set_probing(probing);
        tap.write_report(&split(OURS, command::CBOR, &[4]).unwrap()[0])
            .unwrap();
        while tap.read_report(Duration::ZERO).unwrap().is_some() {}
        tap.heard()
    }

    #[test]
    fn what_is_nobodys_is_counted_only_while_the_key_works_for_us() {
        let twin = (FOREIGN, command::CBOR, [0; 100].as_slice());
        let answer = (OURS, command::CBOR, [0; 100].as_slice());
        assert_eq!(heard(false, &[twin, answer]).intrusions, 2);
        assert_eq!(heard(false, &[answer, twin]).intrusions, 0);
        assert_eq!(heard(true, &[twin, answer]), Heard::default());
    }

    #[test]
    fn refusals_of_other_channels_are_no_intrusion_and_ours_are_counted() {
        let busy = [6];
        let others = [
            (FOREIGN, command::ERROR, busy.as_slice()),
            (FOREIGN, command::INIT, &[0; 17]),
        ];
        let ours = (OURS, command::ERROR, busy.as_slice());
        let heard = heard(false, &[others[0], others[1], ours]);
        assert_eq!((heard.intrusions, heard.busy, heard.reports), (0, 1, 3));
    }
}
