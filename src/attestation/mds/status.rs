//! Status reports: what FIDO says of a model, since when and for which firmware (Metadata Service v3.1 §3.1.3, §3.1.4).

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::Deserialize;

/// What a report says. A word of a later edition is kept as it came.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(from = "String")]
pub enum AuthenticatorStatus {
    /// Listed without having been certified.
    NotFidoCertified,
    /// Passed FIDO's certification, of functions only or of a security level.
    Certified(CertificationLevel),
    /// The user can be passed over.
    UserVerificationBypass,
    /// The attestation key is known to others, so anything can claim to be this model.
    AttestationKeyCompromise,
    /// Users' private keys can be obtained from afar.
    UserKeyRemoteCompromise,
    /// Users' private keys can be obtained by somebody who has the authenticator.
    UserKeyPhysicalCompromise,
    /// There is newer firmware.
    UpdateAvailable,
    /// The vendor has given up the model.
    Retired,
    /// Not to be trusted for any reason.
    Revoked,
    /// The vendor says of itself what certification would have examined.
    SelfAssertionSubmitted,
    /// `FIPS140_CERTIFIED_L1` to `L4`.
    FipsCertified(u8),
    /// Any other word.
    Unknown(String),
}

impl AuthenticatorStatus {
    /// The words of the specification.
    pub fn words() -> impl Iterator<Item = &'static str> {
        WORDS.into_iter().map(|(word, _)| word)
    }

    /// Whether it tells of a weakness, or that the model is not to be trusted at all.
    #[must_use]
    pub fn is_incident(&self) -> bool {
        matches!(
            self,
            Self::UserVerificationBypass
                | Self::AttestationKeyCompromise
                | Self::UserKeyRemoteCompromise
                | Self::UserKeyPhysicalCompromise
                | Self::Revoked
        )
    }

    /// Whether it ends every certification before it.
    #[must_use]
    pub fn ends_certification(&self) -> bool {
        matches!(self, Self::NotFidoCertified | Self::Revoked)
    }

    /// The level, if it is a certification by FIDO.
    #[must_use]
    pub fn level(&self) -> Option<CertificationLevel> {
        match self {
            Self::Certified(level) => Some(*level),
            _ => None,
        }
    }
}

/// The words of the specification.
const WORDS: [(&str, AuthenticatorStatus); 20] = {
    use AuthenticatorStatus as S;
    use CertificationLevel as L;
    [
        ("NOT_FIDO_CERTIFIED", S::NotFidoCertified),
        ("FIDO_CERTIFIED", S::Certified(L::Functional)),
        ("USER_VERIFICATION_BYPASS", S::UserVerificationBypass),
        ("ATTESTATION_KEY_COMPROMISE", S::AttestationKeyCompromise),
        ("USER_KEY_REMOTE_COMPROMISE", S::UserKeyRemoteCompromise),
        ("USER_KEY_PHYSICAL_COMPROMISE", S::UserKeyPhysicalCompromise),
        ("UPDATE_AVAILABLE", S::UpdateAvailable),
        ("RETIRED", S::Retired),
        ("REVOKED", S::Revoked),
        ("SELF_ASSERTION_SUBMITTED", S::SelfAssertionSubmitted),
        ("FIDO_CERTIFIED_L1", S::Certified(L::L1)),
        ("FIDO_CERTIFIED_L1plus", S::Certified(L::L1Plus)),
        ("FIDO_CERTIFIED_L2", S::Certified(L::L2)),
        ("FIDO_CERTIFIED_L2plus", S::Certified(L::L2Plus)),
        ("FIDO_CERTIFIED_L3", S::Certified(L::L3)),
        ("FIDO_CERTIFIED_L3plus", S::Certified(L::L3Plus)),
        ("FIPS140_CERTIFIED_L1", S::FipsCertified(1)),
        ("FIPS140_CERTIFIED_L2", S::FipsCertified(2)),
        ("FIPS140_CERTIFIED_L3", S::FipsCertified(3)),
        ("FIPS140_CERTIFIED_L4", S::FipsCertified(4)),
    ]
};

