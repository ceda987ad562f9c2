//! What is due for a key.

use super::calendar::{Calendar, Last};
use super::command::option;
use super::newest::Newest;
use super::record::{Ending, Record};
use super::{Duty, DutyKind};
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

/// Any proof counts, as it does for an audit. A check that did not pass is told, whatever else the key signed since, until another one
/// does; and so is a test of the whole key.
fn check(key: &EnrolledKey, record: &Record, calendar: &Calendar<'_>) -> Option<Duty> {
    let label = &key.enrolled.label;
    let command = format!("halligan check {}", option("--key", label));
    let proofs = record.proofs.get(&key.enrolled.credential_id);
    let last = proofs.map_or(Last::Never, Newest::last);
    let duty = calendar.duty(DutyKind::KeyCheck, label, last, command)?;
    let checks = record.checks.get(&key.enrolled.credential_id);
    let duty = duty.ended(checks.and_then(Newest::what));
    let tests = record.tests.get(&key.enrolled.credential_id);
    let tested = tests.and_then(Newest::what);
    Some(match tested.filter(|ending| **ending != Ending::Passed) {
        Some(ending) if duty.state.is_satisfied() => {
            let command = format!("halligan key test {}", option("--key", label));
            duty.ended(Some(ending)).by(command)
        }
        ending => duty.ended(ending),
    })
}

/// The command says what the ledger says: whoever looked into the safe and found it so can enter it as it is.
fn custody(key: &EnrolledKey, record: &Record, calendar: &Calendar<'_>) -> Option<Duty> {
    let label = &key.enrolled.label;
    let mut command = format!("halligan handover {}", option("--key", label));
    match &key.custody {
        Some(custody) => command.push_str(&arguments(custody)),
        None => command.push_str(" --location PLACE --custodian NAME"),
    }
    let placed = record.placed.get(&key.enrolled.credential_id);
    let last = placed.map_or(Last::Never, Newest::last);
    calendar.duty(DutyKind::Custody, label, last, command)
}

fn pin_rotation(key: &EnrolledKey, record: &Record, calendar: &Calendar<'_>) -> Option<Duty> {
    let label = &key.enrolled.label;
    let key_option = option("--key", label);
    let command = format!("halligan key pin change {key_option} --pin-generate");
    let changed = record.pins.get(label).and_then(Newest::time);
    // A label may have been another key's before.
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
        .filter_map(|(name, value)| Some((name, value?)));
    let custodians = custody.custodians.iter().map(|name| ("--custodian", name));
    said.chain(custodians)
        .map(|(name, value)| format!(" {}", option(name, value)))
        .collect()
}
