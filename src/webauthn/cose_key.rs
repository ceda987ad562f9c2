//! A credential public key in COSE form (WebAuthn L3 §6.5.1.1, RFC 9052 §7, RFC 9053 §7): parsed, kept byte for byte, and
//! able to verify a signature.

use p256::ecdsa::signature::Verifier;

use crate::encoding::cbor::{self, Value};

/// ECDSA on P-256 with SHA-256.
pub const ES256: i64 = -7;
/// EdDSA on Ed25519.
pub const EDDSA: i64 = -8;
/// RSASSA-PKCS1-v1_5 with SHA-256. Entra offers it; no security key uses it.
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

/// An ES256 or EdDSA public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoseKey {
    bytes: Vec<u8>,
    point: Point,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Point {
    P256 { x: [u8; 32], y: [u8; 32] },
    Ed25519([u8; 32]),
}

impl CoseKey {
    /// Parses a COSE_Key.
    ///
    /// # Errors
    /// When it is malformed or its algorithm is neither ES256 nor EdDSA.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let value = cbor::decode(bytes)?;
        let map = value.as_map().ok_or(Error::Parameter(1))?;
        let integer = |label: i64| {
            cbor::get(map, &Value::from(label))
                .and_then(Value::as_integer)
                .and_then(|value| i64::try_from(value).ok())
                .ok_or(Error::Parameter(label))
        };
        let coordinate = |label: i64| {
            cbor::get(map, &Value::from(label))
                .and_then(Value::as_bytes)
                .and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok())
                .ok_or(Error::Parameter(label))
        };
        let expect = |label: i64, wanted: i64| match integer(label)? {
            found if found == wanted => Ok(()),
            _ => Err(Error::Parameter(label)),
        };
        let point = match integer(3)? {
            ES256 => {
                expect(1, 2)?;
                expect(-1, 1)?;
                Point::P256 {
                    x: coordinate(-2)?,
                    y: coordinate(-3)?,
                }
            }
            EDDSA => {
                expect(1, 1)?;
                expect(-1, 6)?;
                Point::Ed25519(coordinate(-2)?)
            }
            other => return Err(Error::UnsupportedAlgorithm(other)),
        };
        let key = Self {
            bytes: bytes.to_vec(),
            point,
        };
        if let Point::P256 { .. } = key.point {
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
            point: Point::P256 { x, y },
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
            point: Point::Ed25519(public),
        }
    }

    /// The COSE algorithm identifier.
    #[must_use]
    pub fn algorithm(&self) -> i64 {
        match self.point {
            Point::P256 { .. } => ES256,
            Point::Ed25519(_) => EDDSA,
        }
    }

    /// The affine coordinates of an ES256 key, big-endian.
    #[must_use]
    pub fn p256_coordinates(&self) -> Option<(&[u8; 32], &[u8; 32])> {
        match &self.point {
            Point::P256 { x, y } => Some((x, y)),
            Point::Ed25519(_) => None,
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
    /// [`Error::BadSignature`] when it does not verify, [`Error::Point`] when the key itself is no point of its curve.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        match &self.point {
            Point::P256 { .. } => {
                let signature =
                    p256::ecdsa::Signature::from_der(signature).map_err(|_| Error::BadSignature)?;
                self.p256()?
                    .verify(message, &signature)
                    .map_err(|_| Error::BadSignature)
            }
            Point::Ed25519(public) => {
                ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, public)
                    .verify(message, signature)
                    .map_err(|_| Error::BadSignature)
            }
        }
    }

    fn p256(&self) -> Result<p256::ecdsa::VerifyingKey, Error> {
        let Point::P256 { x, y } = &self.point else {
            return Err(Error::Point);
        };
        let uncompressed: Vec<u8> = [&[0x04], x.as_slice(), y.as_slice()].concat();
        p256::ecdsa::VerifyingKey::from_sec1_bytes(&uncompressed).map_err(|_| Error::Point)
    }
}
