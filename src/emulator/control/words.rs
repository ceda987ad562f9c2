//! Requests as operators type them: `advance 10s`, `fault busy@times:2`, `wait touch-awaited makeCredential`. Each stands for
//! one request of the protocol.

use std::str::FromStr;
use std::time::Duration;

use super::request::{ParseRequestError, Request};
use crate::emulator::command::Command;
use crate::emulator::{EventKind, duration};

impl FromStr for Request {
    type Err = ParseRequestError;

    /// Words, or the JSON of the protocol.
    fn from_str(text: &str) -> Result<Self, ParseRequestError> {
        if text.trim_start().starts_with('{') {
            return Self::from_json(text.as_bytes());
        }
        let mut words = text.split_whitespace();
        let request = words.next().unwrap_or_default();
        let rest: Vec<&str> = words.collect();
        let takes = |expected| ParseRequestError::Words {
            request: request.to_owned(),
            expected,
        };
        match (request, rest.as_slice()) {
            ("advance", &[by]) => duration(by).map(|by| Self::Advance { by }),
            ("clear-faults", []) => Some(Self::ClearFaults {}),
            ("deny", []) => Some(Self::Deny {}),
            ("erase", []) => Some(Self::Erase {}),
            ("fault", &[fault]) => Some(Self::Fault {
                fault: fault.to_owned(),
            }),
            ("faults", []) => Some(Self::Faults {}),
            ("finger", &[finger]) => Some(Self::Finger {
                finger: finger.to_owned(),
            }),
            ("plug", []) => Some(Self::Plug {}),
            ("power-cycle", []) => Some(Self::PowerCycle {}),
            ("set-faults", faults) => Some(Self::SetFaults {
                faults: faults.iter().map(ToString::to_string).collect(),
            }),
            ("state", []) => Some(Self::State {}),
            ("subscribe", []) => Some(Self::Subscribe { since: None }),
            ("subscribe", &[since]) => {
                number(since).map(|since| Self::Subscribe { since: Some(since) })
            }
            ("touch", []) => Some(Self::Touch {}),
            ("touch-mode", &[mode]) => Some(Self::TouchMode {
                mode: mode.to_owned(),
            }),
            ("unplug", []) => Some(Self::Unplug { stays_away: None }),
            ("unplug", &[stays_away]) => duration(stays_away).map(|stays_away| Self::Unplug {
                stays_away: Some(stays_away),
            }),
            ("wait", &[event, ref rest @ ..]) => wait(event, rest),
            _ => None,
        }
        .ok_or_else(|| match expected(request) {
            Some(expected) => takes(expected),
            None => ParseRequestError::UnknownWord(request.to_owned()),
        })
    }
}

/// What follows a request's word.
fn expected(request: &str) -> Option<&'static str> {
    Some(match request {
        "advance" => "a duration such as 10s",
        "clear-faults" | "deny" | "erase" | "faults" | "plug" | "power-cycle" | "state"
        | "touch" => "nothing",
        "fault" => "one fault",
        "finger" => "one of right, wrong, none",
        "set-faults" => "any number of faults",
        "subscribe" => "nothing, or since:N",
        "touch-mode" => "one of auto, deny, never, ask, or a duration such as 2s",
        "unplug" => "nothing, or a duration such as 2s after which the key comes back",
        "wait" => {
            "one of request, touch-awaited, answered, unplugged, powered-up; then, if wanted, a CTAP command, since:N and a duration after which to give up"
        }
        _ => return None,
    })
}

fn duration(text: &str) -> Option<Duration> {
    duration::parse(text).ok()
}

fn number(text: &str) -> Option<u64> {
    text.strip_prefix("since:")?.parse().ok()
}

fn wait(event: &str, rest: &[&str]) -> Option<Request> {
    let mut waited = WaitWords::default();
    for word in rest {
        waited.take(word)?;
    }
    Some(Request::Wait {
        event: EventKind::from_word(event)?,
        command: waited.command,
        since: waited.since,
        timeout: waited.timeout.unwrap_or(super::request::DEFAULT_TIMEOUT),
    })
}

#[derive(Default)]
struct WaitWords {
    command: Option<String>,
    since: Option<u64>,
    timeout: Option<Duration>,
}

impl WaitWords {
    /// Takes a word; `None` when it is none of the three, or comes twice.
    fn take(&mut self, word: &str) -> Option<()> {
        let is_new = if let Ok(command) = word.parse::<Command>() {
            self.command.replace(command.name().to_owned()).is_none()
        } else if let Some(since) = number(word) {
            self.since.replace(since).is_none()
        } else {
            self.timeout.replace(duration(word)?).is_none()
        };
        is_new.then_some(())
    }
}
