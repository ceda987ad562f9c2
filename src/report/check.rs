//! The result of a liveness check.

use std::fmt::Write;

use serde_json::json;

use crate::attestation::Verdict;
use crate::ceremony::check::Checked;
use crate::encoding::base64url;
use crate::ledger::{Outcome, OutcomeVerdict};
use crate::report::Report;

/// Renders a check.
#[must_use]
pub fn check(checked: &Checked) -> Report {
    let key = &checked.key;
    let verdict = if checked.passed {
        "works"
    } else {
        "NOT PROVEN TO WORK"
    };
    let mut text = format!("{} of {}: {verdict}\n", key.label, key.account.upn);
    for finding in &checked.findings {
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "  {} {:<12}{}",
            outcome_mark(finding),
            finding.subject,
            finding.why.as_deref().unwrap_or_default()
        );
    }
    if let Some(evidence) = checked.evidence {
        let _ = writeln!(text, "  ✓ signature   {}", evidence.describe());
    }
    let _ = writeln!(
        text,
        "  recorded as entry {}, head {}",
        checked.entry.index, checked.entry.hash
    );
    let body = json!({
        "label": key.label,
        "account": key.account,
        "credential_id": base64url::encode(&key.credential_id),
        "passed": checked.passed,
        "findings": checked.findings,
        "evidence": checked.evidence.map(|evidence| evidence.id()),
        "entry": checked.entry,
    });
    Report::new("halligan.check/1", checked.passed, body, text)
}

/// The mark of a finding. Unknown never looks like passed.
pub(super) fn outcome_mark(outcome: &Outcome) -> &'static str {
    match outcome.verdict {
        OutcomeVerdict::Pass => "✓",
        OutcomeVerdict::Fail => "✗",
        OutcomeVerdict::NotApplicable => "–",
        OutcomeVerdict::Unknown => "?",
    }
}

/// A verdict's mark and reason. Unknown never looks like passed.
pub(super) fn mark(verdict: &Verdict) -> (&'static str, &str) {
    match verdict {
        Verdict::Pass => ("✓", ""),
        Verdict::Fail { why } => ("✗", why),
        Verdict::NotApplicable { why } => ("–", why),
        Verdict::Unknown { why } => ("?", why),
    }
}
