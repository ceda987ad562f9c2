//! What kind of key the emulator pretends to be, as data: a profile is written in TOML as what differs from another one
//! (`file`), the families of real keys that come along are such files (`family`), and what no key can be is refused
//! (`limits`). `docs/emulator.md` explains every member to whoever writes one.

mod default;
mod family;
mod file;
mod limits;
mod member;
mod notation;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::duration;
use crate::webauthn::Aaguid;

pub use default::DEFAULT_AAGUID;
pub use family::{Family, UnknownProfile};
pub use file::{Defect, ProfileError, ProfileFile};
pub use limits::{Reason, Unfit};
pub use member::{
    Attestation, BioEnrollment, CredentialManagement, Extension, Fingerprint, FingerprintKind,
    Optional, PinUvAuthProtocol, ResetWindow, UnknownProtocol, UsbIdentity, Version,
};

/// Everything that tells one model of key from another. Public fields: change what a test needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    #[serde(with = "notation::algorithms")]
    pub algorithms: Vec<i64>,
    /// How credentials are attested.
    pub attestation: Attestation,
    /// `alwaysUv` as it leaves the factory; `None`: the option does not exist.
    #[serde(with = "notation::or_absent")]
    pub always_uv: Option<bool>,
    /// Whether non-discoverable credentials can be made without user verification (`makeCredUvNotRqd`).
    pub make_cred_uv_not_rqd: bool,
    /// `Some` when the key supports enterprise attestation: the RP IDs to which it is given when vendor-facilitated.
    #[serde(with = "notation::or_absent")]
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
    /// getInfo `maxCredentialIdLength` in bytes, 80 to 1023.
    pub max_credential_id_length: usize,
    /// How many discoverable credentials fit.
    pub discoverable_credentials: usize,
    /// getInfo `maxCredBlobLength` in bytes, at least 32.
    pub max_cred_blob_length: usize,
    /// getInfo `maxSerializedLargeBlobArray` in bytes, at least 1024; `None`: no large blobs.
    #[serde(with = "notation::or_absent")]
    pub large_blobs: Option<usize>,
    /// `noMcGaPermissionsWithClientPin`: tokens for `mc` and `ga` only by built-in user verification.
    pub no_mc_ga_permissions_with_client_pin: bool,
    /// getInfo `pinComplexityPolicy`; when true, trivial PINs are refused. `None`: the member is absent.
    #[serde(with = "notation::or_absent")]
    pub pin_complexity_policy: Option<bool>,
    /// getInfo `pinComplexityPolicyURL`; `None`: the member is absent.
    #[serde(with = "notation::or_absent")]
    pub pin_complexity_policy_url: Option<String>,
    /// getInfo `maxPINLength` in Unicode code points; longer PINs are refused. `None`: the member is absent.
    #[serde(with = "notation::or_absent")]
    pub max_pin_length: Option<u8>,
    /// getInfo `attestationFormats`; empty: the member is absent.
    pub attestation_formats: Vec<String>,
    /// getInfo `certifications`; empty: the member is absent.
    pub certifications: Vec<(String, u64)>,
    /// Whether assertions without user presence (`up` false) are given. Some keys refuse them.
    pub silent_assertions: bool,
    /// getInfo `longTouchForReset`: a reset needs a long touch.
    pub long_touch_for_reset: bool,
    /// Whether authenticatorConfig can make a long touch needed (enableLongTouchForReset, CTAP 2.3 §6.11).
    pub can_enable_long_touch_for_reset: bool,
    /// getInfo `transportsForReset`; empty: the member is absent, and every transport will do.
    pub transports_for_reset: Vec<String>,
    /// When a reset is allowed.
    #[serde(with = "notation::reset_window")]
    pub reset_window: ResetWindow,
    /// How long a request waits for a touch.
    #[serde(with = "duration::text")]
    pub touch_timeout: Duration,
    /// How long every credential id is, in bytes, 80 to `max_credential_id_length`. `None`: as long as needed.
    #[serde(with = "notation::or_absent")]
    pub credential_id_length: Option<usize>,
    /// Members and options of getInfo that the key does not mention although it could.
    pub leaves_out: Vec<Optional>,
    /// Whether CTAPHID_INIT announces CTAPHID_WINK.
    pub wink: bool,
    /// A defect of some keys without built-in user verification: the question for its retries makes them drop off the bus.
    pub crashes_on_get_uv_retries: bool,
    /// What the USB device says of itself.
    pub usb: UsbIdentity,
    /// The fingerprint sensor; `None`: there is none, and no built-in user verification.
    #[serde(with = "notation::or_absent")]
    pub fingerprint: Option<Fingerprint>,
}

impl Profile {
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

    /// Whether getInfo has what came with CTAP 2.2.
    #[must_use]
    pub fn is_since_2_2(&self) -> bool {
        let since_2_2 = [Version::Fido22, Version::Fido23];
        self.versions
            .iter()
            .any(|version| since_2_2.contains(version))
    }

    /// Whether this extension is there.
    #[must_use]
    pub fn has_extension(&self, extension: Extension) -> bool {
        self.extensions.contains(&extension)
    }
}
