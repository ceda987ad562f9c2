//! The device side of CTAPHID (CTAP 2.1 §11.2) as a state machine: reports in, reports out, requests to the authenticator
//! in between. It keeps one transaction at a time and never reads a clock.

use std::collections::VecDeque;
use std::time::Duration;

use super::profile::Profile;
use crate::ctap::hid::packet::{
    Assembler, AssemblyError, ChannelId, Message, Packet, Report, command, split,
};
use crate::ctap::status::Status;

/// A host that stalls in the middle of a message for this long gets ERR_MSG_TIMEOUT.
const TRANSACTION_TIMEOUT: Duration = Duration::from_millis(500);
/// Longest lock in seconds (CTAP 2.1 §11.2.9.2.2).
const MAX_LOCK_SECONDS: u8 = 10;
/// CTAPHID protocol version.
const PROTOCOL_VERSION: u8 = 2;
const INIT_NONCE_LENGTH: usize = 8;
/// Channels are given out in order from here. The first byte is never zero, so that a report cannot be mistaken for one
/// with a report number in front.
const FIRST_CHANNEL: u32 = 0x0100_0001;
const LAST_CHANNEL: u32 = 0xfeff_ffff;
/// Channels that hosts made up and that INIT was answered on; the oldest is forgotten.
const MAX_ADOPTED: usize = 64;

/// Bits of the capabilities byte (CTAP 2.1 §11.2.9.1.3).
mod capability {
    pub(super) const WINK: u8 = 0x01;
    pub(super) const CBOR: u8 = 0x04;
    /// MSG is *not* there.
    pub(super) const NMSG: u8 = 0x08;
}

/// Why a keep-alive is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeepaliveStatus {
    Processing,
    UpNeeded,
}

/// What the authenticator has to do.
/// Without `Debug`: requests hold encrypted PINs, which no log needs.
pub(super) enum Event {
    /// A CTAP2 request is complete; the channel is busy until [`Hid::respond`].
    Request { cid: ChannelId, request: Vec<u8> },
    /// A CTAP1 command APDU is complete; the channel is busy until [`Hid::respond`].
    Ctap1(Vec<u8>),
    /// The host cancels the request at hand.
    Cancel,
    /// The host has abandoned the request at hand: no answer to it any more.
    Abandoned,
}

#[derive(Debug)]
enum Transaction {
    Idle,
    Receiving {
        cid: ChannelId,
        deadline: Duration,
    },
    /// The answer goes out as this command, like the request.
    Processing {
        cid: ChannelId,
        command: u8,
    },
}

pub(super) struct Hid {
    /// Major, minor, build.
    device_version: [u8; 3],
    has_wink: bool,
    has_ctap1: bool,
    has_ctap2: bool,
    transaction: Transaction,
    assembler: Assembler,
    next_channel: u32,
    adopted: VecDeque<ChannelId>,
    lock: Option<(ChannelId, Duration)>,
    outgoing: VecDeque<Report>,
}

impl Hid {
    pub(super) fn new(profile: &Profile) -> Self {
        Self {
            device_version: profile.usb.device_version,
            has_wink: profile.wink,
            has_ctap1: profile.has_ctap1(),
            has_ctap2: profile.has_ctap2(),
            transaction: Transaction::Idle,
            assembler: Assembler::default(),
            next_channel: FIRST_CHANNEL,
            adopted: VecDeque::new(),
            lock: None,
            outgoing: VecDeque::new(),
        }
    }

    /// Power cut and restored. Channels survive: test harnesses go on with the one they have.
    pub(super) fn power_cycle(&mut self) {
        self.become_idle();
        self.lock = None;
        self.outgoing.clear();
    }

    /// The next report to the host.
    pub(super) fn pop(&mut self) -> Option<Report> {
        self.outgoing.pop_front()
    }

    /// The reports that are under way.
    pub(super) fn outgoing(&mut self) -> &mut VecDeque<Report> {
        &mut self.outgoing
    }

    pub(super) fn has_output(&self) -> bool {
        !self.outgoing.is_empty()
    }

    /// When [`Hid::expire`] will have something to do.
    pub(super) fn deadline(&self) -> Option<Duration> {
        match self.transaction {
            Transaction::Receiving { deadline, .. } => Some(deadline),
            _ => None,
        }
    }

