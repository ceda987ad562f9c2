//! A request that has no answer yet: it waits for a touch, for the time of a fault, or for nothing. Nobody sleeps: the key is
//! looked after at every poll.

use std::time::Duration;

use super::command::AfterTouch;
use super::device::Emulator;
use super::hid::KeepaliveStatus;
use super::touch::{Finger, TouchState};
use crate::ctap::status::Status;

/// A host waits for no more than this between keep-alives (CTAP 2.1 §11.2.9.1.7).
const KEEPALIVE_INTERVAL: Duration = Duration::from_millis(100);

/// A request that has no answer yet.
pub(super) struct Waiting {
    reason: WaitingFor,
    since: Duration,
    next_keepalive: Duration,
    /// Since when the key is being touched.
    touched_since: Option<Duration>,
}

/// What it waits for.
pub(super) enum WaitingFor {
    Touch(AfterTouch),
    /// The fault of an answer that comes late.
    Time {
        answer: Vec<u8>,
        until: Duration,
    },
    /// The fault of keep-alives without end.
    Nothing,
    /// The fault of silence.
    Silence,
}

impl Emulator {
    /// How long a touch has been awaited by the request at hand; `None`: none is.
    pub(super) fn awaits_touch_for(&self) -> Option<Duration> {
        let now = self.env.monotonic();
        match &self.waiting {
            Some(waiting) => matches!(waiting.reason, WaitingFor::Touch(_))
                .then(|| now.saturating_sub(waiting.since)),
            None => self.user_presence.awaited_for(now),
        }
    }

    pub(super) fn await_touch(&mut self, after: AfterTouch) {
        self.journal.touch_awaited(self.uptime());
        // A touch that came too late for the request before this one is none for this one.
        self.by_hand = None;
        let (reports, now) = (self.reports_received, self.env.monotonic());
        if self.authenticator.faults.unplugs_at_touch(reports, now) {
            return self.unplug(None);
        }
        self.wait(WaitingFor::Touch(after));
    }

    /// When there may be something new although no report comes in; `None`: never.
    pub(super) fn next_of(&self, waiting: &Waiting) -> Option<Duration> {
        match waiting.reason {
            WaitingFor::Touch(ref after) => {
                let timeout = waiting.since.saturating_add(self.time_limit(after));
                let slow = self.authenticator.faults.slow_touch().unwrap_or_default();
                let is_news = self.by_hand.is_some() && waiting.touched_since.is_none();
                let by_hand = is_news.then(|| waiting.since.saturating_add(slow));
                let next = waiting.next_keepalive.min(timeout);
                Some(by_hand.map_or(next, |by_hand| by_hand.min(next)))
            }
            WaitingFor::Time { until, .. } => Some(waiting.next_keepalive.min(until)),
            WaitingFor::Nothing => Some(waiting.next_keepalive),
            WaitingFor::Silence => None,
        }
    }

    /// The status has changed, of which the host hears at once, also where the wait ends at once.
    pub(super) fn wait(&mut self, reason: WaitingFor) {
        let now = self.env.monotonic();
        match reason {
            WaitingFor::Touch(_) => self.hid.keepalive(KeepaliveStatus::UpNeeded),
            WaitingFor::Time { .. } | WaitingFor::Nothing => {
                self.hid.keepalive(KeepaliveStatus::Processing);
            }
            WaitingFor::Silence => {}
        }
        self.waiting = Some(Waiting {
            reason,
            since: now,
            next_keepalive: now + KEEPALIVE_INTERVAL,
            touched_since: None,
        });
    }

    pub(super) fn look_after(&mut self, waiting: Waiting, now: Duration) {
        match waiting.reason {
            WaitingFor::Touch(_) => self.look_for_touch(waiting, now),
            WaitingFor::Time { answer, until } if now >= until => self.send(&answer),
            WaitingFor::Time { .. } | WaitingFor::Nothing => {
                self.keep_waiting(waiting, KeepaliveStatus::Processing, now);
            }
            WaitingFor::Silence => self.waiting = Some(waiting),
        }
    }

    fn look_for_touch(&mut self, mut waiting: Waiting, now: Duration) {
        let waited = now.saturating_sub(waiting.since);
        let WaitingFor::Touch(after) = waiting.reason else {
            return;
        };
        let touch = self.touch_state(&after, waited);
        let held = held(&mut waiting.touched_since, touch, now);
        let outcome = match touch {
            TouchState::Touched if held >= after.hold() => {
                self.authenticator.touched(after, self.finger)
            }
            TouchState::Denied => self.authenticator.denied(&after),
            TouchState::Waiting if waited >= self.time_limit(&after) => {
                self.authenticator.timed_out(after)
            }
            TouchState::Touched | TouchState::Waiting => {
                let reason = WaitingFor::Touch(after);
                let waiting = Waiting { reason, ..waiting };
                return self.keep_waiting(waiting, KeepaliveStatus::UpNeeded, now);
            }
        };
        self.by_hand = None;
        self.go_on(outcome);
        // After a wrong finger the next one is waited for; each costs a try, so that this ends.
        if let Some(next) = self.waiting.take() {
            self.look_after(next, now);
        }
    }

    /// What was done by hand comes before what the source of touches says, and lasts until the touch has counted. A sensor
    /// with nobody's finger on it has not been touched.
    fn touch_state(&mut self, after: &AfterTouch, waited: Duration) -> TouchState {
        let slow = self.authenticator.faults.slow_touch();
        if slow.is_some_and(|slow| waited < slow) {
            return TouchState::Waiting;
        }
        let state = self.by_hand.unwrap_or_else(|| self.touch.state(waited));
        let nobody = after.reads_finger() && self.finger == Finger::None;
        match state {
            TouchState::Touched if nobody => {
                self.by_hand = None;
                TouchState::Waiting
            }
            state => state,
        }
    }

    fn time_limit(&self, after: &AfterTouch) -> Duration {
        let usual = self.authenticator.profile.touch_timeout;
        after.time_limit().unwrap_or(usual)
    }

    fn keep_waiting(&mut self, mut waiting: Waiting, status: KeepaliveStatus, now: Duration) {
        if now >= waiting.next_keepalive {
            self.hid.keepalive(status);
            waiting.next_keepalive = now + KEEPALIVE_INTERVAL;
        }
        self.waiting = Some(waiting);
    }

    /// CANCEL ends a wait for a touch; the faults do not listen.
    pub(super) fn cancel(&mut self) {
        if let Some(Waiting {
            reason: WaitingFor::Touch(_),
            ..
        }) = self.waiting
        {
            self.waiting = None;
            self.by_hand = None;
            self.answer(vec![Status::KeepaliveCancel.into()]);
        }
    }
}

/// How long the key has been touched without a break.
fn held(touched_since: &mut Option<Duration>, touch: TouchState, now: Duration) -> Duration {
    *touched_since = match touch {
        TouchState::Touched => touched_since.or(Some(now)),
        TouchState::Waiting | TouchState::Denied => None,
    };
    touched_since.map_or(Duration::ZERO, |since| now.saturating_sub(since))
}
