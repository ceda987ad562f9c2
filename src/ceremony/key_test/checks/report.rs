//! Report-level robustness (CTAP 2.1 §11.2): what no ordinary client sends is refused as the specification says, and the
//! channel is alive afterwards.

use std::time::Duration;

use crate::attestation::Verdict;
use crate::ceremony::key_test::bench::{Bench, Trouble};
use crate::ceremony::key_test::check::{Answer, Finding};
use crate::ctap::hid::packet::{ChannelId, MAX_MESSAGE, Message, Report, command, split};
use crate::ctap::hid::probe::Answer as Heard;
use crate::ctap::hid::{DeviceError, Probe};
use crate::ctap::status::Status;

/// How long an answer may take that needs no thinking.
const PROMPTLY: Duration = Duration::from_secs(2);
/// How long a silence must last to be taken for one.
const SILENCE: Duration = Duration::from_millis(400);
/// Not assigned, and not among those for vendors (0x40 to 0x7f).
const UNASSIGNED: u8 = 0x2a;
/// Fills one initialization packet and one continuation packet.
const TWO_PACKETS: usize = 100;

fn no_channel() -> Trouble {
    Verdict::fail("INIT on the broadcast channel was not answered").into()
}

fn open(probe: &mut Probe) -> Result<ChannelId, Trouble> {
    probe.channel()?.ok_or_else(no_channel)
}

fn reports(cid: ChannelId, code: u8, length: usize) -> Result<Vec<Report>, Trouble> {
    let payload = vec![0x5a; length];
    split(cid, code, &payload).map_err(|error| Verdict::unknown(error.to_string()).into())
}

/// What came, for people.
fn shown(answer: &Heard) -> String {
    match answer {
        Heard::Message(Message {
            command: command::ERROR,
            payload,
        }) => match payload.first() {
            Some(code) => format!("error {}", Status::from(*code)),
            None => "an error without a code".to_owned(),
        },
        Heard::Message(message) => format!("a message of command 0x{:02x}", message.command),
        Heard::Broken(error) => error.to_string(),
        Heard::Nothing => "silence".to_owned(),
    }
}

fn is_error(answer: &Heard, expected: Status) -> bool {
    let Heard::Message(message) = answer else {
        return false;
    };
    let code = message.payload.first().map(|code| Status::from(*code));
    message.command == command::ERROR && code == Some(expected)
}

/// Provokes an error on `listen`, and sees that `alive` echoes afterwards.
fn expect_error(
    probe: &mut Probe,
    (listen, alive): (ChannelId, ChannelId),
    expected: Status,
    provocation: &[Report],
) -> Answer {
    for report in provocation {
        probe.write(report)?;
    }
    let answer = probe.hear(listen, PROMPTLY)?;
    let finding = if !is_error(&answer, expected) {
        let found = shown(&answer);
        Verdict::fail(format!("expected the error {expected}, found {found}"))
    } else if !probe.echoes(alive, b"alive", PROMPTLY)? {
        Verdict::fail("the channel echoes nothing afterwards")
    } else {
        Verdict::Pass
    };
    Ok(Finding::new(finding).fact("answer", shown(&answer)))
}

pub(in crate::ceremony::key_test) fn init(bench: &mut Bench<'_>) -> Answer {
    let mut probe = bench.probe();
    let mut channels = Vec::new();
    for _ in 0..3 {
        let answer = probe.init(ChannelId::BROADCAST)?.ok_or_else(no_channel)?;
        if answer.len() < 17 {
            let length = answer.len();
            return Ok(Verdict::fail(format!("INIT answered {length} bytes, not 17")).into());
        }
        channels.push(answer[8..12].to_vec());
    }
    let reserved = |cid: &Vec<u8>| **cid == ChannelId::ZERO.0 || **cid == ChannelId::BROADCAST.0;
    let mut distinct = channels.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let identity = bench.identity();
    let verdict = if channels.iter().any(reserved) {
        Verdict::fail("INIT allocated a reserved channel")
    } else if distinct.len() < channels.len() {
        Verdict::fail("INIT allocated one channel twice")
    } else if identity.protocol_version != 2 {
        let version = identity.protocol_version;
        Verdict::fail(format!("the protocol version is {version}, not 2"))
    } else {
        Verdict::Pass
    };
    let shown: Vec<String> = channels
        .iter()
        .map(|cid| crate::encoding::hex::encode(cid))
        .collect();
    Ok(Finding::new(verdict)
        .fact("channels", shown)
        .fact("capabilities", identity.capabilities.0)
        .fact("device_version", identity.device_version.to_vec()))
}

