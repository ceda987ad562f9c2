//! When a fault happens: at which commands, at which of the requests to which it applies, and not before which report or time.

use std::fmt;
use std::time::Duration;

use super::ParseFaultError;
use crate::emulator::command::Command;
use crate::emulator::duration;

/// The conditions after `@`; all of them must hold. The default: at every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// At these commands; empty: at all.
    pub commands: Vec<Command>,
    /// `from:N`: from the N-th occurrence on; 1 is the first.
    pub from: u64,
    /// `times:N`: so often, then no more; `nth:N` is `from:N` and `times:1`.
    pub times: Option<u64>,
    /// `report:N`: not before the N-th report since power-up.
    pub report: u64,
    /// `after:DURATION`: not before this time has passed since the fault was set.
    pub after: Duration,
}

impl Default for Schedule {
    fn default() -> Self {
        Self {
            commands: Vec::new(),
            from: 1,
            times: None,
            report: 0,
            after: Duration::ZERO,
        }
    }
}

impl Schedule {
    /// Reads conditions that are separated by commas.
    pub(super) fn parse(text: &str) -> Result<Self, ParseFaultError> {
        let mut schedule = Self::default();
        let mut words: Vec<&str> = Vec::new();
        for condition in text.split(',') {
            let word = condition.split(':').next().unwrap_or(condition);
            if words
                .iter()
                .any(|given| says_the_same_or_otherwise(given, word))
            {
                return Err(ParseFaultError::Repeated(condition.to_owned()));
            }
            schedule.add(condition)?;
            words.push(word);
        }
        Ok(schedule)
    }

    /// Reads one condition more.
    pub(super) fn add(&mut self, condition: &str) -> Result<(), ParseFaultError> {
        let unknown = || ParseFaultError::Condition(condition.to_owned());
        let Some((word, value)) = condition.split_once(':') else {
            let command = condition.parse().map_err(|_| unknown())?;
            if self.commands.contains(&command) {
                return Err(ParseFaultError::Repeated(condition.to_owned()));
            }
            self.commands.push(command);
            return Ok(());
        };
        let number = || value.parse().ok().filter(|&number| number > 0);
        let number = || number().ok_or_else(unknown);
        match word {
            "nth" => (self.from, self.times) = (number()?, Some(1)),
            "from" => self.from = number()?,
            "times" => self.times = Some(number()?),
            "report" => self.report = number()?,
            "after" => self.after = duration::parse(value).map_err(|_| unknown())?,
            _ => return Err(unknown()),
        }
        Ok(())
    }
}

/// `nth` says what `from` and `times` say together.
fn says_the_same_or_otherwise(given: &str, word: &str) -> bool {
    let is_part = |word| matches!(word, "from" | "times");
    given == word || (given == "nth" && is_part(word)) || (word == "nth" && is_part(given))
}

impl fmt::Display for Schedule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut conditions: Vec<String> = self.commands.iter().map(Command::to_string).collect();
        match (self.from, self.times) {
            (from, Some(1)) if from > 1 => conditions.push(format!("nth:{from}")),
            (from, times) => {
                if from > 1 {
                    conditions.push(format!("from:{from}"));
                }
                conditions.extend(times.map(|times| format!("times:{times}")));
            }
        }
        if self.report > 0 {
            conditions.push(format!("report:{}", self.report));
        }
        if !self.after.is_zero() {
            conditions.push(format!("after:{}", duration::show(self.after)));
        }
        if conditions.is_empty() {
            return Ok(());
        }
        write!(formatter, "@{}", conditions.join(","))
    }
}
