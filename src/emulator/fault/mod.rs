//! Scripted misbehaviour, as data. A fault is a word with an optional value, and when it happens:
//!
//! ```text
//! fault     = effect [ "=" value ] [ "@" condition *( "," condition ) ]
//! condition = COMMAND / "nth:" N / "from:" N / "times:" N / "report:" N / "after:" DURATION
//! ```
//!
//! `busy@makeCredential,times:3` is busy at the first three makeCredential. An occurrence is a request to which the effect and
//! the commands apply; without a condition a fault happens at each. `EFFECT-on=COMMAND` is another spelling of
//! `EFFECT@COMMAND`.

mod answer;
mod effect;
mod schedule;
mod script;

use std::fmt;
use std::str::FromStr;

pub(super) use answer::{spoil, spoil_reports};
pub use effect::{Effect, Moment};
pub use schedule::Schedule;
pub use script::Progress;
pub(super) use script::Script;

/// What goes wrong, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub effect: Effect,
    /// When.
    pub schedule: Schedule,
}

/// A text that is no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseFaultError {
    /// What follows `@` is no condition.
    #[error(
        "{0:?} is neither a CTAP command nor nth:N, from:N, times:N, report:N (N is 1 or more) or after:DURATION"
    )]
    Condition(String),
    /// The fault has nothing to do with the command.
    #[error("{effect} never happens at {command}")]
    Never {
        /// What should go wrong.
        effect: String,
        /// The command at which it should.
        command: String,
    },
    /// A condition is given twice.
    #[error("{0:?} comes after a condition that says the same or otherwise")]
    Repeated(String),
    /// No fault has this name.
    #[error("no fault is called {0:?}; there are {words}", words = Effect::WORDS.join(", "))]
    Unknown(String),
    /// The fault does not take this value.
    #[error("{fault} does not take the value {value:?}: {expected}")]
    Value {
        /// The fault's name.
        fault: String,
        /// What was given.
        value: String,
        /// What it takes.
        expected: &'static str,
    },
}

impl FromStr for Fault {
    type Err = ParseFaultError;

    fn from_str(text: &str) -> Result<Self, ParseFaultError> {
        let (effect, conditions) = match text.split_once('@') {
            Some((effect, conditions)) => (effect, Some(conditions)),
            None => (text, None),
        };
        let (word, value) = match effect.split_once('=') {
            Some((word, value)) => (word, Some(value)),
            None => (effect, None),
        };
        let (effect, command) = match (word.strip_suffix("-on"), value) {
            (Some(word), Some(command)) => (Effect::parse(word, None)?, Some(command)),
            _ => (Effect::parse(word, value)?, None),
        };
        let mut schedule = conditions.map_or_else(|| Ok(Schedule::default()), Schedule::parse)?;
        if let Some(command) = command {
            schedule.add(command)?;
        }
        let unconcerned = |command: &&_| !effect.concerns(Some(**command));
        match schedule.commands.iter().find(unconcerned) {
            None => Ok(Self { effect, schedule }),
            Some(command) => Err(ParseFaultError::Never {
                effect: effect.to_string(),
                command: command.to_string(),
            }),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.effect, self.schedule)
    }
}

impl From<Effect> for Fault {
    /// At every occurrence.
    fn from(effect: Effect) -> Self {
        Self {
            effect,
            schedule: Schedule::default(),
        }
    }
}

/// The faults of one emulated key; none by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

/// A line of a file that is no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {source}")]
pub struct ParseFaultsError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub source: ParseFaultError,
}

impl FromStr for Faults {
    type Err = ParseFaultsError;

    /// One fault a line; what follows `#` is a comment.
    fn from_str(text: &str) -> Result<Self, ParseFaultsError> {
        let content = |line: &str| line.split('#').next().unwrap_or_default().trim().to_owned();
        let lines = (1..).zip(text.lines().map(content));
        lines
            .filter(|(_, content)| !content.is_empty())
            .map(|(line, content)| {
                content
                    .parse()
                    .map_err(|source| ParseFaultsError { line, source })
            })
            .collect()
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<I: IntoIterator<Item = Fault>>(faults: I) -> Self {
        Self(faults.into_iter().collect())
    }
}

impl Extend<Fault> for Faults {
    fn extend<I: IntoIterator<Item = Fault>>(&mut self, faults: I) {
        self.0.extend(faults);
    }
}

impl IntoIterator for Faults {
    type Item = Fault;
    type IntoIter = std::vec::IntoIter<Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests;
