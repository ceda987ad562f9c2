//! Bodies of the entries that an enrolment leaves, one before each step that cannot be repeated for free.

use serde::{Deserialize, Serialize};

use super::{Account, Custody, KeyDescription, KeySettings, SealedSecret, base64url_member};
use crate::webauthn::{Aaguid, RpId};

/// `enroll.intended`: a station is about to provision this key for this account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrollIntended {
    /// The label under which the key will be known.
    pub label: String,
    /// The account it is for.
    pub account: Account,
    /// The tenant's identifier.
    pub tenant: String,
    /// The relying party.
    pub rp_id: RpId,
    /// The key as it shows itself before anything is changed.
    pub key: KeyDescription,
    /// The model, as getInfo says: a key of another model is not the one that was intended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aaguid: Option<Aaguid>,
    /// Whether the key has no PIN yet, and is about to get one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sets_pin: bool,
    /// The PIN that the key is about to get, or has and has proven, sealed to its custodians before anything is changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<SealedSecret>,
    /// The settings that the key is about to get.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<KeySettings>,
    /// Where the key will lie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custody: Option<Custody>,
}

/// `enroll.pin_set`: the key has a PIN now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrollPinSet {
    /// The key's label.
    pub label: String,
}

/// `enroll.credential_created`: what a resumed ceremony needs to register the credential, or to find it and delete it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrollCredentialCreated {
    /// The key's label.
    pub label: String,
    /// The relying party.
    pub rp_id: RpId,
    /// The credential on the key.
    #[serde(with = "base64url_member")]
    pub credential_id: Vec<u8>,
    /// The model of the key.
    pub aaguid: Aaguid,
    /// What the key answered.
    #[serde(with = "base64url_member")]
    pub attestation_object: Vec<u8>,
    /// What it answered to.
    #[serde(with = "base64url_member")]
    pub client_data_json: Vec<u8>,
}

/// `enroll.proven`: the key signed with the new credential, user present and verified, before the tenant knew of it. Where key
/// and tenant are in two rooms, this is the proof of the enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrollProven {
    /// The key's label.
    pub label: String,
    /// The credential.
    #[serde(with = "base64url_member")]
    pub credential_id: Vec<u8>,
}

/// `enroll.registered`: the tenant accepted the credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrollRegistered {
    /// The key's label.
    pub label: String,
    /// The credential.
    #[serde(with = "base64url_member")]
    pub credential_id: Vec<u8>,
    /// The authentication method's identifier in the tenant.
    pub method_id: String,
}
