//! A snapshot of a tenant, and what is missing in it.

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::report::{Report, printable};
use crate::tenant::snapshot::{Snapshot, UnreadPart};

/// Where the snapshot goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination<'a> {
    /// Into the command's own document.
    Document,
    /// Into a file, which is written by whoever asks for the report.
    File(&'a Path),
    /// To standard output, and nothing else with it.
    Output,
}

/// The snapshot as it is written, ending in a line feed.
#[must_use]
pub fn snapshot_text(snapshot: &Snapshot) -> String {
    let mut text = serde_json::to_string_pretty(snapshot)
        .expect("a snapshot has text keys and no failing serializer of its own");
    text.push('\n');
    text
}

/// What is missing, for people.
#[must_use]
pub fn unread_line(part: &UnreadPart<'_>) -> String {
    let account = part.account.map(|name| format!(" of {name}"));
    let permission = part.unread.permission.as_ref();
    let permission = permission.map(|permission| format!("; {permission} would tell"));
    printable(&format!(
        "not read: {}{}: {}{}",
        part.part,
        account.unwrap_or_default(),
        part.unread.why,
        permission.unwrap_or_default(),
    ))
}

/// Renders what was read and what was not.
#[must_use]
pub fn tenant_export(snapshot: &Snapshot, destination: Destination<'_>) -> Report {
    let unread = snapshot.unread();
    let mut body = json!({
        "tenant": snapshot.tenant,
        "taken_at": snapshot.taken_at,
        "accounts": snapshot.accounts.iter().map(|one| &one.name).collect::<Vec<_>>(),
        "unread": unread.iter().map(unread_json).collect::<Vec<_>>(),
    });
    match destination {
        Destination::Document => body["snapshot"] = json!(snapshot),
        Destination::File(path) => body["file"] = json!(path.display().to_string()),
        Destination::Output => {}
    }
    let text = match destination {
        Destination::Output => snapshot_text(snapshot),
        Destination::Document => String::new(),
        Destination::File(path) => summary(&unread, path),
    };
    Report::new("halligan.tenant.export/1", unread.is_empty(), body, text)
}

fn unread_json(part: &UnreadPart<'_>) -> Value {
    json!({
        "part": part.part,
        "account": part.account,
        "why": part.unread.why,
        "permission": part.unread.permission,
    })
}

fn summary(unread: &[UnreadPart<'_>], path: &Path) -> String {
    let mut text = String::new();
    for part in unread {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{}", unread_line(part));
    }
    let complete = match unread.len() {
        0 => "everything was read".to_owned(),
        1 => "1 part was NOT read".to_owned(),
        parts => format!("{parts} parts were NOT read"),
    };
    let _ = writeln!(text, "written to {}: {complete}", path.display());
    text
}
