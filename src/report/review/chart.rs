//! Charts as marks on strips: places in thousandths of the width, whatever that is. Names and numbers stand beside them as text, so
//! nothing in a strip becomes unreadable, and each strip has its content in words as well.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::Serialize;

use crate::ceremony::review::{Exposure, KeyLife, Reviewed, Use, UseKind};

/// The width of a strip.
const WIDTH: i64 = 1000;
/// How far back the charts look.
const DAYS: i64 = 365;
/// How long the service keeps rows of its logs, and a day.
const KEPT_DAYS: i64 = 31;

/// What is drawn, each kind in a shape of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Shape {
    /// An area behind the marks.
    Covered,
    /// A line from top to bottom.
    Good,
    /// A short line at the bottom.
    Minor,
    /// A cross.
    Bad,
}

/// Something on a strip.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Mark {
    pub(super) shape: Shape,
    pub(super) x: i64,
    /// Of an area.
    pub(super) width: i64,
}

/// A strip, and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Strip {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) marks: Vec<Mark>,
    pub(super) months: Vec<i64>,
    pub(super) says: String,
    /// Whether somebody has to do something about it.
    pub(super) is_bad: bool,
}

/// The time from the left end of a strip to the right.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axis {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

impl Axis {
    /// A year, or less if the ledger's keys are younger; never less than the review's own time.
    pub(super) fn of(reviewed: &Reviewed) -> Self {
        let until = reviewed.until;
        let enrolled = reviewed.keys.iter().map(|key| key.enrolled_at).min();
        let begin = enrolled.unwrap_or(reviewed.from).min(reviewed.from);
        let year = Span::new().hours(24 * DAYS);
        let a_year_ago = until.checked_sub(year).unwrap_or(Timestamp::MIN);
        let from = begin.max(a_year_ago);
        Self { from, until }
    }

    /// The review's own time, and what is older and was told late: no older than the service keeps rows.
    pub(super) fn of_usage(reviewed: &Reviewed) -> Self {
        let (from, until) = (reviewed.from, reviewed.until);
        let first = reviewed.uses.first().map_or(from, |one| one.time);
        let kept = Span::new().hours(24 * KEPT_DAYS);
        let oldest = from.checked_sub(kept).unwrap_or(Timestamp::MIN);
        Self {
            from: first.clamp(oldest, from),
            until,
        }
    }

    /// Where a moment is.
    fn x(self, time: Timestamp) -> i64 {
        let seconds = |time: Timestamp| time.as_second() - self.from.as_second();
        let all = seconds(self.until).max(1);
        (seconds(time) * WIDTH / all).clamp(0, WIDTH)
    }

    /// Where months begin.
    fn months(self) -> Vec<i64> {
        let first = self.from.to_zoned(TimeZone::UTC).date().first_of_month();
        let starts = first.series(Span::new().months(1)).skip(1);
        let starts = starts.filter_map(|date: Date| date.to_zoned(TimeZone::UTC).ok());
        let starts = starts.map(|start| start.timestamp());
        let within = starts.take_while(|start| *start < self.until);
        within.map(|start| self.x(start)).collect()
    }
}

/// When each key was heard of.
pub(super) fn liveness(reviewed: &Reviewed) -> Vec<Strip> {
    let axis = Axis::of(reviewed);
    let keys = reviewed.keys.iter();
    keys.map(|key| Strip {
        name: key.label.clone(),
        about: key.account.clone(),
        marks: signs(key, axis),
        months: axis.months(),
        says: life(key, axis),
        is_bad: key.is_late,
    })
    .collect()
}

fn signs(key: &KeyLife, axis: Axis) -> Vec<Mark> {
    let days = Span::new().hours(24 * i64::from(key.every_days));
    // Until the next sign at most: areas do not lie on each other, and what failed is not known to work any more.
    let ends = key.signs.iter().map(|sign| sign.time);
    let ends = ends.skip(1).chain([axis.until]);
    let good = key.signs.iter().zip(ends).filter(|(sign, _)| sign.passed);
    let covered = good.map(|(sign, next)| {
        let end = sign.time.checked_add(days).unwrap_or(next).min(next);
        let x = axis.x(sign.time);
        let width = axis.x(end) - x;
        let shape = Shape::Covered;
        Mark { shape, x, width }
    });
    let marks = key.signs.iter().filter(|sign| sign.time >= axis.from);
    let marks = marks.map(|sign| match sign.passed {
        true => mark(Shape::Good, axis.x(sign.time)),
        false => mark(Shape::Bad, axis.x(sign.time)),
    });
    let areas = covered.filter(|area| area.width > 0);
    once(areas.chain(marks))
}

