//! The result of a reset.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::ceremony::reset::{Loss, Outcome};
use crate::encoding::base64url;
use crate::report::Report;

/// Renders a reset or its dry run.
#[must_use]
pub fn key_reset(outcome: &Outcome) -> Report {
    let losses: Vec<Value> = outcome.losses.iter().map(loss_json).collect();
    let body = json!({
        "performed": outcome.performed,
        "losses": losses,
        "entries": outcome.entries,
    });
    let mut text = if outcome.performed {
        "The key is as it left the factory. Lost with that:\n".to_owned()
    } else {
        "Dry run: nothing was changed. A reset would lose:\n".to_owned()
    };
    for loss in &outcome.losses {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {}", loss.describe());
    }
    for entry in &outcome.entries {
        let _ = writeln!(text, "  recorded as entry {}", entry.index);
    }
    Report::new("halligan.key.reset/1", true, body, text)
}

fn loss_json(loss: &Loss) -> Value {
    let enrolled = &loss.key.enrolled;
    json!({
        "label": enrolled.label,
        "account": enrolled.account,
        "credential_id": base64url::encode(&enrolled.credential_id),
        "retired": loss.key.retired.is_some(),
        "registered": loss.registered,
    })
}
