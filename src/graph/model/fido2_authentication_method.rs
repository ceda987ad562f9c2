//! `fido2AuthenticationMethod`: a key registered for a user.

use serde::{Deserialize, Serialize};

use crate::webauthn::Aaguid;

/// `fido2AuthenticationMethod` as `GET` and `POST` answer it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fido2AuthenticationMethod {
    /// Opaque, although it has the shape of a credential id in `UrlToken` form.
    pub id: String,
    /// Given at creation, never changed.
    pub display_name: Option<String>,
    /// RFC 3339.
    pub created_date_time: Option<String>,
    /// Lower-case GUID.
    pub aa_guid: Option<String>,
    /// The model's name as the service knows it.
    pub model: Option<String>,
    /// Thumbprints, hexadecimal.
    pub attestation_certificates: Option<Vec<String>>,
    /// Whether the service verified the attestation.
    pub attestation_level: Option<AttestationLevel>,
    /// Absent on rows made before the property existed.
    pub passkey_type: Option<PasskeyType>,
}

impl Fido2AuthenticationMethod {
    /// Its model, if the service shows one that can be read.
    #[must_use]
    pub fn aaguid(&self) -> Option<Aaguid> {
        self.aa_guid.as_deref()?.parse().ok()
    }
}

/// `attestationLevel`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AttestationLevel {
    /// Verified against the FIDO metadata.
    Attested,
    /// Not verified.
    NotAttested,
    /// A value that came later.
    #[serde(untagged)]
    Unknown(String),
}

/// `passkeyType`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PasskeyType {
    /// Never leaves its authenticator.
    DeviceBound,
    /// Copied between devices.
    Synced,
    /// A value that came later.
    #[serde(untagged)]
    Unknown(String),
}

/// The body of `POST fido2Methods`, with only the documented members: the service refuses requests with others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fido2AuthenticationMethodCreate {
    /// At most 30 characters.
    pub display_name: String,
    /// The new credential.
    pub public_key_credential: WebauthnPublicKeyCredential,
}

/// `webauthnPublicKeyCredential`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebauthnPublicKeyCredential {
    /// The credential id, base64url without padding.
    pub id: String,
    /// What the authenticator answered.
    pub response: WebauthnAuthenticatorAttestationResponse,
}

/// `webauthnAuthenticatorAttestationResponse`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebauthnAuthenticatorAttestationResponse {
    /// Base64url of the exact bytes whose SHA-256 the authenticator got.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: String,
    /// Base64url of the CBOR map of `fmt`, `attStmt`, `authData`.
    #[serde(rename = "attestationObject")]
    pub attestation_object: String,
}
