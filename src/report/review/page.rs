//! A review as one HTML page, which needs nothing from elsewhere and runs nothing.

use std::collections::BTreeMap;
use std::fmt::Write;

use minijinja::{Value, context};
use serde::Serialize;
use serde_json::Value as Json;

use super::{Open, chart, mark, open, word};
use crate::ceremony::review::{Answered, Finding, ITEMS, Incident, Reviewed};
use crate::report::document::Template;
use crate::report::printable;

const PAGE: Template = Template {
    name: "page.html",
    text: include_str!("page.html"),
};

/// One HTML page.
#[must_use]
pub fn review_html(reviewed: &Reviewed) -> String {
    let axis = chart::Axis::of(reviewed);
    let exposure = reviewed.exposure.as_deref();
    PAGE.render(context! {
        review => clean(reviewed),
        day => day(&reviewed.until.to_string()),
        from => day(&reviewed.from.to_string()),
        head => reviewed.head.map(|head| head.hash.to_string()),
        head_index => reviewed.head.map(|head| head.index),
        running => css_text(&running_head(reviewed)),
        open => reviewed_open(reviewed),
        axis_from => day(&axis.from.to_string()),
        usage_from => day(&chart::Axis::of_usage(reviewed).from.to_string()),
        texts => ITEMS.iter().map(|item| (item.id, item.text)).collect::<BTreeMap<_, _>>(),
        unanswered => reviewed.unanswered.as_deref().map(printable),
        liveness => clean(&chart::liveness(reviewed)),
        usage => clean(&chart::usage(reviewed)),
        exposure => exposure.ok().map(|rows| clean(&chart::exposure(rows))),
        unexposed => exposure.err().map(|why| printable(why)),
        checklist => reviewed.checklist.iter().map(item).collect::<Vec<_>>(),
        findings => reviewed.findings.iter().map(finding).collect::<Vec<_>>(),
        incidents => reviewed.incidents.iter().map(incident).collect::<Vec<_>>(),
    })
}

/// The day of a moment that is written as RFC 3339.
fn day(time: &str) -> &str {
    time.split('T').next().unwrap_or(time)
}

/// Everything, with every text fit to be shown: names come from the tenant and from files.
fn clean(value: &impl Serialize) -> Value {
    cleaned(serde_json::to_value(value).unwrap_or_default())
}

fn cleaned(value: Json) -> Value {
    match value {
        Json::Null => Value::from(()),
        Json::Bool(is_so) => Value::from(is_so),
        Json::Number(number) => number.as_i64().map_or_else(Value::default, Value::from),
        Json::String(text) => Value::from(printable(&text)),
        Json::Array(items) => Value::from(items.into_iter().map(cleaned).collect::<Vec<_>>()),
        Json::Object(members) => Value::from_pairs(
            members
                .into_iter()
                .map(|(name, member)| (name, cleaned(member))),
        ),
    }
}

/// What stands at the top of every page on paper.
fn running_head(reviewed: &Reviewed) -> String {
    let head = reviewed.head.map(|head| head.hash.to_string());
    let head: String = head.unwrap_or_default().chars().take(16).collect();
    let name: String = printable(&reviewed.name).chars().take(60).collect();
    let until = reviewed.until.to_string();
    format!("{name} · review of {} · ledger {head}", day(&until))
}

/// A text within a string of CSS, character by character: a name must not end the string, or the style element.
fn css_text(text: &str) -> Value {
    let mut escaped = String::new();
    for character in text.chars() {
        // Writing to a `String` cannot fail.
        let _ = write!(escaped, "\\{:06x}", u32::from(character));
    }
    Value::from_safe_string(escaped)
}

fn reviewed_open(reviewed: &Reviewed) -> Vec<Value> {
    let lines = open(reviewed).into_iter();
    let lines = lines.map(|line: Open<'_>| {
        context! {
            mark => mark(line.verdict),
            word => word(line.verdict),
            subject => printable(line.subject),
            why => line.why.as_deref().map(printable),
            remedy => line.remedy.map(pieces),
        }
    });
    lines.collect()
}

/// A text and what of it, between backticks, is to be typed.
fn pieces(text: &str) -> Vec<Value> {
    let pieces = text.split('`').enumerate();
    let pieces =
        pieces.map(|(at, text)| context! { is_code => at % 2 == 1, text => printable(text) });
    pieces.collect()
}

fn item(answered: &Answered) -> Value {
    let given = answered.given.as_ref();
    let evidence = answered.evidence.iter().map(|one| {
        context! {
            mark => mark(one.verdict),
            word => word(one.verdict),
            subject => printable(&one.subject),
            why => one.why.as_deref().map(printable),
        }
    });
    context! {
        id => answered.id,
        recommendation => answered.recommendation,
        text => answered.text,
        mark => mark(answered.outcome.verdict),
        word => word(answered.outcome.verdict),
        question => answered.question,
        evidence => evidence.collect::<Vec<_>>(),
        by => given.map(|given| printable(&given.by)),
        answer => given.map(|given| given.answer.as_str()),
        note => given.and_then(|given| given.note.as_deref()).map(printable),
    }
}

fn finding(finding: &Finding) -> Value {
    let outcome = &finding.outcome;
    context! {
        part => finding.part,
        mark => mark(outcome.verdict),
        word => word(outcome.verdict),
        subject => printable(&outcome.subject),
        why => outcome.why.as_deref().map(printable),
    }
}

fn incident(incident: &Incident) -> Value {
    context! {
        kind => incident.kind.describe(),
        time => incident.time.to_string(),
        entry => incident.entry,
        subject => printable(&incident.subject),
        what => printable(&incident.what),
    }
}
