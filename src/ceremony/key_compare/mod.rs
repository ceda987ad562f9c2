//! Two results of key tests, held against each other. Pure: whether a result came from a key just now or from a file makes no
//! difference.

mod comparison;
mod document;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

pub use comparison::{Comparison, InfoDifference, LatencyPair, Pair, Same, VerdictDifference};
pub use document::{CheckResult, CheckVerdict, Model, ResultError, SIZE_LIMIT, TestResult};

/// Compares two results.
#[must_use]
pub fn compare(first: &TestResult, second: &TestResult) -> Comparison {
    let pair = [first, second];
    Comparison {
        devices: pair.map(|result| result.device.clone()),
        models: pair.map(|result| result.model.clone()),
        same: same(pair),
        verdicts: verdicts(pair),
        not_passed: pair.map(not_passed),
        info: info(pair),
        latency: latency(pair),
    }
}

fn same(pair: Pair<&TestResult>) -> Same {
    let model = |result: &TestResult| Some(result.model.as_ref()?.aaguid.clone());
    let firmware = |result: &TestResult| result.model.as_ref()?.firmware_version;
    Same {
        model: equal(pair.map(model)),
        firmware: equal(pair.map(firmware)),
        batch: equal(pair.map(batch)),
    }
}

fn equal<T: PartialEq>([first, second]: Pair<Option<T>>) -> Option<bool> {
    Some(first? == second?)
}

/// The fingerprint of the attestation certificate, as the check of the attestation saw it.
fn batch(result: &TestResult) -> Option<&str> {
    let attestation = check(result, "attestation")?;
    attestation.facts.get("certificate_sha256")?.as_str()
}

fn check<'a>(result: &'a TestResult, id: &str) -> Option<&'a CheckResult> {
    result.checks.iter().find(|check| check.id == id)
}

fn verdicts(pair: Pair<&TestResult>) -> Vec<VerdictDifference> {
    let mut seen = BTreeSet::new();
    let ids = pair.into_iter().flat_map(|result| &result.checks);
    let ids = ids.map(|check| check.id.as_str());
    ids.filter(|id| seen.insert(*id))
        .filter_map(|id| {
            let found = pair.map(|result| check(result, id));
            let verdicts = found.map(|check| Some(check?.verdict));
            let [first, second] = verdicts;
            (first != second).then(|| VerdictDifference {
                id: id.to_owned(),
                verdicts,
                why: found.map(|check| check?.why.clone()),
            })
        })
        .collect()
}

fn not_passed(result: &TestResult) -> Vec<String> {
    let bad = result
        .checks
        .iter()
        .filter(|check| !check.verdict.is_good());
    bad.map(|check| check.id.clone()).collect()
}

/// A key that sent nothing, or a file that does not have it, differs in nothing.
fn info(pair: Pair<&TestResult>) -> Vec<InfoDifference> {
    let [Some(first), Some(second)] = pair.map(|result| result.info.as_ref()) else {
        return Vec::new();
    };
    let flat = [first, second].map(flat);
    let names: BTreeSet<&String> = flat.iter().flat_map(BTreeMap::keys).collect();
    names
        .into_iter()
        .filter_map(|member| {
            let [first, second] = [&flat[0], &flat[1]].map(|members| members.get(member));
            (first != second).then(|| InfoDifference {
                member: member.clone(),
                values: [first.cloned(), second.cloned()],
            })
        })
        .collect()
}

/// The members by name, those of objects one level down by both names. What is null was not sent.
fn flat(members: &Map<String, Value>) -> BTreeMap<String, Value> {
    let mut flat = BTreeMap::new();
    for (name, value) in members {
        match value {
            Value::Null => {}
            Value::Object(inner) => {
                let inner = inner.iter().filter(|(_, value)| !value.is_null());
                flat.extend(inner.map(|(id, value)| (format!("{name}.{id}"), value.clone())));
            }
            value => {
                flat.insert(name.clone(), value.clone());
            }
        }
    }
    flat
}

fn latency(pair: Pair<&TestResult>) -> Vec<LatencyPair> {
    let [first, second] = pair.map(medians);
    let commands: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    commands
        .into_iter()
        .map(|command| LatencyPair {
            command: command.clone(),
            median_ms: [&first, &second].map(|medians| medians.get(command).copied()),
        })
        .collect()
}

/// What the check of times has measured.
fn medians(result: &TestResult) -> BTreeMap<String, f64> {
    let commands = check(result, "latency").and_then(|check| check.facts.get("commands"));
    let commands = commands.and_then(Value::as_array).into_iter().flatten();
    let median = |command: &Value| {
        let name = command.get("command")?.as_str()?.to_owned();
        Some((name, command.get("median_ms")?.as_f64()?))
    };
    commands.filter_map(median).collect()
}
