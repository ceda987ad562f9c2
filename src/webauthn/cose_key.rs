//! A credential public key in COSE form (WebAuthn L3 §6.5.1.1, RFC 9052 §7, RFC 9053 §7, RFC 8230 §4): parsed, kept byte for
//! byte, and able to verify a signature if it is one of a security key.

use p256::ecdsa::signature::Verifier;

use crate::encoding::cbor::{self, Value};

/// ECDSA on P-256 with SHA-256.
pub const ES256: i64 = -7;
/// EdDSA on Ed25519.
pub const EDDSA: i64 = -8;
/// RSASSA-PKCS1-v1_5 with SHA-256. Entra offers it; Windows Hello uses it, no security key does.
pub const RS256: i64 = -257;

/// Why bytes are not a usable credential public key, or a signature does not verify.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The signature is not by this key over this message.
    #[error("the signature does not verify")]
    BadSignature,
    /// Not a CBOR map.
    #[error("credential public key: {0}")]
    Cbor(#[from] cbor::Error),
    /// A parameter is missing or of the wrong type.
    #[error("credential public key: parameter {0} is missing or malformed")]
    Parameter(i64),
    /// The coordinates are not a point of the curve.
    #[error("credential public key: not a point on the curve")]
    Point,
    /// An algorithm other than ES256 and EdDSA.
    #[error("credential public key: algorithm {0} is not supported")]
    UnsupportedAlgorithm(i64),
}

/// A public key: ES256 or EdDSA, unless [`CoseKey::parse_any`] read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoseKey {
    bytes: Vec<u8>,
    material: Material,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Material {
    P256 {
        x: [u8; 32],
        y: [u8; 32],
    },
    Ed25519([u8; 32]),
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// Of this algorithm, and not looked into.
    Other(i64),
}

impl CoseKey {
    /// Parses a COSE_Key.
    ///
    /// # Errors
    /// When it is malformed or its algorithm is neither ES256 nor EdDSA.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let key = Self::parse_any(bytes)?;
        match key.material {
            Material::P256 { .. } | Material::Ed25519(_) => Ok(key),
            Material::Rsa { .. } | Material::Other(_) => {
                Err(Error::UnsupportedAlgorithm(key.algorithm()))
            }
        }
    }

    /// Parses a COSE_Key of any algorithm, to judge what other authenticators made. Only ES256 and EdDSA keys verify
    /// signatures.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn parse_any(bytes: &[u8]) -> Result<Self, Error> {
        let value = cbor::decode(bytes)?;
        let map = value.as_map().ok_or(Error::Parameter(1))?;
        let integer = |label: i64| {
            cbor::get(map, &Value::from(label))
                .and_then(Value::as_integer)
                .and_then(|value| i64::try_from(value).ok())
                .ok_or(Error::Parameter(label))
        };
        let bytes_of = |label: i64| {
            cbor::get(map, &Value::from(label))
                .and_then(Value::as_bytes)
                .ok_or(Error::Parameter(label))
        };
        let coordinate = |label: i64| {
            <[u8; 32]>::try_from(bytes_of(label)?.as_slice()).map_err(|_| Error::Parameter(label))
        };
        let expect = |label: i64, wanted: i64| match integer(label)? {
            found if found == wanted => Ok(()),
            _ => Err(Error::Parameter(label)),
        };
        let material = match integer(3)? {
            ES256 => {
                expect(1, 2)?;
                expect(-1, 1)?;
                Material::P256 {
                    x: coordinate(-2)?,
                    y: coordinate(-3)?,
                }
            }
            EDDSA => {
                expect(1, 1)?;
                expect(-1, 6)?;
                Material::Ed25519(coordinate(-2)?)
            }
            RS256 => {
                expect(1, 3)?;
                Material::Rsa {
                    modulus: bytes_of(-1)?.clone(),
                    exponent: bytes_of(-2)?.clone(),
                }
            }
            other => Material::Other(other),
        };
        let key = Self {
            bytes: bytes.to_vec(),
            material,
        };
        if let Material::P256 { .. } = key.material {
            key.p256()?;
        }
        Ok(key)
    }

    /// An ES256 key from its affine coordinates, big-endian.
    #[must_use]
    pub fn from_p256(x: [u8; 32], y: [u8; 32]) -> Self {
        let bytes = cbor::encode(&cbor::map([
            (1, Value::from(2)),
            (3, Value::from(ES256)),
            (-1, Value::from(1)),
            (-2, Value::Bytes(x.to_vec())),
            (-3, Value::Bytes(y.to_vec())),
        ]));
        Self {
            bytes,
            material: Material::P256 { x, y },
        }
    }

    /// An EdDSA key from its 32-byte encoding.
    #[must_use]
    pub fn from_ed25519(public: [u8; 32]) -> Self {
        let bytes = cbor::encode(&cbor::map([
            (1, Value::from(1)),
            (3, Value::from(EDDSA)),
            (-1, Value::from(6)),
            (-2, Value::Bytes(public.to_vec())),
        ]));
        Self {
            bytes,
            material: Material::Ed25519(public),
        }
    }

    /// The COSE algorithm identifier.
    #[must_use]
    pub fn algorithm(&self) -> i64 {
        match self.material {
            Material::P256 { .. } => ES256,
            Material::Ed25519(_) => EDDSA,
            Material::Rsa { .. } => RS256,
            Material::Other(algorithm) => algorithm,
        }
    }

    /// The affine coordinates of an ES256 key, big-endian.
    #[must_use]
    pub fn p256_coordinates(&self) -> Option<(&[u8; 32], &[u8; 32])> {
        match &self.material {
            Material::P256 { x, y } => Some((x, y)),
            Material::Ed25519(_) | Material::Rsa { .. } | Material::Other(_) => None,
        }
    }

    /// Modulus and exponent of an RS256 key, big-endian.
    #[must_use]
    pub fn rsa_numbers(&self) -> Option<(&[u8], &[u8])> {
        match &self.material {
            Material::Rsa { modulus, exponent } => Some((modulus, exponent)),
            Material::P256 { .. } | Material::Ed25519(_) | Material::Other(_) => None,
        }
    }

    /// The COSE_Key exactly as it was parsed or built.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Verifies a WebAuthn signature: for ES256 an ASN.1 DER sequence over SHA-256 of the message, for EdDSA 64 bytes.
    ///
    /// # Errors
    /// [`Error::BadSignature`] when it does not verify, [`Error::Point`] when the key itself is no point of its curve,
    /// [`Error::UnsupportedAlgorithm`] when it is of another algorithm.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        match &self.material {
            Material::P256 { .. } => {
                let signature =
                    p256::ecdsa::Signature::from_der(signature).map_err(|_| Error::BadSignature)?;
                self.p256()?
                    .verify(message, &signature)
                    .map_err(|_| Error::BadSignature)
            }
            Material::Ed25519(public) => {
                ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, public)
                    .verify(message, signature)
                    .map_err(|_| Error::BadSignature)
            }
            Material::Rsa { .. } | Material::Other(_) => {
                Err(Error::UnsupportedAlgorithm(self.algorithm()))
            }
        }
    }

    fn p256(&self) -> Result<p256::ecdsa::VerifyingKey, Error> {
        let Material::P256 { x, y } = &self.material else {
            return Err(Error::Point);
        };
        let uncompressed: Vec<u8> = [&[0x04], x.as_slice(), y.as_slice()].concat();
        p256::ecdsa::VerifyingKey::from_sec1_bytes(&uncompressed).map_err(|_| Error::Point)
    }
}
