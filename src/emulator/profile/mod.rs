//! What kind of key the emulator pretends to be. The default is a current FIDO 2.1 key without biometrics; the other
//! named profiles are kinds of keys that exist in the field and that a client must survive.

use std::str::FromStr;
use std::time::Duration;

use crate::webauthn::{Aaguid, cose_key};

/// AAGUID of the default profile: a random GUID that belongs to no vendor.
pub const DEFAULT_AAGUID: Aaguid = Aaguid::new([
    0x8b, 0x1d, 0x6c, 0x52, 0x0f, 0x3e, 0x4b, 0x6a, 0x9c, 0x77, 0x2e, 0x5a, 0x41, 0xd0, 0x93, 0xf4,
]);

/// A specification version in getInfo's `versions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `U2F_V2`: CTAP1 is answered
    U2fV2,
    /// `FIDO_2_0`
    Fido20,
    /// `FIDO_2_1_PRE`
    Fido21Pre,
    /// `FIDO_2_1`
    Fido21,
    /// `FIDO_2_2`
    Fido22,
    /// `FIDO_2_3`
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// How a new credential is attested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attestation {
    /// `packed`, signed by a batch key whose certificate chains to the test root.
    Packed,
    /// `packed`, signed by the credential itself, without certificate.
    Own,
    /// `none`.
    None,
}

/// Which credential management commands are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extension {
    /// `credBlob`
    CredBlob,
    /// `credProtect`
    CredProtect,
    /// `hmac-secret`
    HmacSecret,
    /// `hmac-secret-mc`
    HmacSecretMc,
    /// `largeBlobKey`
    LargeBlobKey,
    /// `minPinLength`
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

/// Which bio enrollment commands are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BioEnrollment {
    /// Only the prototype 0x40, announced as `userVerificationMgmtPreview`.
    Preview,
    /// Only 0x09, announced as `bioEnroll`.
    Standard,
    /// 0x09 and 0x40, both announced.
    Both,
}

/// How a finger is read (CTAP 2.1 §6.7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FingerprintKind {
    /// A sensor that is touched.
    Touch,
    /// A sensor that a finger is swiped over.
    Swipe,
}

/// A fingerprint sensor: built-in user verification.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsbIdentity {
    /// USB vendor id.
    pub vendor_id: u16,
    /// USB product id.
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
}

/// Everything that tells one model of key from another. Public fields: change what a test needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The model's identifier.
    pub aaguid: Aaguid,
    /// getInfo `firmwareVersion`.
    pub firmware_version: u32,
    /// getInfo `versions`, in this order.
    pub versions: Vec<Version>,
    /// getInfo `pinUvAuthProtocols`, most preferred first. Not empty.
    pub pin_uv_auth_protocols: Vec<PinUvAuthProtocol>,
    /// getInfo `extensions`, in this order. `largeBlobKey` needs `large_blobs`.
    pub extensions: Vec<Extension>,
    /// getInfo `transports`.
    pub transports: Vec<String>,
    /// COSE algorithms, most preferred first; ES256 and EdDSA are possible.
    pub algorithms: Vec<i64>,
    /// How credentials are attested.
    pub attestation: Attestation,
    /// `alwaysUv` as it leaves the factory; `None`: the option does not exist.
    pub always_uv: Option<bool>,
    /// Whether non-discoverable credentials can be made without user verification (`makeCredUvNotRqd`).
    pub make_cred_uv_not_rqd: bool,
    /// `Some` when the key supports enterprise attestation: the RP IDs to which it is given when vendor-facilitated.
    pub enterprise_rp_ids: Option<Vec<String>>,
    /// Which credential management commands are answered.
    pub credential_management: CredentialManagement,
    /// Whether authenticatorConfig is answered (`authnrCfg`, `setMinPINLength`).
    pub authenticator_config: bool,
    /// Smallest PIN in Unicode code points as it leaves the factory; at least 4.
    pub min_pin_length: u8,
    /// getInfo `maxRPIDsForSetMinPINLength`.
    pub max_rp_ids_for_set_min_pin_length: usize,
    /// getInfo `maxMsgSize` in bytes, 1024 to 7609.
    pub max_msg_size: usize,
    /// getInfo `maxCredentialCountInList`.
    pub max_credential_count_in_list: usize,
    /// getInfo `maxCredentialIdLength` in bytes, at least 97.
    pub max_credential_id_length: usize,
    /// How many discoverable credentials fit.
    pub discoverable_credentials: usize,
    /// getInfo `maxCredBlobLength` in bytes, at least 32.
    pub max_cred_blob_length: usize,
    /// getInfo `maxSerializedLargeBlobArray` in bytes, at least 1024; `None`: no large blobs.
    pub large_blobs: Option<usize>,
    /// The fingerprint sensor; `None`: there is none, and no built-in user verification.
    pub fingerprint: Option<Fingerprint>,
    /// `noMcGaPermissionsWithClientPin`: tokens for `mc` and `ga` only by built-in user verification.
    pub no_mc_ga_permissions_with_client_pin: bool,
    /// getInfo `pinComplexityPolicy`; when true, trivial PINs are refused. `None`: the member is absent.
    pub pin_complexity_policy: Option<bool>,
    /// getInfo `attestationFormats`; empty: the member is absent.
    pub attestation_formats: Vec<String>,
    /// getInfo `certifications`; empty: the member is absent.
    pub certifications: Vec<(String, u64)>,
    /// Whether assertions without user presence (`up` false) are given. Some keys refuse them.
    pub silent_assertions: bool,
    /// getInfo `longTouchForReset`: a reset needs a long touch.
    pub long_touch_for_reset: bool,
    /// getInfo `transportsForReset`; empty: the member is absent, and every transport will do.
    pub transports_for_reset: Vec<String>,
    /// What the USB device says of itself.
    pub usb: UsbIdentity,
    /// When a reset is allowed.
    pub reset_window: ResetWindow,
    /// How long a request waits for a touch.
    pub touch_timeout: Duration,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            aaguid: DEFAULT_AAGUID,
            firmware_version: 0x0001_0000,
            versions: vec![
                Version::U2fV2,
                Version::Fido20,
                Version::Fido21Pre,
                Version::Fido21,
            ],
            pin_uv_auth_protocols: vec![PinUvAuthProtocol::Two, PinUvAuthProtocol::One],
            extensions: vec![
                Extension::CredBlob,
                Extension::CredProtect,
                Extension::HmacSecret,
                Extension::MinPinLength,
            ],
            transports: vec!["usb".to_owned()],
            algorithms: vec![cose_key::ES256, cose_key::EDDSA],
            attestation: Attestation::Packed,
            always_uv: Some(false),
            make_cred_uv_not_rqd: true,
            enterprise_rp_ids: Some(vec!["login.microsoft.com".to_owned()]),
            // libfido2 before 1.15, and OpenSSH with it, sends nothing but the prototype command.
            credential_management: CredentialManagement::Both,
            authenticator_config: true,
            min_pin_length: 4,
            max_rp_ids_for_set_min_pin_length: 4,
            max_msg_size: 2048,
            max_credential_count_in_list: 8,
            max_credential_id_length: 128,
            discoverable_credentials: 100,
            max_cred_blob_length: 32,
            large_blobs: None,
            fingerprint: None,
            no_mc_ga_permissions_with_client_pin: false,
            pin_complexity_policy: None,
            attestation_formats: Vec::new(),
            certifications: Vec::new(),
            silent_assertions: true,
            long_touch_for_reset: false,
            transports_for_reset: Vec::new(),
            usb: UsbIdentity {
                // pid.codes, for software in development.
                vendor_id: 0x1209,
                product_id: 0xf1d0,
                product: "Halligan emulated key".to_owned(),
                device_version: [1, 0, 0],
            },
            reset_window: ResetWindow::Always,
            touch_timeout: Duration::from_secs(30),
        }
    }
}

