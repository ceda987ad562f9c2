//! What is due, for people, for programs and for whoever watches them.

mod calendar;
mod due;
mod metrics;
mod phrase;
mod status;

use serde_json::{Value, json};

pub use calendar::calendar;
pub use due::{Shown, due};
pub use metrics::{metrics, metrics_without_ledger};
pub use status::{Screen, status};

use crate::ceremony::duty::{Duty, DutyState, Overview};

/// A duty as programs read it.
fn member(duty: &Duty) -> Value {
    json!({
        "kind": duty.kind.as_str(),
        "subject": duty.subject,
        "state": duty.state.as_str(),
        "last": duty.last,
        "due_at": duty.due_at,
        "why": duty.why,
        "place": duty.place,
        "command": duty.command,
    })
}

/// How many duties there are of each state.
fn counts(overview: &Overview) -> Value {
    let count = |state: DutyState| (state.as_str().to_owned(), json!(overview.count(state)));
    Value::Object(DutyState::ALL.into_iter().map(count).collect())
}