    /// Ends a message that was begun and not continued.
    pub(super) fn expire(&mut self, now: Duration) {
        if let Transaction::Receiving { cid, deadline } = self.transaction
            && now >= deadline
        {
            self.become_idle();
            self.error(cid, Status::Timeout);
        }
    }

    /// Takes a report.
    pub(super) fn receive(&mut self, report: &Report, now: Duration) -> Option<Event> {
        self.expire(now);
        if self.lock.is_some_and(|(_, until)| now >= until) {
            self.lock = None;
        }
        let packet = Packet::parse(report);
        match packet {
            Packet::Initialization {
                cid,
                command: command::INIT,
                length,
                data,
            } => self.initialize(cid, length, data),
            Packet::Initialization {
                cid,
                command: command::CANCEL,
                ..
            } => self.cancel(cid),
            Packet::Initialization { cid, .. } => self.begin(cid, &packet, now),
            Packet::Continuation { cid, .. } => self.proceed(cid, &packet, now),
        }
    }

    /// Sends the answer to the request at hand and ends the transaction.
    pub(super) fn respond(&mut self, response: &[u8]) {
        if let Transaction::Processing { cid, command } = self.transaction {
            self.become_idle();
            self.send(cid, command, response);
        }
    }

    /// Ends the transaction with an error below CTAP.
    pub(super) fn refuse(&mut self, status: Status) {
        if let Transaction::Processing { cid, .. } = self.transaction {
            self.become_idle();
            self.error(cid, status);
        }
    }

    /// Tells the host of the request at hand that it is still being worked on.
    pub(super) fn keepalive(&mut self, status: KeepaliveStatus) {
        if let Transaction::Processing { cid, .. } = self.transaction {
            let status = match status {
                KeepaliveStatus::Processing => 1,
                KeepaliveStatus::UpNeeded => 2,
            };
            self.send(cid, command::KEEPALIVE, &[status]);
        }
    }

    /// INIT is answered at any time. On the channel of the transaction at hand it ends that transaction; otherwise the
    /// transaction goes on.
    fn initialize(&mut self, cid: ChannelId, length: u16, data: &[u8]) -> Option<Event> {
        if cid == ChannelId::ZERO {
            self.error(cid, Status::InvalidChannel);
            return None;
        }
        let Some(nonce) = data
            .get(..INIT_NONCE_LENGTH)
            .filter(|_| usize::from(length) == INIT_NONCE_LENGTH)
        else {
            self.error(cid, Status::InvalidLength);
            return None;
        };
        let channel = if cid == ChannelId::BROADCAST {
            self.allocate()
        } else {
            self.adopt(cid);
            cid
        };
        let event = self.abandon(cid);
        let mut response = nonce.to_vec();
        response.extend_from_slice(&channel.0);
        response.push(PROTOCOL_VERSION);
        response.extend_from_slice(&self.device_version);
        response.push(self.capabilities());
        self.send(cid, command::INIT, &response);
        event
    }

    fn capabilities(&self) -> u8 {
        let wink = if self.has_wink { capability::WINK } else { 0 };
        let cbor = if self.has_ctap2 { capability::CBOR } else { 0 };
        let nmsg = if self.has_ctap1 { 0 } else { capability::NMSG };
        wink | cbor | nmsg
    }

    fn abandon(&mut self, cid: ChannelId) -> Option<Event> {
        match self.transaction {
            Transaction::Receiving { cid: busy, .. } if busy == cid => {
                self.become_idle();
                None
            }
            Transaction::Processing { cid: busy, .. } if busy == cid => {
                self.become_idle();
                Some(Event::Abandoned)
            }
            _ => None,
        }
    }

    fn allocate(&mut self) -> ChannelId {
        let channel = ChannelId(self.next_channel.to_be_bytes());
        self.next_channel = match self.next_channel {
            LAST_CHANNEL => FIRST_CHANNEL,
            other => other + 1,
        };
        channel
    }

    /// Resynchronizes a channel that is known, and takes on one that a host has made up.
    fn adopt(&mut self, cid: ChannelId) {
        if !self.is_known(cid) {
            if self.adopted.len() == MAX_ADOPTED {
                self.adopted.pop_front();
            }
            self.adopted.push_back(cid);
        }
    }

    fn is_known(&self, cid: ChannelId) -> bool {
        (FIRST_CHANNEL..self.next_channel).contains(&u32::from_be_bytes(cid.0))
            || self.adopted.contains(&cid)
    }

