//! The result of a recorded change of a PIN. Never the PIN.

use std::fmt::Write;

use serde_json::json;

use crate::ceremony::pin_change::Changed;
use crate::report::Report;

/// Renders a change of a PIN.
#[must_use]
pub fn pin_change(changed: &Changed) -> Report {
    let key = &changed.key;
    let body = json!({
        "label": key.label,
        "account": key.account,
        "ceremony": changed.ceremony,
        "sealed_to": changed.sealed_to,
        "threshold": changed.threshold,
        "entry": changed.entry,
    });
    let mut text = format!("The PIN of {} is changed.\n", key.label);
    let sealed = match changed.threshold {
        None => "not sealed: whoever chose it must keep it".to_owned(),
        Some(needed) => format!(
            "sealed to {}; {needed} needed to open it",
            changed.sealed_to.join(", ")
        ),
    };
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "  {sealed}");
    let _ = writeln!(
        text,
        "  recorded as entry {}, head {}",
        changed.entry.index, changed.entry.hash
    );
    Report::new("halligan.key.pin.change/1", true, body, text)
}
