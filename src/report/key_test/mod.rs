//! The result of a test bench run, and the list of what can be asked.

mod document;
mod left_behind;

pub use document::{html, junit};

use std::fmt::Write;

use serde_json::{Map, Value as Json, json};

use super::check::mark;
use super::key::info_members;
use super::{Report, printable};
use crate::attestation::Verdict;
use crate::ceremony::key_test::{Check, Record, Tested};
use crate::ctap::command::get_info;
use crate::ledger::EntryRef;

/// How often each verdict was given.
struct Counts {
    passed: usize,
    failed: usize,
    not_applicable: usize,
    unknown: usize,
}

impl Counts {
    fn of(records: &[Record]) -> Self {
        let count = |wanted: fn(&Verdict) -> bool| {
            let those = records.iter().filter(|record| wanted(&record.verdict));
            those.count()
        };
        Self {
            passed: count(Verdict::is_pass),
            failed: count(Verdict::is_fail),
            not_applicable: count(|verdict| matches!(verdict, Verdict::NotApplicable { .. })),
            unknown: count(|verdict| matches!(verdict, Verdict::Unknown { .. })),
        }
    }

    fn text(&self) -> String {
        let Self {
            passed,
            failed,
            not_applicable,
            unknown,
        } = self;
        format!(
            "{passed} passed, {failed} failed, {unknown} unknown, {not_applicable} not applicable"
        )
    }
}

/// Renders a run; `device` says how the key is connected.
#[must_use]
pub fn key_test(tested: &Tested, device: &str) -> Report {
    let counts = Counts::of(&tested.records);
    let width = tested.records.iter().map(|record| record.check.id.len());
    let width = width.max().unwrap_or_default();
    let mut text = String::new();
    for record in &tested.records {
        let (mark, why) = mark(&record.verdict);
        let said = match record.verdict {
            Verdict::Pass => record.check.title.to_owned(),
            _ => printable(why),
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{mark} {:<width$}  {said}", record.check.id);
    }
    text.push_str(&times(&tested.records));
    let _ = writeln!(text, "\n{device}{}: {}", model(tested), counts.text());
    text.push_str(&left_behind::text(tested.left_behind.as_ref()));
    let body = json!({
        "device": device,
        "model": tested.info.as_ref().map(model_json),
        "info": tested.info.as_ref().map(info_members),
        "summary": {
            "passed": counts.passed,
            "failed": counts.failed,
            "unknown": counts.unknown,
            "not_applicable": counts.not_applicable,
        },
        "checks": tested.records.iter().map(record_json).collect::<Vec<_>>(),
        "left_behind": tested.left_behind.as_ref().map(left_behind::json),
    });
    Report::new("halligan.key.test/1", tested.passed(), body, text)
}

/// The same, once the ledger has it.
#[must_use]
pub fn key_test_recorded(report: Report, label: &str, entry: &EntryRef) -> Report {
    let mut report = report;
    report.body.insert("label".to_owned(), json!(label));
    report.body.insert("entry".to_owned(), json!(entry));
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        report.text,
        "{label}: recorded as entry {}, head {}",
        entry.index, entry.hash
    );
    report
}

/// The members of one command's times.
const TIMES: [&str; 5] = ["n", "min_ms", "median_ms", "p95_ms", "max_ms"];

/// What the check of times has measured, a command each.
fn commands(records: &[Record]) -> impl Iterator<Item = &Json> {
    let latency = records.iter().find(|record| record.check.id == "latency");
    let commands = latency.and_then(|record| record.facts.get("commands"));
    commands.and_then(Json::as_array).into_iter().flatten()
}

/// A table of the times, if any were measured.
fn times(records: &[Record]) -> String {
    let mut text = String::new();
    for command in commands(records) {
        if text.is_empty() {
            let _ = writeln!(
                text,
                "\n{:<28}{:>6}{:>10}{:>10}{:>10}{:>10}",
                "milliseconds", "n", "least", "median", "95 %", "most"
            );
        }
        let name = command["command"].as_str().unwrap_or_default();
        let [n, min, median, p95, max] = TIMES.map(|member| command[member].to_string());
        let _ = writeln!(
            text,
            "{name:<28}{n:>6}{min:>10}{median:>10}{p95:>10}{max:>10}"
        );
    }
    text
}

/// The checks that can be chosen.
#[must_use]
pub fn key_test_list(checks: &[&'static Check]) -> Report {
    let width = checks.iter().map(|check| check.id.len()).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    for check in checks {
        let _ = writeln!(
            text,
            "{:<width$}  {} [{}]",
            check.id,
            check.title,
            tags(check).join(", ")
        );
    }
    let body = json!({"checks": checks.iter().map(|check| check_json(check)).collect::<Vec<_>>()});
    Report::new("halligan.key.test/1", true, body, text)
}

fn tags(check: &Check) -> Vec<&'static str> {
    check.tags.iter().map(|tag| tag.as_str()).collect()
}

fn model(tested: &Tested) -> String {
    let Some(info) = &tested.info else {
        return String::new();
    };
    let firmware = info.firmware_version;
    let firmware = firmware.map_or(String::new(), |version| format!(", firmware {version}"));
    format!(", model {}{firmware}", info.aaguid)
}

fn model_json(info: &get_info::Response) -> Json {
    json!({
        "aaguid": info.aaguid,
        "firmware_version": info.firmware_version,
        "versions": info.versions,
    })
}

fn check_json(check: &Check) -> Map<String, Json> {
    Map::from_iter([
        ("id".to_owned(), json!(check.id)),
        ("title".to_owned(), json!(check.title)),
        ("tags".to_owned(), json!(tags(check))),
        ("kind".to_owned(), json!(check.kind.as_str())),
    ])
}

fn record_json(record: &Record) -> Json {
    let mut members = check_json(record.check);
    members.insert("verdict".to_owned(), json!(record.verdict.as_str()));
    members.insert("why".to_owned(), json!(record.verdict.why()));
    members.insert("took_ms".to_owned(), json!(record.took.as_millis()));
    members.insert("facts".to_owned(), Json::Object(record.facts.clone()));
    Json::Object(members)
}
