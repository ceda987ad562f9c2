//! The words in which a profile speaks, each as the specification or the wire has it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A specification version in getInfo's `versions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Version {
    /// `U2F_V2`: CTAP1 is answered
    #[serde(rename = "U2F_V2")]
    U2fV2,
    /// `FIDO_2_0`
    #[serde(rename = "FIDO_2_0")]
    Fido20,
    /// `FIDO_2_1_PRE`
    #[serde(rename = "FIDO_2_1_PRE")]
    Fido21Pre,
    /// `FIDO_2_1`
    #[serde(rename = "FIDO_2_1")]
    Fido21,
    /// `FIDO_2_2`
    #[serde(rename = "FIDO_2_2")]
    Fido22,
    /// `FIDO_2_3`
    #[serde(rename = "FIDO_2_3")]
    Fido23,
}

impl Version {
    /// The text in getInfo.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::U2fV2 => "U2F_V2",
            Self::Fido20 => "FIDO_2_0",
            Self::Fido21Pre => "FIDO_2_1_PRE",
            Self::Fido21 => "FIDO_2_1",
            Self::Fido22 => "FIDO_2_2",
            Self::Fido23 => "FIDO_2_3",
        }
    }
}

/// A PIN/UV auth protocol (CTAP 2.1 §6.5.6, §6.5.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum PinUvAuthProtocol {
    /// Version one: zero IV, truncated MACs.
    One,
    /// Version two: HKDF, random IV, whole MACs.
    Two,
}

impl PinUvAuthProtocol {
    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }
}

impl From<PinUvAuthProtocol> for u8 {
    fn from(protocol: PinUvAuthProtocol) -> Self {
        protocol.number()
    }
}

/// A number that is no PIN/UV auth protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no PIN/UV auth protocol {0}, only 1 and 2")]
pub struct UnknownProtocol(u8);

impl TryFrom<u8> for PinUvAuthProtocol {
    type Error = UnknownProtocol;

    fn try_from(number: u8) -> Result<Self, UnknownProtocol> {
        match number {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            _ => Err(UnknownProtocol(number)),
        }
    }
}

/// How a new credential is attested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attestation {
    /// `packed`, signed by a batch key whose certificate chains to the test root.
    Packed,
    /// `packed`, signed by the credential itself, without certificate.
    #[serde(rename = "self")]
    Own,
    /// `none`.
    None,
}

/// Which credential management commands are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialManagement {
    /// Neither.
    Absent,
    /// Only the prototype 0x41, announced as `credentialMgmtPreview`.
    Preview,
    /// Only 0x0A, announced as `credMgmt`.
    Standard,
    /// 0x0A and 0x41, both announced.
    Both,
    /// `credMgmt` is announced but only 0x41 is answered: a mistake that real keys make.
    Misannounced,
}

/// An extension in getInfo's `extensions` (CTAP 2.1 §12, CTAP 2.2 §12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Extension {
    /// `credBlob`
    #[serde(rename = "credBlob")]
    CredBlob,
    /// `credProtect`
    #[serde(rename = "credProtect")]
    CredProtect,
    /// `hmac-secret`
    #[serde(rename = "hmac-secret")]
    HmacSecret,
    /// `hmac-secret-mc`
    #[serde(rename = "hmac-secret-mc")]
    HmacSecretMc,
    /// `largeBlobKey`
    #[serde(rename = "largeBlobKey")]
    LargeBlobKey,
    /// `minPinLength`
    #[serde(rename = "minPinLength")]
    MinPinLength,
}

impl Extension {
    /// The identifier on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CredBlob => "credBlob",
            Self::CredProtect => "credProtect",
            Self::HmacSecret => "hmac-secret",
            Self::HmacSecretMc => "hmac-secret-mc",
            Self::LargeBlobKey => "largeBlobKey",
            Self::MinPinLength => "minPinLength",
        }
    }
}

/// What getInfo need not mention: members that are optional, and options whose absence means what the key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Optional {
    /// 0x0A
    Algorithms,
    /// 0x0E
    FirmwareVersion,
    /// 0x18
    LongTouchForReset,
    /// 0x07
    MaxCredentialCountInList,
    /// 0x08
    MaxCredentialIdLength,
    /// The option `makeCredUvNotRqd`, by default false.
    MakeCredUvNotRqd,
    /// 0x1B: a policy may be enforced without a word of it.
    PinComplexityPolicy,
    /// 0x14
    RemainingDiscoverableCredentials,
    /// The option `up`, by default true.
    Up,
    /// The option `uvAcfg`, by default false.
    UvAcfg,
    /// The option `uvBioEnroll`, by default false.
    UvBioEnroll,
}

impl Optional {
    /// The member's number; `None` for an option.
    #[must_use]
    pub fn member(self) -> Option<u8> {
        match self {
            Self::MaxCredentialCountInList => Some(0x07),
            Self::MaxCredentialIdLength => Some(0x08),
            Self::Algorithms => Some(0x0a),
            Self::FirmwareVersion => Some(0x0e),
            Self::RemainingDiscoverableCredentials => Some(0x14),
            Self::LongTouchForReset => Some(0x18),
            Self::PinComplexityPolicy => Some(0x1b),
            Self::MakeCredUvNotRqd | Self::Up | Self::UvAcfg | Self::UvBioEnroll => None,
        }
    }

    /// The option's name; `None` for a member.
    #[must_use]
    pub fn option(self) -> Option<&'static str> {
        match self {
            Self::MakeCredUvNotRqd => Some("makeCredUvNotRqd"),
            Self::Up => Some("up"),
            Self::UvAcfg => Some("uvAcfg"),
            Self::UvBioEnroll => Some("uvBioEnroll"),
            _ => None,
        }
    }
}

/// Which bio enrollment commands are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BioEnrollment {
    /// Only the prototype 0x40, announced as `userVerificationMgmtPreview`.
    Preview,
    /// Only 0x09, announced as `bioEnroll`.
    Standard,
    /// 0x09 and 0x40, both announced.
    Both,
}

/// How a finger is read (CTAP 2.1 §6.7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FingerprintKind {
    /// A sensor that is touched.
    Touch,
    /// A sensor that a finger is swiped over.
    Swipe,
}

/// A fingerprint sensor: built-in user verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprint {
    /// How a finger is read.
    pub kind: FingerprintKind,
    /// Which commands manage the templates.
    pub enrollment: BioEnrollment,
    /// `maxCaptureSamplesRequiredForEnroll`: good samples that make a template.
    pub samples: u8,
    /// How many templates fit.
    pub templates: usize,
    /// `maxTemplateFriendlyName`, in bytes.
    pub max_friendly_name: usize,
    /// Wrong fingers in a row after which only the PIN helps; 1 to 25 (CTAP 2.1 §6.5.3).
    pub max_retries: u8,
}

/// What the USB device says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsbIdentity {
    /// USB vendor id.
    #[serde(with = "super::notation::hex_u16")]
    pub vendor_id: u16,
    /// USB product id.
    #[serde(with = "super::notation::hex_u16")]
    pub product_id: u16,
    /// Manufacturer and product, as the operating system shows them.
    pub product: String,
    /// Device version in CTAPHID_INIT: major, minor, build.
    pub device_version: [u8; 3],
}

/// When authenticatorReset is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetWindow {
    /// At any time.
    Always,
    /// Within this time after power-up; the specification says 10 s.
    AfterPowerUp(Duration),
    /// Only as the first CTAP2 command but getInfo after power-up, whenever that is: a habit of some keys.
    FirstCommand,
}
