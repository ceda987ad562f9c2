//! `[attestation]`: what is demanded of keys.

use super::file::{Advisory, AdvisorySeverity};
use super::{Config, Error};
use crate::attestation::policy::{self, FirmwareRange, Policy, Severity};

impl Config {
    /// What is demanded of keys, beyond that their attestation is not wrong.
    pub(crate) fn attestation_policy(&self) -> Result<Policy, Error> {
        let typed = &self.file.attestation;
        let min_level = typed.min_level.as_ref().map(|level| level.parse());
        let min_level = min_level
            .transpose()
            .map_err(|error| self.value_error("attestation.min_level", error))?;
        let advisories = typed.advisory.iter().map(|one| self.advisory(one));
        Ok(Policy {
            min_level,
            allowed_models: typed.allowed_models.clone(),
            min_firmware: typed.min_firmware.clone(),
            device_bound_only: typed.device_bound_only.unwrap_or(true),
            distinct_models: typed.distinct_models,
            distinct_batches: typed.distinct_batches,
            advisories: advisories.collect::<Result<_, _>>()?,
        })
    }

    fn advisory(&self, typed: &Advisory) -> Result<policy::Advisory, Error> {
        let (from, to) = (typed.firmware_from, typed.firmware_to);
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            let why = format!("firmware_from {from} is newer than firmware_to {to}");
            return Err(self.value_error("attestation.advisory", why));
        }
        Ok(policy::Advisory {
            model: typed.model,
            firmware: FirmwareRange { from, to },
            text: typed.text.clone(),
            severity: match typed.severity {
                AdvisorySeverity::Warning => Severity::Warning,
                AdvisorySeverity::Critical => Severity::Critical,
            },
        })
    }
}
