//! Protocol one is pinned by the numbers of python-fido2 (`tests/test_ctap2.py`) and of Mozilla's authenticator-rs
//! (`src/crypto/mod.rs`), protocol two by the key derivation of authenticator-rs and the parameters of OpenSK
//! (`libraries/opensk/src/ctap/pin_protocol.rs`).
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use p256::SecretKey;
use proptest::prelude::*;
use zeroize::Zeroizing;

use super::{Error, PinUvAuthProtocol, SharedSecret};
use crate::encoding::cbor::{self, Value};
use crate::encoding::hex;
use crate::env::{Env, ManualClock, SeededRng};
use crate::secret::{Pin, PinUvAuthToken};

const BOTH: [PinUvAuthProtocol; 2] = [PinUvAuthProtocol::One, PinUvAuthProtocol::Two];

fn env() -> Env {
    let clock = Arc::new(ManualClock::new(jiff::Timestamp::UNIX_EPOCH));
    Env::new(clock, Arc::new(SeededRng::new(1)))
}

fn with_keys(protocol: PinUvAuthProtocol, hmac_key: [u8; 32], aes_key: [u8; 32]) -> SharedSecret {
    let mut secret = SharedSecret::derive(protocol, &[]);
    *secret.hmac_key = hmac_key;
    *secret.aes_key = aes_key;
    secret
}

fn pin(text: &str) -> Pin {
    Pin::new(text).ok().unwrap()
}

fn cose(x: &str, y: &str) -> Value {
    cbor::map([
        (1, Value::from(2)),
        (3, Value::from(-25)),
        (-1, Value::from(1)),
        (-2, Value::Bytes(hex::decode(x).unwrap())),
        (-3, Value::Bytes(hex::decode(y).unwrap())),
    ])
}

/// The key pair of the device in python-fido2's test, as a COSE_Key.
fn device_key() -> Value {
    cose(
        "0501d5bc78da9252560a26cb08fcc60cbe0b6d3b8e1d1fcee514fac0af675168",
        "d551b3ed46f665731f95b4532939c25d91db7eb844bd96d4abd4083785f8df47",
    )
}

/// The key pair of the platform in python-fido2's test.
fn platform_key() -> SecretKey {
    let bytes = "7452e599fee739d8a653f6a507343d12d382249108a651402520b72f24fe7684";
    SecretKey::from_slice(&hex::decode(bytes).unwrap()).unwrap()
}

#[test]
fn protocol_one_agrees_with_python_fido2() {
    let (own, secret) =
        SharedSecret::agree(PinUvAuthProtocol::One, &device_key(), &platform_key()).unwrap();
    let expected = cose(
        "44d78d7989b97e62ea993496c9ef6e8fd58b8b00715f9a89153ddd9c4657e47f",
        "ec802ee7d22bd4e100f12e48537eb4e7e96ed3a47a0a3bd5f5eeab65001664f9",
    );
    assert_eq!(cbor::encode(&own), cbor::encode(&expected));
    let shared = "c42a039d548100dfba521e487debcbbb8b66bb7496f8b1862a7a395ed83e1a1c";
    assert_eq!(hex::encode(secret.aes_key.as_slice()), shared);
    assert_eq!(hex::encode(secret.hmac_key.as_slice()), shared);
    let pin_hash_enc = secret.encrypt_pin_hash(&pin("1234"), &env());
    assert_eq!(
        hex::encode(&pin_hash_enc),
        "afe8327ce416da8ee3d057589c2ce1a9"
    );
    let token = secret
        .decrypt_token(&hex::decode("7a9f98e31b77be90f9c64d12e9635040").unwrap())
        .unwrap();
    assert_eq!(
        hex::encode(token.expose_bytes()),
        "aff12c6dcfbf9df52f7a09211e8865cd"
    );
}

#[test]
fn protocol_one_encrypts_a_new_pin_as_authenticator_rs_does() {
    let key = "82e3d841e25c5c13462c123cc3d3987865ba3d204674fbedd47ef5abab8d1372";
    let key: [u8; 32] = hex::decode(key).unwrap().try_into().unwrap();
    let secret = with_keys(PinUvAuthProtocol::One, key, key);
    let new_pin_enc = secret.encrypt_new_pin(&pin("1234"), &env());
    assert_eq!(
        hex::encode(&new_pin_enc),
        "70664bb581e257451a3ab91bf1aad8e45f6ce9b5c3b0f32b5ecd62d0ba3b605f\
         d9183166f6c5faf3e4da2481502cd0cee0158b351fc39208a77cb2744bd43cf9"
    );
    assert_eq!(
        hex::encode(&secret.authenticate(&new_pin_enc)),
        "8e7f016997f3b0a27ba4347a0e49fdf5"
    );
}

#[test]
fn protocol_two_derives_the_keys_of_authenticator_rs() {
    let secret = SharedSecret::derive(PinUvAuthProtocol::Two, &[0xff; 32]);
    assert_eq!(
        hex::encode(secret.hmac_key.as_slice()),
        "570b4ed82aa5dfb49db79dbeaf4b315d8abb1a9867b245f3367026987c0d47a1"
    );
    assert_eq!(
        hex::encode(secret.aes_key.as_slice()),
        "7d9a93c39baec741d141c6238d8e1846de323d8eed022cb397d19a73b98945e2"
    );
}

