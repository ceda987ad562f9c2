//! `struct uhid_event` of the kernel's `linux/uhid.h`: what is read from and written to `/dev/uhid`, in the machine's byte
//! order. Pure; nothing here opens a file.

use crate::ctap::hid::packet::{REPORT_LENGTH, Report};

/// Length of the structure. The kernel takes shorter ones, and zero bytes for what is missing.
pub const EVENT_LENGTH: usize = 4380;

/// Where an event's own members begin, after its type.
const MEMBERS: usize = 4;
/// Where `uhid_output_req.size` is, after `UHID_DATA_MAX` bytes of data.
const OUTPUT_SIZE: usize = MEMBERS + 4096;
const NAME_LENGTH: usize = 128;
const PHYS_LENGTH: usize = 64;
const UNIQ_LENGTH: usize = 64;

const UHID_DESTROY: u32 = 1;
const UHID_OUTPUT: u32 = 6;
const UHID_GET_REPORT: u32 = 9;
const UHID_GET_REPORT_REPLY: u32 = 10;
const UHID_CREATE2: u32 = 11;
const UHID_INPUT2: u32 = 12;
const UHID_SET_REPORT: u32 = 13;
const UHID_SET_REPORT_REPLY: u32 = 14;

const BUS_USB: u16 = 3;
/// The kernel hands the asker EIO, whatever the number is.
const EIO: u16 = 5;

/// The report descriptor of CTAP 2.1 §11.2.8.2: one FIDO application, 64 bytes in and 64 bytes out, without report numbers.
#[rustfmt::skip]
const REPORT_DESCRIPTOR: [u8; 34] = [
    0x06, 0xd0, 0xf1, // usage page FIDO alliance
    0x09, 0x01,       // usage CTAPHID
    0xa1, 0x01,       // collection: application
    0x09, 0x20,       //   usage input report data
    0x15, 0x00,       //   logical minimum 0
    0x26, 0xff, 0x00, //   logical maximum 255
    0x75, 0x08,       //   report size: 8 bits
    0x95, 0x40,       //   report count: 64
    0x81, 0x02,       //   input: data, variable, absolute
    0x09, 0x21,       //   usage output report data
    0x15, 0x00,       //   logical minimum 0
    0x26, 0xff, 0x00, //   logical maximum 255
    0x75, 0x08,       //   report size: 8 bits
    0x95, 0x40,       //   report count: 64
    0x91, 0x02,       //   output: data, variable, absolute
    0xc0,             // end of collection
];

/// What a new device says of itself. Texts that are too long are cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Create<'a> {
    /// Manufacturer and product.
    pub(super) name: &'a str,
    /// Where the device is plugged in; shown in sysfs.
    pub(super) phys: &'a str,
    /// The serial number; empty for none.
    pub(super) uniq: &'a str,
    pub(super) vendor_id: u16,
    pub(super) product_id: u16,
    /// As `bcdDevice` of a USB device.
    pub(super) version: u16,
}

impl Create<'_> {
    /// `UHID_CREATE2`.
    pub(super) fn event(&self) -> Vec<u8> {
        let mut event = header(UHID_CREATE2);
        for (text, length) in [
            (self.name, NAME_LENGTH),
            (self.phys, PHYS_LENGTH),
            (self.uniq, UNIQ_LENGTH),
        ] {
            push_text(&mut event, text, length);
        }
        // No overflow: 34 bytes.
        let descriptor_length = u16::try_from(REPORT_DESCRIPTOR.len()).unwrap_or_default();
        event.extend(descriptor_length.to_ne_bytes());
        event.extend(BUS_USB.to_ne_bytes());
        let country = 0_u32;
        for number in [
            self.vendor_id.into(),
            self.product_id.into(),
            self.version.into(),
            country,
        ] {
            event.extend(number.to_ne_bytes());
        }
        event.extend(REPORT_DESCRIPTOR);
        event
    }
}

/// `UHID_DESTROY`.
pub(super) fn destroy() -> Vec<u8> {
    header(UHID_DESTROY)
}

/// `UHID_INPUT2`: a report to the host, which has no report number.
pub(super) fn input(report: &Report) -> Vec<u8> {
    let mut event = header(UHID_INPUT2);
    let length = u16::try_from(REPORT_LENGTH).unwrap_or_default();
    event.extend(length.to_ne_bytes());
    event.extend(report);
    event
}

/// What the kernel tells or asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A report from a host.
    Output(Report),
    /// A question that blocks its asker for 5 s unless it is answered; with the event that refuses it.
    Question(Vec<u8>),
    /// Nothing to act on: started, opened, closed, stopped, or a report that is not FIDO's.
    Other,
}

impl Event {
    /// Reads an event.
    #[must_use]
    pub fn parse(event: &[u8; EVENT_LENGTH]) -> Self {
        let kind = u32::from_ne_bytes([event[0], event[1], event[2], event[3]]);
        let id = &event[MEMBERS..MEMBERS + 4];
        match kind {
            UHID_OUTPUT => output(event),
            UHID_GET_REPORT => Self::Question(refusal(UHID_GET_REPORT_REPLY, id)),
            UHID_SET_REPORT => Self::Question(refusal(UHID_SET_REPORT_REPLY, id)),
            _ => Self::Other,
        }
    }
}

