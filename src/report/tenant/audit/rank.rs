//! What of an audit is shown first: its lines by rank, the gravest before the others.

use crate::attestation::Verdict;
use crate::tenant::audit::{Audit, Check, Line, Severity};

/// What somebody needs to see first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    Error,
    Warning,
    Unknown,
    Note,
    Accepted,
    Passed,
    NotApplicable,
}

impl Rank {
    /// All, the gravest first.
    pub(super) const ALL: [Self; 7] = [
        Self::Error,
        Self::Warning,
        Self::Unknown,
        Self::Note,
        Self::Accepted,
        Self::Passed,
        Self::NotApplicable,
    ];

    pub(super) fn of(line: &Line) -> Self {
        match (&line.finding.verdict, line.check.severity) {
            _ if line.accepted.is_some() => Self::Accepted,
            (Verdict::Pass, _) => Self::Passed,
            (Verdict::NotApplicable { .. }, _) => Self::NotApplicable,
            (Verdict::Unknown { .. }, _) => Self::Unknown,
            (Verdict::Fail { .. }, Severity::Error) => Self::Error,
            (Verdict::Fail { .. }, Severity::Warning) => Self::Warning,
            (Verdict::Fail { .. }, Severity::Note) => Self::Note,
        }
    }

    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Error => "Errors",
            Self::Warning => "Warnings",
            Self::Unknown => "Not determined",
            Self::Note => "Notes",
            Self::Accepted => "Accepted",
            Self::Passed => "Passed",
            Self::NotApplicable => "Not applicable",
        }
    }

    pub(super) fn mark(self) -> &'static str {
        match self {
            Self::Error | Self::Warning => "✗",
            Self::Unknown => "?",
            Self::Note => "!",
            Self::Accepted => "~",
            Self::Passed => "✓",
            Self::NotApplicable => "–",
        }
    }

    /// A word for programs that style by it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Unknown => "unknown",
            Self::Note => "note",
            Self::Accepted => "accepted",
            Self::Passed => "pass",
            Self::NotApplicable => "not_applicable",
        }
    }
}

/// The lines of a rank, those of one check together.
pub(super) fn grouped(audit: &Audit, rank: Rank) -> Vec<(&'static Check, Vec<&Line>)> {
    let mut groups: Vec<(&'static Check, Vec<&Line>)> = Vec::new();
    for line in audit.lines.iter().filter(|line| Rank::of(line) == rank) {
        match groups.last_mut() {
            Some((check, lines)) if *check == line.check => lines.push(line),
            _ => groups.push((line.check, vec![line])),
        }
    }
    groups
}
