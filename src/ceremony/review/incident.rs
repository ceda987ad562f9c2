//! What must not happen unnoticed: each by itself, with time and entry.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;

use super::story::Story;
use crate::ledger::{
    Event, LogEvent, Outcome, OutcomeVerdict, RetireReason, TenantMonitored, Told,
};

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentKind {
    /// A drill did not go as it should.
    DrillFailed,
    /// A key failed a check, or a test.
    KeyFailed,
    /// Somebody else may have a key.
    KeyLost,
    /// What a station signs is not to be believed any more.
    StationRevoked,
    /// A row of a log that nothing in the ledger explains.
    Unexplained,
}

impl IncidentKind {
    /// For people.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::DrillFailed => "drill failed",
            Self::KeyFailed => "key failed a check",
            Self::KeyLost => "key lost or compromised",
            Self::StationRevoked => "station revoked",
            Self::Unexplained => "unexplained activity",
        }
    }
}

/// Something that must not happen unnoticed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Incident {
    /// What it is.
    pub kind: IncidentKind,
    /// When it was.
    pub time: Timestamp,
    /// The entry that records it.
    pub entry: u64,
    /// The key, the account, the row of the log.
    pub subject: String,
    /// What is known of it.
    pub what: String,
}

/// What was recorded since the last review, the oldest first.
pub(super) fn incidents(story: &Story<'_>) -> Vec<Incident> {
    let mut found: Vec<Incident> = story
        .since()
        .filter_map(|told| recorded(story, told))
        .collect();
    found.extend(unexplained(story));
    found.sort_by_key(|one| (one.time, one.entry));
    found
}

fn recorded(story: &Story<'_>, told: &Told) -> Option<Incident> {
    let (kind, subject, what) = match &told.event {
        Event::KeyChecked(check) if !check.passed => (
            IncidentKind::KeyFailed,
            check.label.clone(),
            failures(&check.findings)?,
        ),
        Event::KeyTested(test) if !test.passed => (
            IncidentKind::KeyFailed,
            test.label.clone(),
            failures(&test.checks)?,
        ),
        Event::DrillCompleted(drill) if !drill.passed => {
            let account = match story.intent(told.ceremony) {
                Some(Event::DrillIntended(intended)) => intended.account.upn.clone(),
                _ => drill.label.clone(),
            };
            let what = failures(&drill.findings)?;
            (IncidentKind::DrillFailed, account, what)
        }
        Event::KeyRetired(key) if is_loss(key.reason) => (
            IncidentKind::KeyLost,
            key.label.clone(),
            format!("taken out of service as {}", key.reason.as_str()),
        ),
        Event::StationRevoked(station) => (
            IncidentKind::StationRevoked,
            station.name.to_string(),
            station.reason.clone(),
        ),
        _ => return None,
    };
    Some(Incident {
        kind,
        time: told.time,
        entry: told.index,
        subject,
        what,
    })
}

/// Whether somebody else may have the key.
fn is_loss(reason: RetireReason) -> bool {
    match reason {
        RetireReason::Compromised | RetireReason::Lost => true,
        RetireReason::Damaged | RetireReason::Rotated => false,
    }
}

/// What failed; nothing of what merely could not be seen.
fn failures(findings: &[Outcome]) -> Option<String> {
    let failed = findings
        .iter()
        .filter(|one| one.verdict == OutcomeVerdict::Fail)
        .map(|one| match &one.why {
            Some(why) => format!("{}: {why}", one.subject),
            None => one.subject.clone(),
        });
    let failed: Vec<String> = failed.collect();
    (!failed.is_empty()).then(|| failed.join("; "))
}

/// A row, and which entry tells of it.
struct Row<'a> {
    told: &'a Told,
    row: &'a LogEvent,
    /// Whether the last review was told that nothing explains it.
    was_open: bool,
}

/// Rows that the last look which saw them could not explain. A later look that does not see a row any more explains nothing: the
/// service has forgotten it.
fn unexplained(story: &Story<'_>) -> Vec<Incident> {
    let mut rows: HashMap<&str, Row<'_>> = HashMap::new();
    let looks = story.looks();
    for (told, look) in &looks {
        for row in &look.events {
            let was_open = false;
            let known = rows.entry(&row.id).or_insert(Row {
                told,
                row,
                was_open,
            });
            known.row = row;
            let is_new = story.is_new(told);
            if !is_new {
                known.was_open = row.explained_by.is_none();
            } else if !story.is_new(known.told) {
                // The last review was told that something explains it.
                known.told = told;
            }
        }
    }
    let open = rows
        .values()
        .filter(|one| one.row.explained_by.is_none() && !one.was_open && story.is_new(one.told));
    let mut found: Vec<Incident> = open.map(|row| incident(row, story)).collect();
    found.extend(unlisted(&looks, story));
    found
}

/// What new looks count and do not list. A later look at the same time tells of them again if it tells again of what they list.
fn unlisted(looks: &[(&Told, &TenantMonitored)], story: &Story<'_>) -> Vec<Incident> {
    let mut tellers: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, (_, look)) in looks.iter().enumerate() {
        for row in &look.events {
            tellers.entry(&row.id).or_default().push(at);
        }
    }
    let counted = looks.iter().enumerate().filter_map(|(at, (told, look))| {
        let number = look.unlisted();
        let is_again = || {
            let rows = look.events.iter();
            let mut later = rows.filter_map(|row| tellers.get(row.id.as_str()));
            later.any(|later| {
                let mut later = later.iter().rev().take_while(|&&one| one > at);
                later.any(|&one| covers(looks[one].1, look))
            })
        };
        let counts = number > 0 && story.is_new(told) && !is_again();
        counts.then(|| Incident {
            kind: IncidentKind::Unexplained,
            time: told.time,
            entry: told.index,
            subject: format!("further rows of entry {}", told.index),
            what: format!("{number} rows that the entry counts and does not list"),
        })
    });
    counted.collect()
}

/// Whether one look saw everything that another one did.
fn covers(look: &TenantMonitored, other: &TenantMonitored) -> bool {
    let moments = |look: &TenantMonitored| -> Option<(Timestamp, Timestamp)> {
        let period = &look.period;
        Some((period.from.parse().ok()?, period.until.parse().ok()?))
    };
    let both = moments(look).zip(moments(other));
    let is_at = |id: &str| {
        let mut accounts = look.accounts.iter();
        accounts.any(|one| one.id.eq_ignore_ascii_case(id))
    };
    both.is_some_and(|(one, other)| one.0 <= other.0 && one.1 >= other.1)
        && other.accounts.iter().all(|one| is_at(&one.id))
        && look.unread.is_empty()
}

fn incident(row: &Row<'_>, story: &Story<'_>) -> Incident {
    let Row { told, row, .. } = row;
    let account = row.account.as_deref();
    let account = account.map_or("the tenant", |id| story.name_of(id));
    let mut what = format!("{account}: {}", row.activity);
    if let Some(result) = &row.result {
        what.push_str(&format!(", {result}"));
    }
    if row.rows() > 1 {
        what.push_str(&format!(", {} times", row.rows()));
    }
    Incident {
        kind: IncidentKind::Unexplained,
        time: row.time.parse().unwrap_or(told.time),
        entry: told.index,
        subject: row.id.clone(),
        what,
    }
}
