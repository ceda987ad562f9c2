//! When each key was heard of: whoever opens a safe in an emergency relies on a key that somebody has heard of lately.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::Material;
use super::story::Story;
use crate::ledger::{EnrolledKey, Event, Told};
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
    /// Within how many days it is to be heard of, the last one begun.
    pub every_days: u16,
    /// Whether it has been silent for longer than that.
    pub is_late: bool,
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

/// The keys in service of the tenant, by account and label.
pub(super) fn of(material: &Material<'_>, story: &Story<'_>) -> Vec<KeyLife> {
    let mut lives: Vec<KeyLife> = story.keys().map(|key| life(key, material, story)).collect();
    lives.sort_by(|one, other| (&one.account, &one.label).cmp(&(&other.account, &other.label)));
    lives
}

fn life(key: &EnrolledKey, material: &Material<'_>, story: &Story<'_>) -> KeyLife {
    let told = story.told.iter();
    let signs = told.filter_map(|told| {
        let passed = is_sign(told, &key.enrolled.credential_id)?;
        Some(Sign {
            time: told.time,
            entry: told.index,
            passed,
        })
    });
    // What is dated in the future says nothing of today; what came from a branch was signed before it was brought in.
    let mut signs: Vec<Sign> = signs.filter(|sign| story.is_past(sign.time)).collect();
    signs.sort_by_key(|sign| (sign.time, sign.entry));
    let good = signs.iter().filter(|sign| sign.passed);
    let good: Vec<Timestamp> = good.map(|sign| sign.time).collect();
    let ends = good.iter().copied().skip(1).chain([material.now]);
    let gaps = good.iter().zip(ends).map(|(from, to)| days(*from, to));
    let (last, every) = (good.last().copied(), material.terms.key_check);
    KeyLife {
        label: key.enrolled.label.clone(),
        account: key.enrolled.account.upn.clone(),
        aaguid: key.enrolled.aaguid,
        enrolled_at: key.enrolled_at,
        every_days: every.whole_days(),
        is_late: last.is_none_or(|last| every.after(last) <= material.now),
        last_days_ago: last.map(|last| days(last, material.now)),
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
