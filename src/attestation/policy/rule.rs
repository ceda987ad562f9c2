//! What a policy can demand, and the answer.

use serde::{Deserialize, Serialize};

use crate::attestation::Verdict;

/// What a policy can demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A model that is on the list.
    AllowedModels,
    /// A certification by FIDO.
    MinLevel,
    /// Firmware that is not older.
    MinFirmware,
    /// No advisory against the key.
    Advisories,
    /// A credential that cannot leave the key.
    DeviceBoundOnly,
    /// Keys of an account that are not all of one model.
    DistinctModels,
    /// Keys of an account that are not all of one batch.
    DistinctBatches,
}

impl Rule {
    /// The rule as it is written in JSON and in the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AllowedModels => "allowed_models",
            Self::MinLevel => "min_level",
            Self::MinFirmware => "min_firmware",
            Self::Advisories => "advisories",
            Self::DeviceBoundOnly => "device_bound_only",
            Self::DistinctModels => "distinct_models",
            Self::DistinctBatches => "distinct_batches",
        }
    }
}

/// The answer on one rule: `{"rule":"min_level","verdict":"fail","why":"…"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyFinding {
    /// The rule.
    pub rule: Rule,
    /// The answer.
    #[serde(flatten)]
    pub verdict: Verdict,
}

impl PolicyFinding {
    /// Whether the rule is not met, or nobody can tell whether it is.
    #[must_use]
    pub fn refuses(&self) -> bool {
        matches!(self.verdict, Verdict::Fail { .. } | Verdict::Unknown { .. })
    }
}
