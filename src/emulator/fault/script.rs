//! The faults of a key at work: which of them happen at the request at hand, and how often each has happened.

use std::time::Duration;

use serde::Serialize;

use super::{Effect, Fault, Faults, Moment};
use crate::emulator::command::Command;

/// How far a fault has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// The fault, as it is written.
    pub fault: String,
    /// Occurrences so far: requests to which its effect and its commands apply.
    pub occurrences: u64,
    /// How many of them it has spoiled.
    pub happened: u64,
}

/// Faults with their counters. Costs a look at an empty list where there are none.
#[derive(Default)]
pub(in crate::emulator) struct Script {
    scheduled: Vec<Scheduled>,
    /// What goes wrong with the request at hand.
    active: Vec<Effect>,
    /// The command of the request at hand, if it is known.
    command: Option<Command>,
}

struct Scheduled {
    fault: Fault,
    set_at: Duration,
    occurrences: u64,
    happened: u64,
}

impl Script {
    /// Replaces all faults.
    pub(in crate::emulator) fn set(&mut self, faults: Faults, now: Duration) {
        *self = Self::default();
        for fault in faults {
            self.add(fault, now);
        }
    }

    /// Adds a fault, whose counters and time begin now.
    pub(in crate::emulator) fn add(&mut self, fault: Fault, now: Duration) {
        self.scheduled.push(Scheduled {
            fault,
            set_at: now,
            occurrences: 0,
            happened: 0,
        });
    }

    /// How far each has come.
    pub(in crate::emulator) fn progress(&self) -> Vec<Progress> {
        let progress = |scheduled: &Scheduled| Progress {
            fault: scheduled.fault.to_string(),
            occurrences: scheduled.occurrences,
            happened: scheduled.happened,
        };
        self.scheduled.iter().map(progress).collect()
    }

    /// A report has arrived, the N-th since power-up: whether the key is gone now.
    pub(in crate::emulator) fn unplugs_at(&mut self, reports: u64, now: Duration) -> bool {
        let mut unplugs = false;
        for scheduled in &mut self.scheduled {
            if scheduled.fault.effect == Effect::UnplugAfter(reports) {
                unplugs |= scheduled.occurs(reports, now);
            }
        }
        unplugs
    }

    /// The request at hand comes to wait for a touch: whether the key is gone now. Counted here, because most requests of most
    /// commands wait for none.
    pub(in crate::emulator) fn unplugs_at_touch(&mut self, reports: u64, now: Duration) -> bool {
        let command = self.command;
        let mut unplugs = false;
        for scheduled in &mut self.scheduled {
            if scheduled.fault.effect == Effect::Unplug(Moment::Touch)
                && scheduled.concerns(command)
            {
                unplugs |= scheduled.occurs(reports, now);
            }
        }
        unplugs
    }

    /// A request has arrived; until the next one [`Script::has`] speaks of it. `None`: its command is not known.
    pub(in crate::emulator) fn begin(
        &mut self,
        command: Option<Command>,
        reports: u64,
        now: Duration,
    ) {
        self.active.clear();
        self.command = command;
        for scheduled in &mut self.scheduled {
            let now_or_never = scheduled.fault.effect != Effect::Unplug(Moment::Touch);
            if now_or_never && scheduled.concerns(command) && scheduled.occurs(reports, now) {
                self.active.push(scheduled.fault.effect);
            }
        }
    }

    /// Whether this goes wrong with the request at hand.
    pub(in crate::emulator) fn has(&self, effect: Effect) -> bool {
        self.active.contains(&effect)
    }

    /// What goes wrong with the request at hand.
    pub(in crate::emulator) fn active(&self) -> &[Effect] {
        &self.active
    }

    /// What happens instead of everything that the request at hand would do.
    pub(in crate::emulator) fn preemption(&self) -> Option<Effect> {
        self.active.iter().copied().find(|effect| effect.preempts())
    }

    /// How long an answer is held back.
    pub(in crate::emulator) fn delay(&self) -> Option<Duration> {
        self.longest(|effect| match effect {
            Effect::Delay(by) => Some(by),
            _ => None,
        })
    }

    /// How long a touch does not count.
    pub(in crate::emulator) fn slow_touch(&self) -> Option<Duration> {
        self.longest(|effect| match effect {
            Effect::SlowTouch(by) => Some(by),
            _ => None,
        })
    }

    fn longest(&self, duration: impl Fn(Effect) -> Option<Duration>) -> Option<Duration> {
        self.active.iter().copied().filter_map(duration).max()
    }
}

impl Scheduled {
    fn concerns(&self, command: Option<Command>) -> bool {
        let commands = &self.fault.schedule.commands;
        let wanted = || command.is_some_and(|command| commands.contains(&command));
        self.fault.effect.concerns(command) && (commands.is_empty() || wanted())
    }

    /// Counts an occurrence that is not too early; whether the fault happens at it.
    fn occurs(&mut self, reports: u64, now: Duration) -> bool {
        let schedule = &self.fault.schedule;
        if reports < schedule.report || now.saturating_sub(self.set_at) < schedule.after {
            return false;
        }
        self.occurrences += 1;
        let once = self.fault.effect.happens_once().then_some(1);
        let times = schedule.times.or(once).unwrap_or(u64::MAX);
        let happens = self.occurrences >= schedule.from && self.happened < times;
        self.happened += u64::from(happens);
        happens
    }
}
