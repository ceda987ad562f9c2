//! The attestation object (WebAuthn L3 §6.5.4): a CBOR map of `fmt`, `attStmt` and `authData` with text keys. CTAP2 answers
//! with integer keys, so a registration rebuilds the map; `attStmt` is not signed over, so re-encoding it is safe.

use crate::encoding::cbor::{self, Value};
use crate::webauthn::{AuthenticatorData, authenticator_data};

/// Why bytes are not an attestation object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The authenticator data is malformed.
    #[error("attestation object: {0}")]
    AuthenticatorData(#[from] authenticator_data::Error),
    /// Not CBOR.
    #[error("attestation object: {0}")]
    Cbor(#[from] cbor::Error),
    /// A member is missing or of the wrong type.
    #[error("attestation object: member {0} is missing or malformed")]
    Member(&'static str),
}

/// An attestation statement together with the authenticator data it vouches for.
#[derive(Debug, Clone, PartialEq)]
pub struct AttestationObject {
    /// The statement's format: `packed`, `fido-u2f`, `none`, …
    pub fmt: String,
    /// The statement, a CBOR map whose members depend on the format.
    pub att_stmt: Value,
    /// Authenticator data, byte for byte as the authenticator sent it.
    pub auth_data: Vec<u8>,
}

impl AttestationObject {
    /// Parses the three members; the authenticator data is left as bytes.
    ///
    /// # Errors
    /// When the bytes are not such a map.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let value = cbor::decode(bytes)?;
        let map = value.as_map().ok_or(Error::Member("fmt"))?;
        let member =
            |name: &'static str| cbor::get(map, &Value::from(name)).ok_or(Error::Member(name));
        let att_stmt = member("attStmt")?.clone();
        if !att_stmt.is_map() {
            return Err(Error::Member("attStmt"));
        }
        Ok(Self {
            fmt: member("fmt")?
                .as_text()
                .ok_or(Error::Member("fmt"))?
                .to_owned(),
            att_stmt,
            auth_data: member("authData")?
                .as_bytes()
                .ok_or(Error::Member("authData"))?
                .clone(),
        })
    }

    /// Encodes canonically.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(&cbor::map([
            ("fmt", Value::from(self.fmt.as_str())),
            ("attStmt", self.att_stmt.clone()),
            ("authData", Value::Bytes(self.auth_data.clone())),
        ]))
    }

    /// Parses the authenticator data.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn authenticator_data(&self) -> Result<AuthenticatorData, Error> {
        Ok(AuthenticatorData::parse(&self.auth_data)?)
    }
}
