//! Why a registration cannot be judged at all. What is wrong with one that can be read is a verdict.

use crate::webauthn::attestation_object;

/// Why a registration cannot be judged at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The key's answer is not an attestation object.
    #[error("the key's answer: {0}")]
    AttestationObject(#[from] attestation_object::Error),
    /// The client data is not of the form that we made it in.
    #[error("the client data is malformed: {0}")]
    ClientData(#[source] serde_json::Error),
    /// The authenticator data lacks the credential.
    #[error("the key's answer holds no attested credential data")]
    NoCredential,
    /// A trusted root is not a certificate.
    #[error("trusted root {number} is not a certificate: {why}")]
    Root {
        /// Which one, counted from one.
        number: usize,
        /// What is wrong with it.
        why: String,
    },
}
