//! `webauthnCredentialCreationOptions`: what `fido2Methods/creationOptions` answers.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The answer as documented for beta (wrapped in `value`) or as the service really sends it (bare).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CreationOptionsAnswer {
    /// `{"value": {…}}`
    Wrapped {
        /// The options.
        value: WebauthnCredentialCreationOptions,
    },
    /// The options themselves.
    Bare(WebauthnCredentialCreationOptions),
}

impl From<CreationOptionsAnswer> for WebauthnCredentialCreationOptions {
    fn from(answer: CreationOptionsAnswer) -> Self {
        match answer {
            CreationOptionsAnswer::Wrapped { value } | CreationOptionsAnswer::Bare(value) => value,
        }
    }
}

/// `webauthnCredentialCreationOptions`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebauthnCredentialCreationOptions {
    /// When the challenge ends, RFC 3339.
    pub challenge_timeout_date_time: Option<String>,
    /// The WebAuthn options.
    pub public_key: Option<PublicKeyCredentialCreationOptions>,
}

/// `webauthnPublicKeyCredentialCreationOptions`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicKeyCredentialCreationOptions {
    /// The relying party.
    pub rp: Option<RpEntity>,
    /// The user for whom the credential is made.
    pub user: Option<UserEntity>,
    /// Base64url without padding, about 7 KB in the real service; copied verbatim into the client data.
    pub challenge: Option<String>,
    /// Algorithms in order of preference.
    pub pub_key_cred_params: Option<Vec<CredentialParameters>>,
    /// A hint for the user interface in milliseconds; the real deadline is `challengeTimeoutDateTime`.
    pub timeout: Option<i32>,
    /// Every FIDO credential that the user has.
    pub exclude_credentials: Option<Vec<CredentialDescriptor>>,
    /// What kind of authenticator is asked for.
    pub authenticator_selection: Option<AuthenticatorSelectionCriteria>,
    /// `direct` in the real service.
    pub attestation: Option<String>,
    /// An open type: any member may appear, or none.
    pub extensions: Option<Map<String, Value>>,
}

/// `webauthnPublicKeyCredentialRpEntity`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RpEntity {
    /// The RP ID; the origin is derived from it.
    pub id: Option<String>,
    /// For display.
    pub name: Option<String>,
}

/// `webauthnPublicKeyCredentialUserEntity`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserEntity {
    /// The user handle, base64url.
    pub id: Option<String>,
    /// The user principal name.
    pub name: Option<String>,
    /// For display.
    pub display_name: Option<String>,
}

/// `webauthnPublicKeyCredentialParameters`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CredentialParameters {
    /// `public-key`
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// A COSE algorithm identifier.
    pub alg: Option<i32>,
}

/// `webauthnPublicKeyCredentialDescriptor`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CredentialDescriptor {
    /// `public-key`
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// In one of three encodings; see [`crate::encoding::base64url::credential_id_candidates`].
    pub id: Option<String>,
    /// `usb`, `nfc`, …
    pub transports: Option<Vec<String>>,
}

/// `webauthnAuthenticatorSelectionCriteria`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticatorSelectionCriteria {
    /// `cross-platform` or `platform`
    pub authenticator_attachment: Option<String>,
    /// Whether the credential must be discoverable.
    pub require_resident_key: Option<bool>,
    /// `required`, `preferred` or `discouraged`
    pub user_verification: Option<String>,
}
