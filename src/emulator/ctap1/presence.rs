//! The test of user presence in U2F, where the host does the waiting: it sends the same command until the touch comes.

use std::time::Duration;

use crate::emulator::touch::{Touch, TouchState};

/// Hosts ask again within a second. One that was silent for this long has given up, and the light on the key is out.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// A run of commands that wait for the same touch.
#[derive(Default)]
pub(in crate::emulator) struct UserPresence {
    run: Option<Run>,
}

struct Run {
    began: Duration,
    last: Duration,
}

impl UserPresence {
    /// Whether the touch has come, counted from the first command of the run. It is used up by that. U2F has no word for
    /// a user who declines: such a touch just does not come.
    pub(in crate::emulator) fn is_touched(&mut self, touch: &mut dyn Touch, now: Duration) -> bool {
        let began = self
            .run
            .take()
            .filter(|run| now.saturating_sub(run.last) <= LONGEST_PAUSE)
            .map_or(now, |run| run.began);
        if touch.state(now.saturating_sub(began)) == TouchState::Touched {
            return true;
        }
        self.run = Some(Run { began, last: now });
        false
    }

    /// How long the touch has been waited for; `None`: no host waits.
    pub(in crate::emulator) fn awaited_for(&self, now: Duration) -> Option<Duration> {
        let run = self.run.as_ref();
        let run = run.filter(|run| now.saturating_sub(run.last) <= LONGEST_PAUSE)?;
        Some(now.saturating_sub(run.began))
    }

    /// Power was cut, or the wait is over.
    pub(in crate::emulator) fn forget(&mut self) {
        self.run = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::touch::After;

    #[test]
    fn a_touch_comes_after_the_first_command_of_a_run_and_serves_one() {
        let mut touch = After(Duration::from_millis(500));
        let mut presence = UserPresence::default();
        let mut at =
            |milliseconds| presence.is_touched(&mut touch, Duration::from_millis(milliseconds));
        assert!(!at(1000));
        assert!(!at(1499));
        assert!(at(1500));
        assert!(!at(1501), "the touch is used up");
        assert!(at(2001));
    }

    #[test]
    fn a_run_ends_when_the_host_gives_up() {
        let mut touch = After(Duration::from_secs(2));
        let mut presence = UserPresence::default();
        let mut at = |seconds| presence.is_touched(&mut touch, Duration::from_secs(seconds));
        assert!(!at(0));
        assert!(!at(4), "another run");
        assert!(at(6));
    }
}
