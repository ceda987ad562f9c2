//! What has happened to a key, for whoever watches it: counters, and the newest events. Names and statuses only; no request
//! and no answer is kept.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::command::Command;
use crate::ctap::status::Status;

/// Events kept; older ones are forgotten.
const CAPACITY: usize = 256;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Events are numbered from 1 without gaps.
    pub number: u64,
    /// Since the key was opened, by its own clock.
    #[serde(rename = "at_ms", serialize_with = "milliseconds")]
    pub at: Duration,
    /// What.
    pub event: EventKind,
    /// The command that it is about; absent where there is none, or the command byte is no command's.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "name")]
    pub command: Option<Command>,
    /// With which status a request was answered.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "status")]
    pub status: Option<Status>,
}

/// Kinds of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// A request was answered.
    Answered,
    /// Power is back, by a power cycle or because an unplugged key was plugged in.
    PoweredUp,
    /// A request has arrived.
    Request,
    /// A request waits for a touch.
    TouchAwaited,
    /// The key is gone.
    Unplugged,
}

impl EventKind {
    const ALL: [Self; 5] = [
        Self::Answered,
        Self::PoweredUp,
        Self::Request,
        Self::TouchAwaited,
        Self::Unplugged,
    ];

    /// The word for it in events and requests.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::PoweredUp => "powered-up",
            Self::Request => "request",
            Self::TouchAwaited => "touch-awaited",
            Self::Unplugged => "unplugged",
        }
    }

    /// The event that the word stands for.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

fn milliseconds<S: Serializer>(at: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(at.as_millis().try_into().unwrap_or(u64::MAX))
}

fn name<S: Serializer>(command: &Option<Command>, serializer: S) -> Result<S::Ok, S::Error> {
    command.map(Command::name).serialize(serializer)
}

fn status<S: Serializer>(status: &Option<Status>, serializer: S) -> Result<S::Ok, S::Error> {
    let name = |status: Status| match status.name() {
        Some(name) => name.to_owned(),
        None => format!("0x{:02x}", u8::from(status)),
    };
    status.map(name).serialize(serializer)
}

/// The record of a key since it was opened.
#[derive(Default)]
pub(super) struct Journal {
    pub(super) reports_received: u64,
    pub(super) reports_sent: u64,
    /// How often each command has come.
    commands: Vec<(Command, u64)>,
    /// The command of the request at hand.
    at_hand: Option<Command>,
    newest: u64,
    events: VecDeque<Event>,
}

impl Journal {
    pub(super) fn request(&mut self, command: Option<Command>, at: Duration) {
        self.at_hand = command;
        if let Some(command) = command {
            match self
                .commands
                .iter_mut()
                .find(|(known, _)| *known == command)
            {
                Some((_, count)) => *count += 1,
                None => self.commands.push((command, 1)),
            }
        }
        self.add(EventKind::Request, command, None, at);
    }

    pub(super) fn touch_awaited(&mut self, at: Duration) {
        self.add(EventKind::TouchAwaited, self.at_hand, None, at);
    }

    /// U2F's answers have no status byte in front.
    pub(super) fn answered(&mut self, answer: &[u8], at: Duration) {
        let status = answer
            .first()
            .filter(|_| self.at_hand != Some(Command::U2f));
        let status = status.map(|&byte| Status::from(byte));
        self.add(EventKind::Answered, self.at_hand, status, at);
    }

    pub(super) fn unplugged(&mut self, at: Duration) {
        self.add(EventKind::Unplugged, None, None, at);
    }

    pub(super) fn powered_up(&mut self, at: Duration) {
        self.add(EventKind::PoweredUp, None, None, at);
    }

    fn add(
        &mut self,
        event: EventKind,
        command: Option<Command>,
        status: Option<Status>,
        at: Duration,
    ) {
        if self.events.len() == CAPACITY {
            self.events.pop_front();
        }
        self.newest += 1;
        self.events.push_back(Event {
            number: self.newest,
            at,
            event,
            command,
            status,
        });
    }

    /// How often each command has come, in the order of their first coming.
    pub(super) fn commands(&self) -> &[(Command, u64)] {
        &self.commands
    }

    /// The command of the request at hand, or of the last one.
    pub(super) fn command_at_hand(&self) -> Option<Command> {
        self.at_hand
    }

    /// The number of the newest event; 0 before the first.
    pub(super) fn newest(&self) -> u64 {
        self.newest
    }

    /// The events after this one, of those that are kept.
    pub(super) fn since(&self, number: u64) -> impl Iterator<Item = &Event> {
        let known = usize::try_from(self.newest.saturating_sub(number)).unwrap_or(usize::MAX);
        self.events.iter().rev().take(known).rev()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_events_are_kept_and_numbered() {
        let mut journal = Journal::default();
        for _ in 0..CAPACITY {
            journal.request(Some(Command::GetInfo), Duration::ZERO);
            journal.answered(&[0], Duration::from_millis(3));
        }
        assert_eq!(journal.commands(), [(Command::GetInfo, 256)]);
        assert_eq!(journal.since(0).count(), CAPACITY);
        let last: Vec<u64> = journal.since(510).map(|event| event.number).collect();
        assert_eq!(last, [511, 512]);
        let text = serde_json::to_string(journal.since(511).next().expect("the last")).ok();
        let expected = r#"{"number":512,"at_ms":3,"event":"answered","command":"getInfo","status":"CTAP2_OK"}"#;
        assert_eq!(text.as_deref(), Some(expected));
    }
}
