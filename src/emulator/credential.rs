//! Credentials and their keys. Discoverable ones are stored; of the others only the credential id exists, see
//! [`super::wrapping`].

use std::sync::{Arc, OnceLock};

use p256::SecretKey;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};
use serde::{Deserialize, Serialize};

use super::pin_protocol::random_p256;
use super::state::Secret;
use crate::env::Env;
use crate::webauthn::{CoseKey, cose_key};

/// Length of a stored credential's random id; a wrapped one is longer.
pub(super) const STORED_ID_LENGTH: usize = 32;

/// A credential's signature algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Algorithm {
    #[serde(rename = "ES256")]
    Es256,
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl Algorithm {
    /// `None` for algorithms that the emulator cannot do.
    pub(super) fn from_cose(identifier: i64) -> Option<Self> {
        match identifier {
            cose_key::ES256 => Some(Self::Es256),
            cose_key::EDDSA => Some(Self::EdDsa),
            _ => None,
        }
    }

    pub(super) fn cose(self) -> i64 {
        match self {
            Self::Es256 => cose_key::ES256,
            Self::EdDsa => cose_key::EDDSA,
        }
    }
}

/// A signing key: P-256 scalar or Ed25519 seed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "StoredPrivateKey", into = "StoredPrivateKey")]
pub(super) struct PrivateKey {
    algorithm: Algorithm,
    pub(super) secret: Secret,
    /// The key pair of an ES256 key, once it was needed: the public key costs as much as a signature.
    es256: Arc<OnceLock<SigningKey>>,
}

/// A [`PrivateKey`] as it is written down.
#[derive(Serialize, Deserialize)]
struct StoredPrivateKey {
    algorithm: Algorithm,
    secret: Secret,
}

#[derive(Debug, thiserror::Error)]
#[error("the secret is no scalar of P-256")]
struct NotAScalar;

impl TryFrom<StoredPrivateKey> for PrivateKey {
    type Error = NotAScalar;

    fn try_from(stored: StoredPrivateKey) -> Result<Self, NotAScalar> {
        Self::from_secret(stored.algorithm, stored.secret).ok_or(NotAScalar)
    }
}

impl From<PrivateKey> for StoredPrivateKey {
    fn from(key: PrivateKey) -> Self {
        Self {
            algorithm: key.algorithm,
            secret: key.secret,
        }
    }
}

impl PrivateKey {
    pub(super) fn generate(algorithm: Algorithm, env: &Env) -> Self {
        let secret = match algorithm {
            Algorithm::Es256 => Secret::new(random_p256(env).to_bytes().into()),
            Algorithm::EdDsa => Secret::new(env.random()),
        };
        Self {
            algorithm,
            secret,
            es256: Arc::default(),
        }
    }

    /// `None` when the bytes are no scalar of P-256.
    pub(super) fn from_secret(algorithm: Algorithm, secret: Secret) -> Option<Self> {
        let is_valid =
            algorithm == Algorithm::EdDsa || SecretKey::from_slice(secret.expose()).is_ok();
        is_valid.then(|| Self {
            algorithm,
            secret,
            es256: Arc::default(),
        })
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key pair for X.509; `None` when this is not an ES256 key.
    pub(super) fn es256(&self) -> Option<&SigningKey> {
        (self.algorithm == Algorithm::Es256).then(|| self.scalar())
    }

    pub(super) fn public_key(&self) -> CoseKey {
        match self.algorithm {
            Algorithm::Es256 => {
                let point = self.public_point();
                let coordinate = |start: usize| {
                    let mut bytes = [0; 32];
                    bytes.copy_from_slice(&point[start..start + 32]);
                    bytes
                };
                CoseKey::from_p256(coordinate(1), coordinate(33))
            }
            Algorithm::EdDsa => {
                use ring::signature::KeyPair;
                let mut public = [0; 32];
                public.copy_from_slice(self.ed25519().public_key().as_ref());
                CoseKey::from_ed25519(public)
            }
        }
    }

    /// The public key of an ES256 key as an uncompressed point, 0x04 ‖ x ‖ y, 65 bytes.
    pub(super) fn public_point(&self) -> Box<[u8]> {
        self.scalar().verifying_key().to_sec1_bytes()
    }

    /// A WebAuthn signature: ASN.1 DER for ES256 (nonces by RFC 6979), 64 bytes for EdDSA.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self.algorithm {
            Algorithm::Es256 => {
                let signature: DerSignature = self.scalar().sign(message);
                signature.as_bytes().to_vec()
            }
            Algorithm::EdDsa => self.ed25519().sign(message).as_ref().to_vec(),
        }
    }

    fn scalar(&self) -> &SigningKey {
        self.es256.get_or_init(|| {
            SigningKey::from_slice(self.secret.expose())
                .expect("checked when the key was made, read or unwrapped")
        })
    }

    fn ed25519(&self) -> ring::signature::Ed25519KeyPair {
        ring::signature::Ed25519KeyPair::from_seed_unchecked(self.secret.expose())
            .expect("an Ed25519 seed is any 32 bytes")
    }
}

/// The credProtect level (CTAP 2.1 §12.1); the specification puts `userVerification` before each name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum CredProtect {
    Optional,
    OptionalWithCredentialIdList,
    Required,
}

impl CredProtect {
    pub(super) fn from_level(level: u64) -> Option<Self> {
        match level {
            1 => Some(Self::Optional),
            2 => Some(Self::OptionalWithCredentialIdList),
            3 => Some(Self::Required),
            _ => None,
        }
    }

    pub(super) fn level(self) -> u8 {
        match self {
            Self::Optional => 1,
            Self::OptionalWithCredentialIdList => 2,
            Self::Required => 3,
        }
    }
}

/// The account that a credential is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct User {
    #[serde(with = "super::state::base64url_bytes")]
    pub(super) id: Vec<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) display_name: Option<String>,
}

/// What only a discoverable credential has.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Discoverable {
    pub(super) rp_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rp_name: Option<String>,
    pub(super) user: User,
    #[serde(default, with = "super::state::base64url_bytes")]
    pub(super) cred_blob: Vec<u8>,
    /// The largeBlobKey extension's key, if the RP asked for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) large_blob_key: Option<Secret>,
}

/// A credential, stored or unwrapped.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Credential {
    #[serde(with = "super::state::base64url_bytes")]
    pub(super) id: Vec<u8>,
    pub(super) private_key: PrivateKey,
    pub(super) cred_protect: CredProtect,
    pub(super) discoverable: Option<Discoverable>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_verify_under_the_public_key() {
        for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
            let key = PrivateKey::generate(algorithm, &Env::system());
            let public = key.public_key();
            assert_eq!(public.algorithm(), algorithm.cose());
            assert_eq!(public.verify(b"message", &key.sign(b"message")), Ok(()));
            assert!(public.verify(b"massage", &key.sign(b"message")).is_err());
        }
    }
}
