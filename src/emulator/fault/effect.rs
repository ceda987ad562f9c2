//! What a fault does, as a word with an optional value: `bad-signature`, `delay=2s`, `unplug=touch`.

use std::fmt;
use std::time::Duration;

use super::ParseFaultError;
use crate::ctap::status::Status;
use crate::emulator::command::Command;
use crate::emulator::duration;

/// One way to misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// `bad-signature`: assertions and attestations carry signatures that do not verify.
    BadSignature,
    /// `busy`: ERR_CHANNEL_BUSY instead of an answer, and the command has no effect.
    Busy,
    /// `delay=DURATION`: the answer comes this much later, keep-alives before it.
    Delay(Duration),
    /// `keepalive`: keep-alives without end instead of an answer, also after CANCEL.
    Keepalive,
    /// `noise`: reports of a channel that is not the host's, between those of the answer.
    Noise,
    /// `non-canonical`: the answer's map begins with its length in more bytes than it needs.
    NonCanonical,
    /// `pin-blocked`: no PIN tries are left.
    PinBlocked,
    /// `sign-count-back`: each signature counter is lower than the one before.
    SignCountBack,
    /// `silent`: no answer at all; only INIT is answered after it.
    Silent,
    /// `slow-touch=DURATION`: no touch counts before it has been waited for this long.
    SlowTouch(Duration),
    /// `status=CODE`: this status instead of what the command would do.
    Status(Status),
    /// `storage-full`: there is no room for another discoverable credential.
    StorageFull,
    /// `truncated`: the second half of the answer's CBOR is missing.
    Truncated,
    /// `unplug`, `unplug=touch`, `unplug=answer`: gone.
    Unplug(Moment),
    /// `unplug-after=N`: gone once the N-th report since power-up has arrived.
    UnplugAfter(u64),
    /// `wrong-aaguid`: authenticator data names another AAGUID than the attestation certificate.
    WrongAaguid,
    /// `wrong-key`: assertions name another credential than the one that was asked for, and are signed by that.
    WrongKey,
    /// `wrong-sequence`: the first continuation packet of the answer has the number of the second.
    WrongSequence,
}

/// When, in the life of a request, a key is pulled out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The request has arrived and has had no effect.
    Request,
    /// A touch is awaited.
    Touch,
    /// The command has had its effect, and half of the answer's reports are out.
    Answer,
}

impl Effect {
    /// The words, in order.
    pub(super) const WORDS: [&str; 18] = [
        "bad-signature",
        "busy",
        "delay",
        "keepalive",
        "noise",
        "non-canonical",
        "pin-blocked",
        "sign-count-back",
        "silent",
        "slow-touch",
        "status",
        "storage-full",
        "truncated",
        "unplug",
        "unplug-after",
        "wrong-aaguid",
        "wrong-key",
        "wrong-sequence",
    ];

    /// Reads the word and its value.
    pub(super) fn parse(word: &str, value: Option<&str>) -> Result<Self, ParseFaultError> {
        let effect = match word {
            "bad-signature" => Self::BadSignature,
            "busy" => Self::Busy,
            "delay" => return duration(word, value).map(Self::Delay),
            "keepalive" => Self::Keepalive,
            "noise" => Self::Noise,
            "non-canonical" => Self::NonCanonical,
            "pin-blocked" => Self::PinBlocked,
            "sign-count-back" => Self::SignCountBack,
            "silent" => Self::Silent,
            "slow-touch" => return duration(word, value).map(Self::SlowTouch),
            "status" => return status(word, value).map(Self::Status),
            "storage-full" => Self::StorageFull,
            "truncated" => Self::Truncated,
            "unplug" => return moment(word, value).map(Self::Unplug),
            "unplug-after" => return reports(word, value).map(Self::UnplugAfter),
            "wrong-aaguid" => Self::WrongAaguid,
            "wrong-key" => Self::WrongKey,
            "wrong-sequence" => Self::WrongSequence,
            _ => return Err(ParseFaultError::Unknown(word.to_owned())),
        };
        match value {
            None => Ok(effect),
            Some(_) => Err(unfit(word, value, "it takes none")),
        }
    }