pub(in crate::ceremony::key_test) fn resynchronization(bench: &mut Bench<'_>) -> Answer {
    let mut probe = bench.probe();
    let cid = open(&mut probe)?;
    // Half a message, which INIT must end.
    if let Some(first) = reports(cid, command::PING, TWO_PACKETS)?.first() {
        probe.write(first)?;
    }
    let Some(answer) = probe.init(cid)? else {
        return Ok(Verdict::fail("INIT on an allocated channel was not answered").into());
    };
    let verdict = if answer.get(8..12) != Some(cid.0.as_slice()) {
        Verdict::fail("INIT on an allocated channel answered another channel")
    } else if !probe.echoes(cid, b"alive", PROMPTLY)? {
        Verdict::fail("the channel echoes nothing after INIT in the middle of a message")
    } else {
        Verdict::Pass
    };
    Ok(verdict.into())
}

pub(in crate::ceremony::key_test) fn ping(bench: &mut Bench<'_>) -> Answer {
    let limit = bench.info().map_or(1024, |info| info.message_limit());
    let mut probe = bench.probe();
    let cid = open(&mut probe)?;
    let mut sizes = vec![1, 57, 58, 116, 117, 500, limit.min(MAX_MESSAGE)];
    sizes.dedup();
    for size in &sizes {
        let data: Vec<u8> = (0..=250u8).cycle().take(*size).collect();
        if !probe.echoes(cid, &data, PROMPTLY)? {
            return Ok(Verdict::fail(format!("{size} bytes were not echoed")).into());
        }
    }
    Ok(Finding::pass().fact("sizes", sizes))
}

pub(in crate::ceremony::key_test) fn unknown_command(bench: &mut Bench<'_>) -> Answer {
    let mut probe = bench.probe();
    let cid = open(&mut probe)?;
    let provocation = reports(cid, UNASSIGNED, 1)?;
    expect_error(&mut probe, (cid, cid), Status::InvalidCommand, &provocation)
}

pub(in crate::ceremony::key_test) fn broken_sequence(bench: &mut Bench<'_>) -> Answer {
    let mut probe = bench.probe();
    let cid = open(&mut probe)?;
    let mut provocation = reports(cid, command::PING, 2 * TWO_PACKETS)?;
    // The second continuation packet where the first one is due.
    provocation.remove(1);
    provocation.truncate(2);
    expect_error(&mut probe, (cid, cid), Status::InvalidSeq, &provocation)
}

pub(in crate::ceremony::key_test) fn second_beginning(bench: &mut Bench<'_>) -> Answer {
    let mut probe = bench.probe();
    let cid = open(&mut probe)?;
    let mut provocation = reports(cid, command::PING, TWO_PACKETS)?;
    provocation.truncate(1);
    provocation.extend(reports(cid, command::PING, 1)?);
    expect_error(&mut probe, (cid, cid), Status::InvalidSeq, &provocation)
}

pub(in crate::ceremony::key_test) fn stray_continuation(bench: &mut Bench<'_>) -> Answer {
    let mut probe = bench.probe();
    let cid = open(&mut probe)?;
    for stray in reports(cid, command::PING, TWO_PACKETS)?.iter().skip(1) {
        probe.write(stray)?;
    }
    expect_silence(&mut probe, cid, "a continuation packet of nothing")
}

pub(in crate::ceremony::key_test) fn idle_cancel(bench: &mut Bench<'_>) -> Answer {
    let mut probe = bench.probe();
    let cid = open(&mut probe)?;
    probe.send(cid, command::CANCEL, &[])?;
    expect_silence(&mut probe, cid, "CANCEL with nothing to cancel")
}

fn expect_silence(probe: &mut Probe, cid: ChannelId, what: &str) -> Answer {
    let answer = probe.hear(cid, SILENCE)?;
    let verdict = if answer != Heard::Nothing {
        Verdict::fail(format!("{what} was answered by {}", shown(&answer)))
    } else if !probe.echoes(cid, b"alive", PROMPTLY)? {
        Verdict::fail(format!("the channel echoes nothing after {what}"))
    } else {
        Verdict::Pass
    };
    Ok(verdict.into())
}

pub(in crate::ceremony::key_test) fn wrong_channel(bench: &mut Bench<'_>) -> Answer {
    let mut probe = bench.probe();
    let alive = open(&mut probe)?;
    let nobody = probe.unallocated_channel();
    let mut finding = Finding::pass();
    for (name, cid) in [("unallocated", nobody), ("zero", ChannelId::ZERO)] {
        let provocation = reports(cid, command::PING, 1)?;
        let one = expect_error(
            &mut probe,
            (cid, alive),
            Status::InvalidChannel,
            &provocation,
        )?;
        let answer = one.facts.get("answer").cloned().unwrap_or_default();
        finding = finding.fact(name, answer);
        if let Some(why) = one.verdict.why() {
            finding.verdict = Verdict::fail(format!("a message on the {name} channel: {why}"));
        }
    }
    Ok(finding)
}

