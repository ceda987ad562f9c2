//! Verification of a new credential (WebAuthn L3 §7.1). Signatures, flags, origin and RP ID are judged by
//! webauthn-rs-core; what it leaves open is judged here: strict encodings, the id in the body, trailing bytes, which
//! challenge it was, and where the attestation leads.

use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::proto::{
    AuthenticatorAttestationResponseRaw, COSEAlgorithm, RegisterPublicKeyCredential,
    RegistrationExtensionsClientOutputs, RegistrationState, UserVerificationPolicy,
};

use crate::encoding::base64url;
use crate::encoding::cbor::{self, Value};
use crate::graph::model::fido2_authentication_method::WebauthnPublicKeyCredential;
use crate::simulator::relying_party::attestation_chain::leads_to_anchor;
use crate::simulator::relying_party::packed_statement::signed_as_named;
use crate::simulator::relying_party::{challenge, foreign};
use crate::simulator::tenant::{NewKey, PolicyRefusal, State};
use crate::webauthn::{
    AttestationObject, AttestedCredentialData, AuthenticatorData, Flags, attestation_object,
};

/// Characters of the name of an attestation format.
const FORMAT_LIMIT: usize = 32;

/// Why a credential is not registered. The text goes into the answer's inner message.
#[derive(Debug, thiserror::Error)]
pub(in crate::simulator) enum Refusal {
    #[error("The name of the attestation format exceeds {FORMAT_LIMIT} characters.")]
    AttestationFormat,
    #[error("The attestation statement of format none must be empty.")]
    AttestationNotEmpty,
    #[error("The attestation statement is not signed by the algorithm that it names.")]
    AttestationSignature,
    #[error("Invalid attestation data format: {0}.")]
    AttestationObject(#[from] attestation_object::Error),
    #[error("The challenge has expired.")]
    ChallengeExpired,
    #[error("The challenge was issued for another user.")]
    ChallengeOfAnother,
    #[error("The challenge is not one that was issued.")]
    ChallengeUnknown,
    #[error("clientDataJSON is malformed.")]
    ClientData,
    #[error("{member} is not base64url without padding.")]
    Encoding { member: &'static str },
    #[error("The credential id is not the one in the attestation object.")]
    IdMismatch,
    #[error("The attestation object has no credential.")]
    NoCredential,
    #[error("{0}")]
    Policy(#[from] PolicyRefusal),
    #[error("The credential could not be verified: {0}.")]
    Verification(#[from] WebauthnError),
}

/// A credential that was verified, with the policy's blessing.
pub(in crate::simulator) struct Registration {
    pub(in crate::simulator) attestation_object: Vec<u8>,
    pub(in crate::simulator) attested: AttestedCredentialData,
    pub(in crate::simulator) certificates: Vec<Vec<u8>>,
    pub(in crate::simulator) is_attested: bool,
    pub(in crate::simulator) is_backup_eligible: bool,
    pub(in crate::simulator) sign_count: u32,
}

/// The bytes of a posted credential.
struct Posted {
    attestation_object: Vec<u8>,
    client_data_json: Vec<u8>,
}

/// Verifies a posted credential for a user.
pub(in crate::simulator) fn verify(
    state: &State,
    user_id: Uuid,
    credential: &WebauthnPublicKeyCredential,
    now: Timestamp,
) -> Result<Registration, Refusal> {
    let posted = Posted::decode(credential)?;
    let challenge = issued_challenge(state, user_id, &posted.client_data_json, now)?;
    let object = AttestationObject::parse(&posted.attestation_object)?;
    let data = object.authenticator_data()?;
    let attested = data.attested.clone().ok_or(Refusal::NoCredential)?;
    if base64url::encode(&attested.credential_id) != credential.id {
        return Err(Refusal::IdMismatch);
    }
    judge(
        judgeable(&posted, &object)?,
        &posted.client_data_json,
        &attested.credential_id,
        &challenge,
    )?;
    let certificates = x5c(&object.att_stmt);
    if let ("packed", [leaf, ..]) = (object.fmt.as_str(), certificates.as_slice())
        && !signed_as_named(&object, leaf, &posted.client_data_json)
    {
        return Err(Refusal::AttestationSignature);
    }
    let is_attested = object.fmt == "packed"
        && !state.ineligible_models.contains(&attested.aaguid)
        && leads_to_anchor(&certificates, &state.trust_anchors, now);
    let key = NewKey {
        aaguid: attested.aaguid,
        is_attested,
        is_backup_eligible: data.flags.has(Flags::BE),
    };
    admit(state, user_id, key)?;
    Ok(registration(
        posted,
        &data,
        attested,
        certificates,
        is_attested,
    ))
}

/// The attestation object as the relying party that is not ours can judge it: of formats that it or the service does not
/// know, the statement is left out, so that the rest is judged.
fn judgeable(posted: &Posted, object: &AttestationObject) -> Result<Vec<u8>, Refusal> {
    match object.fmt.as_str() {
        "none" if object.att_stmt != Value::Map(Vec::new()) => Err(Refusal::AttestationNotEmpty),
        "none" | "packed" | "tpm" => Ok(posted.attestation_object.clone()),
        format if format.chars().count() > FORMAT_LIMIT => Err(Refusal::AttestationFormat),
        _ => Ok(AttestationObject {
            fmt: "none".to_owned(),
            att_stmt: Value::Map(Vec::new()),
            auth_data: object.auth_data.clone(),
        }
        .to_bytes()),
    }
}

/// Whether the policy takes the key, from this user.
fn admit(state: &State, user_id: Uuid, key: NewKey) -> Result<(), Refusal> {
    let user = state.user_by_id(user_id);
    let user = state.with_every_group(user.ok_or(PolicyRefusal::NotTargeted)?);
    Ok(state.fido2_policy.admit_key(&user, key)?)
}

fn registration(
    posted: Posted,
    data: &AuthenticatorData,
    attested: AttestedCredentialData,
    certificates: Vec<Vec<u8>>,
    is_attested: bool,
) -> Registration {
    Registration {
        attestation_object: posted.attestation_object,
        attested,
        certificates,
        is_attested,
        is_backup_eligible: data.flags.has(Flags::BE),
        sign_count: data.sign_count,
    }
}

impl Posted {
    fn decode(credential: &WebauthnPublicKeyCredential) -> Result<Self, Refusal> {
        let decoded =
            |member, text: &str| base64url::decode(text).map_err(|_| Refusal::Encoding { member });
        let response = &credential.response;
        decoded("id", &credential.id)?;
        Ok(Self {
            attestation_object: decoded("attestationObject", &response.attestation_object)?,
            client_data_json: decoded("clientDataJSON", &response.client_data_json)?,
        })
    }
}

/// The challenge in the client data, which must be one that was issued for this user and lives. It may serve for several
/// registrations, as the service's may.
fn issued_challenge(
    state: &State,
    user_id: Uuid,
    client_data_json: &[u8],
    now: Timestamp,
) -> Result<Vec<u8>, Refusal> {
    #[derive(Deserialize)]
    struct Challenged {
        challenge: String,
    }
    let Challenged { challenge } =
        serde_json::from_slice(client_data_json).map_err(|_| Refusal::ClientData)?;
    let challenge = base64url::decode(&challenge).map_err(|_| Refusal::ChallengeUnknown)?;
    let hash = challenge::hash(&challenge);
    let issued = state
        .challenges
        .iter()
        .find(|issued| issued.hash.0 == hash)
        .ok_or(Refusal::ChallengeUnknown)?;
    if issued.user_id != user_id {
        Err(Refusal::ChallengeOfAnother)
    } else if issued.expires <= now {
        Err(Refusal::ChallengeExpired)
    } else {
        Ok(challenge)
    }
}

/// Asks the relying party that is not ours.
fn judge(
    attestation_object: Vec<u8>,
    client_data_json: &[u8],
    credential_id: &[u8],
    challenge: &[u8],
) -> Result<(), Refusal> {
    let relying_party = foreign();
    let state = registration_state(&relying_party, challenge)?;
    let credential = RegisterPublicKeyCredential {
        id: base64url::encode(credential_id),
        raw_id: credential_id.to_vec(),
        response: AuthenticatorAttestationResponseRaw {
            attestation_object,
            client_data_json: client_data_json.to_vec(),
            transports: None,
        },
        type_: "public-key".to_owned(),
        extensions: RegistrationExtensionsClientOutputs::default(),
    };
    relying_party.register_credential(&credential, &state, None)?;
    Ok(())
}

/// A registration state with a challenge of our own. The crate only knows challenges that it made itself, of 32 bytes;
/// its state, however, is meant to be stored and read back, so the challenge is put in on the way.
fn registration_state(
    relying_party: &WebauthnCore,
    challenge: &[u8],
) -> Result<RegistrationState, WebauthnError> {
    let builder = relying_party
        .new_challenge_register_builder(b"user", "user", "user")?
        .user_verification_policy(UserVerificationPolicy::Required)
        .require_resident_key(true)
        .credential_algorithms(vec![COSEAlgorithm::ES256, COSEAlgorithm::RS256]);
    let (_, state) = relying_party.generate_challenge_register(builder)?;
    let mut state = serde_json::to_value(state).map_err(WebauthnError::ParseJSONFailure)?;
    state["challenge"] = base64url::encode(challenge).into();
    serde_json::from_value(state).map_err(WebauthnError::ParseJSONFailure)
}

/// The certificates of an attestation statement, leaf first; none in statements without.
fn x5c(statement: &Value) -> Vec<Vec<u8>> {
    let certificates = statement
        .as_map()
        .and_then(|map| cbor::get(map, &Value::from("x5c")))
        .and_then(Value::as_array);
    certificates
        .into_iter()
        .flatten()
        .filter_map(Value::as_bytes)
        .cloned()
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::env::Env;

    #[test]
    fn a_challenge_of_our_own_is_put_into_the_crates_state() {
        let relying_party = foreign();
        let challenge = challenge::generate(&Env::system());
        let state = registration_state(&relying_party, &challenge).unwrap();
        let state = serde_json::to_value(state).unwrap();
        assert_eq!(state["challenge"], base64url::encode(&challenge));
        assert_eq!(state["policy"], "required");
    }
}
