//! pinUvAuthProtocol one and two from the platform's side (CTAP 2.1 §6.5.6, §6.5.7): key agreement, encryption and
//! authentication, so that a PIN never crosses the wire in the clear.

mod shared_secret;

#[cfg(test)]
mod tests;

pub use shared_secret::SharedSecret;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::secret::PinUvAuthToken;

/// Why a shared secret could not be agreed on, or a ciphertext not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A ciphertext has a length that the protocol does not produce.
    #[error("the key's ciphertext of {0} bytes is not one of the PIN protocol's")]
    CiphertextLength(usize),
    /// The key's COSE_Key lacks a parameter, or it has the wrong type or value.
    #[error("key agreement: parameter {0} of the key's COSE_Key is missing or malformed")]
    KeyParameter(i8),
    /// The key's coordinates are not a point of P-256: an attack, or a broken key.
    #[error("key agreement: the key's public key is not a point of P-256")]
    NotOnCurve,
    /// A token has a length that the protocol does not have.
    #[error("a pinUvAuthToken of {0} bytes is not one of the PIN protocol's")]
    TokenLength(usize),
}

/// The protocols that this client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinUvAuthProtocol {
    /// SHA-256, AES-256-CBC with a zero IV, HMAC-SHA-256 cut to 16 bytes.
    One,
    /// HKDF-SHA-256 with two keys, AES-256-CBC with a random IV, HMAC-SHA-256.
    Two,
}

/// A pinUvAuthParam and the protocol that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinUvAuthParam {
    /// 16 bytes for protocol one, 32 for protocol two.
    pub bytes: Vec<u8>,
    /// The protocol.
    pub protocol: PinUvAuthProtocol,
}

impl PinUvAuthProtocol {
    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }

    /// The protocol of a number on the wire, if this client speaks it.
    #[must_use]
    pub fn from_number(number: u64) -> Option<Self> {
        match number {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            _ => None,
        }
    }

    /// Authenticates a message with a pinUvAuthToken.
    #[must_use]
    pub fn authenticate(self, token: &PinUvAuthToken, message: &[u8]) -> PinUvAuthParam {
        PinUvAuthParam {
            bytes: self.mac(token.expose_bytes(), message),
            protocol: self,
        }
    }

    fn mac(self, key: &[u8], message: &[u8]) -> Vec<u8> {
        let mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
        let mut bytes = mac.chain_update(message).finalize().into_bytes().to_vec();
        if self == Self::One {
            bytes.truncate(16);
        }
        bytes
    }
}
