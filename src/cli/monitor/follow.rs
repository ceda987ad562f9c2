//! Looking again and again. What fails for the moment is waited out, with growing pauses; nothing is lost by that, because the next
//! look begins where the last one ended.

use std::time::Duration;

use super::one::{Monitor, Record};
use crate::ceremony;
use crate::ceremony::monitor::{Look, Memory, Unread};
use crate::cli::failure::Exit;
use crate::cli::{Error, output, terminal};
use crate::graph::{self, credential};
use crate::ledger;

/// The longest pause, however long the tenant does not answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(900);

/// How long quiet looks stay unrecorded: a ledger with an entry every five minutes is one that nobody reads.
/// Half of the day within which `halligan due` wants one, so that none is overdue before the next.
const RECORD_EVERY: Duration = Duration::from_secs(12 * 3600);

/// How long looks may fail until those who watch are told that nobody does.
const TOLD_AFTER: Duration = Duration::from_secs(1800);

/// How long it is no news that the watch is blind.
const BLIND_AGAIN: Duration = Duration::from_secs(24 * 3600);

/// What is kept from look to look. Times are by the monotonic clock.
#[derive(Default)]
struct Course {
    has_looked: bool,
    recorded_at: Option<Duration>,
    /// What could not be read when something was last printed.
    printed: Vec<Unread>,
    /// What could not be read when somebody was last told of that, and when that was.
    blind: Option<(Vec<Unread>, Duration)>,
    /// The rows of the last look of which nobody could be told, and whether it was recorded.
    untold: Option<Vec<(String, u32)>>,
    /// Looks in a row that failed.
    failures: u32,
    /// When the first of them began, and when somebody was last told since.
    failing: Option<(Duration, Option<Duration>)>,
    found: Found,
}

/// The worst that was seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    #[default]
    Nothing,
    Unread,
    Unexplained,
}

pub(super) async fn run(mut monitor: Monitor<'_>) -> Result<Exit, Error> {
    let every = match monitor.arguments.every {
        Some(every) => every,
        None => monitor.config.monitor_every()?,
    };
    let mut course = Course::default();
    // Opened by the first look: that it cannot be is told and waited out like anything else.
    let mut record = Record::Read(Vec::new(), Box::default());
    loop {
        let pause = match once(&mut monitor, &mut record, &mut course).await {
            Ok(true) => every,
            Ok(false) => break,
            Err(error) if is_interrupt(&error) => break,
            Err(error) if is_passing(&error) => {
                let now = monitor.context.env.monotonic();
                if course.is_to_be_told(now) && monitor.tell_failure(&error).await {
                    course.has_told(now);
                }
                course.failed(&monitor, &error, every)
            }
            Err(error) => {
                monitor.tell_failure(&error).await;
                return Err(error);
            }
        };
        tokio::select! {
            () = monitor.context.interrupt.clone().raised() => break,
            () = tokio::time::sleep(pause) => {}
        }
    }
    Ok(course.exit())
}

/// One look; `false` if nobody reads what is printed any more.
async fn once(
    monitor: &mut Monitor<'_>,
    record: &mut Record,
    course: &mut Course,
) -> Result<bool, Error> {
    if let Record::Written(ledger) = record {
        ledger.refresh().await?;
    } else {
        *record = monitor.open().await?;
    }
    let mut look = monitor.look(record, None).await?;
    let now = monitor.context.env.monotonic();
    let is_newly_blind = course.is_newly_blind(&look, now);
    look.untold = !monitor.tell(&look, is_newly_blind).await;
    if is_newly_blind && !look.untold {
        course.blind = Some((look.unread.clone(), now));
    }
    let is_new = course.is_new(&look);
    let entry = match course.is_due(now) || is_new {
        true => record.append(&look).await?,
        false => None,
    };
    course.take_in(&look, entry.is_some().then_some(now));
    monitor.go_on(record, &look);
    let report = monitor.report(&look, entry.as_ref());
    match (monitor.context.global.json, is_new) {
        (true, _) => output::line_for_reader(&report.document().to_string()).map_err(Error::Output),
        (false, true) => output::line_for_reader(report.text.trim_end()).map_err(Error::Output),
        (false, false) => Ok(true),
    }
}

impl Monitor<'_> {
    /// Where the next look begins is in the ledger, if this one is. One of which nobody could be told is as good as none.
    fn go_on(&mut self, record: &Record, look: &Look) {
        if look.untold {
            return;
        }
        let read = match record {
            Record::Written(_) => None,
            Record::Read(..) => look.memory.read,
        };
        self.request.since = None;
        self.request.memory = Memory {
            read,
            ..look.memory.clone()
        };
    }
}

fn are_alike(some: &[Unread], others: &[Unread]) -> bool {
    let have = |ones: &[Unread], one: &Unread| ones.iter().any(|other| one.is_like(other));
    some.iter().all(|one| have(others, one)) && others.iter().all(|one| have(some, one))
}

/// By what two looks are known to have found the same.
fn rows_of(look: &Look) -> Vec<(String, u32)> {
    let findings = look.findings.iter();
    findings
        .map(|one| (one.event.id.clone(), one.rows))
        .collect()
}

impl Course {
    fn is_due(&self, now: Duration) -> bool {
        self.recorded_at
            .is_none_or(|at| now.saturating_sub(at) >= RECORD_EVERY)
    }