pub(in crate::ceremony::key_test) fn busy(bench: &mut Bench<'_>) -> Answer {
    let mut probe = bench.probe();
    let (ours, other) = (open(&mut probe)?, open(&mut probe)?);
    let message = reports(ours, command::PING, TWO_PACKETS)?;
    let (first, rest) = message.split_at(1);
    write_all(&mut probe, first)?;
    write_all(&mut probe, &reports(other, command::PING, 1)?)?;
    let refusal = probe.hear(other, PROMPTLY)?;
    write_all(&mut probe, rest)?;
    let echo = probe.hear(ours, PROMPTLY)?;
    let complete = matches!(&echo, Heard::Message(echo) if echo.command == command::PING);
    let verdict = if !is_error(&refusal, Status::ChannelBusy) {
        let found = shown(&refusal);
        let expected = Status::ChannelBusy;
        Verdict::fail(format!(
            "expected the error {expected} for a second channel, found {found}"
        ))
    } else if !complete {
        let found = shown(&echo);
        Verdict::fail(format!("the message that was begun first got {found}"))
    } else {
        Verdict::Pass
    };
    Ok(Finding::new(verdict).fact("answer", shown(&refusal)))
}

fn write_all(probe: &mut Probe, reports: &[Report]) -> Result<(), DeviceError> {
    reports.iter().try_for_each(|report| probe.write(report))
}

pub(in crate::ceremony::key_test) fn message_timeout(bench: &mut Bench<'_>) -> Answer {
    /// Real keys take half a second; longer than this nobody waits.
    const LIMIT: Duration = Duration::from_secs(5);
    let env = bench.env.clone();
    let mut probe = bench.probe();
    let cid = open(&mut probe)?;
    if let Some(first) = reports(cid, command::PING, TWO_PACKETS)?.first() {
        probe.write(first)?;
    }
    let begun = env.monotonic();
    let answer = probe.hear(cid, LIMIT)?;
    let waited = env.monotonic().saturating_sub(begun).as_millis();
    let verdict = if !is_error(&answer, Status::Timeout) {
        let found = shown(&answer);
        let expected = Status::Timeout;
        Verdict::fail(format!(
            "expected the error {expected} for half a message, found {found}"
        ))
    } else if !probe.echoes(cid, b"alive", PROMPTLY)? {
        Verdict::fail("the channel echoes nothing after half a message")
    } else {
        Verdict::Pass
    };
    let waited = u64::try_from(waited).unwrap_or(u64::MAX);
    Ok(Finding::new(verdict)
        .fact("answer", shown(&answer))
        .fact("after_ms", waited))
}

pub(in crate::ceremony::key_test) fn too_long(bench: &mut Bench<'_>) -> Answer {
    let mut probe = bench.probe();
    let cid = open(&mut probe)?;
    let mut provocation = reports(cid, command::PING, 1)?;
    // BCNT, the length in the initialization packet: one more than 128 continuation packets carry.
    if let (Some(report), Ok(length)) = (provocation.first_mut(), u16::try_from(MAX_MESSAGE + 1)) {
        report[5..7].copy_from_slice(&length.to_be_bytes());
    }
    expect_error(&mut probe, (cid, cid), Status::InvalidLength, &provocation)
}

pub(in crate::ceremony::key_test) fn u2f_version(bench: &mut Bench<'_>) -> Answer {
    /// U2F Raw Message Formats §6: VERSION, in extended form; the answer, with the status word 0x9000.
    const VERSION: [u8; 7] = [0, 3, 0, 0, 0, 0, 0];
    const U2F_V2: &[u8] = b"U2F_V2\x90\x00";
    let listed = bench.info().is_ok_and(|info| info.has_version("U2F_V2"));
    let has_info = bench.info().is_ok();
    let offered = bench.identity().capabilities.msg();
    let mut probe = bench.probe();
    let cid = open(&mut probe)?;
    probe.send(cid, command::MSG, &VERSION)?;
    let answer = probe.hear(cid, PROMPTLY)?;
    if answer == Heard::Nothing {
        // A key that still works on the question would be busy for all the others.
        probe.init(cid)?;
    }
    let understood = matches!(&answer, Heard::Message(message) if message.payload == U2F_V2);
    let verdict = match (listed, offered) {
        (true, false) => Verdict::fail("getInfo lists U2F_V2, and INIT says that there is no U2F"),
        (false, true) if has_info && !understood => {
            Verdict::not_applicable("U2F is switched off, and getInfo does not list it")
        }
        _ if understood => Verdict::Pass,
        _ => Verdict::fail(format!(
            "the question for the U2F version got {}",
            shown(&answer)
        )),
    };
    Ok(verdict.into())
}
