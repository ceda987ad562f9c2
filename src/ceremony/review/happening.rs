//! What else happened since the last review: to keys, people, stations and settings.

use jiff::Timestamp;
use serde::Serialize;

use super::story::Story;
use crate::ledger::{Event, Told};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Happening {
    /// What kind of thing it is, as it is counted.
    pub kind: &'static str,
    /// When it was recorded.
    pub time: Timestamp,
    /// The entry.
    pub entry: u64,
    /// What it was about.
    pub what: String,
}

/// What is counted.
pub(super) const WORDS: [&str; 16] = [
    "alerts_received",
    "drills",
    "keys_checked",
    "keys_enrolled",
    "keys_handed_over",
    "keys_reset",
    "keys_retired",
    "keys_tested",
    "key_settings_changed",
    "passwords_opened",
    "pins_changed",
    "pins_opened",
    "reviewers_changed",
    "stations_joined",
    "stations_revoked",
    "tenant_changes",
];

/// The oldest first.
pub(super) fn happenings(story: &Story<'_>) -> Vec<Happening> {
    let told = story.since().filter_map(|told| {
        let (kind, what) = describe(told, story)?;
        Some(Happening {
            kind,
            time: told.time,
            entry: told.index,
            what,
        })
    });
    told.collect()
}

fn describe(told: &Told, story: &Story<'_>) -> Option<(&'static str, String)> {
    Some(match &told.event {
        Event::AlertReceived(alert) => (
            "alerts_received",
            format!(
                "alert by {} to {} after {} s",
                alert.channel, alert.by, alert.delay
            ),
        ),
        Event::ConfigApplied(config) => ("key_settings_changed", config.label.clone()),
        Event::DrillCompleted(drill) => ("drills", described_drill(told, drill.passed, story)),
        Event::KeyChecked(check) => {
            let how = if check.passed { "passed" } else { "not passed" };
            ("keys_checked", format!("{}: {how}", check.label))
        }
        Event::KeyEnrolled(key) => (
            "keys_enrolled",
            format!("{} for {}", key.label, key.account.upn),
        ),
        Event::KeyHandedOver(key) => (
            "keys_handed_over",
            format!(
                "{} to {}, {}",
                key.label,
                key.custody.location,
                key.custody.custodians.join(", ")
            ),
        ),
        Event::KeyRetired(key) => (
            "keys_retired",
            format!("{}: {}", key.label, key.reason.as_str()),
        ),
        Event::KeyTested(test) => {
            let how = if test.passed { "passed" } else { "not passed" };
            ("keys_tested", format!("{}: {how}", test.label))
        }
        Event::PinChanged(pin) => ("pins_changed", pin.label.clone()),
        Event::PinOpened(pin) => ("pins_opened", opened(&pin.label, &pin.by)),
        Event::ResetPerformed(reset) => ("keys_reset", reset.label.clone()),
        Event::ReviewerJoined(reviewer) => {
            ("reviewers_changed", format!("{} joined", reviewer.name))
        }
        Event::ReviewerLeft(reviewer) => {
            let reason = reviewer.reason.as_deref();
            let reason = reason.map(|why| format!(": {why}")).unwrap_or_default();
            (
                "reviewers_changed",
                format!("{} left{reason}", reviewer.name),
            )
        }
        Event::StationJoined(station) => ("stations_joined", station.name.to_string()),
        Event::StationRevoked(station) => (
            "stations_revoked",
            format!("{}: {}", station.name, station.reason),
        ),
        Event::TenantChanged(change) => ("tenant_changes", change.object.name.clone()),
        Event::TenantPasswordOpened(password) => {
            ("passwords_opened", opened(&password.account, &password.by))
        }
        _ => return None,
    })
}

fn described_drill(told: &Told, passed: bool, story: &Story<'_>) -> String {
    let how = if passed { "passed" } else { "not passed" };
    let account = match story.intent(told.ceremony) {
        Some(Event::DrillIntended(intended)) => intended.account.upn.as_str(),
        _ => "an account",
    };
    format!("{account}: {how}")
}

fn opened(what: &str, by: &[String]) -> String {
    match by {
        [] => what.to_owned(),
        by => format!("{what} by {}", by.join(", ")),
    }
}
