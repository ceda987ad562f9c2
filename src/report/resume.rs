//! Open ceremonies, and what became of one.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::ceremony::resume::{Direction, Open, Outcome};
use crate::ledger::CeremonyPhase;
use crate::report::Report;

const SCHEMA: &str = "halligan.resume/1";

/// Renders the open ceremonies.
#[must_use]
pub fn resume_list(open: &[Open]) -> Report {
    let mut text = String::new();
    for open in open {
        text.push_str(&text_of(open));
    }
    if open.is_empty() {
        text.push_str("No ceremony is open.\n");
    }
    let ceremonies: Vec<Value> = open.iter().map(json_of).collect();
    Report::new(SCHEMA, true, json!({"open": ceremonies}), text)
}

/// Renders what became of one, or its dry run.
#[must_use]
pub fn resume(outcome: &Outcome) -> Report {
    match outcome {
        Outcome::Planned(open, direction) => Report::new(
            SCHEMA,
            true,
            json!({"dry_run": true, "ceremony": json_of(open), "direction": id(*direction)}),
            format!(
                "Dry run: nothing was changed; it would be {}.\n{}",
                past(*direction),
                text_of(open)
            ),
        ),
        Outcome::Closed(open, direction, entry) => Report::new(
            SCHEMA,
            true,
            json!({
                "dry_run": false,
                "ceremony": json_of(open),
                "direction": id(*direction),
                "entry": {"index": entry.index, "hash": entry.hash.to_string()},
            }),
            format!(
                "{} of {} is {}.\n  ledger      entry {}, head {}\n",
                kind(open),
                open.ceremony.label,
                past(*direction),
                entry.index,
                entry.hash
            ),
        ),
    }
}

fn json_of(open: &Open) -> Value {
    let ceremony = &open.ceremony;
    let inspection = &open.inspection;
    json!({
        "ceremony": ceremony.id,
        "kind": kind(open),
        "label": ceremony.label,
        "reached": reached(open),
        "facts": inspection.facts,
        "can_finish": inspection.finish.is_ok(),
        "cannot_finish_because": inspection.finish.as_ref().err(),
        "can_undo": inspection.undo.is_ok(),
        "cannot_undo_because": inspection.undo.as_ref().err(),
        "needs_key": inspection.needs_key,
    })
}

fn text_of(open: &Open) -> String {
    let mut text = format!(
        "{} of {}, ceremony {}\n",
        kind(open),
        open.ceremony.label,
        open.ceremony.id
    );
    for fact in &open.inspection.facts {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {fact}");
    }
    for (end, possible) in [
        ("finish", &open.inspection.finish),
        ("undo", &open.inspection.undo),
    ] {
        let _ = match possible {
            Ok(()) => writeln!(text, "  → halligan resume {} --{end}", open.ceremony.label),
            Err(why) => writeln!(text, "  ✗ cannot {end}: {why}"),
        };
    }
    text
}

/// The kind as it is written in the ledger.
fn kind(open: &Open) -> &'static str {
    open.ceremony.kind.as_str()
}

fn reached(open: &Open) -> Value {
    match open.ceremony.phase {
        CeremonyPhase::Open(step) => json!(step),
        CeremonyPhase::Completed | CeremonyPhase::Undone => Value::Null,
    }
}

fn id(direction: Direction) -> &'static str {
    match direction {
        Direction::Finish => "finish",
        Direction::Undo => "undo",
    }
}

fn past(direction: Direction) -> &'static str {
    match direction {
        Direction::Finish => "finished",
        Direction::Undo => "undone",
    }
}
