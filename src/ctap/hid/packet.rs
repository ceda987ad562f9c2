//! CTAPHID packets in 64-byte reports (CTAP 2.1 §11.2.4): splitting a message, and putting one together again. Pure
//! functions over bytes, used by the client and by the emulator alike; pinned by vectors from outside because of that.

/// One HID report without report number.
pub type Report = [u8; REPORT_LENGTH];

/// Every FIDO HID report is this long.
pub const REPORT_LENGTH: usize = 64;
/// Payload bytes of an initialization packet.
const INITIALIZATION_PAYLOAD: usize = REPORT_LENGTH - 7;
/// Payload bytes of a continuation packet.
const CONTINUATION_PAYLOAD: usize = REPORT_LENGTH - 5;
/// The longest message: one initialization packet and 128 continuation packets.
pub const MAX_MESSAGE: usize = INITIALIZATION_PAYLOAD + 128 * CONTINUATION_PAYLOAD;

/// A channel identifier, in the order of the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChannelId(pub [u8; 4]);

impl ChannelId {
    /// Reserved for INIT by a host that has no channel yet.
    pub const BROADCAST: Self = Self([0xff; 4]);
    /// Reserved; never a channel.
    pub const ZERO: Self = Self([0; 4]);
}

/// CTAPHID commands (CTAP 2.1 §11.2.9), without the bit that marks an initialization packet.
pub mod command {
    /// Echo.
    pub const PING: u8 = 0x01;
    /// An encapsulated CTAP1/U2F message.
    pub const MSG: u8 = 0x03;
    /// Lock the device for one channel.
    pub const LOCK: u8 = 0x04;
    /// Allocate a channel, or synchronize one.
    pub const INIT: u8 = 0x06;
    /// Let the device be seen.
    pub const WINK: u8 = 0x08;
    /// An encapsulated CTAP2 message.
    pub const CBOR: u8 = 0x10;
    /// Cancel the outstanding request of the channel; has no response.
    pub const CANCEL: u8 = 0x11;
    /// The request is still being worked on.
    pub const KEEPALIVE: u8 = 0x3b;
    /// The request failed below CTAP.
    pub const ERROR: u8 = 0x3f;
}

/// A message is longer than the protocol can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a message of {0} bytes does not fit into CTAPHID, which carries at most {MAX_MESSAGE}")]
pub struct MessageTooLong(pub usize);

/// A report, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packet<'a> {
    /// Begins a message.
    Initialization {
        /// The channel.
        cid: ChannelId,
        /// The command without its marker bit.
        command: u8,
        /// Length of the whole message in bytes.
        length: u16,
        /// 57 bytes, of which the message's first ones count.
        data: &'a [u8],
    },
    /// Continues a message.
    Continuation {
        /// The channel.
        cid: ChannelId,
        /// 0 to 127.
        sequence: u8,
        /// 59 bytes, of which the message's next ones count.
        data: &'a [u8],
    },
}

impl<'a> Packet<'a> {
    /// Takes a report apart; every report is one or the other.
    #[must_use]
    pub fn parse(report: &'a Report) -> Self {
        let [c0, c1, c2, c3, marker, rest @ ..] = report;
        let cid = ChannelId([*c0, *c1, *c2, *c3]);
        if marker & 0x80 == 0 {
            return Self::Continuation {
                cid,
                sequence: *marker,
                data: rest,
            };
        }
        let [high, low, data @ ..] = rest;
        Self::Initialization {
            cid,
            command: marker & 0x7f,
            length: u16::from_be_bytes([*high, *low]),
            data,
        }
    }

    /// The channel that the report belongs to.
    #[must_use]
    pub fn cid(&self) -> ChannelId {
        match self {
            Self::Initialization { cid, .. } | Self::Continuation { cid, .. } => *cid,
        }
    }
}

/// Splits a message into reports, padded with zeros.
///
/// # Errors
/// When the payload is longer than [`MAX_MESSAGE`].
pub fn split(cid: ChannelId, command: u8, payload: &[u8]) -> Result<Vec<Report>, MessageTooLong> {
    let too_long = MessageTooLong(payload.len());
    if payload.len() > MAX_MESSAGE {
        return Err(too_long);
    }
    let length = u16::try_from(payload.len())
        .map_err(|_| too_long)?
        .to_be_bytes();
    let (first, rest) = payload.split_at(payload.len().min(INITIALIZATION_PAYLOAD));
    let mut reports = vec![report(cid, &[command | 0x80, length[0], length[1]], first)];
    for (sequence, chunk) in (0u8..=0x7f).zip(rest.chunks(CONTINUATION_PAYLOAD)) {
        reports.push(report(cid, &[sequence], chunk));
    }
    Ok(reports)
}

