//! What a comparison of two results comes to.

use serde_json::Value;

use super::{CheckVerdict, Model};

/// Something of the first key and of the second.
pub type Pair<T> = [T; 2];

/// What differs between two keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// How they were connected.
    pub devices: Pair<String>,
    /// Their models, as far as they said.
    pub models: Pair<Option<Model>>,
    /// What they have in common.
    pub same: Same,
    /// The checks with different verdicts, in the first key's order.
    pub verdicts: Vec<VerdictDifference>,
    /// The checks that each did not pass.
    pub not_passed: Pair<Vec<String>>,
    /// The members of getInfo that differ.
    pub info: Vec<InfoDifference>,
    /// Every command that was timed on both or on one.
    pub latency: Vec<LatencyPair>,
}

/// What two keys have in common; none where that is not known of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Same {
    /// The same AAGUID.
    pub model: Option<bool>,
    /// The same firmware version.
    pub firmware: Option<bool>,
    /// The same attestation certificate, which the keys of one batch share.
    pub batch: Option<bool>,
}

/// A check that the two keys answered differently; none where it was not chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictDifference {
    /// The check.
    pub id: String,
    /// The verdicts.
    pub verdicts: Pair<Option<CheckVerdict>>,
    /// The reasons.
    pub why: Pair<Option<String>>,
}

/// A member of getInfo with two values; none where a key did not send it.
#[derive(Debug, Clone, PartialEq)]
pub struct InfoDifference {
    /// Its name; an option's after `options.`.
    pub member: String,
    /// The values.
    pub values: Pair<Option<Value>>,
}

/// The median time of a command.
#[derive(Debug, Clone, PartialEq)]
pub struct LatencyPair {
    /// The command.
    pub command: String,
    /// Milliseconds.
    pub median_ms: Pair<Option<f64>>,
}

impl LatencyPair {
    /// How many times as long the second key takes; none where one was not timed, or took no time that could be measured.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        let [Some(first), Some(second)] = self.median_ms else {
            return None;
        };
        (first > 0.0).then(|| second / first)
    }
}

impl Comparison {
    /// Whether every check passed or does not apply on both keys, with the same verdict.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.verdicts.is_empty() && self.not_passed.iter().all(Vec::is_empty)
    }
}
