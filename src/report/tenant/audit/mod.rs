//! What an audit of the tenant found: text and JSON here, JUnit's XML, HTML and SARIF beside.

mod document;
mod rank;
mod sarif;
#[cfg(test)]
mod tests;
mod text;

pub use document::{html, junit};
pub use sarif::sarif;

use std::fmt::Write;

use serde_json::{Value, json};

use crate::ledger::EntryRef;
use crate::report::Report;
use crate::tenant::audit::{Audit, CHECKS, Check, Counts, FailOn, Line, Object, Waiver};

/// An audit, and of what.
#[derive(Debug, Clone)]
pub struct Audited<'a> {
    /// What was found.
    pub audit: &'a Audit,
    /// The tenant's name or identifier.
    pub tenant: &'a str,
    /// When it was read, RFC 3339.
    pub taken_at: &'a str,
    /// What makes it not safe.
    pub fail_on: FailOn,
}

impl Audited<'_> {
    /// Whether nothing counts against the tenant.
    #[must_use]
    pub fn is_safe(&self) -> bool {
        self.audit.is_safe(self.fail_on)
    }
}

/// Renders an audit; with `everything` the text has what is as it should be too.
#[must_use]
pub fn tenant_audit(audited: &Audited<'_>, everything: bool) -> Report {
    let audit = audited.audit;
    let body = json!({
        "tenant": audited.tenant,
        "taken_at": audited.taken_at,
        "fail_on": {"severity": audited.fail_on.severity.as_str(), "unknown": audited.fail_on.unknown},
        "summary": summary(audit.counts()),
        "findings": audit.lines.iter().map(line_json).collect::<Vec<_>>(),
        "waivers": {
            "expired": audit.expired.iter().map(waiver_json).collect::<Vec<_>>(),
            "unused": audit.unused.iter().map(waiver_json).collect::<Vec<_>>(),
        },
    });
    let text = text::text(audited, everything);
    Report::new("halligan.tenant.audit/1", audited.is_safe(), body, text)
}

/// The same, once the ledger has it.
#[must_use]
pub fn tenant_audit_recorded(report: Report, entry: &EntryRef) -> Report {
    let mut report = report;
    report.body.insert("entry".to_owned(), json!(entry));
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        report.text,
        "recorded as entry {}, head {}",
        entry.index, entry.hash
    );
    report
}

/// The checks that there are.
#[must_use]
pub fn tenant_audit_list() -> Report {
    let mut text = String::new();
    for check in &CHECKS {
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{}  {:<8} {}",
            check.id,
            check.severity.as_str(),
            check.title
        );
    }
    let body = json!({"checks": CHECKS.iter().map(check_json).collect::<Vec<_>>()});
    Report::new("halligan.tenant.audit/1", true, body, text)
}

fn summary(counts: Counts) -> Value {
    json!({
        "errors": counts.errors,
        "warnings": counts.warnings,
        "notes": counts.notes,
        "unknown": counts.unknown,
        "accepted": counts.accepted,
        "passed": counts.passed,
        "not_applicable": counts.not_applicable,
    })
}

fn check_json(check: &Check) -> Value {
    json!({
        "id": check.id,
        "name": check.name,
        "title": check.title,
        "severity": check.severity.as_str(),
        "fix": check.fix,
        "page": check.page(),
        "source": check.source,
    })
}

fn line_json(line: &Line) -> Value {
    let finding = &line.finding;
    json!({
        "check": line.check.id,
        "name": line.check.name,
        "severity": line.check.severity.as_str(),
        "verdict": finding.verdict.as_str(),
        "subject": object_json(&finding.subject),
        "objects": finding.objects.iter().map(object_json).collect::<Vec<_>>(),
        "why": finding.verdict.why(),
        "observed": finding.observed,
        "permission": finding.permission,
        "fix": line.finding.verdict.is_fail().then_some(line.check.fix),
        "accepted": line.accepted.as_ref().map(|one| json!({"reason": one.reason, "until": one.until.to_string()})),
    })
}

fn object_json(object: &Object) -> Value {
    json!({"kind": object.kind.as_str(), "id": object.id, "name": object.name})
}

fn waiver_json(waiver: &Waiver) -> Value {
    json!({
        "check": waiver.check,
        "subject": waiver.subject,
        "reason": waiver.reason,
        "until": waiver.until.to_string(),
    })
}

/// How often each answer was given, for people.
fn counted(counts: Counts) -> String {
    let Counts {
        errors,
        warnings,
        notes,
        unknown,
        accepted,
        passed,
        not_applicable,
    } = counts;
    format!(
        "{errors} errors, {warnings} warnings, {unknown} not determined, {notes} notes, {accepted} accepted, {passed} passed, {not_applicable} not applicable"
    )
}
