//! authenticatorGetInfo (CTAP 2.1 §6.4, with the members of CTAP 2.2): what a key can do.

use std::collections::BTreeMap;

use super::members::{DecodeError, Members, array, boolean, bytes, fixed, integer, map, text};
use crate::encoding::cbor::Value;
use crate::webauthn::Aaguid;

/// The command's name in errors.
pub const NAME: &str = "getInfo";

/// What a key can do. A member that the key did not send is `None`: absent is neither false nor zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// `FIDO_2_0`, `FIDO_2_1_PRE`, `FIDO_2_1`, `FIDO_2_2`, `U2F_V2`, …
    pub versions: Vec<String>,
    /// Extension identifiers.
    pub extensions: Option<Vec<String>>,
    /// The model.
    pub aaguid: Aaguid,
    /// Option ids and their values.
    pub options: Options,
    /// The longest request in bytes; see [`Response::message_limit`].
    pub max_msg_size: Option<usize>,
    /// PIN protocols, the preferred one first; numbers that nobody knows are kept.
    pub pin_uv_auth_protocols: Option<Vec<u64>>,
    /// Longest exclude or allow list.
    pub max_credential_count_in_list: Option<usize>,
    /// Longest credential id in bytes.
    pub max_credential_id_length: Option<usize>,
    /// `usb`, `nfc`, `ble`, `internal`, `hybrid`, …
    pub transports: Option<Vec<String>>,
    /// COSE algorithm identifiers for credentials, the preferred one first.
    pub algorithms: Option<Vec<i64>>,
    /// Size of the large-blob store in bytes.
    pub max_serialized_large_blob_array: Option<u64>,
    /// Whether the PIN must be changed before it can be used.
    pub force_pin_change: Option<bool>,
    /// Fewest code points of a PIN; see [`Response::pin_minimum`].
    pub min_pin_length: Option<usize>,
    /// The vendor's own numbering.
    pub firmware_version: Option<u64>,
    /// Longest credBlob in bytes.
    pub max_cred_blob_length: Option<u64>,
    /// How many RP IDs setMinPINLength takes.
    pub max_rp_ids_for_set_min_pin_length: Option<u64>,
    /// How often to try built-in user verification before asking for the PIN.
    pub preferred_platform_uv_attempts: Option<u64>,
    /// How the key verifies users, a bit field of the FIDO registry.
    pub uv_modality: Option<u64>,
    /// Certifications and their levels.
    pub certifications: Option<BTreeMap<String, i64>>,
    /// How many discoverable credentials still fit.
    pub remaining_discoverable_credentials: Option<u64>,
    /// Vendor subcommands of authenticatorConfig.
    pub vendor_prototype_config_commands: Option<Vec<u64>>,
    /// Attestation formats (CTAP 2.2).
    pub attestation_formats: Option<Vec<String>>,
    /// User verifications since the PIN was last entered (CTAP 2.2).
    pub uv_count_since_last_pin_entry: Option<u64>,
    /// Whether a reset wants a long touch (CTAP 2.2).
    pub long_touch_for_reset: Option<bool>,
    /// The key's identifier, encrypted for holders of a token (CTAP 2.2).
    pub enc_identifier: Option<Vec<u8>>,
    /// Transports over which a reset is possible (CTAP 2.2).
    pub transports_for_reset: Option<Vec<String>>,
    /// Whether the key enforces a PIN policy beyond length (CTAP 2.2).
    pub pin_complexity_policy: Option<bool>,
    /// Where that policy is described, as the key says (CTAP 2.2).
    pub pin_complexity_policy_url: Option<Vec<u8>>,
    /// Most bytes of a PIN (CTAP 2.2).
    pub max_pin_length: Option<usize>,
    /// Members that this version does not know, undecoded.
    pub unknown: Vec<(Value, Value)>,
}

