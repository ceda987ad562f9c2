//! What must not happen unnoticed: each by itself, with time and entry.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;

use super::story::{Story, Told};
use crate::ledger::{Event, LogEvent, Outcome, OutcomeVerdict};

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentKind {
    /// A drill did not go as it should.
    DrillFailed,
    /// A key failed a check.
    KeyFailed,
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
        .filter_map(|told| failed(story, told))
        .collect();
    found.extend(unexplained(story));
    found.sort_by_key(|one| (one.time, one.entry));
    found
}

fn failed(story: &Story<'_>, told: &Told) -> Option<Incident> {
    let (kind, subject, findings) = match &told.event {
        Event::KeyChecked(check) if !check.passed => (
            IncidentKind::KeyFailed,
            check.label.clone(),
            &check.findings,
        ),
        Event::DrillCompleted(drill) if !drill.passed => {
            let account = match story.intent(told.ceremony) {
                Some(Event::DrillIntended(intended)) => intended.account.upn.clone(),
                _ => drill.label.clone(),
            };
            (IncidentKind::DrillFailed, account, &drill.findings)
        }
        _ => return None,
    };
    Some(Incident {
        kind,
        time: told.time,
        entry: told.index,
        subject,
        what: failures(findings)?,
    })
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

/// A row, and where it was told first.
struct Row<'a> {
    first: &'a Told,
    row: &'a LogEvent,
}

/// Rows that the last look which saw them could not explain. A later look that does not see a row any more explains nothing: the
/// service has forgotten it.
fn unexplained(story: &Story<'_>) -> Vec<Incident> {
    let mut rows: HashMap<&str, Row<'_>> = HashMap::new();
    let mut found = Vec::new();
    for told in &story.told {
        let Event::TenantMonitored(look) = &told.event else {
            continue;
        };
        if !story.is_about(&look.tenant) {
            continue;
        }
        for row in &look.events {
            let known = rows.entry(&row.id).or_insert(Row { first: told, row });
            known.row = row;
        }
        let open = look.events.iter().filter(|row| row.explained_by.is_none());
        let listed: u32 = open.map(rows_of).fold(0, u32::saturating_add);
        if look.unexplained > listed && story.is_new(told) {
            found.push(unlisted(told, look.unexplained - listed));
        }
    }
    let open = rows.values().filter(|one| {
        let is_new = story.is_new(one.first);
        is_new && one.row.explained_by.is_none()
    });
    found.extend(open.map(|row| incident(row, story)));
    found
}

/// How many rows an event stands for.
fn rows_of(event: &LogEvent) -> u32 {
    event.alike.as_ref().map_or(1, |alike| alike.rows)
}

fn incident(row: &Row<'_>, story: &Story<'_>) -> Incident {
    let Row { first, row } = row;
    let account = row.account.as_deref();
    let account = account.map_or("the tenant", |id| story.name_of(id));
    let mut what = format!("{account}: {}", row.activity);
    if let Some(result) = &row.result {
        what.push_str(&format!(", {result}"));
    }
    if rows_of(row) > 1 {
        what.push_str(&format!(", {} times", rows_of(row)));
    }
    Incident {
        kind: IncidentKind::Unexplained,
        time: row.time.parse().unwrap_or(first.time),
        entry: first.index,
        subject: row.id.clone(),
        what,
    }
}

fn unlisted(told: &Told, number: u32) -> Incident {
    Incident {
        kind: IncidentKind::Unexplained,
        time: told.time,
        entry: told.index,
        subject: format!("further rows of entry {}", told.index),
        what: format!("{number} rows that the entry counts and does not list"),
    }
}