fn report(cid: ChannelId, header: &[u8], data: &[u8]) -> Report {
    let mut report = [0; REPORT_LENGTH];
    let bytes = cid.0.iter().chain(header).chain(data);
    report
        .iter_mut()
        .zip(bytes)
        .for_each(|(slot, byte)| *slot = *byte);
    report
}

/// A message that has been put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The command without its marker bit.
    pub command: u8,
    /// Exactly as long as the initialization packet announced.
    pub payload: Vec<u8>,
}

/// Why a report does not continue the message at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssemblyError {
    /// The announced length is more than the protocol can carry.
    #[error("announced a message of {0} bytes, more than CTAPHID carries")]
    TooLong(u16),
    /// A continuation packet came before any initialization packet.
    #[error("a continuation packet without a message to continue")]
    Unexpected,
    /// A continuation packet is out of order.
    #[error("continuation packet {found} where {expected} was due")]
    WrongSequence {
        /// The sequence number that was due.
        expected: u8,
        /// The one that came.
        found: u8,
    },
}

/// Puts the packets of one channel together. An initialization packet always starts afresh.
#[derive(Debug, Default)]
pub struct Assembler {
    partial: Option<Partial>,
}

#[derive(Debug)]
struct Partial {
    command: u8,
    length: usize,
    next_sequence: u8,
    payload: Vec<u8>,
}

impl Assembler {
    /// Whether a message has begun and is not complete.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.partial.is_some()
    }

    /// Takes the next packet; `Ok(None)` means that more are needed. The caller has already sorted out other channels.
    ///
    /// # Errors
    /// When the packet does not fit; what was collected is then forgotten.
    pub fn push(&mut self, packet: &Packet<'_>) -> Result<Option<Message>, AssemblyError> {
        let mut partial = match *packet {
            Packet::Initialization { length, .. } if usize::from(length) > MAX_MESSAGE => {
                self.partial = None;
                return Err(AssemblyError::TooLong(length));
            }
            Packet::Initialization {
                command,
                length,
                data,
                ..
            } => Partial {
                command,
                length: usize::from(length),
                next_sequence: 0,
                payload: data.to_vec(),
            },
            Packet::Continuation { sequence, data, .. } => {
                let mut partial = self.partial.take().ok_or(AssemblyError::Unexpected)?;
                if sequence != partial.next_sequence {
                    return Err(AssemblyError::WrongSequence {
                        expected: partial.next_sequence,
                        found: sequence,
                    });
                }
                partial.next_sequence += 1;
                partial.payload.extend_from_slice(data);
                partial
            }
        };
        if partial.payload.len() < partial.length {
            self.partial = Some(partial);
            return Ok(None);
        }
        self.partial = None;
        partial.payload.truncate(partial.length);
        Ok(Some(Message {
            command: partial.command,
            payload: partial.payload,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CID: ChannelId = ChannelId([1, 2, 3, 4]);

    #[test]
    fn a_message_of_every_length_survives() {
        for length in [0, 1, 57, 58, 116, 117, 1024, MAX_MESSAGE] {
            let payload: Vec<u8> = (0u8..=255).cycle().take(length).collect();
            let reports = split(CID, command::CBOR, &payload).expect("fits");
            let mut assembler = Assembler::default();
            let mut message = None;
            for report in &reports {
                assert_eq!(message, None);
                message = assembler.push(&Packet::parse(report)).expect("in order");
            }
            assert_eq!(
                message,
                Some(Message {
                    command: command::CBOR,
                    payload
                })
            );
        }
        assert_eq!(
            split(CID, command::CBOR, &vec![0; MAX_MESSAGE + 1]),
            Err(MessageTooLong(MAX_MESSAGE + 1))
        );
    }

    #[test]
    fn an_initialization_packet_has_the_layout_of_the_specification() {
        let reports = split(ChannelId::BROADCAST, command::INIT, &[0xaa; 8]).expect("fits");
        assert_eq!(reports.len(), 1);
        assert_eq!(
            reports[0][..9],
            [0xff, 0xff, 0xff, 0xff, 0x86, 0, 8, 0xaa, 0xaa]
        );
    }

    #[test]
    fn packets_out_of_order_are_refused() {
        let reports = split(CID, command::PING, &[5; 200]).expect("fits");
        let mut assembler = Assembler::default();
        assert_eq!(
            assembler.push(&Packet::parse(&reports[1])),
            Err(AssemblyError::Unexpected)
        );
        assert_eq!(assembler.push(&Packet::parse(&reports[0])), Ok(None));
        let wrong = AssemblyError::WrongSequence {
            expected: 0,
            found: 1,
        };
        assert_eq!(assembler.push(&Packet::parse(&reports[2])), Err(wrong));
        assert!(!assembler.is_busy());
    }
}
