//! The result of a drill, and of the alarm after it.

use std::fmt::Write;

use serde_json::{Value, json};

use super::check::outcome_mark;
use crate::ceremony::drill::alert::Verified;
use crate::ceremony::drill::{Conclusion, Held, Plan};
use crate::encoding::printable;
use crate::ledger::Outcome;
use crate::report::Report;

const SCHEMA: &str = "halligan.drill/1";

/// Renders a drill, or its dry run.
#[must_use]
pub fn drill(conclusion: &Conclusion) -> Report {
    match conclusion {
        Conclusion::Planned(plan) => planned(plan),
        Conclusion::Held(held) => Report::new(SCHEMA, held.passed, body(held), text(held)),
    }
}

/// Adds a drill that was completed to the report of what completed it; its verdict counts.
#[must_use]
pub fn with_drill(mut report: Report, held: &Held) -> Report {
    report.ok &= held.passed;
    report.body.insert("drill".to_owned(), body(held));
    report.text.push_str(&text(held));
    report
}

fn planned(plan: &Plan) -> Report {
    let log = match &plan.log {
        Ok(()) => json!({"readable": true}),
        Err(unread) => {
            json!({"readable": false, "why": unread.why, "permission": unread.permission})
        }
    };
    let body = json!({
        "dry_run": true,
        "account": plan.account,
        "findings": plan.findings,
        "log": log,
    });
    let mut text = format!(
        "Dry run: nobody was asked to sign in as {}.\n",
        printable(&plan.account.upn)
    );
    text.push_str(&lines(&plan.findings));
    match &plan.log {
        Ok(()) => text.push_str("  ✓ log               it can be read\n"),
        Err(unread) => {
            // Writing to a `String` cannot fail.
            let _ = writeln!(
                text,
                "  ? log               it cannot be read: {}",
                printable(&unread.why)
            );
        }
    }
    Report::new(SCHEMA, true, body, text)
}

fn body(held: &Held) -> Value {
    json!({
        "dry_run": false,
        "drill": held.id,
        "account": held.account,
        "passed": held.passed,
        "findings": held.findings,
        "signed_in_at": held.signed_in_at,
        "log": held.log,
        "entry": held.entry,
    })
}

fn text(held: &Held) -> String {
    let verdict = match held.passed {
        true => "signs in with its key",
        false => "NOT PROVEN TO SIGN IN AS IT SHOULD",
    };
    let account = printable(&held.account.upn);
    let mut text = format!("{account}: {verdict}\n{}", lines(&held.findings));
    let (index, head) = (held.entry.index, held.entry.hash);
    let _ = writeln!(
        text,
        "  drill {}\n  recorded as entry {index}, head {head}",
        held.id
    );
    text
}

fn lines(findings: &[Outcome]) -> String {
    findings
        .iter()
        .map(|finding| {
            let why = printable(finding.why.as_deref().unwrap_or_default());
            let subject = printable(&finding.subject);
            format!("  {} {subject:<18}{why}\n", outcome_mark(finding))
        })
        .collect()
}

/// Renders what became of the alarm.
#[must_use]
pub fn alerts_verify(verified: &Verified) -> Report {
    let body = json!({
        "drill": verified.drill,
        "label": verified.label,
        "signed_in_at": verified.signed_in_at,
        "received": verified.received.as_ref().map(|(alert, _)| alert),
        "in_time": verified.in_time,
        "entry": verified.received.as_ref().map(|(_, entry)| entry),
    });
    let sign_in = format!(
        "the sign-in of {} at {}",
        printable(&verified.label),
        printable(&verified.signed_in_at)
    );
    let text = match &verified.received {
        None => format!("✗ Nobody noticed {sign_in}. Nothing was recorded.\n"),
        Some((alert, entry)) => {
            let (mark, late) = match verified.in_time {
                true => ("✓", ""),
                false => ("✗", ", TOO LATE"),
            };
            format!(
                "{mark} {} noticed {sign_in} after {} by {}{late}.\n  recorded as entry {}, head {}\n",
                printable(&alert.by),
                span(alert.delay),
                printable(&alert.channel),
                entry.index,
                entry.hash
            )
        }
    };
    Report::new("halligan.alerts.verify/1", verified.in_time, body, text)
}

fn span(seconds: u32) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}
