//! What was created a moment ago is not known everywhere in the directory at once.

use std::time::Duration;

use super::Client;
use crate::graph::error::Error;
use crate::graph::retry::Waiting;

/// How long the directory may take.
const CATCHING_UP: Duration = Duration::from_secs(120);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

impl Client {
    /// Repeats a question or a change as long as the directory does not know what it is about, two minutes at most. Only for
    /// objects that were created in this run: of any other, *not found* is an answer.
    ///
    /// # Errors
    /// Those of the attempt; of the last one when time is up.
    pub async fn until_known<T>(
        &self,
        mut attempt: impl AsyncFnMut() -> Result<T, Error>,
    ) -> Result<T, Error> {
        let started = self.env.monotonic();
        let mut wait = self.retry.first_wait;
        let mut repetition = 0;
        loop {
            let failure = match attempt().await {
                Err(failure) if failure.is_unknown_object() => failure,
                settled => return settled,
            };
            let elapsed = self.env.monotonic().saturating_sub(started);
            if elapsed.saturating_add(wait) > CATCHING_UP {
                return Err(failure);
            }
            repetition += 1;
            if let Some(refusal) = failure.refusal() {
                (self.on_wait)(&Waiting {
                    call: refusal.call.clone(),
                    status: Some(refusal.status),
                    wait,
                    repetition,
                });
            }
            if self.stopped_during(wait).await {
                return Err(failure);
            }
            wait = wait.saturating_mul(2).min(LONGEST_PAUSE);
        }
    }
}
