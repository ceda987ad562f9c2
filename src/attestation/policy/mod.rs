//! What the operator demands of keys, beyond that they are genuine: one finding per rule that is set. Pure: what was found out of
//! a key, and what is known of the other keys of its account, come in; nothing is asked. A rule that cannot be judged is not met.

mod advisory;
mod common_mode;
mod rule;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use advisory::{Advisory, FirmwareRange, Severity};
pub use common_mode::{Batch, Sibling};
pub use rule::{PolicyFinding, Rule};

use super::mds::CertificationLevel;
use super::verdict::{Finding, Subject, Verdict};
use crate::webauthn::Aaguid;

/// What the operator demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The certification that a model must have at least.
    pub min_level: Option<CertificationLevel>,
    /// The models that are allowed; any if there are none.
    pub allowed_models: Vec<Aaguid>,
    /// The oldest firmware of a model that is allowed, in the vendor's numbering.
    pub min_firmware: BTreeMap<Aaguid, u64>,
    /// Whether credentials must not be able to leave the key.
    pub device_bound_only: bool,
    /// Whether the keys of an account must not all be of one model.
    pub distinct_models: bool,
    /// Whether the keys of an account must not all be of one batch.
    pub distinct_batches: bool,
    /// Known weaknesses of models.
    pub advisories: Vec<Advisory>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            min_level: None,
            allowed_models: Vec::new(),
            min_firmware: BTreeMap::new(),
            device_bound_only: true,
            distinct_models: false,
            distinct_batches: false,
            advisories: Vec::new(),
        }
    }
}

/// What is known of a key that a policy decides on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The model.
    pub aaguid: Aaguid,
    /// The firmware, if the key tells.
    pub firmware: Option<u64>,
    /// The certification by today's metadata, or why nothing can be said.
    pub certification: Result<Option<CertificationLevel>, String>,
    /// Whether the credential may leave the key; none before there is one.
    pub multi_device: Option<bool>,
    /// The batch.
    pub batch: Batch,
}

impl Policy {
    /// One finding for each rule that is set, in the order of [`Rule`]. `siblings` are the other keys of the account that are
    /// in service.
    #[must_use]
    pub fn judge(&self, key: &Candidate, siblings: &[Sibling]) -> Vec<PolicyFinding> {
        let rules = [
            (
                Rule::AllowedModels,
                !self.allowed_models.is_empty(),
                self.allowed(key),
            ),
            (Rule::MinLevel, self.min_level.is_some(), self.level(key)),
            (
                Rule::MinFirmware,
                !self.min_firmware.is_empty(),
                self.firmware(key),
            ),
            (
                Rule::Advisories,
                !self.advisories.is_empty(),
                advisory::judge(&self.advisories, key),
            ),
            (
                Rule::DeviceBoundOnly,
                self.device_bound_only,
                device_bound(key),
            ),
            (
                Rule::DistinctModels,
                self.distinct_models,
                common_mode::models(key, siblings),
            ),
            (
                Rule::DistinctBatches,
                self.distinct_batches,
                common_mode::batches(key, siblings),
            ),
        ];
        let set = rules.into_iter().filter(|(_, set, _)| *set);
        set.map(|(rule, _, verdict)| PolicyFinding { rule, verdict })
            .collect()
    }

    /// What concerns the key and does not stand against it.
    #[must_use]
    pub fn warnings(&self, key: &Candidate) -> Vec<String> {
        advisory::warnings(&self.advisories, key)
    }

    /// Whether the policy excuses a failure: one that allows credentials to leave their key.
    #[must_use]
    pub fn excuses(&self, finding: &Finding, key: &Candidate) -> bool {
        finding.subject == Subject::DeviceBound
            && !self.device_bound_only
            && key.multi_device == Some(true)
    }

    fn allowed(&self, key: &Candidate) -> Verdict {
        if self.allowed_models.contains(&key.aaguid) {
            Verdict::Pass
        } else {
            Verdict::fail(format!("the model {} is not on the list", key.aaguid))
        }
    }

    fn level(&self, key: &Candidate) -> Verdict {
        let Some(wanted) = self.min_level else {
            return Verdict::not_applicable("no level is demanded");
        };
        match &key.certification {
            Ok(Some(level)) if *level >= wanted => Verdict::Pass,
            Ok(Some(level)) => Verdict::fail(format!("certified as {level}, demanded is {wanted}")),
            Ok(None) => Verdict::fail(format!(
                "FIDO's metadata has no certification of the model, demanded is {wanted}"
            )),
            Err(why) => Verdict::unknown(why),
        }
    }

    fn firmware(&self, key: &Candidate) -> Verdict {
        match (self.min_firmware.get(&key.aaguid), key.firmware) {
            (None, _) => Verdict::not_applicable("no firmware of this model is demanded"),
            (Some(wanted), Some(found)) if found >= *wanted => Verdict::Pass,
            (Some(wanted), Some(found)) => {
                Verdict::fail(format!("the key has {found}, demanded is {wanted}"))
            }
            (Some(wanted), None) => Verdict::unknown(format!(
                "the key does not tell its firmware, demanded is {wanted}"
            )),
        }
    }
}

fn device_bound(key: &Candidate) -> Verdict {
    match key.multi_device {
        Some(false) => Verdict::Pass,
        Some(true) => Verdict::fail("credentials may leave the key"),
        None => Verdict::not_applicable("shows when the key has made a credential"),
    }
}
