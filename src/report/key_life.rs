//! A key's whole life, as the ledger tells it: what it is now, and every entry about it in a sentence.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::ceremony::Assessment;
use crate::ledger::{
    CeremonyUndone, EnrolledKey, Entry, Event, KeyChecked, KeySettings, KeyTested, Outcome,
    OutcomeVerdict, SealedSecret, State,
};
use crate::report::handover::place;
use crate::report::ledger::ledger_show;
use crate::report::{Report, attestation, printable};

/// Renders the life of the key with this label; `assessment` is the verdict on the registration that the ledger holds.
#[must_use]
pub fn key_life(
    entries: &[Entry],
    state: &State,
    label: &str,
    assessment: Option<&Assessment>,
) -> Report {
    let mut report = ledger_show(entries, Some(label));
    let known = state.key_by_label(label);
    let open: Vec<Value> = state
        .open_ceremonies()
        .into_iter()
        .filter(|ceremony| ceremony.label == label)
        .map(|ceremony| json!(ceremony.id))
        .collect();
    let mut text = String::new();
    if let Some(key) = known {
        report
            .body
            .insert("key".to_owned(), key_json(key, assessment));
        text.push_str(&now(key, assessment));
    }
    for ceremony in &open {
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "  open ceremony   {}",
            ceremony.as_str().unwrap_or_default()
        );
    }
    report
        .body
        .insert("open_ceremonies".to_owned(), Value::Array(open));
    let told = life(entries, label);
    if told.is_empty() {
        text.push_str(&format!("The ledger says nothing of {label}.\n"));
    }
    text.push_str(&told);
    Report { text, ..report }
}

fn key_json(key: &EnrolledKey, assessment: Option<&Assessment>) -> Value {
    json!({
        "label": key.enrolled.label,
        "account": key.enrolled.account,
        "aaguid": key.enrolled.aaguid,
        "description": key.enrolled.key,
        "in_service": key.is_in_service(),
        "retired": key.retired.map(|(index, reason)| json!({"index": index, "reason": reason})),
        "reset": key.reset,
        "custody": key.custody,
        "pin_sealed_to": key.pin.as_ref().map(custodians),
        "last_proof": key.last_proof.map(|(index, time)| json!({"index": index, "time": time})),
        "attestation": assessment.map(|assessment| &assessment.judgement.findings),
        "policy": assessment.map(|assessment| &assessment.policy),
    })
}

/// What the key is now.
fn now(key: &EnrolledKey, assessment: Option<&Assessment>) -> String {
    let enrolled = &key.enrolled;
    let service = match (key.retired, key.reset) {
        (Some((index, reason)), _) => format!("RETIRED as {} by entry {index}", reason.as_str()),
        (None, Some(index)) => format!("RESET by entry {index}: its credential is lost"),
        (None, None) => "in service".to_owned(),
    };
    let serial = enrolled.key.serial.as_deref();
    let proof = key.last_proof.map_or_else(
        || "none".to_owned(),
        |(index, time)| format!("{time}, entry {index}"),
    );
    let lines = [
        ("state", service),
        ("account", enrolled.account.upn.clone()),
        ("model", enrolled.aaguid.to_string()),
        ("serial", serial.unwrap_or("not shown").to_owned()),
        (
            "lies at",
            key.custody
                .as_ref()
                .map_or_else(|| "not recorded".to_owned(), place),
        ),
        (
            "PIN",
            key.pin
                .as_ref()
                .map_or_else(|| "not sealed".to_owned(), sealed),
        ),
        ("last signature", proof),
        (
            "attestation",
            assessment.map_or("not judged", verdict).to_owned(),
        ),
    ];
    let mut text = format!("{}\n", enrolled.label);
    for (name, value) in lines {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {name:<16}{value}");
    }
    if let Some(assessment) = assessment {
        text.push_str(&attestation::lines(assessment, "    "));
    }
    text
}

fn verdict(assessment: &Assessment) -> &'static str {
    if !assessment.against.is_empty() {
        "REFUSED"
    } else if assessment.is_incomplete() {
        "sound as far as it could be verified"
    } else {
        "verified"
    }
}

/// Every entry about the key, those that were merged from a branch too, each in a sentence.
fn life(entries: &[Entry], label: &str) -> String {
    let mut text = String::new();
    for entry in entries {
        let merged = entry.merged();
        let told = merged.as_ref().unwrap_or(entry);
        if told.body.get("label").and_then(Value::as_str) != Some(label) {
            continue;
        }
        let proven = if told.proof.is_some() {
            "; signed by the key"
        } else {
            ""
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{:>6}  {}  {:<14} {}{proven}",
            entry.index,
            told.time,
            told.station.as_str(),
            sentence(told)
        );
    }
    text
}

fn sentence(entry: &Entry) -> String {
    match entry.event() {
        Ok(Some(event)) => of_event(&event),
        _ => entry.kind.as_str().to_owned(),
    }
}