    fn cancel(&mut self, cid: ChannelId) -> Option<Event> {
        match self.transaction {
            Transaction::Processing { cid: busy, .. } if busy == cid => Some(Event::Cancel),
            // Nothing to cancel: ignored, CANCEL has no answer.
            _ => None,
        }
    }

    fn begin(&mut self, cid: ChannelId, packet: &Packet<'_>, now: Duration) -> Option<Event> {
        let refusal = match self.transaction {
            _ if !self.is_known(cid) => Some(Status::InvalidChannel),
            Transaction::Receiving { cid: busy, .. } if busy == cid => {
                // A second beginning before the first message is complete ends the transaction.
                self.become_idle();
                Some(Status::InvalidSeq)
            }
            Transaction::Receiving { .. } | Transaction::Processing { .. } => {
                Some(Status::ChannelBusy)
            }
            Transaction::Idle => self
                .lock
                .filter(|(owner, _)| *owner != cid)
                .map(|_| Status::ChannelBusy),
        };
        if let Some(status) = refusal {
            self.error(cid, status);
            return None;
        }
        self.assemble(cid, packet, now)
    }

    fn proceed(&mut self, cid: ChannelId, packet: &Packet<'_>, now: Duration) -> Option<Event> {
        match self.transaction {
            Transaction::Receiving { cid: busy, .. } if busy == cid => {
                self.assemble(cid, packet, now)
            }
            // A continuation of nothing is ignored (§11.2.5.4).
            _ => None,
        }
    }

    fn assemble(&mut self, cid: ChannelId, packet: &Packet<'_>, now: Duration) -> Option<Event> {
        match self.assembler.push(packet) {
            Ok(None) => {
                let deadline = now + TRANSACTION_TIMEOUT;
                self.transaction = Transaction::Receiving { cid, deadline };
                None
            }
            Ok(Some(message)) => {
                self.become_idle();
                self.execute(cid, message, now)
            }
            Err(error) => {
                self.become_idle();
                let status = match error {
                    AssemblyError::TooLong(_) => Status::InvalidLength,
                    AssemblyError::Unexpected | AssemblyError::WrongSequence { .. } => {
                        Status::InvalidSeq
                    }
                };
                self.error(cid, status);
                None
            }
        }
    }

    fn execute(&mut self, cid: ChannelId, message: Message, now: Duration) -> Option<Event> {
        let Message { command, payload } = message;
        match (command, payload.as_slice()) {
            (command::PING, _) => self.send(cid, command::PING, &payload),
            (command::WINK, _) if !self.has_wink => self.error(cid, Status::InvalidCommand),
            (command::WINK, []) => self.send(cid, command::WINK, &[]),
            (command::LOCK, &[seconds]) => self.lock(cid, seconds, now),
            (command::CBOR, _) if !self.has_ctap2 => self.error(cid, Status::InvalidCommand),
            (command::MSG, _) if !self.has_ctap1 => self.error(cid, Status::InvalidCommand),
            (command::WINK | command::LOCK, _) | (command::CBOR | command::MSG, []) => {
                self.error(cid, Status::InvalidLength);
            }
            (command::CBOR, _) => {
                self.transaction = Transaction::Processing { cid, command };
                let request = payload;
                return Some(Event::Request { cid, request });
            }
            (command::MSG, _) => {
                self.transaction = Transaction::Processing { cid, command };
                return Some(Event::Ctap1(payload));
            }
            _ => self.error(cid, Status::InvalidCommand),
        }
        None
    }

    fn lock(&mut self, cid: ChannelId, seconds: u8, now: Duration) {
        if seconds > MAX_LOCK_SECONDS {
            return self.error(cid, Status::InvalidParameter);
        }
        let until = now + Duration::from_secs(seconds.into());
        self.lock = (seconds > 0).then_some((cid, until));
        self.send(cid, command::LOCK, &[]);
    }

    fn become_idle(&mut self) {
        self.transaction = Transaction::Idle;
        self.assembler = Assembler::default();
    }

    fn error(&mut self, cid: ChannelId, status: Status) {
        self.send(cid, command::ERROR, &[status.into()]);
    }

    fn send(&mut self, cid: ChannelId, command: u8, payload: &[u8]) {
        let reports = split(cid, command, payload)
            .expect("the longest answer, PING's echo, is no longer than a message that arrived");
        self.outgoing.extend(reports);
    }
}
