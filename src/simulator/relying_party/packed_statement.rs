//! Whether a packed statement is signed by the algorithm that it names (WebAuthn L3 §8.2). webauthn-rs-core goes by the
//! certificate's key and takes any name for it.

use sha2::{Digest, Sha256};
use tokio_rustls::rustls::pki_types::{CertificateDer, SignatureVerificationAlgorithm};
use webpki::{EndEntityCert, ring};

use crate::encoding::cbor::{self, Value};
use crate::webauthn::AttestationObject;

/// Whether the signature verifies with the attestation certificate's key and the algorithm named. False without a signature,
/// and for an algorithm that no attestation key of the directory has.
pub(super) fn signed_as_named(
    object: &AttestationObject,
    leaf: &[u8],
    client_data_json: &[u8],
) -> bool {
    let member = |name: &str| {
        let statement = object.att_stmt.as_map()?;
        cbor::get(statement, &Value::from(name))
    };
    let algorithm = member("alg")
        .and_then(Value::as_integer)
        .and_then(|alg| algorithm(alg.into()));
    let signature = member("sig").and_then(Value::as_bytes);
    let (Some(algorithm), Some(signature)) = (algorithm, signature) else {
        return false;
    };
    let mut message = object.auth_data.clone();
    message.extend_from_slice(&Sha256::digest(client_data_json));
    EndEntityCert::try_from(&CertificateDer::from(leaf)).is_ok_and(|leaf| {
        leaf.verify_signature(algorithm, &message, signature)
            .is_ok()
    })
}

/// By its number among the COSE algorithms (RFC 9053).
fn algorithm(number: i128) -> Option<&'static dyn SignatureVerificationAlgorithm> {
    match number {
        -7 => Some(ring::ECDSA_P256_SHA256),
        -8 => Some(ring::ED25519),
        -35 => Some(ring::ECDSA_P384_SHA384),
        -257 => Some(ring::RSA_PKCS1_2048_8192_SHA256),
        _ => None,
    }
}