/// The options map; each is `None` if the key did not send it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Built into the platform; absent means false.
    pub plat: Option<bool>,
    /// Can hold discoverable credentials; absent means false.
    pub rk: Option<bool>,
    /// PIN: true is set, false is not set yet, absent is not possible.
    pub client_pin: Option<bool>,
    /// Can test user presence; absent means true.
    pub up: Option<bool>,
    /// Built-in user verification: true is ready, false is not enrolled, absent is not possible.
    pub uv: Option<bool>,
    /// Gives tokens with permissions; absent means false.
    pub pin_uv_auth_token: Option<bool>,
    /// A PIN does not give `mc` and `ga`; absent means false.
    pub no_mc_ga_permissions_with_client_pin: Option<bool>,
    /// Can store large blobs.
    pub large_blobs: Option<bool>,
    /// Enterprise attestation: true is enabled, false is not enabled yet, absent is not possible.
    pub ep: Option<bool>,
    /// Can enrol fingerprints: true once one is enrolled.
    pub bio_enroll: Option<bool>,
    /// The same before CTAP 2.1.
    pub user_verification_mgmt_preview: Option<bool>,
    /// Built-in user verification gives the `be` permission.
    pub uv_bio_enroll: Option<bool>,
    /// Has authenticatorConfig.
    pub authnr_cfg: Option<bool>,
    /// Built-in user verification gives the `acfg` permission.
    pub uv_acfg: Option<bool>,
    /// Has credential management.
    pub cred_mgmt: Option<bool>,
    /// Has credential management under its preview command.
    pub credential_mgmt_preview: Option<bool>,
    /// Gives the `pcmr` permission (CTAP 2.2).
    pub per_cred_mgmt_ro: Option<bool>,
    /// Has setMinPINLength.
    pub set_min_pin_length: Option<bool>,
    /// Creates non-discoverable credentials without user verification.
    pub make_cred_uv_not_rqd: Option<bool>,
    /// Always verifies the user: true is on, false is off, absent is not possible.
    pub always_uv: Option<bool>,
    /// Options that this version does not know.
    pub unknown: BTreeMap<String, bool>,
}

impl Response {
    /// Decodes the CBOR after the status byte.
    ///
    /// # Errors
    /// When a member is missing or malformed.
    pub fn decode(cbor: &[u8]) -> Result<Self, DecodeError> {
        let mut members = Members::parse(NAME, cbor)?;
        let m = &mut members;
        Ok(Self {
            versions: m.required(0x01, "versions", array(text))?,
            extensions: m.optional(0x02, "extensions", array(text))?,
            aaguid: Aaguid::new(m.required(0x03, "aaguid", fixed)?),
            options: m
                .optional(0x04, "options", Options::from_cbor)?
                .unwrap_or_default(),
            max_msg_size: m.optional(0x05, "maxMsgSize", integer)?,
            pin_uv_auth_protocols: m.optional(0x06, "pinUvAuthProtocols", array(integer))?,
            max_credential_count_in_list: m.optional(0x07, "maxCredentialCountInList", integer)?,
            max_credential_id_length: m.optional(0x08, "maxCredentialIdLength", integer)?,
            transports: m.optional(0x09, "transports", array(text))?,
            algorithms: m.optional(0x0a, "algorithms", array(algorithm))?,
            max_serialized_large_blob_array: m.optional(
                0x0b,
                "maxSerializedLargeBlobArray",
                integer,
            )?,
            force_pin_change: m.optional(0x0c, "forcePINChange", boolean)?,
            min_pin_length: m.optional(0x0d, "minPINLength", integer)?,
            firmware_version: m.optional(0x0e, "firmwareVersion", integer)?,
            max_cred_blob_length: m.optional(0x0f, "maxCredBlobLength", integer)?,
            max_rp_ids_for_set_min_pin_length: m.optional(
                0x10,
                "maxRPIDsForSetMinPINLength",
                integer,
            )?,
            preferred_platform_uv_attempts: m.optional(
                0x11,
                "preferredPlatformUvAttempts",
                integer,
            )?,
            uv_modality: m.optional(0x12, "uvModality", integer)?,
            certifications: m.optional(0x13, "certifications", named(integer))?,
            remaining_discoverable_credentials: m.optional(
                0x14,
                "remainingDiscoverableCredentials",
                integer,
            )?,
            vendor_prototype_config_commands: m.optional(
                0x15,
                "vendorPrototypeConfigCommands",
                array(integer),
            )?,
            attestation_formats: m.optional(0x16, "attestationFormats", array(text))?,
            uv_count_since_last_pin_entry: m.optional(0x17, "uvCountSinceLastPinEntry", integer)?,
            long_touch_for_reset: m.optional(0x18, "longTouchForReset", boolean)?,
            enc_identifier: m.optional(0x19, "encIdentifier", bytes)?,
            transports_for_reset: m.optional(0x1a, "transportsForReset", array(text))?,
            pin_complexity_policy: m.optional(0x1b, "pinComplexityPolicy", boolean)?,
            pin_complexity_policy_url: m.optional(0x1c, "pinComplexityPolicyURL", bytes)?,
            max_pin_length: m.optional(0x1d, "maxPINLength", integer)?,
            unknown: members.rest(),
        })
    }

