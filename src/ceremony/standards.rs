//! What keys are held against: whom to trust, FIDO's metadata, and the operator's policy. A key is assessed before anybody touches
//! it, when it has attested, and again from what the ledger holds.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::attestation::policy::{Policy, PolicyFinding, Sibling};
use crate::attestation::{
    self, ClientDataOrHash, Finding, Judgement, Registration, Reported, Trust, Verdict,
};
use crate::ceremony::Error;
use crate::ctap::command::get_info;
use crate::ledger::{KeyDescription, KeyEnrolled, State};
use crate::webauthn::{Aaguid, ClientData, CoseKey};

/// What keys are held against.
#[derive(Debug, Clone, Default)]
pub struct Standards {
    /// Whom to trust.
    pub trust: Trust,
    /// What the operator demands.
    pub policy: Policy,
    /// Whether an attestation that could not be verified completely is refused.
    pub attestation_required: bool,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// What was found out.
    pub judgement: Judgement,
    /// A finding for each rule of the policy.
    pub policy: Vec<PolicyFinding>,
    /// What concerns the key and does not stand against it.
    pub warnings: Vec<String>,
    /// What stands against the key, in the order of the findings.
    pub against: Vec<String>,
}

impl Assessment {
    /// Whether anything could not be determined.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        let unknown = |verdict: &Verdict| matches!(verdict, Verdict::Unknown { .. });
        let findings = self
            .judgement
            .findings
            .iter()
            .map(|finding| &finding.verdict);
        let policy = self.policy.iter().map(|finding| &finding.verdict);
        findings.chain(policy).any(unknown)
    }

    /// What may change after a key was enrolled: the answers of the metadata, if any is stored, and those of the policy.
    #[must_use]
    pub fn today(&self, standards: &Standards) -> Vec<(&'static str, &Verdict)> {
        let stored = standards.trust.metadata.is_some();
        let findings = self.judgement.findings.iter();
        let findings = findings
            .filter(|finding| stored && finding.subject.is_of_metadata())
            .map(|finding| (finding.subject.as_str(), &finding.verdict));
        let rules = self.policy.iter();
        findings
            .chain(rules.map(|finding| (finding.rule.as_str(), &finding.verdict)))
            .collect()
    }

    /// Refuses the key if anything stands against it.
    ///
    /// # Errors
    /// [`Error::AttestationRefused`].
    pub fn require(self) -> Result<Self, Error> {
        if self.against.is_empty() {
            return Ok(self);
        }
        Err(Error::AttestationRefused {
            findings: self.judgement.findings,
            policy: self.policy,
            against: self.against,
        })
    }
}

impl Standards {
    /// Assesses a key before it makes a credential.
    #[must_use]
    pub fn of_model(
        &self,
        reported: &Reported,
        siblings: &[Sibling],
        now: Timestamp,
    ) -> Assessment {
        let judgement = attestation::judge_model(reported, &self.trust, now);
        self.assess(judgement, siblings)
    }

    /// Assesses a key by its registration.
    ///
    /// # Errors
    /// When the bytes are not a registration at all.
    pub fn of_registration(
        &self,
        registration: &Registration<'_>,
        siblings: &[Sibling],
        now: Timestamp,
    ) -> Result<Assessment, attestation::Error> {
        let judgement = attestation::judge(registration, &self.trust, now, now)?;
        Ok(self.assess(judgement, siblings))
    }

