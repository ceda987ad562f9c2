//! The secret that a key and we agree on for one exchange, and what it encrypts.

use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use hkdf::Hkdf;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{Error, PinUvAuthProtocol};
use crate::encoding::cbor::{self, Value};
use crate::env::Env;
use crate::secret::{Pin, PinUvAuthToken};

type Block = [u8; 16];

/// COSE algorithm of the key agreement key: ECDH-ES with HKDF-256, although HKDF is not what is used.
const ECDH_ES_HKDF_256: i64 = -25;

/// The shared secret of one key agreement. Zeroized when dropped; has no `Debug`.
pub struct SharedSecret {
    protocol: PinUvAuthProtocol,
    pub(super) hmac_key: Zeroizing<[u8; 32]>,
    pub(super) aes_key: Zeroizing<[u8; 32]>,
}

impl SharedSecret {
    /// Agrees on a secret with the key's COSE_Key, by a fresh key pair; returns our public key as COSE_Key along with it.
    ///
    /// # Errors
    /// When the key's COSE_Key is malformed or not on the curve.
    pub fn encapsulate(
        protocol: PinUvAuthProtocol,
        peer: &Value,
        env: &Env,
    ) -> Result<(Value, Self), Error> {
        Self::agree(protocol, peer, &key_pair(env))
    }

    pub(in crate::ctap) fn agree(
        protocol: PinUvAuthProtocol,
        peer: &Value,
        own: &SecretKey,
    ) -> Result<(Value, Self), Error> {
        let shared = own.diffie_hellman(&public_key(peer)?);
        let secret = Self::derive(protocol, shared.raw_secret_bytes());
        Ok((cose_key(&own.public_key()), secret))
    }

    /// The protocol's kdf of the shared point's x-coordinate.
    pub(super) fn derive(protocol: PinUvAuthProtocol, z: &[u8]) -> Self {
        match protocol {
            PinUvAuthProtocol::One => {
                let key = Zeroizing::new(<[u8; 32]>::from(Sha256::digest(z)));
                Self {
                    protocol,
                    hmac_key: key.clone(),
                    aes_key: key,
                }
            }
            PinUvAuthProtocol::Two => Self {
                protocol,
                hmac_key: expand(z, b"CTAP2 HMAC key"),
                aes_key: expand(z, b"CTAP2 AES key"),
            },
        }
    }

    /// A PIN as setPIN and changePIN carry it: padded with zeros to 64 bytes, encrypted.
    #[must_use]
    pub fn encrypt_new_pin(&self, pin: &Pin, env: &Env) -> Vec<u8> {
        let mut padded = Zeroizing::new([[0; 16]; 4]);
        padded
            .as_flattened_mut()
            .iter_mut()
            .zip(pin.expose_bytes())
            .for_each(|(slot, byte)| *slot = *byte);
        self.encrypt(padded.as_slice(), env)
    }

    /// A PIN as it is proven: the first 16 bytes of its SHA-256, encrypted.
    #[must_use]
    pub fn encrypt_pin_hash(&self, pin: &Pin, env: &Env) -> Vec<u8> {
        self.encrypt_hash_of(pin.expose_bytes(), env)
    }

    /// The same for bytes that no PIN can be made of, to see what a key does with them.
    #[must_use]
    pub fn encrypt_hash_of(&self, pin: &[u8], env: &Env) -> Vec<u8> {
        let hash = Zeroizing::new(<[u8; 32]>::from(Sha256::digest(pin)));
        let mut half = Zeroizing::new([0; 16]);
        half.copy_from_slice(&hash[..16]);
        self.encrypt(std::slice::from_ref(&*half), env)
    }

    /// Authenticates a message with this secret.
    #[must_use]
    pub fn authenticate(&self, message: &[u8]) -> Vec<u8> {
        self.protocol.mac(self.hmac_key.as_slice(), message)
    }