impl From<String> for AuthenticatorStatus {
    fn from(word: String) -> Self {
        let known = WORDS.into_iter().find(|(known, _)| *known == word);
        known.map_or(Self::Unknown(word), |(_, status)| status)
    }
}

/// The word as it came.
impl fmt::Display for AuthenticatorStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = WORDS.into_iter().find(|(_, status)| status == self);
        match (known, self) {
            (Some((word, _)), _) => formatter.write_str(word),
            (None, Self::Unknown(word)) => formatter.write_str(word),
            (None, status) => write!(formatter, "{status:?}"),
        }
    }
}

/// How far FIDO's certification went, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CertificationLevel {
    /// Functions only: `FIDO_CERTIFIED`.
    Functional,
    /// Level 1.
    L1,
    /// Level 1+.
    L1Plus,
    /// Level 2.
    L2,
    /// Level 2+.
    L2Plus,
    /// Level 3.
    L3,
    /// Level 3+.
    L3Plus,
}

impl CertificationLevel {
    /// All of them, from least to most.
    pub const ALL: [Self; 7] = [
        Self::Functional,
        Self::L1,
        Self::L1Plus,
        Self::L2,
        Self::L2Plus,
        Self::L3,
        Self::L3Plus,
    ];

    /// As it stands behind `FIDO_CERTIFIED_`; `functional` for the one that has no such suffix.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Functional => "functional",
            Self::L1 => "L1",
            Self::L1Plus => "L1plus",
            Self::L2 => "L2",
            Self::L2Plus => "L2plus",
            Self::L3 => "L3",
            Self::L3Plus => "L3plus",
        }
    }
}

impl fmt::Display for CertificationLevel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A text that names no level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is none of functional, L1, L1plus, L2, L2plus, L3, L3plus")]
pub struct UnknownLevel(pub String);

/// In either case, with `+` or `plus`.
impl FromStr for CertificationLevel {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let spelled = text.replace('+', "plus");
        Self::ALL
            .into_iter()
            .find(|level| level.as_str().eq_ignore_ascii_case(&spelled))
            .ok_or_else(|| UnknownLevel(text.to_owned()))
    }
}

/// One report on a model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusReport {
    /// What it says.
    pub status: AuthenticatorStatus,
    /// Since when; a report without a date holds as long as it is there.
    pub effective_date: Option<Date>,
    /// The firmware that it is about: of a certification this version and later ones, of an incident the weak one, of an
    /// update the new one.
    pub authenticator_version: Option<u64>,
    /// The certificate that it is about, in base64.
    pub certificate: Option<String>,
    /// The batch's attestation certificate that it is about, in base64.
    pub batch_certificate: Option<String>,
    /// Where more is said.
    pub url: Option<String>,
    /// What was certified.
    pub certification_descriptor: Option<String>,
    /// The number of the certificate of certification.
    pub certificate_number: Option<String>,
    /// The edition of FIDO's certification policy.
    pub certification_policy_version: Option<String>,
    /// For whom it was certified: `consumer`, `enterprise`.
    #[serde(default)]
    pub certification_profiles: Vec<String>,
    /// The edition of FIDO's security requirements.
    pub certification_requirements_version: Option<String>,
    /// When the certification ends.
    pub sunset_date: Option<Date>,
    /// The revision of FIPS 140.
    pub fips_revision: Option<u64>,
    /// The physical security level of FIPS 140.
    pub fips_physical_security_level: Option<u64>,
}

impl StatusReport {
    /// Whether it holds on a day: it has begun, and has not ended.
    #[must_use]
    pub fn holds(&self, on: Date) -> bool {
        self.effective_date.is_none_or(|since| since <= on)
            && self.sunset_date.is_none_or(|until| on <= until)
    }

    /// Whether an incident concerns a key with this firmware; `None` if that cannot be told. A revocation concerns the
    /// model, and a report that names no version all of them.
    #[must_use]
    pub fn affects(&self, firmware: Option<u64>) -> Option<bool> {
        match (self.authenticator_version, firmware) {
            _ if self.status == AuthenticatorStatus::Revoked => Some(true),
            (None, _) => Some(true),
            (Some(_), None) => None,
            (Some(weak), Some(firmware)) => Some(firmware <= weak),
        }
    }
}
