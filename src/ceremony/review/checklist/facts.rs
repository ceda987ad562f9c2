//! What ledger and reconciliation tell for the checklist.

use std::collections::BTreeMap;

use super::super::liveness::{self, days};
use super::super::story::{Drill, Story};
use super::super::unseen::unseen;
use super::super::{Material, coverage, incident};
use super::{Word, outcome};
use crate::ceremony::duty::DutyKind;
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

/// The item by which people say that they examined what nothing explains.
const EXAMINED: &str = "post-mortem";

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
            Self::Alerted => ("alerts", alerted(material, story)),
            Self::Alive => ("keys heard of", alive(material, story)),
            Self::Drilled => ("drills", drilled(material, story)),
            Self::Explained => ("explanations", explained(material, story)),
            Self::Monitored => ("looks into the logs", monitored(material, story)),
            Self::Placed => ("custody", placed(story)),
            Self::Reconciled => ("reconciliation", reconciled(material)),
            Self::Regular => ("last review", regular(material, story)),
        };
        outcome(name, verdict, (!why.is_empty()).then_some(why))
    }
}

/// Whether somebody said, of the last drill of each account, that the alert came, and whether that drill is not too long ago.
fn alerted(material: &Material<'_>, story: &Story<'_>) -> Answer {
    let mut lacking = Vec::new();
    let drills = last_drills(story);
    for (upn, drill) in drills.values() {
        match drill {
            None => lacking.push(format!("no drill of {upn} has raised one")),
            Some(drill) if !came(drill, story) => {
                lacking.push(format!(
                    "nobody said that the one about the drill of {upn} came"
                ));
            }
            Some(drill) if material.terms.drill.after(drill.time) <= material.now => {
                let days = days(drill.time, material.now);
                lacking.push(format!("that of {upn} was last seen {days} days ago"));
            }
            Some(_) => {}
        }
    }
    match (drills.is_empty(), lacking.is_empty()) {
        (true, _) => unknown("no account has a key in service"),
        (_, true) => pass(),
        (_, false) => unknown(lacking.join("; ")),
    }
}

fn came(drill: &Drill<'_>, story: &Story<'_>) -> bool {
    story.told.iter().any(|told| match &told.event {
        Event::AlertReceived(alert) => alert.drill == drill.ceremony && story.is_past(told.time),
        _ => false,
    })
}

type LastDrills<'a> = BTreeMap<String, (&'a str, Option<Drill<'a>>)>;

/// Of each account with a key in service its name, and the last drill that it passed.
fn last_drills<'a>(story: &Story<'a>) -> LastDrills<'a> {
    let mut accounts: LastDrills<'a> = BTreeMap::new();
    for key in story.keys() {
        let account = &key.enrolled.account;
        accounts.insert(account.id.to_ascii_lowercase(), (&account.upn, None));
    }
    for drill in story.drills().into_iter().filter(|drill| drill.passed) {
        if let Some((_, last)) = accounts.get_mut(&drill.account.id.to_ascii_lowercase()) {
            *last = Some(drill);
        }
    }
    accounts
}

fn alive(material: &Material<'_>, story: &Story<'_>) -> Answer {
    let lives = liveness::of(material, story);
    let late: Vec<String> = lives
        .iter()
        .filter(|life| life.is_late)
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
    let accounts = last_drills(story);
    let late: Vec<String> = accounts
        .values()
        .filter_map(|(upn, last)| match last.as_ref().map(|last| last.time) {
            None => Some(format!("{upn} has passed no drill")),
            Some(last) if material.terms.drill.after(last) <= material.now => {
                let days = days(last, material.now);
                Some(format!("{upn} passed its last drill {days} days ago"))
            }
            Some(_) => None,
        })
        .collect();
    match (accounts.is_empty(), late.is_empty()) {
        (true, _) => fail("no account has a key in service"),
        (_, true) => pass(),
        (_, false) => fail(late.join("; ")),
    }
}

/// What the last review did not know fails, whatever people say: they are to say it when they have seen it here. What earlier ones told
/// of stays open until people say that they examined it, and that counts from then on.
fn explained(material: &Material<'_>, story: &Story<'_>) -> Answer {
    let incidents = incident::incidents(story);
    let open = incidents
        .iter()
        .filter(|one| one.kind == IncidentKind::Unexplained);
    let count = open.count();
    if count > 0 {
        return fail(format!("{count} rows of the logs have no explanation"));
    }
    let mut duties = material.duties.iter();
    let left = duties.find(|duty| duty.kind == DutyKind::Unexplained && !duty.state.is_satisfied());
    let Some(duty) = left else {
        return pass();
    };
    let why = duty.why.as_deref().unwrap_or("nothing explains them");
    let mut answers = material.answers.iter();
    let examined = answers.find(|one| one.item == EXAMINED && one.answer == Word::Yes);
    match examined {
        Some(given) => {
            let why = format!(
                "{why}, told by earlier reviews; {} says they were examined",
                given.by
            );
            (OutcomeVerdict::Pass, why)
        }
        None => fail(format!(
            "{why}, told by earlier reviews, and nobody says that they were examined"
        )),
    }
}

fn monitored(material: &Material<'_>, story: &Story<'_>) -> Answer {
    match unseen(material, story).as_slice() {
        [] => pass(),
        gaps => unknown(gaps.join("; ")),
    }
}

/// Whether it is known of all keys where they lie, and no account has all of its in one place.
fn placed(story: &Story<'_>) -> Answer {
    let coverage = coverage::of(story);
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
    let (what, since) = match story.last.map(|last| last.held.time) {
        Some(held) if !story.is_past(held) => {
            return unknown(format!(
                "the last review was recorded for {held}, which is in the future"
            ));
        }
        Some(held) => ("the last review was held", held),
        None => ("no review was held since the ledger began,", story.from),
    };
    match material.terms.review.after(since) <= material.now {
        true => fail(format!("{what} {} days ago", days(since, material.now))),
        false => pass(),
    }
}
