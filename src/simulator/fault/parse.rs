//! The text form of a fault, for the command line and the control route:
//!
//! ```text
//! SELECTOR=EFFECT[,after-commit][,retry-after=SECONDS][,seconds=N][,bytes=N][,skip=N][,times=N|always]
//! ```

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use axum::http::StatusCode;

use crate::simulator::fault::operation::UnknownOperation;
use crate::simulator::fault::{Effect, Fault, Moment, Selector, Times};

/// The largest junk body: enough to test a client's limit, too little to hurt the machine.
const JUNK_LIMIT: usize = 64 * 1024 * 1024;

/// The longest delay that makes sense to script.
const LONGEST: u64 = 24 * 60 * 60;

/// Why a text describes no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// The same option twice, one that the effect does not have, or a value out of range.
    #[error("fault: option {option:?} is not possible with effect {effect:?}")]
    BadOption {
        /// The option as given.
        option: String,
        /// The effect as given.
        effect: String,
    },
    /// The effect needs an option.
    #[error("fault: effect {effect:?} needs option {option:?}")]
    MissingOption {
        /// The effect as given.
        effect: String,
        /// The option that is missing.
        option: &'static str,
    },
    /// No `=` between selector and effect.
    #[error("fault: {0:?} has no \"=\" between selector and effect")]
    NoEffect(String),
    /// Not `any`, an operation or `METHOD /path`.
    #[error("fault: {0}")]
    Selector(#[from] UnknownOperation),
    /// Not an effect.
    #[error("fault: no effect is called {0:?}")]
    UnknownEffect(String),
}

/// Options as typed; each effect takes those it knows.
#[derive(Default)]
struct Options<'a> {
    effect: &'a str,
    given: Vec<(&'a str, &'a str)>,
}

impl<'a> Options<'a> {
    fn take(&mut self, name: &str) -> Option<&'a str> {
        let position = self.given.iter().position(|(given, _)| *given == name)?;
        Some(self.given.remove(position).1)
    }

    fn number(&mut self, name: &'static str, most: u64) -> Result<Option<u64>, ParseError> {
        self.take(name)
            .map(|value| {
                value
                    .parse()
                    .ok()
                    .filter(|&number| number <= most)
                    .ok_or_else(|| self.bad(&format!("{name}={value}")))
            })
            .transpose()
    }

    fn duration(&mut self) -> Result<Duration, ParseError> {
        self.number("seconds", LONGEST)?
            .map(Duration::from_secs)
            .ok_or_else(|| self.missing("seconds"))
    }

    fn moment(&mut self) -> Moment {
        match self.take("after-commit") {
            Some(_) => Moment::AfterCommit,
            None => Moment::BeforeCommit,
        }
    }

    fn skip(&mut self) -> Result<u32, ParseError> {
        let skip = self.number("skip", u64::from(u32::MAX))?.unwrap_or(0);
        u32::try_from(skip).map_err(|_| self.bad(&format!("skip={skip}")))
    }

    fn times(&mut self) -> Result<Times, ParseError> {
        match self.take("times") {
            None => Ok(Times::Left(1)),
            Some("always") => Ok(Times::Always),
            Some(value) => match value.parse() {
                Ok(times) if times > 0 => Ok(Times::Left(times)),
                _ => Err(self.bad(&format!("times={value}"))),
            },
        }
    }

    fn end(&self) -> Result<(), ParseError> {
        match self.given.first() {
            Some((name, _)) => Err(self.bad(name)),
            None => Ok(()),
        }
    }

    fn bad(&self, option: &str) -> ParseError {
        ParseError::BadOption {
            option: option.to_owned(),
            effect: self.effect.to_owned(),
        }
    }

    fn missing(&self, option: &'static str) -> ParseError {
        ParseError::MissingOption {
            effect: self.effect.to_owned(),
            option,
        }
    }
}

impl FromStr for Fault {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let (selector, rest) = text
            .split_once('=')
            .ok_or_else(|| ParseError::NoEffect(text.to_owned()))?;
        let mut parts = rest.split(',').map(str::trim);
        let mut options = Options {
            effect: parts.next().unwrap_or_default(),
            given: parts
                .map(|part| part.split_once('=').unwrap_or((part, "")))
                .collect(),
        };
        let fault = Self {
            selector: selector.trim().parse()?,
            effect: effect(&mut options)?,
            skip: options.skip()?,
            times: options.times()?,
        };
        options.end()?;
        Ok(fault)
    }
}

