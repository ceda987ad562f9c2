//! The result of a test bench run as files: JUnit's XML for build servers, HTML for people.

use minijinja::{Environment, Value, context};

use super::{Counts, model, tags};
use crate::attestation::Verdict;
use crate::ceremony::key_test::{Record, Tested};
use crate::report::printable;

/// JUnit's XML: a failure is a failed check, an error one that is unknown, and what does not apply is skipped.
#[must_use]
pub fn junit(tested: &Tested, device: &str, time: &str) -> String {
    render("junit.xml", include_str!("junit.xml"), tested, device, time)
}

/// One HTML page.
#[must_use]
pub fn html(tested: &Tested, device: &str, time: &str) -> String {
    render("page.html", include_str!("page.html"), tested, device, time)
}

fn render(
    // The ending is what turns escaping on.
    name: &'static str,
    template: &'static str,
    tested: &Tested,
    device: &str,
    time: &str,
) -> String {
    let mut environment = Environment::new();
    environment
        .add_template(name, template)
        .expect("the template is part of this program");
    let counts = Counts::of(&tested.records);
    let values = context! {
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
    };
    environment
        .get_template(name)
        .and_then(|template| template.render(values))
        .expect("the template uses what it is given")
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
