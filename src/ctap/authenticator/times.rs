//! How long the key took for what it was asked.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::ctap::hid;
use crate::ctap::transport::{KeepAlive, Transport, Wait};
use crate::env::Env;

/// Times that are kept of one command. Enough for a median, whatever a key is asked.
const KEPT: usize = 64;

/// The times of the commands that were answered, by the specification's names. A command that asked for a touch is left out: how
/// long a person took cannot be told from how long the key took, as keep-alives come only ten times a second.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Times(BTreeMap<&'static str, Vec<Duration>>);

impl Times {
    /// Each command, how often it was timed, and the median: of an even number the smaller one in the middle.
    pub fn medians(&self) -> impl Iterator<Item = (&'static str, usize, Duration)> {
        self.0.iter().filter_map(|(command, times)| {
            let mut sorted = times.clone();
            sorted.sort_unstable();
            let middle = sorted.len().checked_sub(1)? / 2;
            Some((*command, sorted.len(), *sorted.get(middle)?))
        })
    }

    /// Exchanges a message, and notes how long that took once it is known whether a touch was asked for.
    pub(super) fn timed(
        &mut self,
        transport: &mut dyn Transport,
        env: &Env,
        command: &'static str,
        message: &[u8],
        wait: &mut Wait<'_>,
    ) -> Result<Vec<u8>, hid::Error> {
        let begun = env.monotonic();
        let mut touched = false;
        let (cancel, limit, unprompted) = (wait.cancel.clone(), wait.limit, wait.unprompted);
        let outer = &mut wait.on_keepalive;
        let listen = |keepalive| {
            touched |= keepalive == KeepAlive::TouchNeeded;
            outer(keepalive);
        };
        let mut inner = Wait::new(&cancel, listen)
            .limited(limit)
            .unprompted(unprompted);
        let result = transport.transact(message, &mut inner);
        drop(inner);
        let answered = matches!(result.as_deref(), Ok([0, ..]));
        if answered && !touched {
            self.note(command, env.monotonic().saturating_sub(begun));
        }
        result
    }

    fn note(&mut self, command: &'static str, took: Duration) {
        let times = self.0.entry(command).or_default();
        if times.len() < KEPT {
            times.push(took);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_a_time_that_was_measured_and_memory_is_bounded() {
        let mut times = Times::default();
        for milliseconds in [9, 1, 5, 7] {
            times.note("getInfo", Duration::from_millis(milliseconds));
        }
        let found: Vec<_> = times.medians().collect();
        assert_eq!(found, [("getInfo", 4, Duration::from_millis(5))]);
        for _ in 0..2 * KEPT {
            times.note("getAssertion", Duration::ZERO);
        }
        assert_eq!(
            times.medians().next(),
            Some(("getAssertion", KEPT, Duration::ZERO))
        );
    }
}
