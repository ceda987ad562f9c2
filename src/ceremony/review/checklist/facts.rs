//! What ledger and reconciliation tell for the checklist.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::super::liveness::{self, days};
use super::super::story::{Story, Told};
use super::super::{Material, coverage, incident};
use super::outcome;
use crate::ceremony::reconcile::Standing;
use crate::ceremony::review::IncidentKind;
use crate::ledger::{Event, Outcome, OutcomeVerdict};

/// Something that ledger or reconciliation tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact {
    /// The alert about a drill came.
    Alerted,
    /// The keys were heard of in time.
    Alive,
    /// Each account passed a drill in time.
    Drilled,
    /// The ledger explains what the logs show.
    Explained,
    /// The logs were looked at.
    Monitored,
    /// The keys lie apart.
    Placed,
    /// Ledger and tenant agree.
    Reconciled,
    /// The last review is not too long ago.
    Regular,
}

type Answer = (OutcomeVerdict, String);

fn pass() -> Answer {
    (OutcomeVerdict::Pass, String::new())
}

fn fail(why: impl Into<String>) -> Answer {
    (OutcomeVerdict::Fail, why.into())
}

fn unknown(why: impl Into<String>) -> Answer {
    (OutcomeVerdict::Unknown, why.into())
}

impl Fact {
    pub(super) fn look(self, material: &Material<'_>, story: &Story<'_>) -> Outcome {
        let (name, (verdict, why)) = match self {
            Self::Alerted => ("alerts", alerted(story)),
            Self::Alive => ("keys heard of", alive(material, story)),
            Self::Drilled => ("drills", drilled(material, story)),
            Self::Explained => ("explanations", explained(story)),
            Self::Monitored => ("looks into the logs", monitored(story)),
            Self::Placed => ("custody", placed(material)),
            Self::Reconciled => ("reconciliation", reconciled(material)),
            Self::Regular => ("last review", regular(material, story)),
        };
        outcome(name, verdict, (!why.is_empty()).then_some(why))
    }
}

/// Whether somebody said, of the newest drill at least, that the alert came.
fn alerted(story: &Story<'_>) -> Answer {
    let mut drills = story.told.iter().rev();
    let newest = drills.find(|told| matches!(told.event, Event::DrillCompleted(_)));
    let Some(newest) = newest else {
        return unknown("no drill was held that could have raised one");
    };
    let mut told = story.told.iter();
    let came = told.any(|told| match &told.event {
        Event::AlertReceived(alert) => Some(alert.drill) == newest.ceremony,
        _ => false,
    });
    match came {
        true => pass(),
        false => unknown("nobody said that the alert about the last drill came"),
    }
}

fn alive(material: &Material<'_>, story: &Story<'_>) -> Answer {
    let lives = liveness::of(material, story);
    let late: Vec<String> = lives
        .iter()
        .filter(|life| life.is_late())
        .map(|life| match life.last_days_ago {
            Some(days) => format!("{} was last heard of {days} days ago", life.label),
            None => format!("{} was never heard of", life.label),
        })
        .collect();
    match (lives.is_empty(), late.is_empty()) {
        (true, _) => fail("no key is in service"),
        (_, true) => pass(),
        (_, false) => fail(late.join("; ")),
    }
}

/// Of each account with a key in service, when a drill of its was passed last.
fn drilled(material: &Material<'_>, story: &Story<'_>) -> Answer {
    let mut accounts: BTreeMap<&str, (&str, Option<Timestamp>)> = BTreeMap::new();
    for key in material.state.keys_in_service() {
        let account = &key.enrolled.account;
        accounts.insert(&account.id, (&account.upn, None));
    }
    for (id, time) in story
        .told
        .iter()
        .filter_map(|told| passed_drill(told, story))
    {
        if let Some((_, last)) = accounts.get_mut(id) {
            *last = (*last).max(Some(time));
        }
    }
    let longest = i64::from(material.terms.review_days);
    let late: Vec<String> = accounts
        .values()
        .filter_map(
            |(upn, last)| match last.map(|last| days(last, material.now)) {
                None => Some(format!("{upn} has passed no drill")),
                Some(days) if days > longest => {
                    Some(format!("{upn} passed its last drill {days} days ago"))
                }
                Some(_) => None,
            },
        )
        .collect();
    match (accounts.is_empty(), late.is_empty()) {
        (true, _) => fail("no account has a key in service"),
        (_, true) => pass(),
        (_, false) => fail(late.join("; ")),
    }
}

fn passed_drill<'a>(told: &Told, story: &'a Story<'_>) -> Option<(&'a str, Timestamp)> {
    match (&told.event, story.intent(told.ceremony)) {
        (Event::DrillCompleted(drill), Some(Event::DrillIntended(intended))) if drill.passed => {
            Some((&intended.account.id, told.time))
        }
        _ => None,
    }
}

fn explained(story: &Story<'_>) -> Answer {
    let incidents = incident::incidents(story);
    let open = incidents
        .iter()
        .filter(|one| one.kind == IncidentKind::Unexplained);
    match open.count() {
        0 => pass(),
        count => fail(format!("{count} rows of the logs have no explanation")),
    }
}

fn monitored(story: &Story<'_>) -> Answer {
    match super::super::findings::unseen(story).as_slice() {
        [] => pass(),
        gaps => unknown(gaps.join("; ")),
    }
}

/// Whether it is known of all keys where they lie, and no account has all of its in one place.
fn placed(material: &Material<'_>) -> Answer {
    let coverage = coverage::of(material.state);
    let nowhere = coverage.rows.iter().flat_map(|row| row.nowhere.clone());
    let nowhere: Vec<String> = nowhere.collect();
    let together = coverage.rows.iter().filter(|row| {
        let places = row.cells.iter().filter(|cell| !cell.is_empty());
        row.nowhere.is_empty() && places.count() < 2
    });
    let together: Vec<String> = together
        .map(|row| format!("all keys of {} lie in one place", row.account))
        .collect();
    match (together.is_empty(), nowhere.is_empty()) {
        _ if coverage.rows.is_empty() => fail("no key is in service"),
        (false, _) => fail(together.join("; ")),
        (true, false) => unknown(format!("nobody said where {} lie", nowhere.join(", "))),
        (true, true) => pass(),
    }
}

fn reconciled(material: &Material<'_>) -> Answer {
    match material.reconciled {
        Err(why) => unknown(why),
        Ok(found) => match found.standing() {
            Standing::InOrder => pass(),
            Standing::Unknown => unknown("not everything could be compared"),
            Standing::NotInOrder => fail("ledger and tenant do not agree"),
        },
    }
}

fn regular(material: &Material<'_>, story: &Story<'_>) -> Answer {
    let (what, since) = match story.last {
        Some(last) => ("the last review was held", last.held.time),
        None => ("no review was held since the ledger began,", story.from),
    };
    match days(since, material.now) {
        days if days > i64::from(material.terms.review_days) => {
            fail(format!("{what} {days} days ago"))
        }
        _ => pass(),
    }
}
