//! The record.

mod head;
mod page;
mod stations;

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};

pub use head::ledger_head;
pub use page::ledger_page;
pub use stations::{ledger_revoke, ledger_stations};

use crate::ledger::{Entry, EntryRef, Verification};
use crate::report::Report;

/// Renders the entries, or those of one key.
#[must_use]
pub fn ledger_show(entries: &[Entry], label: Option<&str>) -> Report {
    let shown: Vec<&Entry> = entries
        .iter()
        .filter(|entry| label.is_none_or(|label| label_of(entry) == Some(label)))
        .collect();
    let rows: Vec<Value> = shown
        .iter()
        .map(|entry| {
            json!({
                "index": entry.index,
                "hash": entry.reference().hash,
                "time": entry.time,
                "station": entry.station,
                "kind": entry.kind.as_str(),
                "ceremony": entry.ceremony,
                "proven": entry.proof.is_some(),
                "body": entry.body,
            })
        })
        .collect();
    let mut text = String::new();
    for entry in &shown {
        let proven = if entry.proof.is_some() {
            "  signed by the key"
        } else {
            ""
        };
        let subject = label_of(entry).unwrap_or_default();
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{:>6}  {}  {:<26}{subject}{}{proven}",
            entry.index,
            entry.time,
            entry.kind.as_str(),
            note(entry)
        );
    }
    if shown.is_empty() {
        text.push_str("No entries.\n");
    }
    Report::new(
        "halligan.ledger.show/1",
        true,
        json!({"entries": rows}),
        text,
    )
}

fn label_of(entry: &Entry) -> Option<&str> {
    entry.body.get("label").and_then(Value::as_str)
}

fn note(entry: &Entry) -> String {
    match entry.body.get("passed").and_then(Value::as_bool) {
        Some(true) => ": passed".to_owned(),
        Some(false) => ": NOT passed".to_owned(),
        None => entry
            .body
            .get("message")
            .and_then(Value::as_str)
            .map(|message| format!(": {message}"))
            .unwrap_or_default(),
    }
}

/// Renders a verification.
#[must_use]
pub fn ledger_verify(verification: &Verification) -> Report {
    let warnings: Vec<String> = verification
        .warnings
        .iter()
        .map(ToString::to_string)
        .collect();
    let failure = verification.failure.as_ref();
    let body = json!({
        "entries": verification.entries(),
        "head": verification.head(),
        "failure": failure.map(|failure| json!({
            "index": failure.index,
            "defect": failure.defect.code(),
            "why": failure.defect.to_string(),
        })),
        "warnings": warnings,
        "open_ceremonies": verification.state.open_ceremonies().iter().map(|ceremony| ceremony.id).collect::<Vec<_>>(),
    });
    let mut text = match (failure, verification.head()) {
        (Some(failure), _) => format!("NOT CONSISTENT: {failure}\n"),
        (None, Some(head)) => format!(
            "{} entries verified, head {}\n",
            verification.entries(),
            head.hash
        ),
        (None, None) => "The ledger is empty.\n".to_owned(),
    };
    for warning in warnings {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "warning: {warning}");
    }
    for ceremony in verification.state.open_ceremonies() {
        let _ = writeln!(text, "open ceremony: {}", ceremony.id);
    }
    Report::new("halligan.ledger.verify/1", failure.is_none(), body, text)
}

/// Renders what was exported; nothing for people where the export itself went to standard output.
#[must_use]
pub fn ledger_export(head: Option<EntryRef>, path: Option<&Path>) -> Report {
    let entries = head.map_or(0, |head| head.index + 1);
    let file = path.map(|path| path.display().to_string());
    let text = file.as_ref().map_or_else(String::new, |file| {
        format!("{entries} entries verified and written to {file}\n")
    });
    let body = json!({"entries": entries, "head": head, "file": file});
    Report::new("halligan.ledger.export/1", true, body, text)
}
