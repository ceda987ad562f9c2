//! One model in the metadata: its statement (FIDO Metadata Statement v3.1 §3) and its status reports.

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::status::{AuthenticatorStatus, CertificationLevel, StatusReport};
use crate::attestation::{Error, Roots};
use crate::encoding::base64url;
use crate::webauthn::Aaguid;

/// One model. It has an AAGUID (FIDO2), an AAID (UAF) or the identifiers of its attestation keys (U2F).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// The model of a FIDO2 authenticator.
    pub aaguid: Option<Aaguid>,
    /// The model of a UAF authenticator.
    pub aaid: Option<String>,
    /// SHA-1 of the public keys of a U2F authenticator's attestation certificates, in hexadecimal.
    #[serde(default)]
    pub attestation_certificate_key_identifiers: Vec<String>,
    /// What the vendor says of it.
    #[serde(default)]
    pub metadata_statement: MetadataStatement,
    /// What FIDO says of it, the oldest first; those without a date before all others.
    pub status_reports: Vec<StatusReport>,
    /// When the reports last changed.
    pub time_of_last_status_change: Option<Date>,
}

/// What a vendor says of a model. Words of lists are kept as they came, those of later editions too. Pictures are not kept.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetadataStatement {
    /// The model's name.
    #[serde(default)]
    pub description: String,
    /// The earliest firmware that the statement is about.
    pub authenticator_version: Option<u64>,
    /// `fido2`, `u2f` or `uaf`
    #[serde(default)]
    pub protocol_family: String,
    /// The editions of the protocol.
    #[serde(default)]
    pub upv: Vec<ProtocolVersion>,
    /// The ways to verify the user: one of the outer list, by all methods of the inner one.
    #[serde(default)]
    pub user_verification_details: Vec<Vec<UserVerification>>,
    /// `hardware`, `secure_element`, `tee`, `software`, `remote_handle`
    #[serde(default)]
    pub key_protection: Vec<String>,
    /// `on_chip`, `tee`, `software`
    #[serde(default)]
    pub matcher_protection: Vec<String>,
    /// `external`, `internal`, `wired`, `wireless`, `nfc`, …
    #[serde(default)]
    pub attachment_hint: Vec<String>,
    /// `basic_full`, `basic_surrogate` (self attestation), `attca`, `ecdaa`, `none`
    #[serde(default)]
    pub attestation_types: Vec<String>,
    /// `secp256r1_ecdsa_sha256_raw`, …
    #[serde(default)]
    pub authentication_algorithms: Vec<String>,
    /// What an attestation chain may lead to: certificates in base64. [`Entry::roots`] has them decoded.
    #[serde(default)]
    pub attestation_root_certificates: Vec<String>,
    /// Whether credentials may leave the authenticator: `unsupported`, `explicit`, `implicit`; rarely said.
    pub multi_device_credential_support: Option<String>,
    /// What getInfo answers, as it came: its members are those of CTAP, by name.
    #[serde(default)]
    pub authenticator_get_info: Map<String, Value>,
}

/// An edition of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct ProtocolVersion {
    /// Before the point.
    pub major: u64,
    /// After the point.
    pub minor: u64,
}

/// One method of verifying the user.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserVerification {
    /// `passcode_external` (a PIN typed at the host), `fingerprint_internal`, `presence_internal`, `none`, …
    pub user_verification_method: String,
}

impl MetadataStatement {
    /// The transports that getInfo names.
    pub fn transports(&self) -> impl Iterator<Item = &str> {
        self.get_info_words("transports")
    }

    /// The protocol versions that getInfo names.
    pub fn versions(&self) -> impl Iterator<Item = &str> {
        self.get_info_words("versions")
    }

    /// The firmware that getInfo names.
    #[must_use]
    pub fn firmware_version(&self) -> Option<u64> {
        self.authenticator_get_info.get("firmwareVersion")?.as_u64()
    }

    /// Every method of user verification once, in the order of the statement.
    #[must_use]
    pub fn user_verification_methods(&self) -> Vec<&str> {
        let mut methods = Vec::new();
        for method in self.user_verification_details.iter().flatten() {
            let method = method.user_verification_method.as_str();
            if !methods.contains(&method) {
                methods.push(method);
            }
        }
        methods
    }

