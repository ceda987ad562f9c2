//! The registered keys, and the challenges under way.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::simulator::tenant::Blob;
use crate::webauthn::Aaguid;

/// A registered key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fido2Method {
    /// Whose key it is.
    pub user_id: Uuid,
    /// The credential id; the method's id is its `UrlToken` form.
    pub credential_id: Blob,
    /// The credential public key as a COSE_Key.
    pub public_key: Blob,
    /// The signature counter at registration.
    pub sign_count: u32,
    /// The whole attestation object as posted.
    pub attestation_object: Blob,
    /// Given at creation.
    pub display_name: String,
    /// When it was registered.
    pub created: Timestamp,
    /// When it shows up in answers; later than `created` only by a scripted fault.
    pub visible_from: Timestamp,
    /// The model.
    pub aaguid: Aaguid,
    /// Certificates of the attestation statement (DER), leaf first.
    pub attestation_certificates: Vec<Blob>,
    /// Whether the attestation leads to a trust anchor.
    pub is_attested: bool,
    /// Whether the credential may leave its authenticator (BE flag).
    pub is_backup_eligible: bool,
}

/// A challenge that was handed out. The challenge itself is long, so only its hash is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssuedChallenge {
    /// SHA-256 of the challenge bytes.
    pub hash: Blob,
    /// For whom.
    pub user_id: Uuid,
    /// Until when.
    pub expires: Timestamp,
}
