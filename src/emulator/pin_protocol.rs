//! PIN/UV auth protocols one and two, authenticator side (CTAP 2.1 §6.5.4, §6.5.6, §6.5.7): key agreement, the shared secret,
//! and the PIN/UV auth token's bytes.

use aes::Aes256;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use hmac::{Hmac, KeyInit, Mac};
use p256::{PublicKey, SecretKey};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::profile::PinUvAuthProtocol;
use super::request::Map;
use crate::ctap::status::Status;
use crate::encoding::cbor::{self, Value};
use crate::env::Env;

const BLOCK: usize = 16;
/// COSE algorithm of the key agreement key, ECDH-ES + HKDF-256; the name is historical, protocol one uses no HKDF.
const ECDH_ES_HKDF_256: i64 = -25;

/// HMAC-SHA-256.
pub(super) fn hmac_sha_256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length, RFC 2104 §2");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// AES-256-CBC without padding. The plaintext must be whole blocks.
pub(super) fn encrypt_cbc(key: &[u8; 32], iv: &[u8; BLOCK], plaintext: &[u8]) -> Vec<u8> {
    cbc::Encryptor::<Aes256>::new(key.into(), iv.into()).encrypt_padded_vec::<NoPadding>(plaintext)
}

/// `None` when the ciphertext is not whole blocks.
pub(super) fn decrypt_cbc(
    key: &[u8; 32],
    iv: &[u8; BLOCK],
    ciphertext: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    cbc::Decryptor::<Aes256>::new(key.into(), iv.into())
        .decrypt_padded_vec::<NoPadding>(ciphertext)
        .ok()
        .map(Zeroizing::new)
}

/// A P-256 secret from the environment's randomness.
pub(super) fn random_p256(env: &Env) -> SecretKey {
    loop {
        // Zero and values not below the group order are refused; about one in 2^32.
        if let Ok(secret) = SecretKey::from_slice(&*Zeroizing::new(env.random::<32>())) {
            return secret;
        }
    }
}

/// A key agreement key pair. Platforms ask for the public half before every token, so it is kept.
struct KeyAgreement {
    secret: SecretKey,
    public_point: Box<[u8]>,
}

impl From<SecretKey> for KeyAgreement {
    fn from(secret: SecretKey) -> Self {
        Self {
            public_point: secret.public_key().to_sec1_bytes(),
            secret,
        }
    }
}

/// One protocol's key agreement key and token bytes.
pub(super) struct PinUvAuth {
    pub(super) protocol: PinUvAuthProtocol,
    key_agreement: KeyAgreement,
    token: Zeroizing<[u8; 32]>,
}

impl PinUvAuth {
    /// `initialize` of the specification.
    pub(super) fn new(protocol: PinUvAuthProtocol, env: &Env) -> Self {
        Self {
            protocol,
            key_agreement: KeyAgreement::from(random_p256(env)),
            token: Zeroizing::new(env.random()),
        }
    }

    /// A fresh key agreement key, so that a recorded exchange is of no use after a wrong PIN.
    pub(super) fn regenerate(&mut self, env: &Env) {
        self.key_agreement = KeyAgreement::from(random_p256(env));
    }

    /// Fresh token bytes: whoever held the old token holds nothing.
    pub(super) fn reset_token(&mut self, env: &Env) {
        self.token = Zeroizing::new(env.random());
    }

    /// The token, encrypted for the platform.
    pub(super) fn encrypted_token(&self, secret: &SharedSecret, env: &Env) -> Vec<u8> {
        secret.encrypt(self.token.as_slice(), env)
    }

    /// Whether the platform that made `pin_uv_auth_param` over this message holds the token.
    pub(super) fn verify_token(&self, message: &[u8], pin_uv_auth_param: &[u8]) -> bool {
        verify(
            self.protocol,
            self.token.as_slice(),
            message,
            pin_uv_auth_param,
        )
    }

    /// `getPublicKey`: the authenticator's key agreement key as COSE_Key.
    pub(super) fn public_key(&self) -> Value {
        // An uncompressed point is 0x04 ‖ x ‖ y, 65 bytes.
        let point = &self.key_agreement.public_point;
        cbor::map([
            (1, Value::from(2)),
            (3, Value::from(ECDH_ES_HKDF_256)),
            (-1, Value::from(1)),
            (-2, Value::Bytes(point[1..33].to_vec())),
            (-3, Value::Bytes(point[33..65].to_vec())),
        ])
    }