    /// Whether there is anything that was not told before, or could be told only now.
    fn is_new(&self, look: &Look) -> bool {
        let is_again = look.untold && self.untold.as_ref() == Some(&rows_of(look));
        let is_news = !look.findings.is_empty() || !are_alike(&self.printed, &look.unread);
        !self.has_looked || !is_again && is_news
    }

    fn is_newly_blind(&self, look: &Look, now: Duration) -> bool {
        let is_known = self.blind.as_ref().is_some_and(|(unread, at)| {
            are_alike(unread, &look.unread) && now.saturating_sub(*at) < BLIND_AGAIN
        });
        !look.unread.is_empty() && !is_known
    }

    fn take_in(&mut self, look: &Look, recorded_at: Option<Duration>) {
        self.has_looked = true;
        self.failures = 0;
        self.failing = None;
        self.printed.clone_from(&look.unread);
        self.untold = look.untold.then(|| rows_of(look));
        if look.unread.is_empty() {
            self.blind = None;
        }
        self.recorded_at = recorded_at.or(self.recorded_at);
        self.found = self
            .found
            .max(match (look.unexplained, look.unread.is_empty()) {
                (0, true) => Found::Nothing,
                (0, false) => Found::Unread,
                _ => Found::Unexplained,
            });
    }

    /// Whether those who watch are to hear that looks fail: once they did so for half an hour, and every day.
    /// Until somebody was told each look asks again.
    fn is_to_be_told(&mut self, now: Duration) -> bool {
        let (since, told_at) = *self.failing.get_or_insert((now, None));
        match told_at {
            None => now.saturating_sub(since) >= TOLD_AFTER,
            Some(at) => now.saturating_sub(at) >= BLIND_AGAIN,
        }
    }

    /// That looks fail has arrived.
    fn has_told(&mut self, now: Duration) {
        if let Some((_, told_at)) = &mut self.failing {
            *told_at = Some(now);
        }
    }

    /// Says that a look failed; how long to wait.
    fn failed(&mut self, monitor: &Monitor<'_>, error: &Error, every: Duration) -> Duration {
        let factor = 1_u32.checked_shl(self.failures).unwrap_or(u32::MAX);
        self.failures = self.failures.saturating_add(1).min(16);
        let longest = LONGEST_PAUSE.max(every);
        let pause = every.saturating_mul(factor).min(longest);
        let seconds = pause.as_secs();
        let text = format!("{error}; looking again in {seconds} s");
        terminal::warn(monitor.context, &text);
        pause
    }

    /// One that ends while its looks fail has left a time unread.
    fn exit(&self) -> Exit {
        let found = match self.failing {
            Some(_) => self.found.max(Found::Unread),
            None => self.found,
        };
        match found {
            Found::Nothing => Exit::Done,
            Found::Unread => Exit::Tenant,
            Found::Unexplained => Exit::NotSafe,
        }
    }
}

fn is_interrupt(error: &Error) -> bool {
    use ceremony::Error as E;
    match error {
        Error::Ceremony(error) => matches!(
            **error,
            E::Cancelled | E::Tenant(graph::Error::Interrupted(_))
        ),
        _ => false,
    }
}

fn is_passing(error: &Error) -> bool {
    let of_ledger = |error: &ledger::Error| {
        matches!(
            error,
            ledger::Error::Contended { .. } | ledger::Error::Unreachable { .. }
        )
    };
    let of_tenant = |error: &graph::Error| match error {
        graph::Error::Http { .. } | graph::Error::Throttled(_) | graph::Error::Unavailable(_) => {
            true
        }
        // The access token is renewed every hour, and a network is away at times.
        graph::Error::SignIn(error) => matches!(
            error,
            credential::Error::Http(_) | credential::Error::Unreachable { .. }
        ),
        _ => false,
    };
    match error {
        Error::Ledger(error) => of_ledger(error),
        Error::Ceremony(error) => match &**error {
            ceremony::Error::Ledger(error) => of_ledger(error),
            ceremony::Error::Tenant(error) => of_tenant(error),
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_looks_fail_is_told_after_half_an_hour_and_every_day() {
        let mut course = Course::default();
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        let mut told = Vec::new();
        for at in (0..3000).step_by(10) {
            if course.is_to_be_told(minutes(at)) {
                course.has_told(minutes(at));
                told.push(at);
            }
        }
        let day = 24 * 60;
        assert_eq!(told, [30, 30 + day, 30 + 2 * day]);
    }

    #[test]
    fn a_watch_that_ends_while_its_looks_fail_is_not_green() {
        let mut course = Course::default();
        assert_eq!(course.exit(), Exit::Done);
        assert!(!course.is_to_be_told(Duration::ZERO));
        assert_eq!(course.exit(), Exit::Tenant);
        course.found = Found::Unexplained;
        assert_eq!(course.exit(), Exit::NotSafe);
    }

    #[test]
    fn what_did_not_arrive_is_to_be_told_by_the_next_look() {
        let mut course = Course::default();
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        assert!(!course.is_to_be_told(minutes(0)));
        for at in [30, 35, 45] {
            assert!(course.is_to_be_told(minutes(at)), "{at}");
        }
        course.has_told(minutes(45));
        assert!(!course.is_to_be_told(minutes(60)));
        // A day later it is so again.
        for at in [45 + 24 * 60, 60 + 24 * 60] {
            assert!(course.is_to_be_told(minutes(at)), "{at}");
        }
    }
}
