//! The stations of a ledger.

use std::fmt::Write;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::encoding::base64url;
use crate::ledger::{EntryRef, Moment, State, StationName};
use crate::report::Report;

/// Renders the stations, by name.
#[must_use]
pub fn ledger_stations(state: &State) -> Report {
    let rows: Vec<Value> = state
        .stations()
        .iter()
        .map(|(name, station)| {
            json!({
                "name": name,
                "public_key": base64url::encode(&station.public_key),
                "fingerprint": fingerprint(&station.public_key),
                "joined": moment(station.joined),
                "last": moment(station.last),
                "revoked": station.revoked.as_ref().map(|revocation| json!({
                    "index": revocation.index,
                    "time": revocation.time,
                    "by": revocation.by,
                    "reason": revocation.reason,
                })),
            })
        })
        .collect();
    let mut text = String::new();
    for (name, station) in state.stations() {
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{name:<24} {}  joined {} in entry {}, newest entry {} of {}",
            fingerprint(&station.public_key),
            station.joined.time,
            station.joined.index,
            station.last.index,
            station.last.time,
        );
        if let Some(revocation) = &station.revoked {
            let _ = writeln!(
                text,
                "{:<24} REVOKED {} in entry {} by {}: {}",
                "", revocation.time, revocation.index, revocation.by, revocation.reason
            );
        }
    }
    if text.is_empty() {
        text.push_str("No station has joined.\n");
    }
    let body = json!({"stations": rows});
    Report::new("halligan.ledger.stations/1", true, body, text)
}

/// Renders the entry that revoked a station.
#[must_use]
pub fn ledger_revoke(station: &StationName, entry: EntryRef) -> Report {
    let text = format!("{station} is revoked, in entry {}\n", entry.index);
    let body = json!({"station": station, "entry": entry});
    Report::new("halligan.ledger.revoke/1", true, body, text)
}

/// What people compare: the SHA-256 of the public key in base64url, as other tools write theirs.
pub(super) fn fingerprint(public_key: &[u8; 32]) -> String {
    format!("SHA256:{}", base64url::encode(&Sha256::digest(public_key)))
}

fn moment(moment: Moment) -> Value {
    json!({"index": moment.index, "time": moment.time})
}
