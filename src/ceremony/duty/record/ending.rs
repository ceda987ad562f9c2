//! How something ended, and how that is told.

use crate::ledger::{Outcome, OutcomeVerdict, ReviewHeld, TenantAudited};

/// How something ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ceremony::duty) enum Ending {
    Passed,
    /// What was not as it should be.
    Failed(String),
    /// What could not be seen.
    Inconclusive(String),
}

/// How many subjects are named.
const NAMED: usize = 5;

impl Ending {
    pub(super) fn of<'a>(
        passed: bool,
        findings: impl Iterator<Item = &'a Outcome> + Clone,
    ) -> Self {
        let those = |verdict: OutcomeVerdict| {
            let those = findings.clone().filter(|one| one.verdict == verdict);
            some(those.map(|one| one.subject.as_str()).collect())
        };
        match (those(OutcomeVerdict::Fail), those(OutcomeVerdict::Unknown)) {
            _ if passed => Self::Passed,
            (None, Some(unknown)) => Self::Inconclusive(unknown),
            (failed, _) => Self::Failed(failed.unwrap_or_else(|| "not passed".to_owned())),
        }
    }

    /// `failed` and `unknown` hold what counted against the tenant.
    pub(super) fn of_audit(audited: &TenantAudited) -> Self {
        let texts = |texts: &[String]| some(texts.iter().map(String::as_str).collect());
        match (texts(&audited.failed), texts(&audited.unknown)) {
            _ if audited.passed => Self::Passed,
            (None, Some(unknown)) => Self::Inconclusive(unknown),
            (failed, _) => Self::Failed(failed.unwrap_or_else(|| "not passed".to_owned())),
        }
    }

    pub(super) fn of_review(review: &ReviewHeld) -> Self {
        let answers = review.answers.iter().map(|answer| &answer.outcome);
        Self::of(review.passed, review.findings.iter().chain(answers))
    }
}

/// The first of them, and how many there are besides.
fn some(subjects: Vec<&str>) -> Option<String> {
    let more = subjects.len().saturating_sub(NAMED);
    let named = subjects[..subjects.len() - more].join(", ");
    match (subjects.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(named),
        (false, more) => Some(format!("{named} and {more} more")),
    }
}
