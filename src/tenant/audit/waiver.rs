//! What somebody knows, and takes as it is until a day.

use jiff::civil::Date;

use super::{Accepted, Finding};
use crate::attestation::Verdict;

/// A line that is taken as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The id of the check.
    pub check: String,
    /// The name or the id of what it is about: the line's subject, or the one thing that stands against it. A line about several is
    /// taken by its subject only, so that a new offender does not slip in. None: every line of the check.
    pub subject: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day on which it holds, in UTC.
    pub until: Date,
}

impl Waiver {
    /// Whether a line of this check is meant. What is as it should be needs no waiver.
    pub(super) fn means(&self, check: &str, finding: &Finding) -> bool {
        let needs_one = matches!(
            finding.verdict,
            Verdict::Fail { .. } | Verdict::Unknown { .. }
        );
        let is_subject = |word: &String| {
            let alone = match finding.objects.as_slice() {
                [only] => only.is_called(word),
                _ => false,
            };
            alone || finding.subject.is_called(word)
        };
        needs_one
            && self.check.eq_ignore_ascii_case(check)
            && self.subject.as_ref().is_none_or(is_subject)
    }

    pub(super) fn accepted(&self) -> Accepted {
        Accepted {
            reason: self.reason.clone(),
            until: self.until,
        }
    }
}