fn of_event(event: &Event) -> String {
    match event {
        Event::EnrollIntended(intended) => {
            let pin = intended.pin.as_ref().map(sealed);
            format!(
                "to be enrolled for {}, over {}{}",
                intended.account.upn,
                intended.key.transport,
                pin.map_or_else(String::new, |pin| format!("; PIN {pin}"))
            )
        }
        Event::EnrollPinSet(_) => "got its PIN".to_owned(),
        Event::EnrollCredentialCreated(_) => "made its credential".to_owned(),
        Event::EnrollProven(_) => "signed before the tenant knew it".to_owned(),
        Event::EnrollRegistered(registered) => {
            format!(
                "registered in the tenant as method {}",
                registered.method_id
            )
        }
        Event::KeyEnrolled(enrolled) => format!("ENROLLED for {}", enrolled.account.upn),
        Event::KeyChecked(checked) => of_check(checked),
        Event::KeyTested(tested) => of_test(tested),
        Event::KeyHandedOver(handed_over) => {
            let note = handed_over.note.as_deref();
            format!(
                "handed over: {}{}",
                place(&handed_over.custody),
                note.map_or_else(String::new, |note| format!(" ({note})"))
            )
        }
        Event::RetireIntended(intended) => format!(
            "to be retired as {}; the account keeps {} working keys{}",
            intended.reason.as_str(),
            intended.keys_left,
            if intended.forced { ", FORCED" } else { "" }
        ),
        Event::RetireMethodRemoved(_) => "no longer registered in the tenant".to_owned(),
        Event::RetireCredentialDeleted(_) => "its credential is deleted".to_owned(),
        Event::KeyRetired(retired) => format!("RETIRED as {}", retired.reason.as_str()),
        Event::PinIntended(intended) => match &intended.pin {
            Some(pin) => format!("to get another PIN, {}", sealed(pin)),
            None => "to get another PIN, not sealed".to_owned(),
        },
        Event::PinChanged(_) => "got another PIN".to_owned(),
        Event::PinOpened(opened) => format!(
            "its {} was opened by {}",
            if opened.share { "PIN's share" } else { "PIN" },
            opened.by.join(" and ")
        ),
        Event::ConfigIntended(intended) => format!("to be set: {}", settings(&intended.settings)),
        Event::ConfigApplied(applied) => format!("set: {}", settings(&applied.settings)),
        Event::ResetIntended(_) => "to be reset".to_owned(),
        Event::ResetPerformed(_) => "RESET: its credential is lost".to_owned(),
        Event::CeremonyFailed(failed) => match &failed.remains {
            Some(remains) => format!("stopped: {}; {remains}", failed.message),
            None => format!("stopped: {}", failed.message),
        },
        Event::CeremonyUndone(undone) => of_undone(undone),
        other => other.kind().as_str().to_owned(),
    }
}

fn of_check(checked: &KeyChecked) -> String {
    let accepted = checked.accepted.as_deref();
    let accepted = accepted.map_or_else(String::new, |reason| {
        format!("; its changes were accepted: {}", printable(reason))
    });
    if checked.passed {
        format!("checked: works{accepted}")
    } else {
        let reasons = unsettled(&checked.findings).join("; ");
        format!("checked: NOT PROVEN TO WORK, {reasons}{accepted}")
    }
}

/// The reasons of what failed or is unknown.
fn unsettled(outcomes: &[Outcome]) -> Vec<String> {
    let unsettled = outcomes.iter().filter(|outcome| {
        matches!(
            outcome.verdict,
            OutcomeVerdict::Fail | OutcomeVerdict::Unknown
        )
    });
    unsettled
        .map(|outcome| printable(outcome.why.as_deref().unwrap_or(&outcome.subject)))
        .collect()
}

fn of_test(tested: &KeyTested) -> String {
    let unsettled = unsettled(&tested.checks);
    match unsettled.as_slice() {
        [] => format!("tested: {} checks, nothing found", tested.checks.len()),
        found => format!("tested: NOT PASSED, {}", found.join("; ")),
    }
}

fn of_undone(undone: &CeremonyUndone) -> String {
    let mut made = Vec::new();
    if undone.credential_deleted {
        made.push("its credential deleted");
    }
    if undone.method_deleted {
        made.push("its registration deleted");
    }
    match made.as_slice() {
        [] => "taken back; nothing was left of it".to_owned(),
        made => format!("taken back; {}", made.join(", ")),
    }
}

/// The people to whom it is sealed; where they are not named, their recipients.
fn custodians(pin: &SealedSecret) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for part in &pin.parts {
        for name in part.custodians.as_ref().unwrap_or(&part.recipients) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
    }
    names
}

fn sealed(pin: &SealedSecret) -> String {
    let names = custodians(pin).join(", ");
    match pin.threshold {
        0 | 1 => format!("sealed to {names}"),
        needed => format!("sealed to {names}, of whom {needed} are needed"),
    }
}

fn settings(settings: &KeySettings) -> String {
    let on = |on: bool| if on { "on" } else { "off" };
    let said = [
        settings
            .min_pin_length
            .map(|length| format!("minimum PIN length {length}")),
        settings
            .min_pin_length_rp_ids
            .as_ref()
            .map(|ids| format!("told to {}", ids.join(", "))),
        settings
            .force_pin_change
            .map(|force| format!("change of PIN demanded {}", on(force))),
        settings.always_uv.map(|uv| format!("always UV {}", on(uv))),
        settings
            .enterprise_attestation
            .map(|attests| format!("enterprise attestation {}", on(attests))),
    ];
    said.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
