//! Signatures of JSON Web Signatures (RFC 7518 §3): which there are, and how one is verified with a certificate's key. The
//! verifying is webpki's, by ring.

use der::Encode;
use der::asn1::UintRef;
use rustls::pki_types::SignatureVerificationAlgorithm;
use webpki::{EndEntityCert, ring};

use super::error::Error;

/// A signature algorithm that is known here.
#[derive(Clone, Copy)]
pub(super) struct Algorithm {
    name: &'static str,
    with: &'static dyn SignatureVerificationAlgorithm,
    /// Bytes of `r` and of `s`, where the signature is made of those.
    ecdsa: Option<usize>,
}

/// Digital signatures only: neither `none`, nor what the verifier could make himself.
fn known() -> [Algorithm; 8] {
    let rsa = |name, with| Algorithm {
        name,
        with,
        ecdsa: None,
    };
    let ecdsa = |name, with, bytes| Algorithm {
        name,
        with,
        ecdsa: Some(bytes),
    };
    [
        rsa("RS256", ring::RSA_PKCS1_2048_8192_SHA256),
        rsa("RS384", ring::RSA_PKCS1_2048_8192_SHA384),
        rsa("RS512", ring::RSA_PKCS1_2048_8192_SHA512),
        rsa("PS256", ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY),
        rsa("PS384", ring::RSA_PSS_2048_8192_SHA384_LEGACY_KEY),
        rsa("PS512", ring::RSA_PSS_2048_8192_SHA512_LEGACY_KEY),
        ecdsa("ES256", ring::ECDSA_P256_SHA256, 32),
        ecdsa("ES384", ring::ECDSA_P384_SHA384, 48),
    ]
}

impl Algorithm {
    pub(super) fn of(name: &str) -> Result<Self, Error> {
        known()
            .into_iter()
            .find(|algorithm| algorithm.name == name)
            .ok_or_else(|| Error::Algorithm(name.to_owned()))
    }

    pub(super) fn verify(
        self,
        signer: &EndEntityCert<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Error> {
        let verified = match self.ecdsa {
            None => signer.verify_signature(self.with, message, signature),
            Some(bytes) => {
                let signature = to_der(signature, bytes).ok_or(Error::Signature)?;
                signer.verify_signature(self.with, message, &signature)
            }
        };
        verified.map_err(|_| Error::Signature)
    }
}

/// `r` and `s`, of this many bytes each, as X.509 has them (RFC 3279 §2.2.3).
fn to_der(signature: &[u8], bytes: usize) -> Option<Vec<u8>> {
    let (r, s) = (signature.len() == 2 * bytes).then(|| signature.split_at(bytes))?;
    let integers = vec![UintRef::new(r).ok()?, UintRef::new(s).ok()?];
    integers.to_der().ok()
}
