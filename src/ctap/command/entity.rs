//! The WebAuthn entities that several commands carry (CTAP 2.1 §6.1): relying party, user, credential descriptor.

use std::fmt;

use zeroize::Zeroizing;

use super::members::{DecodeError, Members, bytes, text};
use crate::encoding::cbor::{self, Value};
use crate::webauthn::RpId;

/// Bytes of a name that every key takes. Some refuse a request with a longer one, and some cut it in the middle of a character
/// (WebAuthn L3 §6.4.1).
const NAME_LENGTH: usize = 64;

/// PublicKeyCredentialRpEntity of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// The RP ID.
    pub id: RpId,
    /// A name for display; sent up to its 64th byte.
    pub name: Option<String>,
}

impl RelyingParty {
    pub(super) fn to_cbor(&self) -> Value {
        let name = self.name.as_deref();
        let name = name.map(|name| ("name", Value::from(shortened(name))));
        cbor::map(
            [("id", Value::from(self.id.as_str()))]
                .into_iter()
                .chain(name),
        )
    }
}

/// PublicKeyCredentialUserEntity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The user handle, 1 to 64 bytes.
    pub id: Vec<u8>,
    /// The account's name; sent up to its 64th byte.
    pub name: Option<String>,
    /// The name of the person or thing behind the account; shortened like `name`.
    pub display_name: Option<String>,
}

impl User {
    pub(super) fn to_cbor(&self) -> Value {
        let texts = [("name", &self.name), ("displayName", &self.display_name)]
            .into_iter()
            .filter_map(|(key, text)| Some((key, Value::from(shortened(text.as_deref()?)))));
        cbor::map(
            [("id", Value::Bytes(self.id.clone()))]
                .into_iter()
                .chain(texts),
        )
    }

    pub(super) fn from_cbor(
        command: &'static str,
        map: Vec<(Value, Value)>,
    ) -> Result<Self, DecodeError> {
        let mut members = Members::nested(command, map);
        Ok(Self {
            id: members.required_text("id", "user.id", bytes)?,
            name: members.optional_text("name", "user.name", text)?,
            display_name: members.optional_text("displayName", "user.displayName", text)?,
        })
    }
}

/// PublicKeyCredentialDescriptor; the type is always `public-key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialDescriptor {
    /// The credential id.
    pub id: Vec<u8>,
}

impl CredentialDescriptor {
    pub(super) fn to_cbor(&self) -> Value {
        cbor::map([
            ("id", Value::Bytes(self.id.clone())),
            ("type", Value::from("public-key")),
        ])
    }

    pub(super) fn from_cbor(
        command: &'static str,
        name: &'static str,
        map: Vec<(Value, Value)>,
    ) -> Result<Self, DecodeError> {
        let id = Members::nested(command, map).required_text("id", name, bytes)?;
        Ok(Self { id })
    }

    /// Bytes that the descriptor takes in a request.
    pub(crate) fn encoded_length(&self) -> usize {
        cbor::encode(&self.to_cbor()).len()
    }
}

/// A credential's key for its large blob. A secret: it has no readable `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct LargeBlobKey(Zeroizing<Vec<u8>>);

impl LargeBlobKey {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key's bytes, for decrypting the blob only.
    #[must_use]
    pub fn expose_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for LargeBlobKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("LargeBlobKey")
    }
}

fn shortened(name: &str) -> &str {
    if name.len() <= NAME_LENGTH {
        return name;
    }
    let boundary = (0..=NAME_LENGTH).rfind(|index| name.is_char_boundary(*index));
    &name[..boundary.unwrap_or(0)]
}

pub(super) fn descriptors(list: &[CredentialDescriptor]) -> Value {
    Value::Array(list.iter().map(CredentialDescriptor::to_cbor).collect())
}
