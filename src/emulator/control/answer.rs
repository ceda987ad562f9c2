//! What becomes of a request.

use std::time::Duration;

use serde_json::{Value, json};

use super::request::{ParseRequestError, Request};
use crate::ctap::status::Status;
use crate::emulator::command::{Command, UnknownCommand};
use crate::emulator::fault::{Fault, Faults, ParseFaultError};
use crate::emulator::handling::NoTouchAwaited;
use crate::emulator::journal::{Event, EventKind};
use crate::emulator::touch::{UnknownFinger, UnknownTouchMode};
use crate::emulator::{Emulator, duration};

/// What a request comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Done: the members of the answer besides `ok`.
    Done(Value),
    /// Done, and whoever asked wants the events after this number.
    Subscribed(u64),
    /// Not yet; ask [`Waiting::look`] when the key has done something or time has passed.
    Waiting(Waiting),
}

/// Why a request is refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It names no command.
    #[error(transparent)]
    Command(#[from] UnknownCommand),
    /// A fault in it is none.
    #[error(transparent)]
    Fault(#[from] ParseFaultError),
    /// It names no finger.
    #[error(transparent)]
    Finger(#[from] UnknownFinger),
    /// There is no touch to give or to decline.
    #[error(transparent)]
    NoTouchAwaited(#[from] NoTouchAwaited),
    /// The key could not keep what the request changes.
    #[error("the key cannot store that: {0}")]
    NotStored(Status),
    /// It is no request.
    #[error(transparent)]
    Request(#[from] ParseRequestError),
    /// What was waited for has not happened.
    #[error("{event} did not happen within {}", duration::show(*.timeout))]
    TimedOut {
        /// The event's word.
        event: &'static str,
        /// For how long.
        timeout: Duration,
    },
    /// A line without end, or too many of them.
    #[error(
        "more than {} bytes without an end, or behind a request that waits",
        super::MAX_LINE
    )]
    TooLong,
    /// It names nobody who touches.
    #[error(transparent)]
    TouchMode(#[from] UnknownTouchMode),
}

impl Refusal {
    /// A stable word for programs.
    fn code(&self) -> &'static str {
        match self {
            Self::Command(_) => "unknown_command",
            Self::Fault(_) => "fault",
            Self::Finger(_) => "finger",
            Self::NoTouchAwaited(_) => "no_touch_awaited",
            Self::NotStored(_) => "not_stored",
            Self::Request(_) => "request",
            Self::TimedOut { .. } => "timed_out",
            Self::TooLong => "too_long",
            Self::TouchMode(_) => "touch_mode",
        }
    }

    /// The line that says so.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({"ok": false, "error": {"code": self.code(), "message": self.to_string()}})
    }
}

/// Does what a line of the protocol asks for.
///
/// # Errors
/// When it is no request, or the key is not such that it could be met; then nothing has changed.
pub fn answer(line: &[u8], emulator: &mut Emulator) -> Result<Answer, Refusal> {
    let mut members = json!({});
    match Request::from_json(line)? {
        Request::Advance { by } => emulator.advance(by),
        Request::ClearFaults {} => emulator.set_faults(Faults::default()),
        Request::Deny {} => emulator.deny()?,
        Request::Erase {} => emulator.erase().map_err(Refusal::NotStored)?,
        Request::Fault { fault } => {
            emulator.add_fault(fault.parse()?);
            members = faults(emulator);
        }
        Request::Faults {} => members = faults(emulator),
        Request::Finger { finger } => emulator.set_finger(finger.parse()?),
        Request::Plug {} if !emulator.is_gone() => {}
        Request::Plug {} | Request::PowerCycle {} => emulator.power_cycle(),
        Request::SetFaults { faults: texts } => {
            let parsed = texts.iter().map(|text| text.parse::<Fault>());
            emulator.set_faults(parsed.collect::<Result<_, _>>()?);
            members = faults(emulator);
        }
        Request::State {} => members = json!({"state": emulator.snapshot()}),
        Request::Subscribe { since } => {
            let since = since.unwrap_or_else(|| emulator.newest_event());
            return Ok(Answer::Subscribed(since));
        }
        Request::Touch {} => emulator.touch()?,
        Request::TouchMode { mode } => emulator.set_touch_mode(mode.parse()?),
        Request::Unplug { stays_away } => emulator.unplug(stays_away),
        Request::Wait {
            event,
            command,
            since,
            timeout,
        } => {
            let command = command.map(|command| command.parse()).transpose()?;
            if since.is_none() && is_so_already(event, command, emulator) {
                return Ok(Answer::Done(json!({"event": null})));
            }
            return Ok(Answer::Waiting(Waiting {
                event,
                command,
                seen: since.unwrap_or_else(|| emulator.newest_event()),
                timeout,
                began: emulator.true_uptime(),
            }));
        }
    }
    Ok(Answer::Done(members))
}

fn faults(emulator: &Emulator) -> Value {
    json!({"faults": emulator.faults()})
}

/// Whether there is nothing to wait for: some events begin something that lasts.
fn is_so_already(event: EventKind, command: Option<Command>, emulator: &Emulator) -> bool {
    match event {
        EventKind::TouchAwaited => {
            let awaiting = emulator.awaits_touch();
            awaiting.is_some_and(|awaiting| command.is_none() || command == awaiting)
        }
        EventKind::Unplugged => emulator.is_gone(),
        EventKind::Answered | EventKind::PoweredUp | EventKind::Request => false,
    }
}

/// Somebody who wants to hear of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    event: EventKind,
    command: Option<Command>,
    /// The event up to which everything was looked at.
    seen: u64,
    timeout: Duration,
    /// By a clock that nobody puts forward.
    began: Duration,
}

impl Waiting {
    /// The members of the answer, or the refusal, once there is one.
    pub fn look(&mut self, emulator: &Emulator) -> Option<Result<Value, Refusal>> {
        let wanted = |event: &&Event| {
            event.event == self.event && (self.command.is_none() || event.command == self.command)
        };
        if let Some(event) = emulator.events_since(self.seen).find(wanted) {
            return Some(Ok(json!({"event": event})));
        }
        self.seen = emulator.newest_event();
        self.time_left(emulator).is_zero().then(|| {
            Err(Refusal::TimedOut {
                event: self.event.word(),
                timeout: self.timeout,
            })
        })
    }

    /// How long it goes on waiting.
    #[must_use]
    pub fn time_left(&self, emulator: &Emulator) -> Duration {
        let waited = emulator.true_uptime().saturating_sub(self.began);
        self.timeout.saturating_sub(waited)
    }
}
