//! Does the attestation statement's signature verify (WebAuthn L3 §8)? webauthn-rs-core answers for `packed` and `fido-u2f`:
//! an implementation that is not ours judges what our client obtained. It knows no EdDSA credentials, and wants the client data
//! where there may be only its hash; there the statement is verified here from the same parts, by its certificate verification,
//! or by ring and p256.

use std::time::Duration;

use url::Url;
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::crypto::verify_signature;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::proto::{
    AuthenticatorAttestationResponseRaw, COSEAlgorithm, RegisterPublicKeyCredential,
    RegistrationState,
};

use super::certificate::{Certificates, integer, statement_member};
use super::registration::{Parsed, ReadClientData};
use super::tpm;
use super::verdict::Verdict;
use crate::encoding::base64url;
use crate::webauthn::cose_key;

/// Verifies the statement. What else a relying party checks is answered by other subjects.
pub(super) fn verify(parsed: &Parsed<'_>, certificates: Option<&Certificates>) -> Verdict {
    let eddsa = parsed.attested.public_key.algorithm() == cose_key::EDDSA;
    match (parsed.object.fmt.as_str(), &parsed.client_data) {
        ("none", _) => none(parsed),
        ("packed", Some(client_data)) if !eddsa => by_relying_party(parsed, client_data),
        ("packed", _) => packed(parsed, certificates),
        ("fido-u2f", Some(client_data)) => by_relying_party(parsed, client_data),
        ("fido-u2f", None) => fido_u2f(parsed, certificates),
        ("tpm", _) => tpm::verify(parsed, certificates),
        (other, _) => Verdict::unknown(format!(
            "the format {other:?} is not one that is verified here"
        )),
    }
}

/// §8.7: there is nothing to verify, but nothing else may be there.
fn none(parsed: &Parsed<'_>) -> Verdict {
    match parsed.object.att_stmt.as_map() {
        Some(members) if members.is_empty() => Verdict::not_applicable("the key attested nothing"),
        _ => Verdict::fail("format none with a statement that is not empty"),
    }
}

fn by_relying_party(parsed: &Parsed<'_>, client_data: &ReadClientData<'_>) -> Verdict {
    match register(parsed, client_data) {
        // Requirements on the certificate are examined after the signature, and have subjects of their own.
        Ok(())
        | Err(
            WebauthnError::AttestationCertificateRequirementsNotMet
            | WebauthnError::AttestationCertificateAAGUIDMismatch,
        ) => Verdict::Pass,
        Err(
            error @ (WebauthnError::AttestationStatementAlgInvalid
            | WebauthnError::AttestationStatementAlgMismatch
            | WebauthnError::AttestationStatementAlgMissing
            | WebauthnError::AttestationStatementMapInvalid
            | WebauthnError::AttestationStatementSigInvalid
            | WebauthnError::AttestationStatementSigMissing
            | WebauthnError::AttestationStatementX5CInvalid
            | WebauthnError::AttestationStatementX5CMissing
            | WebauthnError::SignatureInvalid
            | WebauthnError::X509DerInvalid),
        ) => Verdict::fail(error.to_string()),
        Err(error) => Verdict::unknown(format!("not verified: {error}")),
    }
}

/// Registers the credential at a relying party that agrees with everything but the statement, so that its answer is about
/// the statement alone.
fn register(parsed: &Parsed<'_>, client_data: &ReadClientData<'_>) -> Result<(), WebauthnError> {
    let ReadClientData { json, data } = client_data;
    let origin = Url::parse(&data.origin).map_err(|_| WebauthnError::InvalidRPOrigin)?;
    let core = WebauthnCore::new_unsafe_experts_only(
        "halligan",
        parsed.registration.rp_id.as_str(),
        vec![origin],
        Duration::from_secs(60),
        None,
        None,
    );
    let builder = core
        .new_challenge_register_builder(&[0], "halligan", "halligan")?
        .credential_algorithms(COSEAlgorithm::secure_algs());
    let (_, state) = core.generate_challenge_register(builder)?;
    let state = with_challenge(&state, &data.challenge)?;
    let credential = RegisterPublicKeyCredential {
        id: base64url::encode(&parsed.attested.credential_id),
        raw_id: parsed.attested.credential_id.clone(),
        response: AuthenticatorAttestationResponseRaw {
            attestation_object: parsed.registration.attestation_object.to_vec(),
            client_data_json: json.to_vec(),
            transports: None,
        },
        type_: "public-key".to_owned(),
        extensions: Default::default(),
    };
    core.register_credential(&credential, &state, None)
        .map(drop)
}

/// The library makes its own random challenge and hides it; its serialized state is the only door.
fn with_challenge(
    state: &RegistrationState,
    challenge: &str,
) -> Result<RegistrationState, WebauthnError> {
    let mut value = serde_json::to_value(state)?;
    value["challenge"] = challenge.trim_end_matches('=').into();
    Ok(serde_json::from_value(value)?)
}

/// §8.2, where webauthn-rs-core cannot be asked.
fn packed(parsed: &Parsed<'_>, certificates: Option<&Certificates>) -> Verdict {
    if statement_member(&parsed.object, "ecdaaKeyId").is_some() {
        return Verdict::unknown("ECDAA is not verified here");
    }
    if certificates.is_some() {
        return by_certificate(parsed, certificates, &parsed.signed());
    }
    let public_key = &parsed.attested.public_key;
    let algorithm = statement_member(&parsed.object, "alg").and_then(integer);
    if algorithm != Some(public_key.algorithm()) {
        return Verdict::fail("self attestation by another algorithm than the credential's");
    }
    let Some(signature) = signature(parsed) else {
        return Verdict::fail(NO_SIGNATURE);
    };
    match public_key.verify(&parsed.signed(), signature) {
        Ok(()) => Verdict::Pass,
        Err(cose_key::Error::UnsupportedAlgorithm(other)) => Verdict::unknown(format!(
            "not verified: the algorithm {other} is not known here"
        )),
        Err(_) => Verdict::fail(WRONG_SIGNATURE),
    }
}

/// §8.6, where webauthn-rs-core cannot be asked.
fn fido_u2f(parsed: &Parsed<'_>, certificates: Option<&Certificates>) -> Verdict {
    let Some((x, y)) = parsed.attested.public_key.p256_coordinates() else {
        return Verdict::fail("the credential's key is not on P-256");
    };
    let message = [
        &[0x00],
        parsed.data.rp_id_hash.as_slice(),
        &parsed.client_data_hash,
        &parsed.attested.credential_id,
        &[0x04],
        x,
        y,
    ];
    by_certificate(parsed, certificates, &message.concat())
}

/// Whether the key of the attestation certificate signed the message.
fn by_certificate(
    parsed: &Parsed<'_>,
    certificates: Option<&Certificates>,
    message: &[u8],
) -> Verdict {
    let Some(certificates) = certificates else {
        return Verdict::fail("the statement has no certificates");
    };
    let Some(signature) = signature(parsed) else {
        return Verdict::fail(NO_SIGNATURE);
    };
    match verify_signature(&certificates.leaf, signature, message) {
        Ok(true) => Verdict::Pass,
        Ok(false) | Err(_) => Verdict::fail(WRONG_SIGNATURE),
    }
}

const NO_SIGNATURE: &str = "the statement has no signature";
const WRONG_SIGNATURE: &str = "the statement's signature does not verify";

fn signature<'a>(parsed: &'a Parsed<'_>) -> Option<&'a [u8]> {
    Some(statement_member(&parsed.object, "sig")?.as_bytes()?)
}
