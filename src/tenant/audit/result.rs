//! What all lines come to.

use jiff::civil::Date;

use super::{Check, Finding, Severity, Waiver};
use crate::attestation::Verdict;

/// One line of an audit.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Who says so.
    pub check: &'static Check,
    /// What.
    pub finding: Finding,
    /// Why it is taken as it is, if somebody said so and it is not too long ago.
    pub accepted: Option<Accepted>,
}

/// Why a line is taken as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The reason.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Date,
}

impl Line {
    /// Whether something is wrong, and nobody accepted it.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.finding.verdict.is_fail() && self.accepted.is_none()
    }

    /// Whether something is open, and nobody accepted it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.finding.verdict, Verdict::Unknown { .. }) && self.accepted.is_none()
    }

    /// Whether it fails, gravely enough to count against the tenant.
    #[must_use]
    pub fn fails_by(&self, fail_on: FailOn) -> bool {
        self.fails() && self.check.severity >= fail_on.severity
    }

    /// Whether it is open, and would count against the tenant if it failed.
    #[must_use]
    pub fn is_open_by(&self, fail_on: FailOn) -> bool {
        self.is_open() && self.check.severity >= fail_on.severity
    }
}

/// What an audit found, in the order of the checks.
#[derive(Debug, Clone, PartialEq)]
pub struct Audit {
    /// Every line.
    pub lines: Vec<Line>,
    /// Waivers whose day has passed, and that would else hold.
    pub expired: Vec<Waiver>,
    /// Waivers that no line needed.
    pub unused: Vec<Waiver>,
}

/// How often each answer was given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Of severity error.
    pub errors: usize,
    /// Of severity warning.
    pub warnings: usize,
    /// Of severity note.
    pub notes: usize,
    /// Not determined.
    pub unknown: usize,
    /// Wrong or open, and accepted.
    pub accepted: usize,
    /// As it should be.
    pub passed: usize,
    /// Nothing to examine.
    pub not_applicable: usize,
}

/// What makes a tenant not safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailOn {
    /// Failures of this severity and of graver ones.
    pub severity: Severity,
    /// Whether what is open counts like a failure.
    pub unknown: bool,
}

impl Audit {
    /// Whether nothing counts against the tenant.
    #[must_use]
    pub fn is_safe(&self, fail_on: FailOn) -> bool {
        !self
            .lines
            .iter()
            .any(|line| line.fails_by(fail_on) || (fail_on.unknown && line.is_open_by(fail_on)))
    }

    /// How often each answer was given.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for line in &self.lines {
            let count = match (&line.finding.verdict, line.check.severity) {
                _ if line.accepted.is_some() => &mut counts.accepted,
                (Verdict::Pass, _) => &mut counts.passed,
                (Verdict::NotApplicable { .. }, _) => &mut counts.not_applicable,
                (Verdict::Unknown { .. }, _) => &mut counts.unknown,
                (Verdict::Fail { .. }, Severity::Error) => &mut counts.errors,
                (Verdict::Fail { .. }, Severity::Warning) => &mut counts.warnings,
                (Verdict::Fail { .. }, Severity::Note) => &mut counts.notes,
            };
            *count += 1;
        }
        counts
    }
}
