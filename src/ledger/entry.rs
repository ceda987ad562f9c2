//! One entry: what happened, when, written by whom, after which other entry. Its bytes are the RFC 8785 form of a JSON
//! object, and there is exactly one way to write them.

use std::fmt;

use jiff::Timestamp;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::chain::{EntryHash, EntryRef};
use super::event::{BadBody, Event, Kind, base64url_member};
use super::proof::Proof;
use super::station::{Station, StationName};
use super::{canonical, whole_seconds};
use crate::encoding::base64url;

/// No entry is larger, in bytes: 1 MiB.
pub const SIZE_LIMIT: usize = 1 << 20;

/// Why bytes are not an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// A member is missing, superfluous or malformed.
    #[error("malformed: {0}")]
    Malformed(String),
    /// Written in another way than RFC 8785 has it, or with a number or nesting that the ledger refuses.
    #[error("not in canonical form{}", .0.as_ref().map(|why| format!(": {why}")).unwrap_or_default())]
    NotCanonical(Option<canonical::Error>),
    /// Not JSON at all.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// Larger than any entry may be.
    #[error("{0} bytes, at most {SIZE_LIMIT} are allowed")]
    TooLarge(u64),
}

/// What is to be recorded. The ledger adds index, time, station and signatures.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// What happened.
    pub kind: Kind,
    /// The ceremony it belongs to.
    pub ceremony: Option<Uuid>,
    /// What there is to say about it.
    pub body: Map<String, Value>,
    /// A key's word for it.
    pub proof: Option<Proof>,
}

impl Draft {
    /// A draft without a proof.
    #[must_use]
    pub fn new(event: &Event, ceremony: Option<Uuid>) -> Self {
        Self {
            kind: event.kind(),
            ceremony,
            body: event.to_body(),
            proof: None,
        }
    }

    /// The same with a proof, which must have been made for this very body.
    #[must_use]
    pub fn with_proof(self, proof: Proof) -> Self {
        Self {
            proof: Some(proof),
            ..self
        }
    }
}