fn mark(shape: Shape, x: i64) -> Mark {
    let width = 0;
    Mark { shape, x, width }
}

/// What lies on the same place is drawn once; areas come first.
fn once(marks: impl Iterator<Item = Mark>) -> Vec<Mark> {
    let marks: BTreeSet<Mark> = marks.collect();
    marks.into_iter().collect()
}

fn life(key: &KeyLife, axis: Axis) -> String {
    let shown = key.signs.iter().filter(|sign| sign.time >= axis.from);
    let failed = shown.filter(|sign| !sign.passed).count();
    let last = match key.last_days_ago {
        None => "never heard of".to_owned(),
        Some(0) => "last today".to_owned(),
        Some(1) => "last yesterday".to_owned(),
        Some(days) => format!("last {days} days ago"),
    };
    let failed = match failed {
        0 => String::new(),
        1 => "; 1 failed check".to_owned(),
        more => format!("; {more} failed checks"),
    };
    let late = if key.is_late { "; too long ago" } else { "" };
    format!(
        "{last}, longest gap {} days{failed}{late}",
        key.longest_gap_days
    )
}

/// What each account was used for.
pub(super) fn usage(reviewed: &Reviewed) -> Vec<Strip> {
    let axis = Axis::of_usage(reviewed);
    let named = reviewed.uses.iter().map(|one| one.account.as_deref());
    let keyed = reviewed.coverage.rows.iter();
    let keyed = keyed.map(|row| Some(row.account.as_str()));
    let accounts: BTreeSet<Option<&str>> = named.chain(keyed).collect();
    let strips = accounts.into_iter().map(|account| {
        let uses = reviewed.uses.iter();
        let uses: Vec<&Use> = uses
            .filter(|one| one.account.as_deref() == account)
            .collect();
        let count = |kind| uses.iter().filter(|one| one.kind == kind).count();
        let unexplained = count(UseKind::Unexplained);
        Strip {
            name: account.unwrap_or("what protects them").to_owned(),
            about: String::new(),
            marks: once(uses.iter().map(|one| use_mark(one, axis))),
            months: axis.months(),
            says: format!(
                "{} by drills, {} explained otherwise, {unexplained} unexplained",
                count(UseKind::Drill),
                count(UseKind::Explained),
            ),
            is_bad: unexplained > 0,
        }
    });
    strips.collect()
}

fn use_mark(one: &Use, axis: Axis) -> Mark {
    let shape = match one.kind {
        UseKind::Drill => Shape::Good,
        UseKind::Explained => Shape::Minor,
        UseKind::Unexplained => Shape::Bad,
    };
    mark(shape, axis.x(one.time))
}

/// A bar of four parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Bar {
    pub(super) account: String,
    pub(super) policy: Option<String>,
    pub(super) report_only: bool,
    /// Style, left end and width of each part that is there.
    pub(super) parts: Vec<(&'static str, i64, i64)>,
    pub(super) says: String,
    pub(super) is_bad: bool,
}

/// What each policy does to each account.
pub(super) fn exposure(rows: &[Exposure]) -> Vec<Bar> {
    rows.iter().map(bar).collect()
}

fn bar(row: &Exposure) -> Bar {
    let counts = [
        ("free", "let through", row.free),
        ("key", "by the key", row.by_key),
        ("open", "not determined", row.open),
        ("shut", "shut out", row.shut),
    ];
    let all: i64 = counts.iter().map(|(_, _, count)| i64::from(*count)).sum();
    let mut before = 0;
    let mut parts = Vec::new();
    for (style, _, count) in counts {
        let left = before * WIDTH / all.max(1);
        before += i64::from(count);
        let right = before * WIDTH / all.max(1);
        if right > left {
            parts.push((style, left, right - left));
        }
    }
    let said = counts.iter().filter(|(_, _, count)| *count > 0);
    let said: Vec<String> = said
        .map(|(_, words, count)| format!("{count} {words}"))
        .collect();
    Bar {
        account: row.account.clone(),
        policy: row.policy.clone(),
        report_only: row.report_only,
        parts,
        says: match said.is_empty() {
            true => "nothing to judge".to_owned(),
            false => said.join(", "),
        },
        is_bad: row.shut + row.open > 0,
    }
}
