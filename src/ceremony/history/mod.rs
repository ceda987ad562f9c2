//! What the ledger knows of what a key was like, from its enrolment on, and in what it has changed since. Needs no key: a check
//! asks it about the key in hand, and `halligan key history` about a copy of the ledger.

mod drift;
mod explanation;
mod observe;
mod reference;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

use jiff::Timestamp;

use crate::ledger::{
    EnrolledKey, Entry, Event, KeyChecked, KeyEnrolled, Kind, Observation, OutcomeVerdict,
};
use explanation::Explanations;
use reference::reference;

pub use drift::{Cause, Drift};
pub(crate) use observe::{bounded, latency, observe};

/// What a key was like when an entry about it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The entry.
    pub index: u64,
    /// When it was written.
    pub time: Timestamp,
    /// Its kind.
    pub kind: Kind,
    /// What the key was like.
    pub observed: Observation,
    /// Why whatever had changed is as it should be, if somebody said so.
    pub accepted: Option<String>,
}

/// The sightings of one key, oldest first.
#[derive(Debug, Clone)]
pub struct History {
    sightings: Vec<Sighting>,
    explanations: Explanations,
}

impl History {
    /// What these entries tell of a key, those that were merged from a branch too. A check for which the key did not sign may
    /// have seen another key, and counts for nothing.
    #[must_use]
    pub fn of(entries: &[Entry], key: &EnrolledKey) -> Self {
        let mut history = Self {
            sightings: Vec::new(),
            explanations: Explanations::default(),
        };
        for entry in entries {
            let merged = entry.merged();
            let told = merged.as_ref().unwrap_or(entry);
            history.take_in(entry.index, told, &key.enrolled);
        }
        history
    }

    fn take_in(&mut self, index: u64, entry: &Entry, key: &KeyEnrolled) {
        let Ok(Some(event)) = entry.event() else {
            return;
        };
        let (label, aaguid) = (&key.label, key.aaguid);
        self.explanations.take_in(index, &event, label, aaguid);
        let Some((observed, accepted)) = observed(&event, entry.proof.is_some(), key) else {
            return;
        };
        self.sightings.push(Sighting {
            index,
            time: entry.time,
            kind: entry.kind.clone(),
            observed,
            accepted,
        });
    }

    /// The sightings, oldest first.
    #[must_use]
    pub fn sightings(&self) -> &[Sighting] {
        &self.sightings
    }

    /// The sighting from which on changes count: the last one whose changes were accepted, else the first.
    #[must_use]
    pub fn baseline(&self) -> Option<&Sighting> {
        let accepted = |sighting: &&Sighting| sighting.accepted.is_some();
        let last = self.sightings.iter().rev().find(accepted);
        last.or(self.sightings.first())
    }

    /// In what a key that is like this now differs from what it was since the baseline; none if it was never observed.
    #[must_use]
    pub fn drift(&self, now: &Observation) -> Option<Vec<Drift>> {
        let since = self.baseline()?.index;
        let explained = self.explanations.since(since);
        let reference = reference(&self.sightings, since);
        Some(drift::drift(&reference, now, &explained))
    }

    /// In what the last sighting differs from what the key was between the baseline and then.
    #[must_use]
    pub fn last_drift(&self) -> Vec<Drift> {
        let (Some(baseline), Some((last, earlier))) =
            (self.baseline(), self.sightings.split_last())
        else {
            return Vec::new();
        };
        if baseline.index == last.index {
            return Vec::new();
        }
        let explained = self.explanations.since(baseline.index).until(last.index);
        let reference = reference(earlier, baseline.index);
        drift::drift(&reference, &last.observed, &explained)
    }

    /// What changed between each sighting and the one before it; nothing at the first.
    #[must_use]
    pub fn steps(&self) -> Vec<(&Sighting, Vec<Drift>)> {
        let mut before: Option<&Sighting> = None;
        let step = |sighting| {
            let changes = before.map_or_else(Vec::new, |before| self.step(before, sighting));
            before = Some(sighting);
            (sighting, changes)
        };
        self.sightings.iter().map(step).collect()
    }

    fn step(&self, before: &Sighting, now: &Sighting) -> Vec<Drift> {
        let between = self.explanations.since(before.index).until(now.index);
        drift::drift(&before.observed, &now.observed, &between)
    }
}

/// Whether nothing is unexplained.
#[must_use]
pub fn is_explained(drift: &[Drift]) -> bool {
    drift
        .iter()
        .all(|drift| drift.verdict() == OutcomeVerdict::Pass)
}

/// What an entry says that this key was like.
fn observed(
    event: &Event,
    proven: bool,
    key: &KeyEnrolled,
) -> Option<(Observation, Option<String>)> {
    match event {
        Event::KeyEnrolled(body) if body.credential_id == key.credential_id => {
            let observed = body.observed.clone();
            Some((observed.unwrap_or_else(|| described(body)), None))
        }
        Event::KeyChecked(body) if body.credential_id == key.credential_id && proven => {
            let KeyChecked {
                observed, accepted, ..
            } = body;
            Some((observed.clone()?, accepted.clone()))
        }
        Event::KeyTested(body) if body.credential_id == key.credential_id => {
            Some((body.observed.clone()?, None))
        }
        _ => None,
    }
}

/// All that an older enrolment, or one in two rooms, says.
fn described(enrolled: &KeyEnrolled) -> Observation {
    Observation {
        firmware: enrolled.key.firmware.clone(),
        ..Observation::default()
    }
}
