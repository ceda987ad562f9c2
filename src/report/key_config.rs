//! A key's settings, and what became of them.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::ceremony::key_config::{Change, Outcome, TakenBackBy};
use crate::ctap::command::get_info;
use crate::report::Report;

/// Renders what a key has set. What a key does not have is null.
#[must_use]
pub fn key_settings(transport: &str, info: &get_info::Response) -> Report {
    let options = &info.options;
    let possible = options.authnr_cfg == Some(true);
    let pins = possible && options.set_min_pin_length == Some(true);
    let row = |setting, value: Value, can_be_set, taken_back_by: TakenBackBy| {
        json!({
            "setting": setting,
            "value": value,
            "can_be_set": can_be_set,
            "taken_back_by": taken_back_by.id(),
        })
    };
    let rows = [
        row(
            "min_pin_length",
            json!(info.pin_minimum()),
            pins,
            TakenBackBy::Reset,
        ),
        row(
            "force_pin_change",
            json!(info.force_pin_change),
            pins && options.client_pin == Some(true),
            TakenBackBy::PinChange,
        ),
        row(
            "always_uv",
            json!(options.always_uv),
            possible && options.always_uv.is_some(),
            TakenBackBy::Anything,
        ),
        row(
            "enterprise_attestation",
            json!(options.ep),
            possible && options.ep == Some(false),
            TakenBackBy::Reset,
        ),
    ];
    let text = settings_text(transport, &rows, info);
    let body = json!({
        "device": transport,
        "settings": rows,
        "room_for_rp_ids": info.max_rp_ids_for_set_min_pin_length.filter(|_| pins),
    });
    Report::new("halligan.key.config.show/1", true, body, text)
}

fn settings_text(transport: &str, rows: &[Value], info: &get_info::Response) -> String {
    let mut text = format!("{transport}\n");
    for row in rows {
        let value = match &row["value"] {
            Value::Null => "the key does not have it".to_owned(),
            Value::Bool(true) => "on".to_owned(),
            Value::Bool(false) => "off".to_owned(),
            other => other.to_string(),
        };
        let possible = match (&row["can_be_set"], row["taken_back_by"].as_str()) {
            (Value::Bool(true), Some("reset")) => "can be set; only a reset takes it back",
            (Value::Bool(true), Some("pin_change")) => "can be set; a change of the PIN ends it",
            (Value::Bool(true), _) => "can be set, and set again",
            _ => "",
        };
        let name = row["setting"].as_str().unwrap_or_default();
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {name:<24}{value:<8}{possible}");
    }
    if let Some(room) = info.max_rp_ids_for_set_min_pin_length {
        let _ = writeln!(
            text,
            "  {:<24}room for {room}; the key does not say which it knows",
            "min_pin_length_rp_ids"
        );
    }
    text
}

/// Renders a change of settings or its dry run.
#[must_use]
pub fn key_config_set(outcome: &Outcome) -> Report {
    let changes: Vec<Value> = outcome.changes.iter().map(change_json).collect();
    let body = json!({
        "label": outcome.label,
        "applied": outcome.applied,
        "changes": changes,
        "entry": outcome.entry,
    });
    let mut text = match (outcome.applied, outcome.changes.is_empty()) {
        (true, _) => "The key is set:\n".to_owned(),
        (false, true) => "The key is set like that already.\n".to_owned(),
        (false, false) => "Dry run: nothing was changed. It would be set:\n".to_owned(),
    };
    for change in &outcome.changes {
        let from = change.from.as_deref().unwrap_or("not stated");
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "  {:<24}{from} -> {} ({})",
            change.setting,
            change.to,
            change.taken_back_by.describe()
        );
    }
    if let Some(entry) = &outcome.entry {
        let _ = writeln!(text, "  recorded as entry {}", entry.index);
    }
    Report::new("halligan.key.config.set/1", true, body, text)
}

fn change_json(change: &Change) -> Value {
    json!({
        "setting": change.setting,
        "from": change.from,
        "to": change.to,
        "taken_back_by": change.taken_back_by.id(),
    })
}
