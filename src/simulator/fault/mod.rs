//! Scripted misbehaviour: data that says which request goes wrong, how, and how often.

mod layer;
mod operation;
mod parse;
mod script;

use std::time::Duration;

use axum::http::{Method, StatusCode};
pub(in crate::simulator) use layer::apply;
pub use operation::{Operation, UnknownOperation};
pub use parse::ParseError;
pub use script::Faults;

/// Which requests a fault is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// Every request except those of the control route.
    Any,
    /// Requests of an operation.
    Operation(Operation),
    /// Requests by method and path.
    Path {
        /// The method.
        method: Method,
        /// A path in which `*` stands for any text.
        pattern: String,
    },
}

/// Whether a request has its effect before it goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The tenant has changed, only the answer is lost.
    AfterCommit,
    /// The tenant is as before.
    BeforeCommit,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Challenges handed out live this long.
    ChallengeLifetime(Duration),
    /// The connection is cut without an answer.
    Drop(Moment),
    /// The new method shows up in answers only after this time.
    Hidden(Duration),
    /// 200 and this many bytes that are not JSON.
    Junk(usize),
    /// The answer comes this much later. A client that hangs up before the commit prevents it.
    Slow(Duration, Moment),
    /// An error status.
    Status {
        /// 4xx or 5xx.
        status: StatusCode,
        /// `Retry-After` in seconds.
        retry_after: Option<u64>,
        /// Before or after the commit.
        moment: Moment,
    },
}

/// How many requests more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// No end.
    Always,
    /// This many, at least one.
    Left(u32),
}

/// One scripted fault. Its text form is described in `docs/simulator.md`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// For which requests.
    pub selector: Selector,
    /// What happens.
    pub effect: Effect,
    /// How many requests that it is for go right before it strikes.
    pub skip: u32,
    /// How often.
    pub times: Times,
}

impl Fault {
    /// The effect on the next request of an operation.
    #[must_use]
    pub fn once(operation: Operation, effect: Effect) -> Self {
        Self {
            selector: Selector::Operation(operation),
            effect,
            skip: 0,
            times: Times::Left(1),
        }
    }
}

impl Selector {
    fn selects(&self, method: &Method, path: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Operation(operation) => Operation::of(method, path) == *operation,
            Self::Path {
                method: wanted,
                pattern,
            } => wanted == method && matches(pattern, path),
        }
    }
}

/// Whether `text` is `pattern` with each `*` replaced by some text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        // Taking the earliest occurrence leaves the most text for the pieces that follow.
        let Some(at) = rest.find(piece) else {
            return false;
        };
        rest = &rest[at + piece.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_paths() {
        assert!(matches("/v1.0/users/*", "/v1.0/users/1/authentication"));
        assert!(matches("*", ""));
        assert!(matches("/a*b*c", "/a1b2b3c"));
        assert!(matches("/a", "/a"));
        assert!(!matches("/a", "/ab"));
        assert!(!matches("/a*b", "/a1"));
        assert!(!matches("/a*a", "/a"));
    }
}
