//! What differs between two keys.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::ceremony::key_compare::{CheckVerdict, Comparison, LatencyPair, Model, Pair, Same};
use crate::report::{Report, printable};

/// Characters of a value that people are shown; programs get all of it.
const SHOWN: usize = 60;

/// Renders a comparison. It is `ok` if both keys passed every check, with the same verdicts.
#[must_use]
pub fn key_compare(comparison: &Comparison) -> Report {
    let mut text = String::new();
    for (name, index) in [("A", 0), ("B", 1)] {
        let device = printable(&comparison.devices[index]);
        let model = comparison.models[index].as_ref();
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{name}  {device}{}",
            model.map_or_else(String::new, described)
        );
    }
    let _ = writeln!(text, "   {}", in_common(comparison.same));
    text.push_str(&verdicts(comparison));
    text.push_str(&info(comparison));
    text.push_str(&latency(&comparison.latency));
    let _ = writeln!(text, "\n{}", conclusion(comparison));
    Report::new(
        "halligan.key.compare/1",
        comparison.is_good(),
        body(comparison),
        text,
    )
}

fn described(model: &Model) -> String {
    let firmware = model.firmware_version;
    let firmware = firmware.map_or_else(String::new, |version| format!(", firmware {version}"));
    format!(", model {}{firmware}", printable(&model.aaguid))
}

fn in_common(same: Same) -> String {
    let said = |what: &str, same: Option<bool>| match same {
        Some(true) => format!("same {what}"),
        Some(false) => format!("different {what}"),
        None => format!("{what} not known of both"),
    };
    let said = [
        said("model", same.model),
        said("firmware", same.firmware),
        said("batch", same.batch),
    ];
    said.join(", ")
}

fn verdicts(comparison: &Comparison) -> String {
    let mut text = String::new();
    for (index, difference) in comparison.verdicts.iter().enumerate() {
        if index == 0 {
            text.push_str("\nchecks\n");
        }
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {}", printable(&difference.id));
        for (name, index) in [("A", 0), ("B", 1)] {
            let (mark, word) = verdict(difference.verdicts[index]);
            let why = difference.why[index].as_deref();
            let why = why.map_or_else(String::new, |why| format!(": {}", printable(why)));
            let _ = writeln!(text, "    {name} {mark} {word}{why}");
        }
    }
    text
}

fn verdict(verdict: Option<CheckVerdict>) -> (&'static str, &'static str) {
    match verdict {
        Some(CheckVerdict::Pass) => ("✓", "pass"),
        Some(CheckVerdict::Fail) => ("✗", "fail"),
        Some(CheckVerdict::NotApplicable) => ("–", "not applicable"),
        Some(CheckVerdict::Unknown) => ("?", "unknown"),
        None => ("?", "not asked"),
    }
}

fn info(comparison: &Comparison) -> String {
    let mut text = String::new();
    for (index, difference) in comparison.info.iter().enumerate() {
        if index == 0 {
            text.push_str("\ngetInfo\n");
        }
        let [first, second] = [0, 1].map(|index| value(difference.values[index].as_ref()));
        let member = printable(&difference.member);
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {member}\n    A {first}\n    B {second}");
    }
    text
}

fn value(value: Option<&Value>) -> String {
    let Some(value) = value else {
        return "absent".to_owned();
    };
    let whole = printable(&value.to_string());
    let shown: String = whole.chars().take(SHOWN).collect();
    match shown.len() == whole.len() {
        true => shown,
        false => format!("{shown} …"),
    }
}

fn latency(pairs: &[LatencyPair]) -> String {
    let mut text = String::new();
    for pair in pairs {
        if text.is_empty() {
            let _ = writeln!(
                text,
                "\n{:<28}{:>10}{:>10}{:>8}",
                "median, milliseconds", "A", "B", "B / A"
            );
        }
        let [first, second] = pair
            .median_ms
            .map(|median| median.map_or_else(|| "–".to_owned(), |median| format!("{median:.2}")));
        let ratio = pair.ratio();
        let ratio = ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.1}"));
        let command = printable(&pair.command);
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{command:<28}{first:>10}{second:>10}{ratio:>8}");
    }
    text
}

fn conclusion(comparison: &Comparison) -> String {
    let differ = match comparison.verdicts.len() {
        0 => "the verdicts are the same".to_owned(),
        1 => "1 verdict differs".to_owned(),
        many => format!("{many} verdicts differ"),
    };
    let against = |index: usize| match comparison.not_passed[index].as_slice() {
        [] => "nothing".to_owned(),
        checks => printable(&checks.join(", ")),
    };
    match comparison.not_passed.iter().all(Vec::is_empty) {
        true => format!("{differ}; no check stands against either key"),
        false => format!(
            "{differ}; not passed by A: {}; by B: {}",
            against(0),
            against(1)
        ),
    }
}

fn body(comparison: &Comparison) -> Value {
    let sides: Pair<Value> = [0, 1].map(|index| {
        let model = comparison.models[index].as_ref();
        json!({
            "device": comparison.devices[index],
            "aaguid": model.map(|model| &model.aaguid),
            "firmware_version": model.and_then(|model| model.firmware_version),
            "not_passed": comparison.not_passed[index],
        })
    });
    let verdicts = comparison.verdicts.iter().map(|difference| {
        json!({
            "id": difference.id,
            "verdicts": difference.verdicts,
            "why": difference.why,
        })
    });
    let info = comparison
        .info
        .iter()
        .map(|difference| json!({"member": difference.member, "values": difference.values}));
    let latency = comparison.latency.iter().map(
        |pair| json!({"command": pair.command, "median_ms": pair.median_ms, "ratio": pair.ratio()}),
    );
    json!({
        "keys": sides,
        "same": {
            "model": comparison.same.model,
            "firmware": comparison.same.firmware,
            "batch": comparison.same.batch,
        },
        "differences": {
            "checks": verdicts.collect::<Vec<_>>(),
            "info": info.collect::<Vec<_>>(),
        },
        "latency": latency.collect::<Vec<_>>(),
    })
}
