//! Weaknesses that the operator knows of: a model, the firmware that has it, and how grave it is.

use super::Candidate;
use crate::attestation::Verdict;
use crate::webauthn::Aaguid;

/// A known weakness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advisory {
    /// The model that has it.
    pub model: Aaguid,
    /// The firmware that has it.
    pub firmware: FirmwareRange,
    /// What it is, for people.
    pub text: String,
    /// Whether such a key is refused.
    pub severity: Severity,
}

/// Firmware from one version to another, both included, in the vendor's numbering.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FirmwareRange {
    /// The oldest; none: from the beginning.
    pub from: Option<u64>,
    /// The newest; none: to the end.
    pub to: Option<u64>,
}

/// What becomes of a key that has a weakness.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Severity {
    /// It is said.
    #[default]
    Warning,
    /// The key is refused.
    Critical,
}

impl FirmwareRange {
    /// Whether the firmware is in the range; `None` if that cannot be told.
    #[must_use]
    pub fn contains(self, firmware: Option<u64>) -> Option<bool> {
        match (self, firmware) {
            (
                Self {
                    from: None,
                    to: None,
                },
                _,
            ) => Some(true),
            (_, None) => None,
            (Self { from, to }, Some(firmware)) => {
                Some(from.is_none_or(|from| from <= firmware) && to.is_none_or(|to| firmware <= to))
            }
        }
    }
}

/// Whether a critical one is about this key.
pub(super) fn judge(advisories: &[Advisory], key: &Candidate) -> Verdict {
    let critical = advisories
        .iter()
        .filter(|advisory| advisory.model == key.aaguid && advisory.severity == Severity::Critical);
    let mut open = None;
    for advisory in critical {
        match advisory.firmware.contains(key.firmware) {
            Some(true) => return Verdict::fail(&advisory.text),
            Some(false) => {}
            None => open = Some(&advisory.text),
        }
    }
    match open {
        Some(text) => Verdict::unknown(format!(
            "the key does not tell its firmware, so this may be about it: {text}"
        )),
        None => Verdict::Pass,
    }
}

/// The others that are about this key, or may be.
pub(super) fn warnings(advisories: &[Advisory], key: &Candidate) -> Vec<String> {
    let concerned = |advisory: &&Advisory| {
        advisory.model == key.aaguid
            && advisory.severity == Severity::Warning
            && advisory.firmware.contains(key.firmware) != Some(false)
    };
    let concerned = advisories.iter().filter(concerned);
    concerned.map(|advisory| advisory.text.clone()).collect()
}