    /// Decrypts a pinUvAuthToken.
    ///
    /// # Errors
    /// When ciphertext or token have a length that the protocol does not have.
    pub fn decrypt_token(&self, ciphertext: &[u8]) -> Result<PinUvAuthToken, Error> {
        let token = self.decrypt(ciphertext)?;
        match (self.protocol, token.len()) {
            (PinUvAuthProtocol::One, 16 | 32) | (PinUvAuthProtocol::Two, 32) => {
                Ok(PinUvAuthToken::new(token))
            }
            (_, length) => Err(Error::TokenLength(length)),
        }
    }

    /// Takes whole blocks, so that a remainder can never slip through in the clear.
    #[must_use]
    pub fn encrypt(&self, plaintext: &[Block], env: &Env) -> Vec<u8> {
        let iv: Block = match self.protocol {
            PinUvAuthProtocol::One => [0; 16],
            PinUvAuthProtocol::Two => env.random(),
        };
        let mut cipher = cbc::Encryptor::<aes::Aes256>::new(&(*self.aes_key).into(), &iv.into());
        let mut ciphertext = match self.protocol {
            PinUvAuthProtocol::One => Vec::new(),
            PinUvAuthProtocol::Two => iv.to_vec(),
        };
        for block in plaintext {
            let mut block = (*block).into();
            cipher.encrypt_block(&mut block);
            ciphertext.extend_from_slice(&block);
        }
        ciphertext
    }

    pub(in crate::ctap) fn decrypt(&self, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let impossible = Error::CiphertextLength(ciphertext.len());
        let (blocks, []) = ciphertext.as_chunks::<16>() else {
            return Err(impossible);
        };
        let (iv, blocks) = match self.protocol {
            PinUvAuthProtocol::One => ([0; 16], blocks),
            PinUvAuthProtocol::Two => {
                let (iv, blocks) = blocks.split_first().ok_or(impossible)?;
                (*iv, blocks)
            }
        };
        let mut cipher = cbc::Decryptor::<aes::Aes256>::new(&(*self.aes_key).into(), &iv.into());
        let mut plaintext = Zeroizing::new(Vec::with_capacity(ciphertext.len()));
        for block in blocks {
            let mut block = (*block).into();
            cipher.decrypt_block(&mut block);
            plaintext.extend_from_slice(&block);
        }
        Ok(plaintext)
    }
}

fn expand(z: &[u8], info: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(&[0; 32]), z)
        .expand(info, key.as_mut_slice())
        .expect("HKDF-SHA-256 gives up to 8160 bytes");
    key
}

/// Draws until the bytes are a scalar of the curve; one draw in 2^32 is not.
fn key_pair(env: &Env) -> SecretKey {
    loop {
        let bytes = Zeroizing::new(env.random::<32>());
        if let Ok(key) = SecretKey::from_slice(bytes.as_slice()) {
            return key;
        }
    }
}

/// Parses the key's COSE_Key. The algorithm is not looked at: nothing depends on it, and keys differ.
fn public_key(cose_key: &Value) -> Result<PublicKey, Error> {
    let map = cose_key.as_map().ok_or(Error::KeyParameter(1))?;
    let parameter =
        |label: i8| cbor::get(map, &Value::from(label)).ok_or(Error::KeyParameter(label));
    let coordinate = |label: i8| match parameter(label)?.as_bytes() {
        Some(bytes) if bytes.len() == 32 => Ok(bytes.as_slice()),
        _ => Err(Error::KeyParameter(label)),
    };
    for (label, wanted) in [(1, 2), (-1, 1)] {
        if *parameter(label)? != Value::from(wanted) {
            return Err(Error::KeyParameter(label));
        }
    }
    let point = [&[0x04], coordinate(-2)?, coordinate(-3)?].concat();
    PublicKey::from_sec1_bytes(&point).map_err(|_| Error::NotOnCurve)
}

fn cose_key(public: &PublicKey) -> Value {
    let point = public.to_sec1_point(false);
    let coordinates = point.as_bytes().get(1..).unwrap_or_default();
    let (x, y) = coordinates.split_at(coordinates.len() / 2);
    cbor::map([
        (1, Value::from(2)),
        (3, Value::from(ECDH_ES_HKDF_256)),
        (-1, Value::from(1)),
        (-2, Value::Bytes(x.to_vec())),
        (-3, Value::Bytes(y.to_vec())),
    ])
}