    /// `decapsulate`: the secret shared with the platform that sent this COSE_Key.
    pub(super) fn decapsulate(&self, peer: Map<'_>) -> Result<SharedSecret, Status> {
        let expect = |label: i64, wanted: i64| match peer.required::<i64>(label) {
            Ok(found) if found == wanted => Ok(()),
            _ => Err(Status::InvalidParameter),
        };
        expect(1, 2)?;
        expect(3, ECDH_ES_HKDF_256)?;
        expect(-1, 1)?;
        let coordinate = |label: i64| match peer.required::<&[u8]>(label) {
            Ok(bytes) if bytes.len() == 32 => Ok(bytes),
            _ => Err(Status::InvalidParameter),
        };
        let point = [&[0x04], coordinate(-2)?, coordinate(-3)?].concat();
        // Refuses points that are not on the curve: they would leak the private key.
        let peer = PublicKey::from_sec1_bytes(&point).map_err(|_| Status::InvalidParameter)?;
        let shared = self.key_agreement.secret.diffie_hellman(&peer);
        Ok(SharedSecret::derive(
            self.protocol,
            shared.raw_secret_bytes(),
        ))
    }
}

/// Whether the members of a platform's COSE_Key are of their types; their values are [`PinUvAuth::decapsulate`]'s business.
pub(super) fn check_types(peer: Map<'_>) -> Result<(), Status> {
    for integer in [1, 3, -1] {
        peer.optional::<i64>(integer)?;
    }
    for coordinate in [-2, -3] {
        peer.optional::<&[u8]>(coordinate)?;
    }
    Ok(())
}

/// What platform and authenticator share for one exchange.
pub(super) struct SharedSecret {
    protocol: PinUvAuthProtocol,
    hmac_key: Zeroizing<[u8; 32]>,
    aes_key: Zeroizing<[u8; 32]>,
}

impl SharedSecret {
    /// `kdf` over the x-coordinate of the ECDH point.
    fn derive(protocol: PinUvAuthProtocol, z: &[u8]) -> Self {
        match protocol {
            PinUvAuthProtocol::One => {
                let key = Zeroizing::new(<[u8; 32]>::from(Sha256::digest(z)));
                Self {
                    protocol,
                    hmac_key: key.clone(),
                    aes_key: key,
                }
            }
            PinUvAuthProtocol::Two => {
                let hkdf = hkdf::Hkdf::<Sha256>::new(Some(&[0; 32]), z);
                let expand = |info: &[u8]| {
                    let mut key = Zeroizing::new([0; 32]);
                    hkdf.expand(info, key.as_mut_slice())
                        .expect("32 bytes are fewer than the 8160 that RFC 5869 allows");
                    key
                };
                Self {
                    protocol,
                    hmac_key: expand(b"CTAP2 HMAC key"),
                    aes_key: expand(b"CTAP2 AES key"),
                }
            }
        }
    }

    /// Encrypts whole blocks: with a zero IV under protocol one, behind a random IV under protocol two.
    pub(super) fn encrypt(&self, plaintext: &[u8], env: &Env) -> Vec<u8> {
        match self.protocol {
            PinUvAuthProtocol::One => encrypt_cbc(&self.aes_key, &[0; BLOCK], plaintext),
            PinUvAuthProtocol::Two => {
                let iv = env.random();
                [&iv, encrypt_cbc(&self.aes_key, &iv, plaintext).as_slice()].concat()
            }
        }
    }

    /// `None` when the ciphertext is not whole blocks, or too short for its IV.
    pub(super) fn decrypt(&self, ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self.protocol {
            PinUvAuthProtocol::One => decrypt_cbc(&self.aes_key, &[0; BLOCK], ciphertext),
            PinUvAuthProtocol::Two => {
                let (iv, ciphertext) = ciphertext.split_first_chunk()?;
                decrypt_cbc(&self.aes_key, iv, ciphertext)
            }
        }
    }

    /// Whether `pin_uv_auth_param` was made over this message with the shared secret.
    pub(super) fn verify(&self, message: &[u8], pin_uv_auth_param: &[u8]) -> bool {
        verify(
            self.protocol,
            self.hmac_key.as_slice(),
            message,
            pin_uv_auth_param,
        )
    }
}

