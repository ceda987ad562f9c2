//! The result of a reconciliation: one line per credential.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::ceremony::reconcile::{Finding, Line, Reconciled, Standing, Subject};
use crate::encoding::{base64url, hex};
use crate::report::{Report, printable};

/// Renders a reconciliation.
#[must_use]
pub fn reconcile(reconciled: &Reconciled) -> Report {
    let lines = &reconciled.lines;
    let count = |standing| {
        lines
            .iter()
            .filter(|line| line.standing() == standing)
            .count()
    };
    let in_order = count(Standing::InOrder);
    let not_in_order = count(Standing::NotInOrder);
    let unknown = count(Standing::Unknown);
    let body = json!({
        "lines": lines.iter().map(line_json).collect::<Vec<_>>(),
        "in_order": in_order,
        "not_in_order": not_in_order,
        "unknown": unknown,
    });
    let mut text: String = lines.iter().map(line_text).collect();
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        text,
        "{} lines: {in_order} in order, {not_in_order} not in order, {unknown} unknown.",
        lines.len()
    );
    let ok = reconciled.standing() == Standing::InOrder;
    Report::new("halligan.reconcile/1", ok, body, text)
}

fn line_json(line: &Line) -> Value {
    let Subject {
        label,
        account,
        credential_id,
        method_id,
        aaguid,
        in_hand,
    } = &line.subject;
    json!({
        "label": label,
        "account": account,
        "credential_id": credential_id.as_deref().map(base64url::encode),
        "method_id": method_id,
        "aaguid": aaguid,
        "in_hand": in_hand,
        "standing": word(line.standing()),
        "findings": line.findings.iter().map(finding_json).collect::<Vec<_>>(),
    })
}

fn finding_json(finding: &Finding) -> Value {
    json!({
        "id": finding.id.as_str(),
        "standing": word(finding.id.standing()),
        "what": finding.what,
        "remedy": finding.remedy,
    })
}

fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::InOrder => "in_order",
        Standing::NotInOrder => "not_in_order",
        Standing::Unknown => "unknown",
    }
}

fn line_text(line: &Line) -> String {
    let subject = &line.subject;
    let mut text = String::new();
    let account = subject.account.as_deref().unwrap_or_default();
    let in_hand = if subject.in_hand { "  (in hand)" } else { "" };
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        text,
        "{} {:<16} {}{in_hand}",
        mark(line.standing()),
        printable(&name(subject)),
        printable(account)
    );
    for finding in &line.findings {
        let _ = writeln!(
            text,
            "    {:<24} {}",
            finding.id.as_str(),
            printable(&finding.what)
        );
        if let Some(remedy) = &finding.remedy {
            let _ = writeln!(text, "    {:<24} → {}", "", printable(remedy));
        }
    }
    text
}

/// What the line is called: the label, else the end of the identifier that there is.
fn name(subject: &Subject) -> String {
    let tail = |text: &str| {
        let skipped = text.chars().count().saturating_sub(12);
        format!("…{}", text.chars().skip(skipped).collect::<String>())
    };
    match subject {
        Subject {
            label: Some(label), ..
        } => label.clone(),
        Subject {
            credential_id: Some(id),
            ..
        } => tail(&hex::encode(id)),
        Subject {
            method_id: Some(id),
            ..
        } => tail(id),
        Subject { in_hand: true, .. } => "the key in hand".to_owned(),
        _ => "the account".to_owned(),
    }
}

fn mark(standing: Standing) -> &'static str {
    match standing {
        Standing::InOrder => "✓",
        Standing::NotInOrder => "✗",
        Standing::Unknown => "?",
    }
}
