//! What is due for a key.

use super::calendar::{Calendar, Last};
use super::record::{Ending, Record};
use super::{Duty, DutyKind, DutyState};
use crate::encoding::shell_word;
use crate::ledger::{Custody, EnrolledKey};

/// All of them for one key.
pub(super) fn duties(key: &EnrolledKey, record: &Record, calendar: &Calendar<'_>) -> Vec<Duty> {
    let place = key.custody.as_ref().map(place);
    [
        check(key, record, calendar),
        custody(key, record, calendar),
        pin_rotation(key, record, calendar),
    ]
    .into_iter()
    .flatten()
    .map(|duty| Duty {
        place: place.clone(),
        ..duty
    })
    .collect()
}

/// Any proof counts, as it does for an audit. A check that did not pass is told, whatever else the key signed since.
fn check(key: &EnrolledKey, record: &Record, calendar: &Calendar<'_>) -> Option<Duty> {
    let label = &key.enrolled.label;
    let command = format!("halligan check --key {}", shell_word(label));
    let last = key.last_proof.map(|(_, time)| time);
    let duty = calendar.duty(DutyKind::KeyCheck, label, last.into(), command)?;
    Some(match record.checks.get(&key.enrolled.credential_id) {
        Some(Ending::Failed(what)) => duty.at_least(DutyState::Failed, what),
        Some(Ending::Inconclusive(what)) => duty.at_least(DutyState::Unknown, what),
        Some(Ending::Passed) | None => duty,
    })
}

/// The command says what the ledger says: whoever looked into the safe and found it so can enter it as it is.
fn custody(key: &EnrolledKey, record: &Record, calendar: &Calendar<'_>) -> Option<Duty> {
    let label = &key.enrolled.label;
    let mut command = format!("halligan handover --key {}", shell_word(label));
    match &key.custody {
        Some(custody) => command.push_str(&arguments(custody)),
        None => command.push_str(" --location PLACE --custodian NAME"),
    }
    let last = record.placed.get(&key.enrolled.credential_id).copied();
    calendar.duty(DutyKind::Custody, label, last.into(), command)
}

fn pin_rotation(key: &EnrolledKey, record: &Record, calendar: &Calendar<'_>) -> Option<Duty> {
    let label = &key.enrolled.label;
    let command = format!(
        "halligan key pin change --key {} --pin-generate",
        shell_word(label)
    );
    // A label may have been another key's before.
    let changed = record.pins.get(label).copied();
    let last = match changed.filter(|time| *time >= key.enrolled_at) {
        Some(time) => Last::At(time),
        None => Last::NotSince(key.enrolled_at),
    };
    calendar.duty(DutyKind::PinRotation, label, last, command)
}

/// Where a key lies, in a few words.
fn place(custody: &Custody) -> String {
    let container = custody.container.iter();
    let parts: Vec<&str> = std::iter::once(&custody.location)
        .chain(container)
        .map(String::as_str)
        .collect();
    parts.join(", ")
}

fn arguments(custody: &Custody) -> String {
    let optional = [
        ("--location", Some(&custody.location)),
        ("--container", custody.container.as_ref()),
        ("--seal", custody.seal.as_ref()),
    ];
    let said = optional
        .into_iter()
        .filter_map(|(option, value)| Some((option, value?)));
    let custodians = custody.custodians.iter().map(|name| ("--custodian", name));
    said.chain(custodians)
        .map(|(option, value)| format!(" {option} {}", shell_word(value)))
        .collect()
}
