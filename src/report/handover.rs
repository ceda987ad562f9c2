//! The result of a handover.

use std::fmt::Write;

use serde_json::json;

use crate::ceremony::handover::HandedOver;
use crate::ledger::Custody;
use crate::report::Report;

/// Renders a handover.
#[must_use]
pub fn handover(handed_over: &HandedOver) -> Report {
    let key = &handed_over.key;
    let body = json!({
        "label": key.label,
        "account": key.account,
        "from": handed_over.from,
        "to": handed_over.to,
        "evidence": handed_over.evidence.map(|evidence| evidence.id()),
        "warnings": handed_over.warnings,
        "entry": handed_over.entry,
    });
    let mut text = format!("{} of {} changed hands.\n", key.label, key.account.upn);
    let from = handed_over
        .from
        .as_ref()
        .map_or_else(|| "not recorded".to_owned(), place);
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "  from      {from}");
    let _ = writeln!(text, "  to        {}", place(&handed_over.to));
    if let Some(evidence) = handed_over.evidence {
        let _ = writeln!(text, "  the key   {}", evidence.describe());
    }
    let _ = writeln!(
        text,
        "  recorded as entry {}, head {}",
        handed_over.entry.index, handed_over.entry.hash
    );
    Report::new("halligan.handover/1", true, body, text)
}

/// `bank, envelope 7, seal 0042, with A. Jones and B. Smith`
pub(super) fn place(custody: &Custody) -> String {
    let mut text = custody.location.clone();
    if let Some(container) = &custody.container {
        text.push_str(&format!(", {container}"));
    }
    if let Some(seal) = &custody.seal {
        text.push_str(&format!(", seal {seal}"));
    }
    match custody.custodians.as_slice() {
        [] => {}
        [one] => text.push_str(&format!(", with {one}")),
        [others @ .., last] => {
            text.push_str(&format!(", with {} and {last}", others.join(", ")));
        }
    }
    text
}
