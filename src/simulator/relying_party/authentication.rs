//! Verification of an assertion (WebAuthn L3 §7.2). Flags, origin, RP ID, counter and signature are judged by webauthn-rs-core;
//! what it leaves open is judged here: strict encodings and whose key it is.

use serde::Deserialize;
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::proto::{
    AuthenticationState, AuthenticatorAssertionResponseRaw, COSEAlgorithm, COSEEC2Key, COSEKey,
    COSEKeyType, Credential, CredentialV3, ECDSACurve, PublicKeyCredential, UserVerificationPolicy,
};

use crate::encoding::base64url;
use crate::simulator::relying_party::foreign;
use crate::simulator::tenant::Fido2Method;
use crate::webauthn::CoseKey;

/// Why an assertion signs nobody in.
#[derive(Debug, thiserror::Error)]
pub(in crate::simulator) enum AssertionRefusal {
    #[error("clientDataJSON is malformed.")]
    ClientData,
    #[error("{member} is not base64url without padding.")]
    Encoding { member: &'static str },
    #[error("The assertion is not a JSON object with its members.")]
    Malformed,
    #[error("The public key of the credential cannot be used.")]
    PublicKey,
    #[error("The user handle is not the user's.")]
    UserHandle,
    #[error("The assertion could not be verified: {0}.")]
    Verification(#[from] WebauthnError),
}

/// What an authenticator and its client answered to a challenge.
pub(in crate::simulator) struct Assertion {
    pub(in crate::simulator) credential_id: Vec<u8>,
    client_data_json: Vec<u8>,
    authenticator_data: Vec<u8>,
    signature: Vec<u8>,
    pub(in crate::simulator) user_handle: Option<Vec<u8>>,
}

/// The form member `assertion`: JSON, every member base64url.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: String,
    #[serde(rename = "clientDataJSON")]
    client_data_json: String,
    authenticator_data: String,
    signature: String,
    #[serde(default)]
    user_handle: Option<String>,
}

impl Assertion {
    pub(in crate::simulator) fn parse(text: &str) -> Result<Self, AssertionRefusal> {
        let wire: Wire = serde_json::from_str(text).map_err(|_| AssertionRefusal::Malformed)?;
        let decoded = |member, text: &str| {
            base64url::decode(text).map_err(|_| AssertionRefusal::Encoding { member })
        };
        // Browsers without a handle send none, null, or an empty one.
        let handle = wire.user_handle.filter(|handle| !handle.is_empty());
        let handle = handle.map(|handle| decoded("userHandle", &handle));
        Ok(Self {
            credential_id: decoded("id", &wire.id)?,
            client_data_json: decoded("clientDataJSON", &wire.client_data_json)?,
            authenticator_data: decoded("authenticatorData", &wire.authenticator_data)?,
            signature: decoded("signature", &wire.signature)?,
            user_handle: handle.transpose()?,
        })
    }

    /// The challenge that the client data names, as it is written there.
    pub(in crate::simulator) fn challenge(&self) -> Result<String, AssertionRefusal> {
        #[derive(Deserialize)]
        struct Challenged {
            challenge: String,
        }
        let client_data: Challenged = serde_json::from_slice(&self.client_data_json)
            .map_err(|_| AssertionRefusal::ClientData)?;
        Ok(client_data.challenge)
    }

    /// Checks the assertion against a registered key of a user with this handle; the new sign count.
    pub(in crate::simulator) fn verify(
        self,
        method: &Fido2Method,
        user_handle: &[u8],
        challenge: &str,
    ) -> Result<u32, AssertionRefusal> {
        if self
            .user_handle
            .as_ref()
            .is_some_and(|own| own != user_handle)
        {
            return Err(AssertionRefusal::UserHandle);
        }
        let relying_party = foreign();
        let state = authentication_state(&relying_party, challenge)?;
        let credential = credential(method)?;
        let judged = relying_party.authenticate_single_credential(
            &self.into_foreign(),
            &state,
            &credential,
        )?;
        Ok(judged.counter())
    }

    fn into_foreign(self) -> PublicKeyCredential {
        PublicKeyCredential {
            id: base64url::encode(&self.credential_id),
            raw_id: self.credential_id,
            response: AuthenticatorAssertionResponseRaw {
                authenticator_data: self.authenticator_data,
                client_data_json: self.client_data_json,
                signature: self.signature,
                user_handle: self.user_handle,
            },
            extensions: Default::default(),
            type_: "public-key".to_owned(),
        }
    }
}

/// A state with a challenge of our own, put in on the way through its stored form, as at registration.
fn authentication_state(
    relying_party: &WebauthnCore,
    challenge: &str,
) -> Result<AuthenticationState, WebauthnError> {
    let policy = Some(UserVerificationPolicy::Required);
    let builder = relying_party.new_challenge_authenticate_builder(Vec::new(), policy)?;
    let (_, state) = relying_party.generate_challenge_authenticate(builder)?;
    let mut state = serde_json::to_value(state).map_err(WebauthnError::ParseJSONFailure)?;
    state["challenge"] = challenge.into();
    serde_json::from_value(state).map_err(WebauthnError::ParseJSONFailure)
}

/// The registered key as the foreign relying party knows one.
fn credential(method: &Fido2Method) -> Result<Credential, AssertionRefusal> {
    let key = CoseKey::parse(&method.public_key.0).map_err(|_| AssertionRefusal::PublicKey)?;
    let (x, y) = key.p256_coordinates().ok_or(AssertionRefusal::PublicKey)?;
    let credential = CredentialV3 {
        cred_id: method.credential_id.0.clone(),
        cred: COSEKey {
            type_: COSEAlgorithm::ES256,
            key: COSEKeyType::EC_EC2(COSEEC2Key {
                curve: ECDSACurve::SECP256R1,
                x: x.to_vec(),
                y: y.to_vec(),
            }),
        },
        counter: method.sign_count,
        verified: true,
        registration_policy: UserVerificationPolicy::Required,
    };
    Ok(Credential {
        backup_eligible: method.is_backup_eligible,
        ..credential.into()
    })
}

impl AssertionRefusal {
    /// Whether everything is right but the signature.
    pub(in crate::simulator) fn is_of_signature(&self) -> bool {
        matches!(
            self,
            Self::Verification(WebauthnError::AuthenticationFailure)
        )
    }
}