#[test]
fn both_protocols_authenticate_as_opensk_does() {
    let secret = |protocol| SharedSecret::derive(protocol, &[0x55; 32]).authenticate(&[0xaa]);
    assert_eq!(
        hex::encode(&secret(PinUvAuthProtocol::One)),
        "8b60157df344822e54347a01fb0248a6"
    );
    assert_eq!(
        hex::encode(&secret(PinUvAuthProtocol::Two)),
        "c03f2a225cc34e05c10e729c8dd57de5989c6815ece23a95d590e1e93ff01aaf"
    );
    let token = PinUvAuthToken::new(Zeroizing::new(vec![0x91; 32]));
    let param = |protocol: PinUvAuthProtocol| protocol.authenticate(&token, &[0xaa]).bytes;
    assert_eq!(
        hex::encode(&param(PinUvAuthProtocol::One)),
        "9c1cfe9dd7646a06b9a80f96ad504968"
    );
    assert_eq!(
        hex::encode(&param(PinUvAuthProtocol::Two)),
        "9c1cfe9dd7646a06b9a80f96ad504968949020530fa3d27a9ffdfa623693f784"
    );
}

/// NIST SP 800-38A F.2.5, the first two blocks of CBC-AES256.
#[test]
fn protocol_two_puts_the_initialization_vector_before_the_blocks() {
    let key = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
    let key: [u8; 32] = hex::decode(key).unwrap().try_into().unwrap();
    let secret = with_keys(PinUvAuthProtocol::Two, [0; 32], key);
    let ciphertext = "000102030405060708090a0b0c0d0e0f\
                      f58c4c04d6e5f1ba779eabfb5f7bfbd6\
                      9cfc4e967edb808d679f777bc6702c7d";
    let plaintext = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51";
    let decrypted = secret.decrypt(&hex::decode(ciphertext).unwrap()).unwrap();
    assert_eq!(hex::encode(&decrypted), plaintext);
    let again = secret.encrypt(decrypted.as_chunks().0, &env());
    assert_eq!(again.len(), 48);
    assert_eq!(secret.decrypt(&again).unwrap(), decrypted);
    assert_ne!(again[..16], [0; 16]);
}

#[test]
fn both_sides_arrive_at_the_same_secret() {
    for protocol in BOTH {
        let other = platform_key();
        let point =
            p256::elliptic_curve::sec1::ToSec1Point::to_sec1_point(&other.public_key(), false);
        let (x, y) = point.as_bytes()[1..].split_at(32);
        let peer = cose(&hex::encode(x), &hex::encode(y));
        let (own, ours) = SharedSecret::encapsulate(protocol, &peer, &env()).unwrap();
        let (_, theirs) = SharedSecret::agree(protocol, &own, &other).unwrap();
        let ciphertext = ours.encrypt_new_pin(&pin("halligan"), &env());
        let padded = theirs.decrypt(&ciphertext).unwrap();
        assert_eq!(padded.len(), 64);
        assert!(padded.starts_with(b"halligan\0"));
    }
}

#[test]
fn a_hostile_key_agreement_is_refused() {
    let zero = "00".repeat(32);
    let refusal = |peer: &Value| {
        SharedSecret::encapsulate(PinUvAuthProtocol::Two, peer, &env())
            .err()
            .unwrap()
    };
    assert_eq!(refusal(&cose(&zero, &zero)), Error::NotOnCurve);
    assert_eq!(refusal(&cose("00", &zero)), Error::KeyParameter(-2));
    assert_eq!(refusal(&cose(&zero, "")), Error::KeyParameter(-3));
    assert_eq!(refusal(&Value::Null), Error::KeyParameter(1));
    let okp = cbor::map([(1, Value::from(1))]);
    assert_eq!(refusal(&okp), Error::KeyParameter(1));
}

#[test]
fn impossible_ciphertexts_and_tokens_are_refused() {
    let secret = |protocol| SharedSecret::derive(protocol, &[7; 32]);
    let refusal = |protocol, length: usize| secret(protocol).decrypt_token(&vec![0; length]).err();
    for protocol in BOTH {
        assert_eq!(refusal(protocol, 15), Some(Error::CiphertextLength(15)));
    }
    assert_eq!(
        refusal(PinUvAuthProtocol::One, 0),
        Some(Error::TokenLength(0))
    );
    assert_eq!(
        refusal(PinUvAuthProtocol::One, 48),
        Some(Error::TokenLength(48))
    );
    assert_eq!(
        refusal(PinUvAuthProtocol::Two, 0),
        Some(Error::CiphertextLength(0))
    );
    assert_eq!(
        refusal(PinUvAuthProtocol::Two, 32),
        Some(Error::TokenLength(16))
    );
    assert_eq!(refusal(PinUvAuthProtocol::Two, 48), None);
}

proptest! {
    #[test]
    fn any_ciphertext_gives_a_token_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..128)) {
        for protocol in BOTH {
            let _ = SharedSecret::derive(protocol, &[7; 32]).decrypt_token(&bytes);
        }
    }

    #[test]
    fn any_cose_key_gives_a_secret_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..128)) {
        if let Ok(value) = cbor::decode(&bytes) {
            let _ = SharedSecret::encapsulate(PinUvAuthProtocol::One, &value, &env());
        }
    }

    #[test]
    fn any_coordinates_give_a_secret_or_an_error(x in any::<[u8; 32]>(), y in any::<[u8; 32]>()) {
        let peer = cose(&hex::encode(&x), &hex::encode(&y));
        let _ = SharedSecret::encapsulate(PinUvAuthProtocol::Two, &peer, &env());
    }
}
