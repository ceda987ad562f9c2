//! Challenges as the service makes them: a JWE in compact form (RFC 7516 §7.1) of about 5 KB, again as base64url about
//! 7 KB. The service keeps its state inside; ours is random and looked up by hash.

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::encoding::base64url;
use crate::env::Env;

/// Bytes of what stands for a certificate, for RSA's encrypted key, and for the ciphertext.
const CERTIFICATE: usize = 1000;
const ENCRYPTED_KEY: usize = 256;
const CIPHERTEXT: usize = 2170;

/// A new challenge: the bytes that WebAuthn means, which in this service are ASCII text.
pub(in crate::simulator) fn generate(env: &Env) -> Vec<u8> {
    let part = |length: usize| {
        let mut bytes = vec![0; length];
        env.fill(&mut bytes);
        base64url::encode(&bytes)
    };
    let header = json!({
        "alg": "RSA-OAEP-256",
        "enc": "A256GCM",
        "x5c": [part(CERTIFICATE)],
        "x5t": part(20),
        "zip": "DEF",
    });
    [
        base64url::encode(header.to_string().as_bytes()),
        part(ENCRYPTED_KEY),
        part(12),
        part(CIPHERTEXT),
        part(16),
    ]
    .join(".")
    .into_bytes()
}

/// By what a challenge is looked up.
pub(in crate::simulator) fn hash(challenge: &[u8]) -> [u8; 32] {
    Sha256::digest(challenge).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_has_the_shape_and_size_of_the_services() {
        let challenge = generate(&Env::system());
        assert!(
            (5100..5300).contains(&challenge.len()),
            "{}",
            challenge.len()
        );
        assert!(challenge.is_ascii());
        assert_eq!(challenge.split(|&byte| byte == b'.').count(), 5);
        let text = base64url::encode(&challenge);
        assert!((6800..7100).contains(&text.len()), "{}", text.len());
        assert!(text.starts_with("ZXlKaGJHY2lPaUpTVTBFdFQwRkZVQzB5TlRZ"));
        assert_ne!(generate(&Env::system()), challenge);
    }
}