fn effect(options: &mut Options<'_>) -> Result<Effect, ParseError> {
    Ok(match options.effect {
        "challenge-lifetime" => Effect::ChallengeLifetime(options.duration()?),
        "drop" => Effect::Drop(options.moment()),
        "hidden" => Effect::Hidden(options.duration()?),
        "junk" => {
            let most = u64::try_from(JUNK_LIMIT).unwrap_or(u64::MAX);
            let bytes = options.number("bytes", most)?;
            let bytes = bytes.ok_or_else(|| options.missing("bytes"))?;
            Effect::Junk(usize::try_from(bytes).unwrap_or(JUNK_LIMIT))
        }
        "slow" => Effect::Slow(options.duration()?, options.moment()),
        code => Effect::Status {
            status: error_status(code).ok_or_else(|| ParseError::UnknownEffect(code.to_owned()))?,
            retry_after: options.number("retry-after", LONGEST)?,
            moment: options.moment(),
        },
    })
}

fn error_status(code: &str) -> Option<StatusCode> {
    StatusCode::from_bytes(code.as_bytes())
        .ok()
        .filter(|status| status.is_client_error() || status.is_server_error())
}

impl FromStr for Selector {
    type Err = UnknownOperation;

    fn from_str(text: &str) -> Result<Self, UnknownOperation> {
        if text == "any" {
            return Ok(Self::Any);
        }
        match text.split_once(' ') {
            Some((method, pattern)) if pattern.starts_with(['/', '*']) => Ok(Self::Path {
                method: method
                    .parse()
                    .map_err(|_| UnknownOperation(text.to_owned()))?,
                pattern: pattern.to_owned(),
            }),
            _ => Ok(Self::Operation(text.parse()?)),
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => formatter.write_str("any"),
            Self::Operation(operation) => operation.fmt(formatter),
            Self::Path { method, pattern } => write!(formatter, "{method} {pattern}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}={}", self.selector, self.effect)?;
        if self.skip > 0 {
            write!(formatter, ",skip={}", self.skip)?;
        }
        match self.times {
            Times::Always => formatter.write_str(",times=always"),
            Times::Left(times) => write!(formatter, ",times={times}"),
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = Duration::as_secs;
        match self {
            Self::ChallengeLifetime(time) => {
                write!(formatter, "challenge-lifetime,seconds={}", seconds(time))
            }
            Self::Drop(moment) => write!(formatter, "drop{moment}"),
            Self::Hidden(time) => write!(formatter, "hidden,seconds={}", seconds(time)),
            Self::Junk(bytes) => write!(formatter, "junk,bytes={bytes}"),
            Self::Slow(time, moment) => {
                write!(formatter, "slow,seconds={}{moment}", seconds(time))
            }
            Self::Status {
                status,
                retry_after,
                moment,
            } => {
                write!(formatter, "{}{moment}", status.as_u16())?;
                retry_after.map_or(Ok(()), |wait| write!(formatter, ",retry-after={wait}"))
            }
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::AfterCommit => ",after-commit",
            Self::BeforeCommit => "",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for text in [
            "createMethod=429,retry-after=2,times=3",
            "creationOptions=503,times=1",
            "createMethod=500,after-commit,times=1",
            "any=drop,times=always",
            "createMethod=drop,after-commit,times=1",
            "createMethod=hidden,seconds=30,times=1",
            "creationOptions=challenge-lifetime,seconds=0,times=1",
            "listMethods=junk,bytes=1000000,times=1",
            "token=slow,seconds=5,times=1",
            "any=slow,seconds=5,after-commit,skip=3,times=1",
            "token=slow,seconds=5,after-commit,times=1",
            "DELETE /v1.0/users/*/authentication/fido2Methods/*=504,times=2",
        ] {
            let fault: Fault = text.parse().expect(text);
            assert_eq!(fault.to_string(), text);
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            "",
            "createMethod",
            "teapot=500",
            "createMethod=",
            "createMethod=200",
            "createMethod=explode",
            "createMethod=500,times=0",
            "createMethod=500,seconds=1",
            "createMethod=slow",
            "createMethod=junk,bytes=99999999999",
            "createMethod=429,retry-after=-1",
            "createMethod=429,retry-after=1,retry-after=2",
            "GE T /x=500",
        ] {
            let parsed = text.parse::<Fault>();
            assert!(parsed.is_err(), "{text}: {parsed:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_a_fault_or_an_error(text in ".*") {
            let _ = text.parse::<Fault>();
        }
    }
}