/// hidraw passes what a client wrote: report number 0, then the report.
fn output(event: &[u8; EVENT_LENGTH]) -> Event {
    let size = u16::from_ne_bytes([event[OUTPUT_SIZE], event[OUTPUT_SIZE + 1]]);
    let data = &event[MEMBERS..OUTPUT_SIZE];
    match data.get(..usize::from(size)) {
        Some([0, report @ ..]) => Report::try_from(report).map_or(Event::Other, Event::Output),
        _ => Event::Other,
    }
}

/// A key has no feature reports, and gives its input reports when it has some.
fn refusal(kind: u32, id: &[u8]) -> Vec<u8> {
    let mut event = header(kind);
    event.extend(id);
    event.extend(EIO.to_ne_bytes());
    event
}

fn header(kind: u32) -> Vec<u8> {
    kind.to_ne_bytes().to_vec()
}

/// A text in a field of fixed length, ended by at least one zero byte.
fn push_text(event: &mut Vec<u8>, text: &str, length: usize) {
    let end = event.len() + length;
    let fits = |character: &(usize, char)| character.0 + character.1.len_utf8() < length;
    let text: String = text
        .char_indices()
        .take_while(fits)
        .map(|(_, c)| c)
        .collect();
    event.extend(text.as_bytes());
    event.resize(end, 0);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    // Numbers and offsets below are those that a C compiler finds in linux/uhid.h on x86-64, sizeof(struct uhid_event) 4380.

    fn event(kind: u32, members: &[(usize, &[u8])]) -> [u8; EVENT_LENGTH] {
        let mut event = [0; EVENT_LENGTH];
        event[..4].copy_from_slice(&kind.to_ne_bytes());
        for (offset, bytes) in members {
            event[*offset..offset + bytes.len()].copy_from_slice(bytes);
        }
        event
    }

    #[test]
    fn a_device_is_described_at_the_header_s_offsets() {
        let create = Create {
            name: "Key",
            phys: "here",
            uniq: "0123",
            vendor_id: 0x1209,
            product_id: 0xf1d0,
            version: 0x0102,
        };
        let mut wanted = event(
            11,
            &[
                (4, b"Key\0"),
                (132, b"here\0"),
                (196, b"0123\0"),
                (260, &34_u16.to_ne_bytes()),
                (262, &3_u16.to_ne_bytes()),
                (264, &0x1209_u32.to_ne_bytes()),
                (268, &0xf1d0_u32.to_ne_bytes()),
                (272, &0x0102_u32.to_ne_bytes()),
                (276, &0_u32.to_ne_bytes()),
            ],
        );
        // The example of CTAP 2.1 §11.2.8.2, with its constants as HID 1.11 §6.2.2 encodes them.
        let descriptor = "06d0f10901a1010920150026ff007508954081020921150026ff00750895409102c0";
        wanted[280..314].copy_from_slice(&crate::encoding::hex::decode(descriptor).unwrap());
        assert_eq!(create.event(), wanted[..314]);
    }

    #[test]
    fn long_texts_are_cut_between_characters_and_end_in_zero() {
        let name = "ü".repeat(100);
        let create = Create {
            name: &name,
            phys: "",
            uniq: &name,
            vendor_id: 0,
            product_id: 0,
            version: 0,
        };
        let event = create.event();
        assert_eq!(event[4..130], name.as_bytes()[..126]);
        assert_eq!(event[130..132], [0, 0]);
        assert_eq!(event[196..258], name.as_bytes()[..62]);
        assert_eq!(event[258..260], [0, 0]);
    }

    #[test]
    fn a_report_to_the_host_has_no_report_number() {
        let wanted = event(12, &[(4, &64_u16.to_ne_bytes()), (6, &[0xab; 64])]);
        assert_eq!(input(&[0xab; 64]), wanted[..70]);
    }

    #[test]
    fn the_end_is_one_word() {
        assert_eq!(destroy(), 1_u32.to_ne_bytes());
    }

    #[test]
    fn a_report_from_the_host_follows_its_number() {
        let written = |data: &[u8], size: u16| {
            let size = size.to_ne_bytes();
            Event::parse(&event(6, &[(4, data), (4100, &size), (4102, &[1])]))
        };
        let numbered = [&[0], [0xcd; 64].as_slice()].concat();
        assert_eq!(written(&numbered, 65), Event::Output([0xcd; 64]));
        for size in [0, 1, 64, 66, 4096, u16::MAX] {
            assert_eq!(written(&numbered, size), Event::Other, "{size} bytes");
        }
        let other_number = [&[7], [0xcd; 64].as_slice()].concat();
        assert_eq!(written(&other_number, 65), Event::Other);
    }

    #[test]
    fn questions_are_refused_under_their_id() {
        let id = [0xaa, 0xbb, 0xcc, 0xdd];
        for (question, reply) in [(9, 10), (13, 14)] {
            let refusal = event(reply, &[(4, &id), (8, &5_u16.to_ne_bytes())])[..10].to_vec();
            assert_eq!(
                Event::parse(&event(question, &[(4, &id), (8, &[1, 2])])),
                Event::Question(refusal)
            );
        }
    }

    #[test]
    fn what_needs_no_answer_gets_none() {
        for kind in [0, 2, 3, 4, 5, 7, 8, 15, u32::MAX] {
            assert_eq!(Event::parse(&event(kind, &[])), Event::Other);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_event(kind in 0_u32..20, bytes in prop::collection::vec(any::<u8>(), EVENT_LENGTH - 4)) {
            let _ = Event::parse(&event(kind, &[(4, &bytes)]));
        }
    }
}
