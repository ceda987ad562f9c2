//! What FIDO's metadata says, for people and for programs. Stale metadata is shown, and every text and document says that it is.

mod allow_list;
mod model;

use std::fmt::Write;

use jiff::Timestamp;
use serde_json::{Value, json};

pub use allow_list::AllowList;

use crate::attestation::mds::{self, Entry, Freshness, Metadata, Unreadable};
use crate::encoding::hex;
use crate::report::{Report, printable};

/// Renders metadata that was verified and stored. `before` is the number of the edition that it replaced.
#[must_use]
pub fn mds_update(metadata: &Metadata, before: Option<u64>, now: Timestamp) -> Report {
    let entries = metadata.entries();
    let fido2 = entries
        .iter()
        .filter(|entry| entry.aaguid.is_some())
        .count();
    let listed = |entry: &Entry| entry.metadata_statement.attestation_root_certificates.len();
    let roots: usize = entries.iter().map(listed).sum();
    let unusable: usize = entries
        .iter()
        .map(|entry| entry.unusable_roots().len())
        .sum();
    let unreadable = metadata.unreadable();
    let sha256 = hex::encode(&metadata.origin().sha256);
    let body = json!({
        "metadata": edition(metadata, now),
        "replaced": before,
        "entries": entries.len(),
        "fido2": fido2,
        "unreadable": unreadable.iter().map(unread).collect::<Vec<_>>(),
        "attestation_roots": {"listed": roots, "unusable": unusable},
    });
    let mut text = format!("Verified and stored: {}", heading(metadata, now));
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        text,
        "  {} models, {fido2} of them FIDO2; {roots} attestation roots, {unusable} of them unusable",
        entries.len(),
    );
    for entry in unreadable {
        let _ = writeln!(text, "  not read: {}", unread_line(entry));
    }
    let _ = writeln!(text, "  SHA-256 {sha256}");
    Report::new("halligan.mds.update/1", true, body, text)
}

/// Renders models that somebody named: one in full, several as a list.
#[must_use]
pub fn mds_show(
    metadata: &Metadata,
    found: &[&Entry],
    unreadable: Option<&Unreadable>,
    now: Timestamp,
) -> Report {
    let on = mds::date(now);
    let models: Vec<Value> = found
        .iter()
        .map(|entry| model::document(entry, None, on))
        .collect();
    let body = json!({
        "metadata": edition(metadata, now),
        "models": models,
        "unreadable": unreadable.map(unread),
    });
    let mut text = match found {
        [one] => model::text(one, on),
        several => model::table(several, None, on),
    };
    if let Some(entry) = unreadable {
        let _ = writeln!(text, "not read: {}", unread_line(entry));
    }
    text.push_str(&heading(metadata, now));
    Report::new("halligan.mds.show/1", unreadable.is_none(), body, text)
}

/// Renders the models that are as wanted, for keys with this firmware.
#[must_use]
pub fn mds_query(
    metadata: &Metadata,
    found: &[&Entry],
    allow_list: &AllowList<'_>,
    firmware: Option<u64>,
    now: Timestamp,
) -> Report {
    let on = mds::date(now);
    let models: Vec<Value> = found
        .iter()
        .map(|entry| model::document(entry, firmware, on))
        .collect();
    let body = json!({
        "metadata": edition(metadata, now),
        "firmware": firmware,
        "models": models,
        "allow_list": allow_list.document(),
    });
    let mut text = model::table(found, firmware, on);
    let count = found.len();
    let unreadable = metadata.unreadable().len();
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        text,
        "{count} models; {unreadable} entries could not be read"
    );
    text.push_str(&heading(metadata, now));
    Report::new("halligan.mds.query/1", true, body, text)
}

/// Which edition, as of when, and whether it may be judged by.
fn edition(metadata: &Metadata, now: Timestamp) -> Value {
    let origin = metadata.origin();
    let stale_since = match metadata.freshness(now) {
        Freshness::Fresh => None,
        Freshness::Stale { since } => Some(since),
    };
    json!({
        "no": metadata.number(),
        "next_update": metadata.next_update(),
        "fresh": stale_since.is_none(),
        "stale_since": stale_since,
        "stored_at": origin.stored_at,
        "source": origin.source,
        "sha256": hex::encode(&origin.sha256),
    })
}

/// The same in one line, or two if it is stale.
fn heading(metadata: &Metadata, now: Timestamp) -> String {
    let origin = metadata.origin();
    let (number, next, stored) = (
        metadata.number(),
        metadata.next_update(),
        mds::date(origin.stored_at),
    );
    let source = printable(&origin.source);
    let mut line =
        format!("FIDO metadata {number}, next by {next}, stored {stored} from {source}\n");
    if let Freshness::Stale { since } = metadata.freshness(now) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            line,
            "STALE since {since}: a newer edition may say otherwise, and nothing passes by this one"
        );
    }
    line
}

fn unread(entry: &Unreadable) -> Value {
    json!({"place": entry.place, "aaguid": entry.aaguid, "why": entry.why})
}

fn unread_line(entry: &Unreadable) -> String {
    let aaguid = entry.aaguid.map(|aaguid| format!(" ({aaguid})"));
    format!(
        "entry {}{}: {}",
        entry.place,
        aaguid.unwrap_or_default(),
        printable(&entry.why)
    )
}
