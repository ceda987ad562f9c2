//! What may happen, and what an entry says about it. Members that a body has beyond those listed here are kept and
//! ignored, so that a later version may say more.

pub(in crate::ledger) mod base64url_member;
mod enroll;
mod key;
mod kind;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use enroll::{
    EnrollCredentialCreated, EnrollFailed, EnrollIntended, EnrollPinSet, EnrollRegistered,
    EnrollStep, EnrollUndone,
};
pub use key::{Account, KeyChecked, KeyDescription, KeyEnrolled, Outcome, OutcomeVerdict};
pub use kind::{Kind, NotAKind};

use super::station::StationName;

/// `station.joined`: a station introduces its public key, and signs the introduction with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationJoined {
    /// The station's name, the same as the entry's `station`.
    pub name: StationName,
    /// The Ed25519 public key, 32 bytes.
    #[serde(with = "base64url_member")]
    pub public_key: [u8; 32],
}

/// A typed body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// `enroll.credential_created`
    EnrollCredentialCreated(EnrollCredentialCreated),
    /// `enroll.failed`
    EnrollFailed(EnrollFailed),
    /// `enroll.intended`
    EnrollIntended(EnrollIntended),
    /// `enroll.pin_set`
    EnrollPinSet(EnrollPinSet),
    /// `enroll.registered`
    EnrollRegistered(EnrollRegistered),
    /// `enroll.undone`
    EnrollUndone(EnrollUndone),
    /// `key.checked`
    KeyChecked(KeyChecked),
    /// `key.enrolled`
    KeyEnrolled(Box<KeyEnrolled>),
    /// `station.joined`
    StationJoined(StationJoined),
}

/// A body that lacks what its kind needs, or says it in another form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadBody(String);

impl Event {
    /// Reads the body of an entry; nothing for a kind of a later version.
    ///
    /// # Errors
    /// When a member is missing or malformed.
    pub fn parse(kind: &Kind, body: &Map<String, Value>) -> Result<Option<Self>, BadBody> {
        fn read<T: DeserializeOwned>(body: &Map<String, Value>) -> Result<T, BadBody> {
            T::deserialize(body).map_err(|error| BadBody(super::entry::printable(&error)))
        }
        Ok(Some(match kind {
            Kind::EnrollCredentialCreated => Self::EnrollCredentialCreated(read(body)?),
            Kind::EnrollFailed => Self::EnrollFailed(read(body)?),
            Kind::EnrollIntended => Self::EnrollIntended(read(body)?),
            Kind::EnrollPinSet => Self::EnrollPinSet(read(body)?),
            Kind::EnrollRegistered => Self::EnrollRegistered(read(body)?),
            Kind::EnrollUndone => Self::EnrollUndone(read(body)?),
            Kind::KeyChecked => Self::KeyChecked(read(body)?),
            Kind::KeyEnrolled => Self::KeyEnrolled(Box::new(read(body)?)),
            Kind::StationJoined => Self::StationJoined(read(body)?),
            Kind::Unknown(_) => return Ok(None),
        }))
    }

    /// The kind of entry that records it.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::EnrollCredentialCreated(_) => Kind::EnrollCredentialCreated,
            Self::EnrollFailed(_) => Kind::EnrollFailed,
            Self::EnrollIntended(_) => Kind::EnrollIntended,
            Self::EnrollPinSet(_) => Kind::EnrollPinSet,
            Self::EnrollRegistered(_) => Kind::EnrollRegistered,
            Self::EnrollUndone(_) => Kind::EnrollUndone,
            Self::KeyChecked(_) => Kind::KeyChecked,
            Self::KeyEnrolled(_) => Kind::KeyEnrolled,
            Self::StationJoined(_) => Kind::StationJoined,
        }
    }

    /// The body as JSON.
    #[must_use]
    pub fn to_body(&self) -> Map<String, Value> {
        let value = match self {
            Self::EnrollCredentialCreated(body) => serde_json::to_value(body),
            Self::EnrollFailed(body) => serde_json::to_value(body),
            Self::EnrollIntended(body) => serde_json::to_value(body),
            Self::EnrollPinSet(body) => serde_json::to_value(body),
            Self::EnrollRegistered(body) => serde_json::to_value(body),
            Self::EnrollUndone(body) => serde_json::to_value(body),
            Self::KeyChecked(body) => serde_json::to_value(body),
            Self::KeyEnrolled(body) => serde_json::to_value(body),
            Self::StationJoined(body) => serde_json::to_value(body),
        };
        match value {
            Ok(Value::Object(members)) => members,
            _ => unreachable!("structs with text keys serialize to JSON objects"),
        }
    }
}
