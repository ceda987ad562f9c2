//! From when something was last done to how it stands today.

use jiff::{SignedDuration, Timestamp};

use super::record::Ending;
use super::{Duty, DutyKind, DutyState, Terms};

/// How far clocks of stations may differ before what they date in the future counts for nothing.
pub(in crate::ceremony) const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// Whether a date is further in the future than clocks may differ.
pub(in crate::ceremony) fn is_ahead(time: Timestamp, now: Timestamp) -> bool {
    time.duration_since(now) > CLOCK_TOLERANCE
}

/// When something was last done.
#[derive(Debug, Clone, Copy)]
pub(super) enum Last {
    /// Then.
    At(Timestamp),
    /// Never, and it should have been at once.
    Never,
    /// Never, and there has been a reason to do it since then.
    NotSince(Timestamp),
}

impl From<Option<Timestamp>> for Last {
    fn from(last: Option<Timestamp>) -> Self {
        last.map_or(Self::Never, Self::At)
    }
}

/// What is due when, seen from today.
pub(super) struct Calendar<'a> {
    pub(super) terms: &'a Terms,
    pub(super) now: Timestamp,
}

impl Calendar<'_> {
    /// A duty by its dates; none where the schedule leaves it alone.
    pub(super) fn duty(
        &self,
        kind: DutyKind,
        subject: &str,
        last: Last,
        command: String,
    ) -> Option<Duty> {
        let interval = self.terms.schedule.of(kind)?;
        let due = |time| interval.after(time);
        let duty = match last {
            Last::Never => Duty::new(kind, subject, DutyState::Never, command),
            Last::At(time) | Last::NotSince(time) if is_ahead(time, self.now) => {
                let why = format!("recorded for {time}, which is in the future");
                let duty = Duty::new(kind, subject, DutyState::Unknown, command);
                duty.because(why)
            }
            Last::NotSince(from) => {
                let state = self.state(from, due(from), DutyState::Never);
                let duty = Duty::new(kind, subject, state, command);
                duty.due(Some(due(from)))
            }
            Last::At(time) => {
                let state = self.state(time, due(time), DutyState::Overdue);
                let duty = Duty::new(kind, subject, state, command);
                duty.last(Some(time)).due(Some(due(time)))
            }
        };
        Some(duty)
    }

    /// `late` from the moment on at which it is due.
    pub(super) fn state(&self, from: Timestamp, due_at: Timestamp, late: DutyState) -> DutyState {
        if due_at <= self.now {
            late
        } else if self.announced(from, due_at) <= self.now {
            DutyState::DueSoon
        } else {
            DutyState::Done
        }
    }

    /// From when on it is due soon. What happens every day must not be due soon always: a quarter of the time is the most.
    fn announced(&self, from: Timestamp, due_at: Timestamp) -> Timestamp {
        if let Some(within) = self.terms.within {
            return within.before(due_at);
        }
        let quarter = due_at.duration_since(from) / 4;
        let latest = due_at.checked_sub(quarter).unwrap_or(due_at);
        self.terms.schedule.warn_before.before(due_at).max(latest)
    }
}

impl Duty {
    pub(super) fn new(kind: DutyKind, subject: &str, state: DutyState, command: String) -> Self {
        Self {
            kind,
            subject: subject.to_owned(),
            last: None,
            due_at: None,
            state,
            why: None,
            place: None,
            command,
        }
    }

    pub(super) fn last(self, last: Option<Timestamp>) -> Self {
        Self { last, ..self }
    }

    pub(super) fn due(self, due_at: Option<Timestamp>) -> Self {
        Self { due_at, ..self }
    }

    pub(super) fn because(self, why: impl Into<String>) -> Self {
        let why = Some(why.into());
        Self { why, ..self }
    }

    /// The same, in a state that is more urgent than what the dates say. Where that is not more urgent, it is a further reason.
    pub(super) fn at_least(self, state: DutyState, why: impl Into<String>) -> Self {
        let why = why.into();
        match (state < self.state, &self.why) {
            (true, _) => Self { state, ..self }.because(why),
            (false, None) => self.because(why),
            (false, Some(before)) => {
                let why = format!("{before}; {why}");
                self.because(why)
            }
        }
    }

    /// The same, by another command.
    pub(super) fn by(self, command: String) -> Self {
        Self { command, ..self }
    }

    /// How it ended when it was last done.
    pub(super) fn ended(self, ending: Option<&Ending>) -> Self {
        match ending {
            Some(Ending::Failed(what)) => self.at_least(DutyState::Failed, what),
            Some(Ending::Inconclusive(what)) => self.at_least(DutyState::Unknown, what),
            Some(Ending::Passed) | None => self,
        }
    }
}
