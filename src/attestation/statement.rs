//! Does the attestation statement's signature verify (WebAuthn L3 §8)? webauthn-rs-core answers for `packed` and `fido-u2f`:
//! an implementation that is not ours judges what our client obtained. It knows no EdDSA credentials; for those a `packed`
//! statement is verified here from the same parts, by its certificate verification or by ring.

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
use super::registration::Parsed;
use super::tpm;
use super::verdict::Verdict;
use crate::encoding::base64url;
use crate::webauthn::{client_data, cose_key};

/// Verifies the statement. What else a relying party checks is answered by other subjects.
pub(super) fn verify(parsed: &Parsed<'_>, certificates: Option<&Certificates>) -> Verdict {
    let eddsa = parsed.attested.public_key.algorithm() == cose_key::EDDSA;
    match parsed.object.fmt.as_str() {
        "none" => none(parsed),
        "packed" if eddsa => packed_eddsa(parsed, certificates),
        "packed" | "fido-u2f" => by_relying_party(parsed),
        "tpm" => tpm::verify(parsed, certificates),
        other => Verdict::unknown(format!(
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

fn by_relying_party(parsed: &Parsed<'_>) -> Verdict {
    match register(parsed) {
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
fn register(parsed: &Parsed<'_>) -> Result<(), WebauthnError> {
    let origin =
        Url::parse(&parsed.client_data.origin).map_err(|_| WebauthnError::InvalidRPOrigin)?;
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
    let state = with_challenge(&state, &parsed.client_data.challenge)?;
    let credential = RegisterPublicKeyCredential {
        id: base64url::encode(&parsed.attested.credential_id),
        raw_id: parsed.attested.credential_id.clone(),
        response: AuthenticatorAttestationResponseRaw {
            attestation_object: parsed.registration.attestation_object.to_vec(),
            client_data_json: parsed.registration.client_data_json.to_vec(),
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

/// §8.2 for a credential of an algorithm that webauthn-rs-core does not know.
fn packed_eddsa(parsed: &Parsed<'_>, certificates: Option<&Certificates>) -> Verdict {
    let Some(signature) = statement_member(&parsed.object, "sig").and_then(|sig| sig.as_bytes())
    else {
        return Verdict::fail("the statement has no signature");
    };
    if statement_member(&parsed.object, "ecdaaKeyId").is_some() {
        return Verdict::unknown("ECDAA is not verified here");
    }
    let mut message = parsed.object.auth_data.clone();
    message.extend_from_slice(&client_data::hash(parsed.registration.client_data_json));
    let verifies = match certificates {
        Some(certificates) => {
            matches!(
                verify_signature(&certificates.leaf, signature, &message),
                Ok(true)
            )
        }
        None => {
            let algorithm = statement_member(&parsed.object, "alg").and_then(integer);
            if algorithm != Some(cose_key::EDDSA) {
                return Verdict::fail(
                    "self attestation by another algorithm than the credential's",
                );
            }
            let public_key = &parsed.attested.public_key;
            public_key.verify(&message, signature).is_ok()
        }
    };
    if verifies {
        Verdict::Pass
    } else {
        Verdict::fail("the statement's signature does not verify")
    }
}