impl Profile {
    /// The default key with the specification's reset window of 10 s after power-up.
    #[must_use]
    pub fn strict() -> Self {
        Self {
            reset_window: ResetWindow::AfterPowerUp(Duration::from_secs(10)),
            ..Self::default()
        }
    }

    /// A key of the FIDO_2_1_PRE generation: protocol one, getPinToken, prototype credential management, no
    /// authenticatorConfig.
    #[must_use]
    pub fn preview() -> Self {
        Self {
            aaguid: Aaguid::new([
                0x5e, 0x0f, 0x93, 0xa1, 0x27, 0x6d, 0x4c, 0x08, 0x8f, 0x1a, 0x60, 0xb7, 0x0d, 0x34,
                0xce, 0x29,
            ]),
            versions: vec![Version::Fido20, Version::Fido21Pre],
            pin_uv_auth_protocols: vec![PinUvAuthProtocol::One],
            extensions: vec![Extension::CredProtect, Extension::HmacSecret],
            always_uv: None,
            make_cred_uv_not_rqd: false,
            enterprise_rp_ids: None,
            credential_management: CredentialManagement::Preview,
            authenticator_config: false,
            max_msg_size: 1200,
            ..Self::default()
        }
    }

    /// Whether PIN/UV auth tokens have permissions (`pinUvAuthToken` in getInfo): CTAP 2.1 and later.
    #[must_use]
    pub fn has_permissions(&self) -> bool {
        let since_2_1 = [Version::Fido21, Version::Fido22, Version::Fido23];
        self.versions
            .iter()
            .any(|version| since_2_1.contains(version))
    }

    /// Whether CTAP1/U2F is answered.
    #[must_use]
    pub fn has_ctap1(&self) -> bool {
        self.versions.contains(&Version::U2fV2)
    }

    /// Whether any CTAP2 is answered; a FIDO U2F key has none.
    #[must_use]
    pub fn has_ctap2(&self) -> bool {
        self.versions
            .iter()
            .any(|&version| version != Version::U2fV2)
    }

    /// Whether this extension is there.
    #[must_use]
    pub fn has_extension(&self, extension: Extension) -> bool {
        self.extensions.contains(&extension)
    }
}

/// A name that is no profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no profile is called {0:?}; there are default, strict, preview")]
pub struct UnknownProfile(pub String);

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, UnknownProfile> {
        match name {
            "default" => Ok(Self::default()),
            "strict" => Ok(Self::strict()),
            "preview" => Ok(Self::preview()),
            _ => Err(UnknownProfile(name.to_owned())),
        }
    }
}
