//! What faults do to an answer on its way out: to its bytes, then to its reports.

use super::{Effect, Moment};
use crate::ctap::hid::packet::{ChannelId, Report, command, split};

/// Where, behind the channel, a packet says what it is: the command, or the number of a continuation.
const HEADER: usize = 4;
/// CBOR maps (RFC 8949 §3): a length up to 23 in the first byte, or in the one after it.
const SHORT_MAP: std::ops::RangeInclusive<u8> = 0xa0..=0xb7;
const MAP_WITH_LENGTH_BYTE: u8 = 0xb8;
const MAP_WITH_TWO_LENGTH_BYTES: u8 = 0xb9;
/// A channel that is nobody's: below the first one that is given out.
const FOREIGN_CHANNEL: ChannelId = ChannelId([0x01, 0x00, 0x00, 0x00]);

/// Spoils status byte and CBOR of an answer. A refusal is the status byte alone and has no CBOR to spoil.
pub(in crate::emulator) fn spoil(answer: &mut Vec<u8>, effects: &[Effect]) {
    if effects.contains(&Effect::NonCanonical) {
        lengthen_map(answer);
    }
    if effects.contains(&Effect::Truncated) {
        let cbor = answer.len().saturating_sub(1);
        answer.truncate(answer.len() - cbor.div_ceil(2));
    }
}

fn lengthen_map(answer: &mut Vec<u8>) {
    match answer.get(1).copied() {
        Some(head) if SHORT_MAP.contains(&head) => {
            answer.splice(1..2, [MAP_WITH_LENGTH_BYTE, head - SHORT_MAP.start()]);
        }
        Some(MAP_WITH_LENGTH_BYTE) => {
            answer.splice(1..2, [MAP_WITH_TWO_LENGTH_BYTES, 0]);
        }
        _ => {}
    }
}

/// Spoils the reports of an answer. Of an answer in the middle of which the key is unplugged half of them are left.
pub(in crate::emulator) fn spoil_reports(
    mut reports: Vec<Report>,
    effects: &[Effect],
) -> Vec<Report> {
    if effects.contains(&Effect::WrongSequence)
        && let Some(second) = reports.get_mut(1)
    {
        second[HEADER] += 1;
    }
    if effects.contains(&Effect::Unplug(Moment::Answer)) {
        reports.truncate(reports.len() / 2);
    }
    if effects.contains(&Effect::Noise) {
        reports = reports.iter().flat_map(with_noise).collect();
    }
    reports
}

/// The report between one that looks like it on another channel and a refusal there.
fn with_noise(report: &Report) -> impl Iterator<Item = Report> {
    let mut twin = *report;
    twin[..HEADER].copy_from_slice(&FOREIGN_CHANNEL.0);
    let refusal = split(FOREIGN_CHANNEL, command::ERROR, &[0x7f]).unwrap_or_default();
    [twin, *report].into_iter().chain(refusal)
}
