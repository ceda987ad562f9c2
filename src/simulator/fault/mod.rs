//! Scripted misbehaviour: data that says which request goes wrong, how, and how often.

mod layer;
mod operation;
mod parse;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::{Method, StatusCode};
pub(in crate::simulator) use layer::apply;
pub use operation::{Operation, UnknownOperation};
pub use parse::ParseError;

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

/// The faults still to come; clones are the same script.
#[derive(Clone, Default)]
pub struct Faults(Arc<Shared>);

#[derive(Default)]
struct Shared {
    script: Mutex<Vec<Fault>>,
    /// Requests so far.
    requests: AtomicUsize,
    /// Answers that a fault has begun to hold back.
    held: AtomicUsize,
}

impl Faults {
    /// A script.
    #[must_use]
    pub fn new(faults: Vec<Fault>) -> Self {
        Self(Arc::new(Shared {
            script: Mutex::new(faults),
            ..Shared::default()
        }))
    }

    /// Adds a fault; of several that select a request, the first takes effect.
    pub fn add(&self, fault: Fault) {
        self.lock().push(fault);
    }

    /// Forgets every fault.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// The faults that have not happened as often as scripted.
    #[must_use]
    pub fn remaining(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    /// How many requests there were so far, those of the control route not counted.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.0.requests.load(Ordering::SeqCst)
    }

    /// How many answers were held back so far, each counted once its request has had the effect that it is to have.
    #[must_use]
    pub fn held(&self) -> usize {
        self.0.held.load(Ordering::SeqCst)
    }

    /// An answer is being held back from now on.
    fn hold(&self) {
        self.0.held.fetch_add(1, Ordering::SeqCst);
    }

    /// The effect on this request, which counts as having happened.
    fn strike(&self, method: &Method, path: &str) -> Option<Effect> {
        self.0.requests.fetch_add(1, Ordering::SeqCst);
        let mut faults = self.lock();
        let position = faults
            .iter()
            .position(|fault| fault.selector.selects(method, path))?;
        if faults[position].skip > 0 {
            faults[position].skip -= 1;
            return None;
        }
        let effect = faults[position].effect.clone();
        match &mut faults[position].times {
            Times::Always => {}
            Times::Left(0 | 1) => {
                faults.remove(position);
            }
            Times::Left(times) => *times -= 1,
        }
        Some(effect)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.0.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
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

    #[test]
    fn a_fault_happens_as_often_as_scripted() {
        let fault: Fault = "token=429,times=2".parse().expect("a fault");
        let faults = Faults::new(vec![fault]);
        let path = "/t/oauth2/v2.0/token";
        assert_eq!(faults.strike(&Method::POST, "/v1.0/users"), None);
        assert!(faults.strike(&Method::POST, path).is_some());
        assert_eq!(faults.remaining().len(), 1);
        assert!(faults.strike(&Method::POST, path).is_some());
        assert_eq!(faults.strike(&Method::POST, path), None);
        assert!(faults.remaining().is_empty());
    }
}