    /// The longest request in bytes; 1024 where the key does not say (§6.4).
    #[must_use]
    pub fn message_limit(&self) -> usize {
        self.max_msg_size.unwrap_or(1024)
    }

    /// The fewest code points of a PIN; 4 where the key does not say (§6.4).
    #[must_use]
    pub fn pin_minimum(&self) -> usize {
        self.min_pin_length.unwrap_or(crate::secret::Pin::MINIMUM)
    }

    /// Whether the key names a version.
    #[must_use]
    pub fn has_version(&self, version: &str) -> bool {
        self.versions.iter().any(|candidate| candidate == version)
    }

    /// Whether the key has authenticatorSelection, which came with CTAP 2.1 and has no option of its own.
    #[must_use]
    pub fn has_selection(&self) -> bool {
        self.versions.iter().any(|version| {
            version.starts_with("FIDO_2_") && !matches!(&**version, "FIDO_2_0" | "FIDO_2_1_PRE")
        })
    }

    /// Whether the key names an extension.
    #[must_use]
    pub fn has_extension(&self, identifier: &str) -> bool {
        self.extensions
            .iter()
            .flatten()
            .any(|candidate| candidate == identifier)
    }
}

impl Options {
    /// The options that the key sent, by their ids.
    pub fn named(&self) -> impl Iterator<Item = (&str, bool)> {
        let known = [
            ("plat", self.plat),
            ("rk", self.rk),
            ("clientPin", self.client_pin),
            ("up", self.up),
            ("uv", self.uv),
            ("pinUvAuthToken", self.pin_uv_auth_token),
            (
                "noMcGaPermissionsWithClientPin",
                self.no_mc_ga_permissions_with_client_pin,
            ),
            ("largeBlobs", self.large_blobs),
            ("ep", self.ep),
            ("bioEnroll", self.bio_enroll),
            (
                "userVerificationMgmtPreview",
                self.user_verification_mgmt_preview,
            ),
            ("uvBioEnroll", self.uv_bio_enroll),
            ("authnrCfg", self.authnr_cfg),
            ("uvAcfg", self.uv_acfg),
            ("credMgmt", self.cred_mgmt),
            ("credentialMgmtPreview", self.credential_mgmt_preview),
            ("perCredMgmtRO", self.per_cred_mgmt_ro),
            ("setMinPINLength", self.set_min_pin_length),
            ("makeCredUvNotRqd", self.make_cred_uv_not_rqd),
            ("alwaysUv", self.always_uv),
        ];
        let sent = known
            .into_iter()
            .filter_map(|(id, value)| Some((id, value?)));
        let unknown = self.unknown.iter();
        sent.chain(unknown.map(|(id, value)| (id.as_str(), *value)))
    }

    fn from_cbor(value: Value) -> Option<Self> {
        let mut map = named(boolean)(value)?;
        let mut take = |id: &str| map.remove(id);
        Some(Self {
            plat: take("plat"),
            rk: take("rk"),
            client_pin: take("clientPin"),
            up: take("up"),
            uv: take("uv"),
            pin_uv_auth_token: take("pinUvAuthToken"),
            no_mc_ga_permissions_with_client_pin: take("noMcGaPermissionsWithClientPin"),
            large_blobs: take("largeBlobs"),
            ep: take("ep"),
            bio_enroll: take("bioEnroll"),
            user_verification_mgmt_preview: take("userVerificationMgmtPreview"),
            uv_bio_enroll: take("uvBioEnroll"),
            authnr_cfg: take("authnrCfg"),
            uv_acfg: take("uvAcfg"),
            cred_mgmt: take("credMgmt"),
            credential_mgmt_preview: take("credentialMgmtPreview"),
            per_cred_mgmt_ro: take("perCredMgmtRO"),
            set_min_pin_length: take("setMinPINLength"),
            make_cred_uv_not_rqd: take("makeCredUvNotRqd"),
            always_uv: take("alwaysUv"),
            unknown: map,
        })
    }
}

/// A map with text keys whose values all convert.
fn named<T>(
    convert: impl Fn(Value) -> Option<T>,
) -> impl FnOnce(Value) -> Option<BTreeMap<String, T>> {
    move |value| {
        map(value)?
            .into_iter()
            .map(|(key, value)| Some((text(key)?, convert(value)?)))
            .collect()
    }
}

/// The `alg` of a PublicKeyCredentialParameters.
fn algorithm(value: Value) -> Option<i64> {
    let members = map(value)?;
    let algorithm = crate::encoding::cbor::get(&members, &Value::from("alg"))?;
    integer(algorithm.clone())
}
