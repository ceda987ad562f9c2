//! Bodies of the entries that an enrolment leaves, one before each step that cannot be repeated for free.

use serde::{Deserialize, Serialize};

use super::{Account, KeyDescription, base64url_member};
use crate::webauthn::{Aaguid, RpId};

/// How far an enrolment came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnrollStep {
    /// Nothing happened to key or tenant yet.
    Intended,
    /// The key has its PIN.
    PinSet,
    /// The key holds the credential; the tenant does not know it.
    CredentialCreated,
    /// The tenant accepted the credential.
    Registered,
}

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

/// `enroll.failed`: the enrolment stopped here. It stays open until it is completed or undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrollFailed {
    /// The key's label.
    pub label: String,
    /// The last step that is known to have succeeded.
    pub reached: EnrollStep,
    /// The failure's stable code.
    pub code: String,
    /// The failure in words. Never a secret.
    pub message: String,
}

/// `enroll.undone`: what the enrolment had made is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrollUndone {
    /// The key's label.
    pub label: String,
    /// Whether a credential was deleted from the key.
    pub credential_deleted: bool,
    /// Whether a method was deleted from the tenant.
    pub method_deleted: bool,
}
