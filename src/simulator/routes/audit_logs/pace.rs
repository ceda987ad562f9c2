//! Five requests to the logs in ten seconds for each application; who comes too early is told how long to wait.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use uuid::Uuid;

const REQUESTS: usize = 5;
const WINDOW: Duration = Duration::from_secs(10);

/// When the requests of each application were taken, on the monotonic clock. There are as many as there are applications.
#[derive(Clone, Default)]
pub(in crate::simulator) struct LogPace(Arc<Mutex<HashMap<Uuid, VecDeque<Duration>>>>);

impl LogPace {
    /// Takes a request, or says how long to wait; those that are not taken do not count.
    pub(super) fn take(&self, application: Uuid, now: Duration) -> Result<(), Duration> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = all.entry(application).or_default();
        while taken.front().is_some_and(|first| *first + WINDOW <= now) {
            taken.pop_front();
        }
        match taken.front() {
            Some(first) if taken.len() >= REQUESTS => Err((*first + WINDOW).saturating_sub(now)),
            _ => {
                taken.push_back(now);
                Ok(())
            }
        }
    }
}