/// One entry of the ledger, as it was read or written.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its place, counted from zero.
    pub index: u64,
    /// The hash of the entry before it.
    pub previous: EntryHash,
    /// When it was written, by the station's clock, in whole seconds.
    pub time: Timestamp,
    /// Who wrote it.
    pub station: StationName,
    /// What happened.
    pub kind: Kind,
    /// The ceremony it belongs to.
    pub ceremony: Option<Uuid>,
    /// What there is to say about it.
    pub body: Map<String, Value>,
    /// A key's word for it.
    pub proof: Option<Proof>,
    /// The station's Ed25519 signature.
    pub signature: [u8; 64],
    bytes: Vec<u8>,
    hash: EntryHash,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    v: u32,
    index: u64,
    previous: EntryHash,
    #[serde(with = "whole_seconds")]
    time: Timestamp,
    station: StationName,
    kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ceremony: Option<Uuid>,
    body: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proof: Option<Proof>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<Signature>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Signature(#[serde(with = "base64url_member")] [u8; 64]);

impl Entry {
    /// Signs a draft as the entry at `index` after `previous`.
    ///
    /// # Errors
    /// When the body has no canonical form or the entry becomes too large.
    pub(super) fn sign(
        draft: Draft,
        index: u64,
        previous: EntryHash,
        time: Timestamp,
        station: &Station,
    ) -> Result<Self, FormatError> {
        let mut wire = Wire {
            v: 1,
            index,
            previous,
            time,
            station: station.name().clone(),
            kind: draft.kind,
            ceremony: draft.ceremony,
            body: draft.body,
            proof: draft.proof,
            signature: None,
        };
        let signature = station.sign(&wire.to_bytes()?);
        wire.signature = Some(Signature(signature));
        let bytes = wire.to_bytes()?;
        Ok(Self::from_wire(wire, signature, bytes))
    }

    /// Reads an entry from its bytes.
    ///
    /// # Errors
    /// When they are not the one canonical form of an entry.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        if bytes.len() > SIZE_LIMIT {
            return Err(too_large(bytes.len()));
        }
        let value: Value = serde_json::from_slice(bytes)
            .map_err(|error| FormatError::NotJson(printable(&error)))?;
        let canonical =
            canonical::to_bytes(&value).map_err(|error| FormatError::NotCanonical(Some(error)))?;
        if canonical != bytes {
            return Err(FormatError::NotCanonical(None));
        }
        let wire =
            Wire::deserialize(&value).map_err(|error| FormatError::Malformed(printable(&error)))?;
        let malformed = |why: &str| FormatError::Malformed(why.to_owned());
        if wire.v != 1 {
            return Err(malformed("a version other than 1"));
        }
        let Some(Signature(signature)) = wire.signature else {
            return Err(malformed("no signature"));
        };
        // A UUID in upper case, or `"proof":null`, is canonical JSON but not the one form of the member.
        if serde_json::to_value(&wire).ok() != Some(value) {
            return Err(malformed("a member is not written in its one form"));
        }
        Ok(Self::from_wire(wire, signature, canonical))
    }

    /// Reads an entry that stands in another JSON document.
    ///
    /// # Errors
    /// As [`Self::parse`] of its canonical form.
    pub fn from_members(members: &Map<String, Value>) -> Result<Self, FormatError> {
        let bytes =
            canonical::to_bytes(members).map_err(|error| FormatError::NotCanonical(Some(error)))?;
        Self::parse(&bytes)
    }

    /// The entry as it stands in another JSON document.
    #[must_use]
    pub fn to_members(&self) -> Map<String, Value> {
        serde_json::from_slice(&self.bytes).expect("an entry is a JSON object")
    }

    fn from_wire(wire: Wire, signature: [u8; 64], bytes: Vec<u8>) -> Self {
        Self {
            index: wire.index,
            previous: wire.previous,
            time: wire.time,
            station: wire.station,
            kind: wire.kind,
            ceremony: wire.ceremony,
            body: wire.body,
            proof: wire.proof,
            signature,
            hash: EntryHash::of(&bytes),
            bytes,
        }
    }

    /// The bytes as they are stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Index and hash.
    #[must_use]
    pub fn reference(&self) -> EntryRef {
        EntryRef {
            index: self.index,
            hash: self.hash,
        }
    }

    /// The bytes that the station signed: the entry without its `signature` member.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        let member = format!(",\"signature\":\"{}\"", base64url::encode(&self.signature));
        // Canonical members are sorted: after this one come `station`, `time` and `v`, in which no quoted text can stand.
        let start = self
            .bytes
            .windows(member.len())
            .rposition(|window| window == member.as_bytes())
            .expect("every entry has its signature as a member, and `previous` before it");
        [&self.bytes[..start], &self.bytes[start + member.len()..]].concat()
    }

    /// Whether the station with this Ed25519 public key signed it.
    pub(super) fn is_signed_by(&self, public_key: &[u8; 32]) -> bool {
        UnparsedPublicKey::new(&ED25519, public_key)
            .verify(&self.signed_bytes(), &self.signature)
            .is_ok()
    }

    /// The entry of a branch that this one brings in.
    #[must_use]
    pub fn merged(&self) -> Option<Self> {
        if self.kind != Kind::EntryMerged {
            return None;
        }
        match self.event().ok()?? {
            Event::EntryMerged(merged) => Self::from_members(&merged.entry).ok(),
            _ => None,
        }
    }

    /// The body as a typed event; nothing for a kind of a later version.
    ///
    /// # Errors
    /// When the body lacks what the kind needs.
    pub fn event(&self) -> Result<Option<Event>, BadBody> {
        Event::parse(&self.kind, &self.body)
    }
}

impl Wire {
    fn to_bytes(&self) -> Result<Vec<u8>, FormatError> {
        let bytes =
            canonical::to_bytes(self).map_err(|error| FormatError::NotCanonical(Some(error)))?;
        if bytes.len() > SIZE_LIMIT {
            return Err(too_large(bytes.len()));
        }
        Ok(bytes)
    }
}

fn too_large(length: usize) -> FormatError {
    FormatError::TooLarge(u64::try_from(length).unwrap_or(u64::MAX))
}

/// An error's text, short and without control characters: it may quote a hostile file.
pub(super) fn printable(error: &impl fmt::Display) -> String {
    error
        .to_string()
        .chars()
        .take(200)
        .map(|character| match character {
            character if character.is_control() => '\u{fffd}',
            character => character,
        })
        .collect()
}
