//! The result of a test bench run as files: JUnit's XML for build servers, HTML for people.

use minijinja::{Value, context};

use super::{Counts, model, tags};
use crate::attestation::Verdict;
use crate::ceremony::key_test::{Record, Tested};
use crate::report::document::{JUNIT, Template};
use crate::report::printable;

const PAGE: Template = Template {
    name: "page.html",
    text: include_str!("page.html"),
};

/// JUnit's XML.
#[must_use]
pub fn junit(tested: &Tested, device: &str, time: &str) -> String {
    JUNIT.render(values(tested, device, time))
}

/// One HTML page.
#[must_use]
pub fn html(tested: &Tested, device: &str, time: &str) -> String {
    PAGE.render(values(tested, device, time))
}

fn values(tested: &Tested, device: &str, time: &str) -> Value {
    let counts = Counts::of(&tested.records);
    context! {
        suite => "halligan key test",
        host => device,
        device,
        time,
        model => model(tested),
        total => tested.records.len(),
        failed => counts.failed,
        unknown => counts.unknown,
        skipped => counts.not_applicable,
        summary => counts.text(),
        passed => tested.passed(),
        broken_off => tested.broken_off.as_ref().map(|error| printable(&error.to_string())),
        seconds => seconds(tested.records.iter().map(|record| record.took).sum()),
        commands => super::commands(&tested.records).map(times).collect::<Vec<_>>(),
        checks => tested.records.iter().map(row).collect::<Vec<_>>(),
    }
}

/// A command's name and its times.
fn times(command: &serde_json::Value) -> Value {
    let times = super::TIMES.map(|member| command[member].to_string());
    context! { name => command["command"].as_str(), times => times.to_vec() }
}

fn row(record: &Record) -> Value {
    let (mark, why) = super::mark(&record.verdict);
    let fact = |(name, value): (&String, &serde_json::Value)| {
        let value = match value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        context! { name => name, value => printable(&value) }
    };
    context! {
        id => record.check.id,
        title => record.check.title,
        group => tags(record.check).first().copied(),
        mark,
        verdict => record.verdict.as_str(),
        why => printable(why),
        failed => record.verdict.is_fail(),
        unknown => matches!(record.verdict, Verdict::Unknown { .. }),
        skipped => matches!(record.verdict, Verdict::NotApplicable { .. }),
        seconds => seconds(record.took),
        facts => record.facts.iter().filter(|(name, _)| *name != "commands").map(fact).collect::<Vec<_>>(),
    }
}

fn seconds(took: std::time::Duration) -> String {
    format!("{:.3}", took.as_secs_f64())
}
