//! The ledger as one page for people: nothing in it is fetched from anywhere, nothing in it is a script, and what entries say is
//! escaped.

use std::fmt::{self, Write};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::stations::fingerprint;
use crate::encoding::base64url;
use crate::ledger::{Ceremony, CeremonyKind, CeremonyPhase, EnrolledKey, Entry, State};

const STYLE: &str = "
:root { color-scheme: light dark; --line: #8886; --soft: #888; --bad: #b00020; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; } }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
code, pre { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; margin: .4rem 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; } td.number { font-variant-numeric: tabular-nums; }
.soft { color: var(--soft); } .bad { color: var(--bad); font-weight: 600; }
@media print { details > pre { display: block; } }
";

/// Text between tags or in an attribute.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => formatter.write_str("&amp;")?,
                '<' => formatter.write_str("&lt;")?,
                '>' => formatter.write_str("&gt;")?,
                '"' => formatter.write_str("&quot;")?,
                '\'' => formatter.write_str("&#39;")?,
                other => formatter.write_char(other)?,
            }
        }
        Ok(())
    }
}

fn escaped(text: &impl ToString) -> String {
    Escaped(&text.to_string()).to_string()
}

/// The whole page.
#[must_use]
pub fn ledger_page(location: &str, entries: &[Entry], state: &State, now: Timestamp) -> String {
    let head = state.head().map_or_else(
        || "none: the ledger is empty".to_owned(),
        |head| head.to_string(),
    );
    let now = now.strftime("%Y-%m-%dT%H:%M:%SZ");
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>Ledger {place}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <h1>Ledger <code>{place}</code></h1>\n\
         <p>{count} entries, verified when this page was made, {now}. Head: <code>{head}</code></p>\n\
         <p class=\"soft\">This page proves nothing by itself: whoever can change it can change what it says. \
         The entries prove themselves, in the ledger or in an export in JSON lines, to <code>halligan ledger verify</code>.</p>\n\
         {stations}{keys}{ceremonies}{rows}</body>\n</html>\n",
        place = Escaped(location),
        count = entries.len(),
        now = escaped(&now),
        stations = stations(state),
        keys = keys(state),
        ceremonies = ceremonies(state),
        rows = rows(entries),
    )
}

/// A heading and a table; cells are HTML already.
fn table(title: &str, columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut html = format!("<h2>{title}</h2>\n<div class=\"wide\"><table>\n<tr>");
    for column in columns {
        html.extend(["<th>", column, "</th>"]);
    }
    html.push_str("</tr>\n");
    for row in rows {
        html.push_str("<tr>");
        for cell in row {
            html.extend(["<td>", &cell, "</td>"]);
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</table></div>\n");
    html
}

fn stations(state: &State) -> String {
    let rows = state.stations().iter().map(|(name, station)| {
        let revoked = station
            .revoked
            .as_ref()
            .map_or_else(String::new, |revoked| {
                format!(
                    "<span class=\"bad\">revoked</span> in {} by {}: {}",
                    link(revoked.index),
                    escaped(&revoked.by),
                    Escaped(&revoked.reason)
                )
            });
        vec![
            escaped(name),
            format!("<code>{}</code>", fingerprint(&station.public_key)),
            link(station.joined.index),
            link(station.last.index),
            revoked,
        ]
    });
    table(
        "Stations",
        &["name", "public key", "joined", "newest entry", ""],
        rows,
    )
}

fn keys(state: &State) -> String {
    let rows = state.keys().iter().map(|key| {
        let enrolled = &key.enrolled;
        let proof = key.last_proof.map_or_else(String::new, |(index, time)| {
            format!("{} {}", link(index), escaped(&time))
        });
        vec![
            Escaped(&enrolled.label).to_string(),
            Escaped(&enrolled.account.upn).to_string(),
            format!(
                "<code>{}</code>",
                base64url::encode(&enrolled.credential_id)
            ),
            link(key.index),
            proof,
            service(key),
            custody(key),
        ]
    });
    let columns = [
        "label",
        "account",
        "credential",
        "enrolled",
        "newest proof",
        "state",
        "custody",
    ];
    table("Keys", &columns, rows)
}

fn service(key: &EnrolledKey) -> String {
    match (key.retired, key.reset) {
        (Some((index, reason)), _) => {
            format!("retired ({}) in {}", member(&json!(reason)), link(index))
        }
        (None, Some(index)) => format!("reset in {}", link(index)),
        (None, None) => "in service".to_owned(),
    }
}

fn custody(key: &EnrolledKey) -> String {
    key.custody.as_ref().map_or_else(String::new, |custody| {
        let mut parts = vec![custody.location.clone()];
        parts.extend(custody.container.clone());
        parts.extend(custody.seal.as_ref().map(|seal| format!("seal {seal}")));
        parts.extend(custody.custodians.iter().cloned());
        escaped(&parts.join(", "))
    })
}

fn ceremonies(state: &State) -> String {
    let mut all: Vec<&Ceremony> = state.ceremonies().collect();
    all.sort_by_key(|ceremony| ceremony.entries.first().copied());
    let rows = all.into_iter().map(|ceremony| {
        let entries: Vec<String> = ceremony.entries.iter().map(|index| link(*index)).collect();
        vec![
            format!("<code>{}</code>", ceremony.id),
            kind(ceremony.kind).to_owned(),
            Escaped(&ceremony.label).to_string(),
            phase(ceremony.phase),
            entries.join(" "),
        ]
    });
    table(
        "Ceremonies",
        &["ceremony", "kind", "label", "state", "entries"],
        rows,
    )
}

fn kind(kind: CeremonyKind) -> &'static str {
    match kind {
        CeremonyKind::Config => "settings",
        CeremonyKind::Drill => "drill",
        CeremonyKind::Enroll => "enrolment",
        CeremonyKind::Pin => "PIN change",
        CeremonyKind::Reset => "reset",
        CeremonyKind::Retire => "retirement",
        CeremonyKind::Tenant => "change of the tenant",
    }
}

fn phase(phase: CeremonyPhase) -> String {
    match phase {
        CeremonyPhase::Completed => "completed".to_owned(),
        CeremonyPhase::Open(step) => format!(
            "<span class=\"bad\">open</span>, reached {}",
            member(&json!(step))
        ),
        CeremonyPhase::Undone => "undone".to_owned(),
    }
}

/// A word of the format, as entries write it.
fn member(value: &Value) -> String {
    escaped(&value.as_str().unwrap_or_default())
}

fn rows(entries: &[Entry]) -> String {
    let rows = entries.iter().map(|entry| {
        let body = serde_json::to_string_pretty(&entry.body).unwrap_or_default();
        let proven = if entry.proof.is_some() {
            ", signed by the key"
        } else {
            ""
        };
        vec![
            format!("<a id=\"e{0}\">{0}</a>", entry.index),
            escaped(&entry.time),
            escaped(&entry.station),
            format!(
                "{}{proven}<details><summary><code>{}</code></summary><pre>{}</pre></details>",
                Escaped(entry.kind.as_str()),
                entry.reference().hash,
                Escaped(&body)
            ),
        ]
    });
    table(
        "Entries",
        &["entry", "time", "station", "what happened, hash, body"],
        rows,
    )
}

fn link(index: u64) -> String {
    format!("<a href=\"#e{index}\">{index}</a>")
}
