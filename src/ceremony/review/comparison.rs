//! What is otherwise than at the last review.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::findings::INCIDENT;
use super::{Reviewed, is_open};
use crate::ledger::{EntryRef, Outcome, Review};

/// The last review, and what is otherwise now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Its entry.
    pub entry: EntryRef,
    /// When it was held.
    pub held: Timestamp,
    /// Whether nothing was left to be done.
    pub passed: bool,
    /// Who signed it.
    pub signed_by: Vec<String>,
    /// What was as it should be then, or not there, and is not now.
    pub appeared: Vec<String>,
    /// What was not as it should be then, and is now. Incidents are not among it: what has happened does not go away.
    pub gone: Vec<String>,
    /// What was not as it should be then, and is not now.
    pub still: Vec<String>,
    /// Figures then and now.
    pub counts: BTreeMap<String, Change>,
}

/// A figure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Change {
    /// At the last review.
    pub then: u32,
    /// At this one.
    pub now: u32,
}

pub(super) fn compare(reviewed: &Reviewed, last: &Review) -> Comparison {
    let held = &last.review;
    let answers = held.answers.iter().map(|answer| &answer.outcome);
    let then = open(held.findings.iter().chain(answers));
    let now = open(reviewed.lines());
    let without = |these: &[&str], those: &[&str]| -> Vec<String> {
        let these = these.iter().filter(|one| !those.contains(one));
        these.map(|&one| one.to_owned()).collect()
    };
    let happened = |one: &&&str| one.starts_with(INCIDENT);
    let lasting: Vec<&str> = then.iter().filter(|one| !happened(one)).copied().collect();
    let still = now.iter().filter(|one| then.contains(one));
    let mut counts: BTreeMap<String, Change> = BTreeMap::new();
    for (name, then) in &held.counts {
        counts.entry(name.clone()).or_default().then = *then;
    }
    for (name, now) in &reviewed.counts {
        counts.entry(name.clone()).or_default().now = *now;
    }
    Comparison {
        entry: last.entry,
        held: last.held.time,
        passed: held.passed,
        signed_by: last.counted().map(|one| one.reviewer.clone()).collect(),
        appeared: without(&now, &then),
        gone: without(&lasting, &now),
        still: still.map(|&one| one.to_owned()).collect(),
        counts,
    }
}

/// The subjects that leave something to do or to find out, each once.
fn open<'a>(lines: impl Iterator<Item = &'a Outcome>) -> Vec<&'a str> {
    let mut subjects: Vec<&str> = lines
        .filter(|line| is_open(line.verdict))
        .map(|line| line.subject.as_str())
        .collect();
    subjects.sort_unstable();
    subjects.dedup();
    subjects
}
