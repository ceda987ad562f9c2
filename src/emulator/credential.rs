//! Credentials: their keys, and the two ways in which an authenticator remembers them. Discoverable ones are stored. Of the
//! others only the credential id exists: it holds the private key, encrypted and authenticated under the key's master
//! secret, as hardware does it. So they cost no storage, and a reset, which replaces that secret, ends all of them.

use hkdf::Hkdf;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::pin_protocol::{decrypt_cbc, encrypt_cbc, hmac_sha_256, random_p256};
use super::state::Secret;
use crate::env::Env;
use crate::webauthn::{CoseKey, cose_key};

/// First byte of a wrapped credential id: the layout's version.
const WRAPPED_VERSION: u8 = 0x01;
/// Version, IV, three blocks, tag.
const WRAPPED_LENGTH: usize = 1 + 16 + 48 + 32;
/// Length of a stored credential's random id. Differs from [`WRAPPED_LENGTH`], so that the two are never confused.
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
pub(super) struct PrivateKey {
    algorithm: Algorithm,
    secret: Secret,
}

impl PrivateKey {
    pub(super) fn generate(algorithm: Algorithm, env: &Env) -> Self {
        let secret = match algorithm {
            Algorithm::Es256 => Secret::new(random_p256(env).to_bytes().into()),
            Algorithm::EdDsa => Secret::new(env.random()),
        };
        Self { algorithm, secret }
    }

    /// `None` when the bytes are no scalar of P-256.
    pub(super) fn from_secret(algorithm: Algorithm, secret: Secret) -> Option<Self> {
        let key = Self { algorithm, secret };
        match algorithm {
            Algorithm::Es256 => key.es256().map(|_| key),
            Algorithm::EdDsa => Some(key),
        }
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key pair for X.509; `None` when this is not an ES256 key.
    pub(super) fn es256(&self) -> Option<SigningKey> {
        match self.algorithm {
            Algorithm::Es256 => SigningKey::from_slice(self.secret.expose()).ok(),
            Algorithm::EdDsa => None,
        }
    }

    pub(super) fn public_key(&self) -> CoseKey {
        match self.algorithm {
            Algorithm::Es256 => {
                let point = self.scalar().verifying_key().to_sec1_bytes();
                let coordinate = |start: usize| {
                    let mut bytes = [0; 32];
                    bytes.copy_from_slice(&point[start..start + 32]);
                    bytes
                };
                // 0x04 ‖ x ‖ y, 65 bytes.
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

    fn scalar(&self) -> SigningKey {
        SigningKey::from_slice(self.secret.expose())
            .expect("checked when the key was made or unwrapped")
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

/// The secrets that follow from the key's master secret.
pub(super) struct Wrapping {
    encryption: Zeroizing<[u8; 32]>,
    authentication: Zeroizing<[u8; 32]>,
    cred_random: Zeroizing<[u8; 32]>,
}

impl Wrapping {
    pub(super) fn new(master: &Secret) -> Self {
        let hkdf = Hkdf::<Sha256>::new(None, master.expose());
        let expand = |info: &[u8]| {
            let mut key = Zeroizing::new([0; 32]);
            hkdf.expand(info, key.as_mut_slice())
                .expect("32 bytes are fewer than the 8160 that RFC 5869 allows");
            key
        };
        Self {
            encryption: expand(b"credential id encryption"),
            authentication: expand(b"credential id authentication"),
            cred_random: expand(b"CredRandom"),
        }
    }

    /// Makes the credential id of a non-discoverable credential; only this key and this RP can unwrap it.
    pub(super) fn wrap(
        &self,
        private_key: &PrivateKey,
        cred_protect: CredProtect,
        rp_id_hash: &[u8; 32],
        env: &Env,
    ) -> Vec<u8> {
        let mut plaintext = Zeroizing::new([0; 48]);
        plaintext[..32].copy_from_slice(private_key.secret.expose());
        plaintext[32] = match private_key.algorithm {
            Algorithm::Es256 => 0,
            Algorithm::EdDsa => 1,
        };
        plaintext[33] = cred_protect.level();
        let iv = env.random();
        let mut id = vec![WRAPPED_VERSION];
        id.extend_from_slice(&iv);
        id.extend_from_slice(&encrypt_cbc(&self.encryption, &iv, plaintext.as_slice()));
        id.extend_from_slice(&self.tag(&id, rp_id_hash));
        id
    }

    /// The credential behind an id; `None` when it is not ours, not of this RP, or damaged.
    pub(super) fn unwrap(&self, id: &[u8], rp_id_hash: &[u8; 32]) -> Option<Credential> {
        let (head, tag) = id.split_at_checked(WRAPPED_LENGTH - 32)?;
        // The tag is checked before anything is decrypted.
        if !bool::from(self.tag(head, rp_id_hash).ct_eq(tag)) {
            return None;
        }
        let (iv, ciphertext) = head.strip_prefix(&[WRAPPED_VERSION])?.split_first_chunk()?;
        let plaintext = decrypt_cbc(&self.encryption, iv, ciphertext)?;
        let (secret, rest) = plaintext.split_first_chunk::<32>()?;
        let algorithm = match rest.first()? {
            0 => Algorithm::Es256,
            1 => Algorithm::EdDsa,
            _ => return None,
        };
        Some(Credential {
            id: id.to_vec(),
            private_key: PrivateKey::from_secret(algorithm, Secret::new(*secret))?,
            cred_protect: CredProtect::from_level((*rest.get(1)?).into())?,
            discoverable: None,
        })
    }

    /// CredRandom of the hmac-secret extension (CTAP 2.1 §12.5): one for each credential and each state of user
    /// verification.
    pub(super) fn cred_random(
        &self,
        credential_id: &[u8],
        user_verified: bool,
    ) -> Zeroizing<[u8; 32]> {
        let label: &[u8] = if user_verified { b"uv" } else { b"no uv" };
        let message = [label, &[0], credential_id].concat();
        Zeroizing::new(hmac_sha_256(self.cred_random.as_slice(), &message))
    }

    fn tag(&self, head: &[u8], rp_id_hash: &[u8; 32]) -> [u8; 32] {
        hmac_sha_256(self.authentication.as_slice(), &[head, rp_id_hash].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_credential_is_bound_to_its_rp_and_its_key() {
        let env = Env::system();
        let wrapping = Wrapping::new(&Secret::new([1; 32]));
        for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
            let key = PrivateKey::generate(algorithm, &env);
            let protect = CredProtect::Required;
            let id = wrapping.wrap(&key, protect, &[7; 32], &env);
            assert_eq!(id.len(), WRAPPED_LENGTH);
            let credential = wrapping.unwrap(&id, &[7; 32]).expect("ours");
            assert_eq!(credential.private_key.public_key(), key.public_key());
            assert_eq!(credential.cred_protect, protect);
            assert!(wrapping.unwrap(&id, &[8; 32]).is_none());
            let other = Wrapping::new(&Secret::new([2; 32]));
            assert!(other.unwrap(&id, &[7; 32]).is_none());
            for position in 0..id.len() {
                let mut damaged = id.clone();
                damaged[position] ^= 1;
                assert!(wrapping.unwrap(&damaged, &[7; 32]).is_none(), "{position}");
            }
            assert!(wrapping.unwrap(&id[1..], &[7; 32]).is_none());
        }
    }

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
