//! What the accounts were used for, and what was done to them: the rows of both logs, as looks into them recorded them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::story::Story;
use crate::ledger::{Event, LogEvent, Told};

/// What explains a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UseKind {
    /// A drill.
    Drill,
    /// Another entry of the ledger.
    Explained,
    /// Nothing.
    Unexplained,
}

/// A row of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Use {
    /// The account; none if the row is about what protects it.
    pub account: Option<String>,
    /// When the service says it was.
    pub time: Timestamp,
    /// What was done.
    pub what: String,
    /// How it ended.
    pub result: Option<String>,
    /// What explains it.
    pub kind: UseKind,
    /// The entry that recorded it first.
    pub entry: u64,
}

/// A row, with the entry that told of it first and the look whose word on it is the last.
struct Row<'a> {
    first: &'a Told,
    last: &'a Told,
    row: &'a LogEvent,
}

/// The rows of the period, by time; a row that several looks saw is one, and the last look's word on it counts.
pub(super) fn of(story: &Story<'_>) -> Vec<Use> {
    let mut rows: BTreeMap<&str, Row<'_>> = BTreeMap::new();
    for (told, look) in story.looks() {
        for row in &look.events {
            let first = rows.get(row.id.as_str()).map_or(told, |known| known.first);
            let last = told;
            rows.insert(&row.id, Row { first, last, row });
        }
    }
    let new = rows.values().filter(|row| story.is_new(row.first));
    let mut uses: Vec<Use> = new.map(|row| row.used(story)).collect();
    uses.sort_by_key(|one| one.time);
    uses
}

impl Row<'_> {
    fn used(&self, story: &Story<'_>) -> Use {
        let Self { first, last, row } = self;
        let account = row.account.as_deref();
        Use {
            account: account.map(|id| story.name_of(id).to_owned()),
            // A row of which nobody can tell when it was must not vanish.
            time: row.time.parse().unwrap_or(first.time),
            what: row.activity.clone(),
            result: row.result.clone(),
            kind: kind(row, last, story),
            entry: first.index,
        }
    }
}

fn kind(row: &LogEvent, look: &Told, story: &Story<'_>) -> UseKind {
    let Some(index) = row.explained_by else {
        return UseKind::Unexplained;
    };
    match story.explanation(look, index).map(|told| &told.event) {
        Some(Event::DrillIntended(_) | Event::DrillCompleted(_)) => UseKind::Drill,
        _ => UseKind::Explained,
    }
}
