//! Authenticator data (WebAuthn L3 §6.1): what the authenticator signs.

use crate::encoding::cbor::{self, Value};
use crate::webauthn::{Aaguid, CoseKey, cose_key};

/// Length of RP ID hash, flags and sign count.
const FIXED_LENGTH: usize = 37;

/// Reads the credential's public key.
type ParseKey = fn(&[u8]) -> Result<CoseKey, cose_key::Error>;

/// Why bytes are not authenticator data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The extension map is malformed.
    #[error("authenticator data: extensions: {0}")]
    Extensions(cbor::Error),
    /// The credential public key is malformed or of an algorithm we cannot use.
    #[error("authenticator data: {0}")]
    PublicKey(#[from] cose_key::Error),
    /// Bytes follow the last member that the flags announce.
    #[error("authenticator data: {0} bytes too many")]
    TrailingBytes(usize),
    /// The bytes end before a member that the flags announce.
    #[error("authenticator data: cut short in {member} after {length} bytes")]
    Truncated {
        /// The member that is incomplete.
        member: &'static str,
        /// How many bytes there were.
        length: usize,
    },
}

/// The flags byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flags(pub u8);

impl Flags {
    /// User present.
    pub const UP: u8 = 0x01;
    /// User verified.
    pub const UV: u8 = 0x04;
    /// Backup eligible: the credential may leave the device.
    pub const BE: u8 = 0x08;
    /// Backed up.
    pub const BS: u8 = 0x10;
    /// Attested credential data included.
    pub const AT: u8 = 0x40;
    /// Extension data included.
    pub const ED: u8 = 0x80;

    /// Whether all the given bits are set.
    #[must_use]
    pub fn has(self, bits: u8) -> bool {
        self.0 & bits == bits
    }
}

/// Attested credential data (WebAuthn L3 §6.5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestedCredentialData {
    /// The model of authenticator.
    pub aaguid: Aaguid,
    /// At most 1023 bytes.
    pub credential_id: Vec<u8>,
    /// The credential's public key.
    pub public_key: CoseKey,
}

/// Authenticator data, parsed.
#[derive(Debug, Clone, PartialEq)]
pub struct AuthenticatorData {
    /// SHA-256 of the RP ID.
    pub rp_id_hash: [u8; 32],
    /// UP, UV, BE, BS, AT, ED.
    pub flags: Flags,
    /// The signature counter.
    pub sign_count: u32,
    /// Present after makeCredential only.
    pub attested: Option<AttestedCredentialData>,
    /// Extension outputs, a CBOR map.
    pub extensions: Option<Value>,
}

impl AuthenticatorData {
    /// Parses authenticator data completely.
    ///
    /// # Errors
    /// When it is cut short, has trailing bytes or malformed members.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        Self::parse_with(bytes, CoseKey::parse)
    }

    /// As [`Self::parse`], with a public key of any algorithm.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_any(bytes: &[u8]) -> Result<Self, Error> {
        Self::parse_with(bytes, CoseKey::parse_any)
    }

    fn parse_with(bytes: &[u8], public_key: ParseKey) -> Result<Self, Error> {
        let length = bytes.len();
        let truncated = |member| Error::Truncated { member, length };
        let (rp_id_hash, rest) = bytes
            .split_first_chunk::<32>()
            .ok_or(truncated("rpIdHash"))?;
        let (&[flags], rest) = rest.split_first_chunk::<1>().ok_or(truncated("flags"))?;
        let (sign_count, mut rest) = rest
            .split_first_chunk::<4>()
            .ok_or(truncated("signCount"))?;
        let flags = Flags(flags);
        let attested = if flags.has(Flags::AT) {
            let (attested, after) = AttestedCredentialData::parse(rest, truncated, public_key)?;
            rest = after;
            Some(attested)
        } else {
            None
        };
        let extensions = if flags.has(Flags::ED) {
            let (value, consumed) = cbor::decode_prefix(rest).map_err(Error::Extensions)?;
            rest = &rest[consumed..];
            Some(value)
        } else {
            None
        };
        if !rest.is_empty() {
            return Err(Error::TrailingBytes(rest.len()));
        }
        Ok(Self {
            rp_id_hash: *rp_id_hash,
            flags,
            sign_count: u32::from_be_bytes(*sign_count),
            attested,
            extensions,
        })
    }

    /// Encodes; the AT and ED flags follow from the members that are present.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut flags = self.flags.0 & !(Flags::AT | Flags::ED);
        if self.attested.is_some() {
            flags |= Flags::AT;
        }
        if self.extensions.is_some() {
            flags |= Flags::ED;
        }
        let mut bytes = Vec::with_capacity(FIXED_LENGTH);
        bytes.extend_from_slice(&self.rp_id_hash);
        bytes.push(flags);
        bytes.extend_from_slice(&self.sign_count.to_be_bytes());
        if let Some(attested) = &self.attested {
            bytes.extend_from_slice(attested.aaguid.as_bytes());
            let length = u16::try_from(attested.credential_id.len())
                .expect("an authenticator makes credential ids of at most 1023 bytes");
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(&attested.credential_id);
            bytes.extend_from_slice(attested.public_key.as_bytes());
        }
        if let Some(extensions) = &self.extensions {
            bytes.extend_from_slice(&cbor::encode(extensions));
        }
        bytes
    }

    /// An extension output by its identifier.
    #[must_use]
    pub fn extension(&self, identifier: &str) -> Option<&Value> {
        self.extensions
            .as_ref()?
            .as_map()
            .and_then(|map| cbor::get(map, &Value::from(identifier)))
    }
}

impl AttestedCredentialData {
    fn parse(
        bytes: &[u8],
        truncated: impl Fn(&'static str) -> Error,
        public_key: ParseKey,
    ) -> Result<(Self, &[u8]), Error> {
        let (aaguid, rest) = bytes.split_first_chunk::<16>().ok_or(truncated("aaguid"))?;
        let (length, rest) = rest
            .split_first_chunk::<2>()
            .ok_or(truncated("credentialIdLength"))?;
        let (credential_id, rest) = rest
            .split_at_checked(usize::from(u16::from_be_bytes(*length)))
            .ok_or(truncated("credentialId"))?;
        let (_, consumed) = cbor::decode_prefix(rest).map_err(cose_key::Error::Cbor)?;
        let public_key = public_key(&rest[..consumed])?;
        let attested = Self {
            aaguid: Aaguid::new(*aaguid),
            credential_id: credential_id.to_vec(),
            public_key,
        };
        Ok((attested, &rest[consumed..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_truncation_is_an_error_and_none_panics() {
        let data = AuthenticatorData {
            rp_id_hash: [7; 32],
            flags: Flags(Flags::UP | Flags::UV),
            sign_count: 9,
            attested: Some(AttestedCredentialData {
                aaguid: Aaguid::new([1; 16]),
                credential_id: vec![2; 48],
                public_key: CoseKey::from_ed25519([3; 32]),
            }),
            extensions: Some(cbor::map([("credProtect", Value::from(1))])),
        };
        let bytes = data.to_bytes();
        let parsed = AuthenticatorData::parse(&bytes).expect("whole");
        assert!(parsed.flags.has(Flags::AT | Flags::ED));
        assert_eq!(parsed.extension("credProtect"), Some(&Value::from(1)));
        for end in 0..bytes.len() {
            assert!(AuthenticatorData::parse(&bytes[..end]).is_err(), "{end}");
        }
        assert_eq!(
            AuthenticatorData::parse(&[bytes, vec![0]].concat()),
            Err(Error::TrailingBytes(1))
        );
    }
}
