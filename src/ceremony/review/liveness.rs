//! When each key was heard of: whoever opens a safe in an emergency relies on a key that somebody has heard of lately.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::Material;
use super::story::{Story, Told};
use crate::ledger::{EnrolledKey, Event};
use crate::webauthn::Aaguid;

/// A key in service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyLife {
    /// The label.
    pub label: String,
    /// The sign-in name of its account.
    pub account: String,
    /// The model.
    pub aaguid: Aaguid,
    /// When it went into service.
    pub enrolled_at: Timestamp,
    /// When it was heard of, and how that ended; the oldest first.
    pub signs: Vec<Sign>,
    /// Within how many days it is to be heard of.
    pub every_days: u16,
    /// Days since it was last heard of; none if it never was.
    pub last_days_ago: Option<i64>,
    /// The longest time in days for which nothing was heard of it, until today included.
    pub longest_gap_days: i64,
}

/// A key was heard of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sign {
    /// When.
    pub time: Timestamp,
    /// The entry.
    pub entry: u64,
    /// Whether it was as it should be: by a signature of its own.
    pub passed: bool,
}

impl KeyLife {
    /// Whether it has been silent for too long.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.last_days_ago
            .is_none_or(|days| days > i64::from(self.every_days))
    }
}

/// The keys in service, by account and label.
pub(super) fn of(material: &Material<'_>, story: &Story<'_>) -> Vec<KeyLife> {
    let keys = material.state.keys_in_service();
    let mut lives: Vec<KeyLife> = keys.map(|key| life(key, material, story)).collect();
    lives.sort_by(|one, other| (&one.account, &one.label).cmp(&(&other.account, &other.label)));
    lives
}

fn life(key: &EnrolledKey, material: &Material<'_>, story: &Story<'_>) -> KeyLife {
    let told = story.told.iter();
    let signs: Vec<Sign> = told
        .filter_map(|told| {
            let passed = is_sign(told, &key.enrolled.credential_id)?;
            Some(Sign {
                time: told.time,
                entry: told.index,
                passed,
            })
        })
        .collect();
    let good: Vec<Timestamp> = signs
        .iter()
        .filter(|sign| sign.passed)
        .map(|sign| sign.time)
        .collect();
    let ends = good.iter().copied().skip(1).chain([material.now]);
    let gaps = good.iter().zip(ends).map(|(from, to)| days(*from, to));
    KeyLife {
        label: key.enrolled.label.clone(),
        account: key.enrolled.account.upn.clone(),
        aaguid: key.enrolled.aaguid,
        enrolled_at: key.enrolled_at,
        every_days: material.terms.key_check_days,
        last_days_ago: good.last().map(|last| days(*last, material.now)),
        longest_gap_days: gaps.max().unwrap_or(0),
        signs,
    }
}

/// Whether an entry says that the key with this credential lives, or that it failed; none if it says nothing of it.
fn is_sign(told: &Told, credential_id: &[u8]) -> Option<bool> {
    match &told.event {
        Event::KeyChecked(check) if check.credential_id == credential_id => Some(check.passed),
        _ => (told.signed_by.as_deref() == Some(credential_id)).then_some(true),
    }
}

/// Whole days between two moments.
pub(super) fn days(from: Timestamp, to: Timestamp) -> i64 {
    let hours = to.duration_since(from).max(SignedDuration::ZERO).as_hours();
    hours.div_euclid(24)
}
