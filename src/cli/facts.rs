//! What a program needs of an error besides its code: members of `error` in the JSON document.

use serde_json::{Map, Value, json};

use crate::ceremony;
use crate::cli::Error;
use crate::report::prediction_json;
use crate::{ctap, graph, ledger};

/// The facts of an error; empty for most.
pub(crate) fn of(error: &Error) -> Map<String, Value> {
    let facts = match error {
        Error::Batch { source, .. } => return of(source),
        Error::Ceremony(error) => of_ceremony(error),
        Error::Inconclusive { source, .. } | Error::Unanswered { source, .. } => of_tenant(source),
        Error::Key(error) => of_key(error),
        Error::Ledger(error) => of_ledger(error),
        _ => None,
    };
    match facts {
        Some(Value::Object(facts)) => facts,
        _ => Map::new(),
    }
}

fn of_ceremony(error: &ceremony::Error) -> Option<Value> {
    match error {
        ceremony::Error::AttestationRefused {
            findings, policy, ..
        } => Some(json!({"attestation": findings, "policy": policy})),
        ceremony::Error::CeremonyOpen { label, ceremony } => {
            Some(json!({"label": label, "ceremony": ceremony}))
        }
        ceremony::Error::Key(error) => of_key(error),
        ceremony::Error::Ledger(error) => of_ledger(error),
        ceremony::Error::Preflight { prediction, .. } => Some(prediction_json(prediction)),
        ceremony::Error::Stopped {
            ceremony, remains, ..
        } => Some(json!({"ceremony": ceremony, "remains": remains})),
        ceremony::Error::Tenant(error) => of_tenant(error),
        ceremony::Error::TooFewPinTries { left, .. } => Some(json!({"tries_left": left})),
        _ => None,
    }
}

fn of_key(error: &ctap::Error) -> Option<Value> {
    match error {
        ctap::Error::Pin { failure, .. } => Some(json!({
            "tries_left": failure.retries,
            "power_cycle_needed": failure.power_cycle_needed,
        })),
        ctap::Error::Status { status, .. } => {
            Some(json!({"status": u8::from(*status), "status_name": status.name()}))
        }
        _ => None,
    }
}

fn of_tenant(error: &graph::Error) -> Option<Value> {
    let refusal = error.refusal()?;
    Some(json!({
        "http_status": refusal.status,
        "graph_code": refusal.code,
        "request_id": refusal.request_id,
        "retry_after_seconds": refusal.retry_after.map(|wait| wait.as_secs()),
    }))
}

fn of_ledger(error: &ledger::Error) -> Option<Value> {
    match error {
        ledger::Error::Inconsistent { failure, .. } => Some(json!({
            "index": failure.index,
            "defect": failure.defect.code(),
        })),
        _ => None,
    }
}
