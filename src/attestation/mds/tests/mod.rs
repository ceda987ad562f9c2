#![allow(clippy::unwrap_used)]

mod payload;
mod status;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde_json::{Value, json};

use super::{Metadata, Origin, Payload};
use crate::webauthn::Aaguid;

const MODEL: &str = "ee882879-721c-4913-9775-3dfcce97072a";
const ON: Date = date(2026, 10, 15);

fn model() -> Aaguid {
    MODEL.parse().unwrap()
}

/// A payload of the form that FIDO publishes, with these entries.
fn payload(entries: Value) -> Payload {
    let text = json!({
        "legalHeader": "terms",
        "no": 291,
        "nextUpdate": "2026-11-01",
        "entries": entries,
    });
    Payload::parse(text.to_string().as_bytes()).unwrap()
}

fn origin() -> Origin {
    Origin {
        source: "test".to_owned(),
        stored_at: "2026-10-15T12:00:00Z".parse::<Timestamp>().unwrap(),
        sha256: [7; 32],
    }
}

fn metadata(entries: Value) -> Metadata {
    Metadata::new(payload(entries), origin())
}

/// An entry of the model with these status reports.
fn entry(reports: Value) -> Value {
    json!({
        "aaguid": MODEL,
        "metadataStatement": {"description": "Key One", "protocolFamily": "fido2"},
        "statusReports": reports,
        "timeOfLastStatusChange": "2026-01-01",
    })
}
