//! What a key was like over time, and in what it has changed.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::ceremony::history::{self, Cause, Drift, History, Sighting};
use crate::ledger::{EnrolledKey, Latency, Observation};
use crate::report::{Report, printable};

/// Renders the history of a key. It is `ok` if nothing is unexplained in which the key differed, when it was last seen, from what
/// it was.
#[must_use]
pub fn key_history(key: &EnrolledKey, history: &History) -> Report {
    let drift = history.last_drift();
    let explained = history::is_explained(&drift);
    let steps = history.steps();
    let enrolled = &key.enrolled;
    let baseline = history.baseline().map(|baseline| baseline.index);
    let verdict = match explained {
        true => "nothing that the ledger does not explain",
        false => "CHANGED, and the ledger does not say why",
    };
    let mut text = format!(
        "{} of {}: {verdict}\n\n",
        enrolled.label, enrolled.account.upn
    );
    text.push_str(&table(&steps));
    text.push_str(&summary(baseline, &drift, steps.len()));
    let body = json!({
        "label": enrolled.label,
        "account": enrolled.account,
        "aaguid": enrolled.aaguid,
        "baseline": baseline,
        "observations": steps.iter().map(sighting_json).collect::<Vec<_>>(),
        "drift": drift.iter().map(drift_json).collect::<Vec<_>>(),
    });
    Report::new("halligan.key.history/1", explained, body, text)
}

/// A line for each sighting, and below it what had changed.
fn table(steps: &[(&Sighting, Vec<Drift>)]) -> String {
    let mut text = String::new();
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        text,
        "{:>6}  {:<20}  {:<12}  {:>9}  {:>9}  {:>6}  {:>7}  {:>12}",
        "entry", "time", "kind", "firmware", "PIN tries", "finger", "room", "getInfo (ms)"
    );
    for (sighting, changes) in steps {
        text.push_str(&line(sighting));
        for change in changes {
            let _ = writeln!(text, "{:>6}    {}", "", drift_line(change));
        }
        if let Some(reason) = &sighting.accepted {
            let _ = writeln!(text, "{:>6}    accepted: {}", "", printable(reason));
        }
    }
    text
}

fn line(sighting: &Sighting) -> String {
    let observed = &sighting.observed;
    format!(
        "{:>6}  {:<20}  {:<12}  {:>9}  {:>9}  {:>6}  {:>7}  {:>12}\n",
        sighting.index,
        sighting.time,
        sighting.kind.as_str(),
        printable(observed.firmware.as_deref().unwrap_or("–")),
        shown(observed.pin_retries),
        shown(observed.uv_retries),
        shown(observed.credentials_left),
        get_info_ms(observed),
    )
}

fn shown<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| value.to_string())
}

fn get_info_ms(observed: &Observation) -> String {
    let times = observed.latency.as_ref();
    let get_info = times.and_then(|times| times.get("getInfo"));
    shown(get_info.map(|Latency { median_us, .. }| {
        let (whole, tenths) = (median_us / 1000, median_us % 1000 / 100);
        format!("{whole}.{tenths}")
    }))
}

fn summary(baseline: Option<u64>, drift: &[Drift], sightings: usize) -> String {
    let Some(baseline) = baseline else {
        return "The ledger says nothing of what it was like.\n".to_owned();
    };
    if drift.is_empty() {
        return match sightings {
            1 => "\nSeen once: there is nothing to compare with yet.\n".to_owned(),
            _ => format!("\nAs it was at entry {baseline}.\n"),
        };
    }
    let mut text = format!("\nSince entry {baseline}:\n");
    for drift in drift {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {}", drift_line(drift));
    }
    text
}

/// What is not as it should be is marked as such, and what may be harmless not as if it were known to be.
fn drift_line(drift: &Drift) -> String {
    let mark = match drift.cause {
        Cause::Recorded(_) => "✓",
        Cause::Harmless(_) => "–",
        Cause::Unexplained(_) => "✗",
    };
    format!("{mark} {}", printable(&drift.to_string()))
}

fn sighting_json((sighting, changes): &(&Sighting, Vec<Drift>)) -> Value {
    json!({
        "index": sighting.index,
        "time": sighting.time,
        "kind": sighting.kind.as_str(),
        "observed": sighting.observed,
        "accepted": sighting.accepted,
        "changes": changes.iter().map(drift_json).collect::<Vec<_>>(),
    })
}

fn drift_json(drift: &Drift) -> Value {
    json!({
        "subject": drift.subject,
        "from": drift.from,
        "to": drift.to,
        "verdict": drift.verdict(),
        "entry": match drift.cause {
            Cause::Recorded(index) => Some(index),
            Cause::Harmless(_) | Cause::Unexplained(_) => None,
        },
        "why": drift.why(),
    })
}