    /// Assesses an enrolled key once more by the registration that the ledger holds: `at` is the time of the enrolment, since
    /// certificates expire. The challenge and the algorithms that were offered are not recorded, so they are taken from what was
    /// made; so is what the key said of itself, unless it is in hand.
    ///
    /// # Errors
    /// When the registration cannot be read at all.
    pub fn of_enrolled(
        &self,
        key: &KeyEnrolled,
        in_hand: Option<&Reported>,
        siblings: &[Sibling],
        (at, now): (Timestamp, Timestamp),
    ) -> Result<Assessment, attestation::Error> {
        let challenge = serde_json::from_slice::<ClientData>(&key.client_data_json)
            .map(|data| data.challenge)
            .unwrap_or_default();
        let algorithm = CoseKey::parse(&key.public_key)
            .ok()
            .map(|key| key.algorithm());
        let recorded = recorded(key.aaguid, &key.key);
        let registration = Registration {
            attestation_object: &key.attestation_object,
            client_data: ClientDataOrHash::Json(&key.client_data_json),
            rp_id: &key.rp_id,
            challenge: &challenge,
            algorithms: &algorithm.into_iter().collect::<Vec<_>>(),
            get_info: Some(in_hand.unwrap_or(&recorded)),
        };
        let judgement = attestation::judge(&registration, &self.trust, at, now)?;
        Ok(self.assess(judgement, siblings))
    }

    fn assess(&self, judgement: Judgement, siblings: &[Sibling]) -> Assessment {
        let policy = self.policy.judge(&judgement.candidate, siblings);
        let mut warnings = judgement.warnings.clone();
        warnings.extend(self.policy.warnings(&judgement.candidate));
        let findings = judgement.findings.iter();
        let findings = findings.filter(|finding| self.refuses(finding, &judgement));
        let findings = findings.map(|finding| (finding.subject.as_str(), &finding.verdict));
        let rules = policy.iter().filter(|finding| finding.refuses());
        let rules = rules.map(|finding| (finding.rule.as_str(), &finding.verdict));
        let against = findings
            .chain(rules)
            .map(|(name, verdict)| format!("{name}: {}", verdict.why().unwrap_or_default()))
            .collect();
        Assessment {
            judgement,
            policy,
            warnings,
            against,
        }
    }

    /// Whether a finding stands against a key. Who has no metadata does not demand that it be asked.
    fn refuses(&self, finding: &Finding, judgement: &Judgement) -> bool {
        match &finding.verdict {
            Verdict::Pass | Verdict::NotApplicable { .. } => false,
            Verdict::Fail { .. } => !self.policy.excuses(finding, &judgement.candidate),
            Verdict::Unknown { .. } => {
                let asked = !finding.subject.is_of_metadata() || self.trust.metadata.is_some();
                self.attestation_required && asked
            }
        }
    }
}

/// What the key in hand says of itself.
#[must_use]
pub fn reported(info: &get_info::Response) -> Reported {
    let mut members = Map::from_iter([("versions".to_owned(), json!(info.versions))]);
    if let Some(extensions) = &info.extensions {
        members.insert("extensions".to_owned(), json!(extensions));
    }
    if let Some(algorithms) = &info.algorithms {
        let algorithms = algorithms.iter().map(|alg| json!({"alg": alg}));
        members.insert("algorithms".to_owned(), algorithms.collect());
    }
    let options = json!({"plat": info.options.plat, "rk": info.options.rk});
    members.insert("options".to_owned(), options);
    Reported {
        aaguid: info.aaguid,
        firmware: info.firmware_version,
        members,
    }
}

/// What is on record of what a key said of itself.
#[must_use]
pub fn recorded(aaguid: Aaguid, key: &KeyDescription) -> Reported {
    let firmware = key.firmware.as_ref();
    Reported {
        aaguid,
        firmware: firmware.and_then(|firmware| firmware.parse().ok()),
        members: Map::<String, Value>::new(),
    }
}

/// The keys of an account that are in service, but for one.
#[must_use]
pub fn siblings(ledger: &State, account: &str, except: Option<&[u8]>) -> Vec<Sibling> {
    ledger
        .keys_in_service()
        .map(|key| &key.enrolled)
        .filter(|key| key.account.id == account && Some(key.credential_id.as_slice()) != except)
        .map(|key| Sibling {
            label: key.label.clone(),
            aaguid: key.aaguid,
            batch: attestation::batch(&key.attestation_object),
        })
        .collect()
}