/// `verify`: 16 bytes under protocol one, 32 under protocol two; in constant time.
fn verify(protocol: PinUvAuthProtocol, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let mac = hmac_sha_256(key, message);
    let expected = match protocol {
        PinUvAuthProtocol::One => &mac[..16],
        PinUvAuthProtocol::Two => &mac[..],
    };
    expected.ct_eq(signature).into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::encoding::hex;

    fn bytes(text: &str) -> Vec<u8> {
        hex::decode(text).unwrap()
    }

    fn secret(protocol: PinUvAuthProtocol, z: &str) -> SharedSecret {
        SharedSecret::derive(protocol, &bytes(z))
    }

    /// Vectors of the test suites of python-fido2 (`test_ctap2.py`) and authenticator-rs (`crypto/mod.rs`).
    #[test]
    fn protocol_one_agrees_and_encrypts_as_published() {
        let private = "7452e599fee739d8a653f6a507343d12d382249108a651402520b72f24fe7684";
        let keys = PinUvAuth {
            protocol: PinUvAuthProtocol::One,
            key_agreement: SecretKey::from_slice(&bytes(private)).unwrap().into(),
            token: Zeroizing::new([0; 32]),
        };
        let public = cbor::encode(&keys.public_key());
        let x = bytes("44d78d7989b97e62ea993496c9ef6e8fd58b8b00715f9a89153ddd9c4657e47f");
        let y = bytes("ec802ee7d22bd4e100f12e48537eb4e7e96ed3a47a0a3bd5f5eeab65001664f9");
        let head = bytes("a50102033818200121");
        let expected = [head.as_slice(), &[0x58, 0x20], &x, &[0x22, 0x58, 0x20], &y].concat();
        assert_eq!(hex::encode(&public), hex::encode(&expected));
        let peer = cbor::map([
            (1, Value::from(2)),
            (3, Value::from(-25)),
            (-1, Value::from(1)),
            (
                -2,
                Value::Bytes(bytes(
                    "0501d5bc78da9252560a26cb08fcc60cbe0b6d3b8e1d1fcee514fac0af675168",
                )),
            ),
            (
                -3,
                Value::Bytes(bytes(
                    "d551b3ed46f665731f95b4532939c25d91db7eb844bd96d4abd4083785f8df47",
                )),
            ),
        ]);
        let shared = keys.decapsulate(Map::top(&peer).unwrap()).ok().unwrap();
        assert_eq!(
            hex::encode(shared.aes_key.as_slice()),
            "c42a039d548100dfba521e487debcbbb8b66bb7496f8b1862a7a395ed83e1a1c"
        );
        assert_eq!(shared.aes_key, shared.hmac_key);
        let env = Env::system();
        let token = bytes("aff12c6dcfbf9df52f7a09211e8865cd");
        let token_enc = bytes("7a9f98e31b77be90f9c64d12e9635040");
        assert_eq!(shared.encrypt(&token, &env), token_enc);
        assert_eq!(shared.decrypt(&token_enc).unwrap().as_slice(), token);
        let pin_hash_enc = bytes("afe8327ce416da8ee3d057589c2ce1a9");
        let pin_hash = shared.decrypt(&pin_hash_enc).unwrap();
        assert_eq!(pin_hash.as_slice(), &Sha256::digest(b"1234")[..16]);
    }

    /// A new PIN and its pinUvAuthParam, from authenticator-rs (`crypto/mod.rs`).
    #[test]
    fn protocol_one_verifies_a_published_new_pin() {
        let key = bytes("82e3d841e25c5c13462c123cc3d3987865ba3d204674fbedd47ef5abab8d1372");
        let key = Zeroizing::new(<[u8; 32]>::try_from(key).unwrap());
        let shared = SharedSecret {
            protocol: PinUvAuthProtocol::One,
            hmac_key: key.clone(),
            aes_key: key,
        };
        let new_pin_enc = bytes(concat!(
            "70664bb581e257451a3ab91bf1aad8e45f6ce9b5c3b0f32b5ecd62d0ba3b605f",
            "d9183166f6c5faf3e4da2481502cd0cee0158b351fc39208a77cb2744bd43cf9"
        ));
        let param = bytes("8e7f016997f3b0a27ba4347a0e49fdf5");
        assert!(shared.verify(&new_pin_enc, &param));
        assert!(!shared.verify(&new_pin_enc, &param[..15]));
        assert!(!shared.verify(&new_pin_enc[1..], &param));
        let padded = shared.decrypt(&new_pin_enc).unwrap();
        assert_eq!(&padded[..5], b"1234\0");
        assert_eq!(padded.len(), 64);
    }

    /// The key derivation of protocol two, from authenticator-rs (`crypto/mod.rs`).
    #[test]
    fn protocol_two_derives_its_keys_as_published() {
        let shared = secret(PinUvAuthProtocol::Two, &"ff".repeat(32));
        assert_eq!(
            hex::encode(shared.hmac_key.as_slice()),
            "570b4ed82aa5dfb49db79dbeaf4b315d8abb1a9867b245f3367026987c0d47a1"
        );
        assert_eq!(
            hex::encode(shared.aes_key.as_slice()),
            "7d9a93c39baec741d141c6238d8e1846de323d8eed022cb397d19a73b98945e2"
        );
    }

    #[test]
    fn protocol_two_hides_equal_plaintexts_and_wants_whole_macs() {
        let shared = secret(PinUvAuthProtocol::Two, &"07".repeat(32));
        let env = Env::system();
        let (a, b) = (
            shared.encrypt(&[1; 32], &env),
            shared.encrypt(&[1; 32], &env),
        );
        assert_eq!(a.len(), 48);
        assert_ne!(a, b);
        assert_eq!(shared.decrypt(&a), shared.decrypt(&b));
        let mac = hmac_sha_256(shared.hmac_key.as_slice(), b"message");
        assert!(shared.verify(b"message", &mac));
        assert!(!shared.verify(b"message", &mac[..16]));
        for broken in [&a[..15], &a[..47], &[]] {
            assert!(shared.decrypt(broken).is_none());
        }
    }
}
