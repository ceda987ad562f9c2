//! How entries hang together: each names the SHA-256 of its predecessor's bytes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::encoding::hex;

/// The SHA-256 of an entry's bytes, as they are stored; 64 lower-case hexadecimal digits in JSON.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EntryHash([u8; 32]);

/// A text that is not 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 in hexadecimal")]
pub struct NotAHash;

impl EntryHash {
    /// What the first entry names as its predecessor: all zero.
    pub const NONE: Self = Self([0; 32]);

    /// The hash of an entry with these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for EntryHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for EntryHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl TryFrom<String> for EntryHash {
    type Error = NotAHash;

    fn try_from(text: String) -> Result<Self, NotAHash> {
        let bytes = hex::decode(&text).map_err(|_| NotAHash)?;
        Ok(Self(bytes.try_into().map_err(|_| NotAHash)?))
    }
}

impl From<EntryHash> for String {
    fn from(hash: EntryHash) -> Self {
        hash.to_string()
    }
}

/// One entry, named so that nobody can put another in its place: the ledger's head, a proof's anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryRef {
    /// The entry's index, counted from zero.
    pub index: u64,
    /// The hash of its bytes.
    pub hash: EntryHash,
}

/// A text that is not `INDEX:HASH`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not INDEX:HASH, such as 12:3f9a…, with all 64 digits of the hash")]
pub struct NotAnEntryRef;

impl FromStr for EntryRef {
    type Err = NotAnEntryRef;

    /// Spaces are let through, because people write long numbers in groups.
    fn from_str(text: &str) -> Result<Self, NotAnEntryRef> {
        let text: String = text.split_whitespace().collect();
        let (index, hash) = text.split_once(':').ok_or(NotAnEntryRef)?;
        if !index.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotAnEntryRef);
        }
        Ok(Self {
            index: index.parse().map_err(|_| NotAnEntryRef)?,
            hash: EntryHash::try_from(hash.to_owned()).map_err(|_| NotAnEntryRef)?,
        })
    }
}

impl fmt::Display for EntryRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.index, self.hash)
    }
}
