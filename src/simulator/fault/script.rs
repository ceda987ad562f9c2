//! The faults that a simulator has before it, and what they have done.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::Method;

use crate::simulator::fault::{Effect, Fault, Times};

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
    pub(super) fn hold(&self) {
        self.0.held.fetch_add(1, Ordering::SeqCst);
    }

    /// The effect on this request, which counts as having happened.
    pub(super) fn strike(&self, method: &Method, path: &str) -> Option<Effect> {
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
