//! What the accounts were used for, and what was done to them: the rows of both logs, as looks into them recorded them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::story::Story;
use crate::ledger::{Event, LogEvent};

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

/// The rows of the period, by time; a row that several looks saw is one, and the last look's word on it counts.
pub(super) fn of(story: &Story<'_>) -> Vec<Use> {
    let mut rows: BTreeMap<&str, (u64, bool, &LogEvent)> = BTreeMap::new();
    for told in &story.told {
        let Event::TenantMonitored(look) = &told.event else {
            continue;
        };
        for row in look.events.iter().filter(|_| story.is_about(&look.tenant)) {
            let first = (told.index, story.is_new(told), row);
            rows.entry(&row.id).or_insert(first).2 = row;
        }
    }
    let new = rows.into_values().filter(|(_, is_new, _)| *is_new);
    let mut uses: Vec<Use> = new
        .filter_map(|(entry, _, row)| {
            Some(Use {
                account: row
                    .account
                    .as_deref()
                    .map(|id| story.name_of(id).to_owned()),
                time: row.time.parse().ok()?,
                what: row.activity.clone(),
                result: row.result.clone(),
                kind: kind(row, story),
                entry,
            })
        })
        .collect();
    uses.sort_by_key(|one| one.time);
    uses
}

fn kind(row: &LogEvent, story: &Story<'_>) -> UseKind {
    let Some(index) = row.explained_by else {
        return UseKind::Unexplained;
    };
    let mut told = story.told.iter();
    let by = told
        .find(|told| told.index == index)
        .map(|told| &told.event);
    match by {
        Some(Event::DrillIntended(_) | Event::DrillCompleted(_)) => UseKind::Drill,
        _ => UseKind::Explained,
    }
}
