//! Credentials that the key does not store: the credential id holds the private key, encrypted (AES-256-CBC) and then
//! authenticated (HMAC-SHA-256) under the key's master secret, as hardware does it. They cost no storage, and a reset,
//! which replaces the master secret, ends all of them.

use hkdf::Hkdf;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::credential::{Algorithm, CredProtect, Credential, PrivateKey};
use super::pin_protocol::{decrypt_cbc, encrypt_cbc, hmac_sha_256};
use super::state::Secret;
use crate::env::Env;

/// IV and three blocks.
const SEALED_LENGTH: usize = 16 + 48;
/// LEFT(HMAC-SHA-256, 16).
const TAG_LENGTH: usize = 16;
/// The shortest wrapped credential id. Filler between what is sealed and the tag makes longer ones.
pub(super) const WRAPPED_LENGTH: usize = SEALED_LENGTH + TAG_LENGTH;

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

    /// Makes the credential id of a non-discoverable credential, of this length if that is enough; only this key and this
    /// RP can unwrap it.
    pub(super) fn wrap(
        &self,
        private_key: &PrivateKey,
        cred_protect: CredProtect,
        rp_id_hash: &[u8; 32],
        length: usize,
        env: &Env,
    ) -> Vec<u8> {
        let mut plaintext = Zeroizing::new([0; 48]);
        plaintext[..32].copy_from_slice(private_key.secret.expose());
        plaintext[32] = match private_key.algorithm() {
            Algorithm::Es256 => 0,
            Algorithm::EdDsa => 1,
        };
        plaintext[33] = cred_protect.level();
        let iv = env.random();
        let mut id = iv.to_vec();
        id.extend_from_slice(&encrypt_cbc(&self.encryption, &iv, plaintext.as_slice()));
        id.resize(length.max(WRAPPED_LENGTH) - TAG_LENGTH, 0);
        env.fill(&mut id[SEALED_LENGTH..]);
        id.extend_from_slice(&self.tag(&id, rp_id_hash));
        id
    }

    /// The credential behind an id; `None` when it is not ours, not of this RP, or damaged.
    pub(super) fn unwrap(&self, id: &[u8], rp_id_hash: &[u8; 32]) -> Option<Credential> {
        let (head, tag) = id.split_last_chunk::<TAG_LENGTH>()?;
        // The tag is checked before anything is decrypted.
        if !bool::from(self.tag(head, rp_id_hash).ct_eq(tag)) {
            return None;
        }
        let (iv, ciphertext) = head.get(..SEALED_LENGTH)?.split_first_chunk()?;
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

    fn tag(&self, head: &[u8], rp_id_hash: &[u8; 32]) -> [u8; TAG_LENGTH] {
        let whole = hmac_sha_256(self.authentication.as_slice(), &[head, rp_id_hash].concat());
        let (tag, _) = whole
            .split_first_chunk()
            .expect("a SHA-256 has 32 bytes, more than the tag");
        *tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_credential_is_bound_to_its_rp_and_its_key() {
        let env = Env::system();
        let wrapping = Wrapping::new(&Secret::new([1; 32]));
        for (algorithm, length) in [(Algorithm::Es256, 0), (Algorithm::EdDsa, 241)] {
            let key = PrivateKey::generate(algorithm, &env);
            let protect = CredProtect::Required;
            let id = wrapping.wrap(&key, protect, &[7; 32], length, &env);
            assert_eq!(id.len(), length.max(WRAPPED_LENGTH));
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
}
