//! Looking again and again. What fails for the moment is waited out, with growing pauses; nothing is lost by that, because the next
//! look begins where the last one ended.

use std::time::Duration;

use serde_json::Value;

use super::one::{Monitor, Record};
use crate::ceremony;
use crate::ceremony::monitor::{Look, OVERLAP};
use crate::cli::failure::Exit;
use crate::cli::{Error, output, terminal};
use crate::{graph, ledger};

/// The longest pause, however long the tenant does not answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(900);

/// How long quiet looks stay unrecorded: a ledger with an entry every five minutes is one that nobody reads.
const RECORD_EVERY: Duration = Duration::from_secs(24 * 3600);

/// The most alarms that wait for a webhook that does not answer.
const MOST_PENDING: usize = 100;

/// What is kept from look to look.
#[derive(Default)]
struct Course {
    /// By the monotonic clock.
    recorded_at: Option<Duration>,
    /// What could not be read when something was last recorded or told.
    unread: Vec<String>,
    /// Alarms that the webhook has not taken yet, oldest first.
    pending: Vec<Value>,
    /// Looks in a row that failed.
    failures: u32,
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
    let mut record = monitor.open().await?;
    loop {
        let pause = match once(&mut monitor, &mut record, &mut course).await {
            Ok(true) => every,
            Ok(false) => break,
            Err(error) if is_interrupt(&error) => break,
            Err(error) if is_passing(&error) => course.failed(&monitor, &error, every),
            Err(error) => return Err(error),
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
    let look = monitor.look(record).await?;
    course.pending.extend(monitor.alarm(&look));
    course.deliver(monitor).await;
    let now = monitor.context.env.monotonic();
    let entry = match course.is_worth_recording(&look, now) {
        true => record.append(&look).await?,
        false => None,
    };
    let news = course.take_in(&look, entry.is_some().then_some(now));
    monitor.go_on(record, &look);
    let report = monitor.report(&look, entry.as_ref());
    match (monitor.context.global.json, news) {
        (true, _) => output::line_for_reader(&report.document().to_string()).map_err(Error::Output),
        (false, true) => output::line_for_reader(report.text.trim_end()).map_err(Error::Output),
        (false, false) => Ok(true),
    }
}

impl Monitor<'_> {
    /// Where the next look begins is in the ledger, if this one is.
    fn go_on(&mut self, record: &Record, look: &Look) {
        self.request.told = look.recent.iter().cloned().collect();
        self.request.since = match record {
            Record::Written(_) => None,
            Record::Read(..) => look.window.until.checked_sub(OVERLAP).ok(),
        };
    }
}

impl Course {
    fn is_worth_recording(&self, look: &Look, now: Duration) -> bool {
        let is_due = self
            .recorded_at
            .is_none_or(|at| now.saturating_sub(at) >= RECORD_EVERY);
        is_due || !look.findings.is_empty() || self.unread != unread(look)
    }

    /// Whether there is anything that was not told before.
    fn take_in(&mut self, look: &Look, recorded_at: Option<Duration>) -> bool {
        let first = self.failures == 0 && self.recorded_at.is_none();
        let news = first || !look.findings.is_empty() || self.unread != unread(look);
        self.failures = 0;
        self.unread = unread(look);
        self.recorded_at = recorded_at.or(self.recorded_at);
        self.found = self
            .found
            .max(match (look.unexplained, look.unread.is_empty()) {
                (0, true) => Found::Nothing,
                (0, false) => Found::Unread,
                _ => Found::Unexplained,
            });
        news
    }

    async fn deliver(&mut self, monitor: &Monitor<'_>) {
        let excess = self.pending.len().saturating_sub(MOST_PENDING);
        self.pending.drain(..excess);
        while let Some(alarm) = self.pending.first() {
            if !monitor.send(alarm).await {
                return;
            }
            self.pending.remove(0);
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

    fn exit(&self) -> Exit {
        match self.found {
            Found::Nothing => Exit::Done,
            Found::Unread => Exit::Tenant,
            Found::Unexplained => Exit::NotSafe,
        }
    }
}

/// The end of a time moves with every look.
fn unread(look: &Look) -> Vec<String> {
    let all = look.unread.iter();
    all.map(|one| format!("{:?} {}", one.log, one.why))
        .collect()
}

fn is_interrupt(error: &Error) -> bool {
    use ceremony::Error as E;
    match error {
        Error::Ceremony(error) => matches!(**error, E::Tenant(graph::Error::Interrupted(_))),
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
    let of_tenant = |error: &graph::Error| {
        matches!(
            error,
            graph::Error::Http { .. } | graph::Error::Throttled(_) | graph::Error::Unavailable(_)
        )
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