    /// Whether it can ever happen at this command; `None` stands for a request whose command is not known.
    pub(super) fn concerns(self, command: Option<Command>) -> bool {
        use Command::{ClientPin, GetAssertion, GetNextAssertion, MakeCredential, U2f};
        let only: &[Command] = match self {
            Self::BadSignature | Self::SignCountBack => {
                &[MakeCredential, GetAssertion, GetNextAssertion, U2f]
            }
            Self::PinBlocked => &[ClientPin],
            Self::StorageFull | Self::WrongAaguid => &[MakeCredential],
            Self::WrongKey => &[GetAssertion, GetNextAssertion],
            Self::UnplugAfter(_) => &[],
            // CTAP2's own: its statuses, its CBOR, its waits for a touch.
            Self::NonCanonical
            | Self::SlowTouch(_)
            | Self::Status(_)
            | Self::Unplug(Moment::Touch) => return command != Some(U2f),
            _ => return true,
        };
        command.is_some_and(|command| only.contains(&command))
    }

    /// Whether it takes the place of everything that the command would do.
    pub(super) fn preempts(self) -> bool {
        matches!(
            self,
            Self::Busy
                | Self::Keepalive
                | Self::Silent
                | Self::Status(_)
                | Self::Unplug(Moment::Request)
        )
    }

    /// Whether it happens once where the schedule does not say how often: a key that was plugged in again stays.
    pub(super) fn happens_once(self) -> bool {
        matches!(self, Self::Unplug(_) | Self::UnplugAfter(_))
    }
}

fn unfit(word: &str, value: Option<&str>, expected: &'static str) -> ParseFaultError {
    ParseFaultError::Value {
        fault: word.to_owned(),
        value: value.unwrap_or_default().to_owned(),
        expected,
    }
}

fn duration(word: &str, value: Option<&str>) -> Result<Duration, ParseFaultError> {
    duration::parse(value.unwrap_or_default()).map_err(|_| {
        unfit(
            word,
            value,
            "it takes a duration such as 500ms or 2s, up to 100 years",
        )
    })
}

fn moment(word: &str, value: Option<&str>) -> Result<Moment, ParseFaultError> {
    match value {
        None | Some("request") => Ok(Moment::Request),
        Some("touch") => Ok(Moment::Touch),
        Some("answer") => Ok(Moment::Answer),
        _ => Err(unfit(word, value, "it takes request, touch or answer")),
    }
}

fn reports(word: &str, value: Option<&str>) -> Result<u64, ParseFaultError> {
    let number = value.unwrap_or_default().parse().ok();
    number
        .filter(|&number| number > 0)
        .ok_or_else(|| unfit(word, value, "it takes a number of reports, 1 or more"))
}

/// A number such as `0x7f`, or the specification's name. Success is no status to misbehave with.
fn status(word: &str, value: Option<&str>) -> Result<Status, ParseFaultError> {
    let text = value.unwrap_or_default();
    let named = || {
        let mut all = Status::NAMED.iter().copied();
        all.find(|status| status.name() == Some(text))
    };
    let number = || {
        let hex = text.strip_prefix("0x")?;
        u8::from_str_radix(hex, 16).ok().map(Status::from)
    };
    number()
        .or_else(named)
        .filter(|&status| status != Status::Ok)
        .ok_or_else(|| {
            let expected =
                "it takes a CTAP status other than success, such as 0x7f or CTAP1_ERR_OTHER";
            unfit(word, value, expected)
        })
}

impl fmt::Display for Effect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Self::BadSignature => "bad-signature",
            Self::Busy => "busy",
            Self::Delay(by) => return write!(formatter, "delay={}", duration::show(*by)),
            Self::Keepalive => "keepalive",
            Self::Noise => "noise",
            Self::NonCanonical => "non-canonical",
            Self::PinBlocked => "pin-blocked",
            Self::SignCountBack => "sign-count-back",
            Self::Silent => "silent",
            Self::SlowTouch(by) => return write!(formatter, "slow-touch={}", duration::show(*by)),
            Self::Status(status) => return write!(formatter, "status=0x{:02x}", u8::from(*status)),
            Self::StorageFull => "storage-full",
            Self::Truncated => "truncated",
            Self::Unplug(Moment::Request) => "unplug",
            Self::Unplug(Moment::Touch) => "unplug=touch",
            Self::Unplug(Moment::Answer) => "unplug=answer",
            Self::UnplugAfter(reports) => return write!(formatter, "unplug-after={reports}"),
            Self::WrongAaguid => "wrong-aaguid",
            Self::WrongKey => "wrong-key",
            Self::WrongSequence => "wrong-sequence",
        };
        formatter.write_str(word)
    }
}
