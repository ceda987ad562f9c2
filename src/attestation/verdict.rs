//! What a judgement answers. A verdict is a result, not an error: "the chain leads to no trusted root" is what an operator
//! wants to read, and what nobody examined must never look like a pass.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The answer on one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Examined and found good.
    Pass,
    /// Examined and found bad.
    Fail {
        /// What was expected and what was found.
        why: String,
    },
    /// There is nothing to examine.
    NotApplicable {
        /// Why not.
        why: String,
    },
    /// Not determined; never to be taken for a pass.
    Unknown {
        /// What was missing.
        why: String,
    },
}

impl Verdict {
    /// Examined and found bad.
    #[must_use]
    pub fn fail(why: impl Into<String>) -> Self {
        Self::Fail { why: why.into() }
    }

    /// There is nothing to examine.
    #[must_use]
    pub fn not_applicable(why: impl Into<String>) -> Self {
        Self::NotApplicable { why: why.into() }
    }

    /// Not determined.
    #[must_use]
    pub fn unknown(why: impl Into<String>) -> Self {
        Self::Unknown { why: why.into() }
    }

    /// Whether it was examined and found good.
    #[must_use]
    pub fn is_pass(&self) -> bool {
        *self == Self::Pass
    }

    /// Whether it was examined and found bad.
    #[must_use]
    pub fn is_fail(&self) -> bool {
        matches!(self, Self::Fail { .. })
    }

    /// `pass`, `fail`, `not_applicable` or `unknown`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail { .. } => "fail",
            Self::NotApplicable { .. } => "not_applicable",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// The reason for any verdict but a pass.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Pass => None,
            Self::Fail { why } | Self::NotApplicable { why } | Self::Unknown { why } => Some(why),
        }
    }
}

/// What is examined; each judgement answers all of them, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The client data is for this registration at this relying party.
    ClientData,
    /// The authenticator data is for this relying party.
    RpId,
    /// Somebody touched the key.
    UserPresence,
    /// The key verified its user.
    UserVerification,
    /// The credential cannot leave the key.
    DeviceBound,
    /// The credential's algorithm is one that was asked for.
    Algorithm,
    /// The credential id is of a length that WebAuthn allows.
    CredentialId,
    /// The model in the authenticator data is the one that getInfo reported.
    ReportedAaguid,
    /// The attestation statement's signature verifies.
    Statement,
    /// The attestation certificate is of the form that its format demands.
    Certificate,
    /// The model in the certificate is the one in the authenticator data.
    Aaguid,
    /// The certificate leads to a trusted root.
    Chain,
    /// FIDO's metadata knows the model.
    Model,
    /// FIDO reports nothing against the model.
    Status,
    /// FIDO has certified the model.
    Certification,
    /// Keys of the model attest like that.
    AttestationType,
    /// getInfo answers as the vendor says of the model.
    GetInfo,
}

impl Subject {
    /// Whether it is answered from FIDO's metadata, and by nothing in the registration alone.
    #[must_use]
    pub fn is_of_metadata(self) -> bool {
        self > Self::Chain
    }

    /// The subject as it is written in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClientData => "client_data",
            Self::RpId => "rp_id",
            Self::UserPresence => "user_presence",
            Self::UserVerification => "user_verification",
            Self::DeviceBound => "device_bound",
            Self::Algorithm => "algorithm",
            Self::CredentialId => "credential_id",
            Self::ReportedAaguid => "reported_aaguid",
            Self::Statement => "statement",
            Self::Certificate => "certificate",
            Self::Aaguid => "aaguid",
            Self::Chain => "chain",
            Self::Model => "model",
            Self::Status => "status",
            Self::Certification => "certification",
            Self::AttestationType => "attestation_type",
            Self::GetInfo => "get_info",
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// One line of a judgement: `{"subject":"chain","verdict":"unknown","why":"…"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What was examined.
    pub subject: Subject,
    /// The answer.
    #[serde(flatten)]
    pub verdict: Verdict,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_one_flat_json_object() {
        let finding = Finding {
            subject: Subject::Chain,
            verdict: Verdict::unknown("no roots"),
        };
        let json = serde_json::json!({"subject": "chain", "verdict": "unknown", "why": "no roots"});
        assert_eq!(serde_json::to_value(&finding).ok(), Some(json.clone()));
        assert_eq!(serde_json::from_value::<Finding>(json).ok(), Some(finding));
        let pass = Finding {
            subject: Subject::RpId,
            verdict: Verdict::Pass,
        };
        let json = serde_json::json!({"subject": "rp_id", "verdict": "pass"});
        assert_eq!(serde_json::to_value(&pass).ok(), Some(json));
    }
}