    fn get_info_words(&self, member: &str) -> impl Iterator<Item = &str> {
        let words = self
            .authenticator_get_info
            .get(member)
            .and_then(Value::as_array);
        words.into_iter().flatten().filter_map(Value::as_str)
    }
}

impl Entry {
    /// The certificates that an attestation of this model may lead to. Those that are none are left out, and named by
    /// [`Self::unusable_roots`].
    #[must_use]
    pub fn roots(&self) -> Roots {
        let mut roots = Roots::none();
        self.each_root()
            .filter_map(Result::ok)
            .for_each(|root| roots.extend(root));
        roots
    }

    /// Why some of the certificates cannot be used.
    #[must_use]
    pub fn unusable_roots(&self) -> Vec<Error> {
        self.each_root().filter_map(Result::err).collect()
    }

    fn each_root(&self) -> impl Iterator<Item = Result<Roots, Error>> {
        let texts = &self.metadata_statement.attestation_root_certificates;
        texts.iter().enumerate().map(|(place, text)| {
            let unusable = |why: String| Error::Root {
                number: place + 1,
                why,
            };
            let der = decode_base64(text).map_err(|error| unusable(error.to_string()))?;
            Roots::from_der([der]).map_err(|error| match error {
                Error::Root { why, .. } => unusable(why),
                other => other,
            })
        })
    }

    /// The reports that hold on a day, the oldest first.
    pub fn reports(&self, on: Date) -> impl DoubleEndedIterator<Item = &StatusReport> {
        self.status_reports
            .iter()
            .filter(move |report| report.holds(on))
    }

    /// The certification that holds on a day for a key with this firmware; `None` for the firmware asks about the newest.
    ///
    /// The newest report with a security level decides, so a later and lower level counts; of several of one day the highest.
    /// A certification of functions only counts where there is no level. What ends certification ends those of its own day too.
    #[must_use]
    pub fn certification(
        &self,
        on: Date,
        firmware: Option<u64>,
    ) -> Option<(CertificationLevel, &StatusReport)> {
        let ended = self
            .reports(on)
            .rfind(|report| report.status.ends_certification());
        let covers = |report: &&StatusReport| {
            let from = report.authenticator_version;
            from.is_none_or(|from| firmware.is_none_or(|firmware| from <= firmware))
                && ended.is_none_or(|end| report.effective_date > end.effective_date)
        };
        self.reports(on)
            .filter(covers)
            .filter_map(|report| Some((report.status.level()?, report)))
            .max_by_key(|(level, report)| {
                let of_security = *level > CertificationLevel::Functional;
                (of_security, report.effective_date, *level)
            })
    }

    /// Reports of weaknesses and revocation that hold on a day, the oldest first, whatever came after them.
    /// [`StatusReport::affects`] tells whether one concerns a key.
    pub fn incidents(&self, on: Date) -> impl DoubleEndedIterator<Item = &StatusReport> {
        self.reports(on)
            .filter(|report| report.status.is_incident())
    }

    /// The revocation that holds on a day. Nothing that came after it takes it back.
    #[must_use]
    pub fn revoked(&self, on: Date) -> Option<&StatusReport> {
        self.incidents(on)
            .find(|report| report.status == AuthenticatorStatus::Revoked)
    }

    /// The newest report of newer firmware; its `authenticator_version` is that firmware's.
    #[must_use]
    pub fn update_available(&self, on: Date) -> Option<&StatusReport> {
        self.reports(on)
            .rfind(|report| report.status == AuthenticatorStatus::UpdateAvailable)
    }
}

/// Certificates in JSON stand on one line in base64; some vendors' have line breaks, or lack padding.
pub(super) fn decode_base64(text: &str) -> Result<Vec<u8>, base64url::Error> {
    if text.contains(|character: char| character.is_ascii_whitespace()) {
        base64url::decode_lenient(&text.split_ascii_whitespace().collect::<String>())
    } else {
        base64url::decode_lenient(text)
    }
}
