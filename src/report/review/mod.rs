//! A review: as JSON, as text, as one HTML page; and what became of reviewers and signatures.

mod chart;
mod page;
mod people;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

use std::borrow::Cow;
use std::fmt::Write;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::ceremony::review::{Answered, Comparison, Reviewed};
use crate::ledger::{EntryRef, OutcomeVerdict};
use crate::report::{Report, printable};

pub use page::review_html;
pub use people::{
    review_questions, review_signed, review_summary, reviewer_joined, reviewer_left, reviewers,
};

/// The schema of the document, and of the command that makes it.
const SCHEMA: &str = "halligan.review.hold/1";

/// Where the files of a review are.
#[derive(Debug, Clone, Copy)]
pub struct Files<'a> {
    /// The page.
    pub report: &'a Path,
    /// The document.
    pub document: &'a Path,
}

/// The review as a document; what is signed is its hash.
#[must_use]
pub fn review_document(reviewed: &Reviewed) -> String {
    let mut document = Map::from_iter([("schema".to_owned(), json!("halligan.review/1"))]);
    document.extend(body(reviewed));
    format!("{:#}\n", Value::Object(document))
}

fn body(reviewed: &Reviewed) -> Map<String, Value> {
    match serde_json::to_value(reviewed) {
        Ok(Value::Object(members)) => members,
        _ => unreachable!("structs with text keys serialize to JSON objects"),
    }
}

/// What was found and where it is; without an entry nothing was recorded.
#[must_use]
pub fn review_held(reviewed: &Reviewed, files: Files<'_>, entry: Option<&EntryRef>) -> Report {
    let mut members = body(reviewed);
    members.insert("entry".to_owned(), json!(entry));
    let paths = json!({"report": files.report, "document": files.document});
    members.insert("files".to_owned(), paths);
    let mut text = text(reviewed);
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "report: {}", files.report.display());
    let _ = writeln!(text, "document: {}", files.document.display());
    let _ = match entry {
        Some(entry) => writeln!(
            text,
            "recorded as entry {}, head {}",
            entry.index, entry.hash
        ),
        None => writeln!(text, "not recorded"),
    };
    Report::new(SCHEMA, reviewed.passed, Value::Object(members), text)
}

fn text(reviewed: &Reviewed) -> String {
    let mut text = String::new();
    let verdict = if reviewed.passed {
        "in order"
    } else {
        "NOT IN ORDER"
    };
    let name = printable(&reviewed.name);
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "{name}: {verdict}");
    let _ = writeln!(text, "{} to {}", reviewed.from, reviewed.until);
    if let Some(why) = &reviewed.unanswered {
        let _ = writeln!(text, "! the tenant was not read: {}", printable(why));
        text.push_str(
            "  What rests on it is not known. Hold the review again when the tenant answers.\n",
        );
    }
    for line in open(reviewed) {
        let subject = printable(line.subject);
        let _ = writeln!(text, "{} {subject}", mark(line.verdict));
        if let Some(why) = &line.why {
            let _ = writeln!(text, "    {}", printable(why));
        }
        if let Some(remedy) = line.remedy {
            let _ = writeln!(text, "    → {}", printable(remedy));
        }
    }
    if let Some(last) = &reviewed.compared_with {
        text.push_str(&compared(last));
    }
    let count = |name: &str| reviewed.counts.get(name).copied().unwrap_or_default();
    let _ = writeln!(
        text,
        "{} not as it should be, {} unknown, {} in order; {}.",
        count("failed"),
        count("unknown"),
        count("passed"),
        match count("incidents") {
            1 => "1 incident".to_owned(),
            more => format!("{more} incidents"),
        },
    );
    text
}

fn compared(last: &Comparison) -> String {
    format!(
        "since the review of entry {}: {} new, {} gone, {} still there\n",
        last.entry.index,
        last.appeared.len(),
        last.gone.len(),
        last.still.len(),
    )
}

/// Something that is left to be done or to be found out.
struct Open<'a> {
    subject: &'a str,
    verdict: OutcomeVerdict,
    why: Option<Cow<'a, str>>,
    remedy: Option<&'a str>,
}

/// Everything that is left, what is wrong before what is unknown.
fn open(reviewed: &Reviewed) -> Vec<Open<'_>> {
    let findings = reviewed.findings.iter().map(|one| Open {
        subject: &one.outcome.subject,
        verdict: one.outcome.verdict,
        why: one.outcome.why.as_deref().map(Cow::Borrowed),
        remedy: one.remedy.as_deref(),
    });
    let items = reviewed.checklist.iter().map(|one| item(one, reviewed));
    let mut lines: Vec<Open<'_>> = findings.chain(items).collect();
    lines.retain(|line| rank(line.verdict) < 2);
    lines.sort_by_key(|line| rank(line.verdict));
    lines
}

/// What a check of the audit has against it was told line by line before the items.
fn item<'a>(answered: &'a Answered, reviewed: &Reviewed) -> Open<'a> {
    let told = answered.evidence.iter().filter(|check| {
        let mut findings = reviewed.findings.iter();
        findings.any(|one| {
            let begin = one.outcome.subject.strip_prefix(check.subject.as_str());
            one.part == "audit" && begin.is_some_and(|rest| rest.starts_with(' '))
        })
    });
    let why = answered.outcome.why.clone().map(|why| {
        told.fold(why, |text, check| {
            let whole = check.why.as_deref().unwrap_or_default();
            text.replace(
                &format!("{}: {whole}", check.subject),
                &format!("{}, as said above", check.subject),
            )
        })
    });
    Open {
        subject: answered.text,
        verdict: answered.outcome.verdict,
        why: why.map(Cow::Owned),
        remedy: None,
    }
}

fn rank(verdict: OutcomeVerdict) -> u8 {
    match verdict {
        OutcomeVerdict::Fail => 0,
        OutcomeVerdict::Unknown => 1,
        OutcomeVerdict::Pass => 2,
        OutcomeVerdict::NotApplicable => 3,
    }
}

fn mark(verdict: OutcomeVerdict) -> &'static str {
    match verdict {
        OutcomeVerdict::Fail => "✗",
        OutcomeVerdict::NotApplicable => "–",
        OutcomeVerdict::Pass => "✓",
        OutcomeVerdict::Unknown => "?",
    }
}

/// For people, and as the name of a style.
fn word(verdict: OutcomeVerdict) -> &'static str {
    match verdict {
        OutcomeVerdict::Fail => "fail",
        OutcomeVerdict::NotApplicable => "none",
        OutcomeVerdict::Pass => "pass",
        OutcomeVerdict::Unknown => "unknown",
    }
}
