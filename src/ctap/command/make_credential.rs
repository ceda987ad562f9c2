//! authenticatorMakeCredential (CTAP 2.1 §6.1).

use super::entity::{CredentialDescriptor, LargeBlobKey, RelyingParty, User, descriptors};
use super::members::{DecodeError, Members, boolean, bytes, map, text};
use super::{MAKE_CREDENTIAL, push_auth, request};
use crate::ctap::pin_protocol::PinUvAuthParam;
use crate::encoding::cbor::{self, Value};
use crate::webauthn::{AttestationObject, AuthenticatorData, authenticator_data, cose_key};

/// The command's name in errors.
pub const NAME: &str = "makeCredential";

/// What to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// SHA-256 of the clientDataJSON bytes.
    pub client_data_hash: [u8; 32],
    /// For whom.
    pub rp: RelyingParty,
    /// Which account.
    pub user: User,
    /// COSE algorithm identifiers, the preferred one first.
    pub algorithms: Vec<i64>,
    /// Credentials of which the key must not hold any.
    pub exclude_list: Vec<CredentialDescriptor>,
    /// Extension inputs.
    pub extensions: Extensions,
    /// Whether the credential is to be discoverable; absent means not.
    pub rk: Option<bool>,
    /// Whether the key shall verify the user by itself; must be absent when a PIN is proven.
    pub uv: Option<bool>,
    /// User presence. It cannot be switched off, and keys before CTAP 2.1 refuse the member, so leave it absent.
    pub up: Option<bool>,
    /// Enterprise attestation.
    pub enterprise_attestation: Option<EnterpriseAttestation>,
}

/// Which enterprise attestation to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnterpriseAttestation {
    /// For RP IDs that the vendor has burnt into the key (1).
    VendorFacilitated,
    /// For RP IDs that the platform vouches for (2).
    PlatformManaged,
}

/// Extension inputs of a creation (CTAP 2.1 §12); what is absent is not sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extensions {
    /// credProtect: when the credential may be used or even seen.
    pub cred_protect: Option<CredProtect>,
    /// hmac-secret: prepare the credential for it.
    pub hmac_secret: bool,
    /// minPinLength: have the key state its minimum PIN length to an RP ID that is allowed to know it.
    pub min_pin_length: bool,
    /// credBlob: bytes to keep with the credential.
    pub cred_blob: Option<Vec<u8>>,
}

/// The levels of credProtect (CTAP 2.1 §12.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredProtect {
    /// userVerificationOptional (1).
    UvOptional,
    /// userVerificationOptionalWithCredentialIDList (2).
    UvOptionalWithCredentialIdList,
    /// userVerificationRequired (3).
    UvRequired,
}

impl CredProtect {
    /// The value on the wire.
    #[must_use]
    pub fn level(self) -> u8 {
        match self {
            Self::UvOptional => 1,
            Self::UvOptionalWithCredentialIdList => 2,
            Self::UvRequired => 3,
        }
    }
}

impl Extensions {
    fn to_cbor(&self) -> Option<Value> {
        let mut inputs = Vec::new();
        if let Some(policy) = self.cred_protect {
            inputs.push(("credProtect", Value::from(policy.level())));
        }
        if self.hmac_secret {
            inputs.push(("hmac-secret", Value::from(true)));
        }
        if self.min_pin_length {
            inputs.push(("minPinLength", Value::from(true)));
        }
        if let Some(blob) = &self.cred_blob {
            inputs.push(("credBlob", Value::Bytes(blob.clone())));
        }
        (!inputs.is_empty()).then(|| cbor::map(inputs))
    }
}

impl Request {
    /// An ES256 credential that is not discoverable, without extensions; change the members to taste.
    #[must_use]
    pub fn new(client_data_hash: [u8; 32], rp: RelyingParty, user: User) -> Self {
        Self {
            client_data_hash,
            rp,
            user,
            algorithms: vec![cose_key::ES256],
            exclude_list: Vec::new(),
            extensions: Extensions::default(),
            rk: None,
            uv: None,
            up: None,
            enterprise_attestation: None,
        }
    }

    /// Command byte and canonical CBOR.
    #[must_use]
    pub fn encode(&self, auth: Option<&PinUvAuthParam>) -> Vec<u8> {
        let mut parameters = vec![
            (0x01, Value::Bytes(self.client_data_hash.to_vec())),
            (0x02, self.rp.to_cbor()),
            (0x03, self.user.to_cbor()),
            (0x04, self.pub_key_cred_params()),
        ];
        if !self.exclude_list.is_empty() {
            parameters.push((0x05, descriptors(&self.exclude_list)));
        }
        if let Some(extensions) = self.extensions.to_cbor() {
            parameters.push((0x06, extensions));
        }
        let options: Vec<_> = [("rk", self.rk), ("uv", self.uv), ("up", self.up)]
            .into_iter()
            .filter_map(|(key, option)| Some((key, Value::from(option?))))
            .collect();
        if !options.is_empty() {
            parameters.push((0x07, cbor::map(options)));
        }
        push_auth(&mut parameters, auth, 0x08, 0x09);
        if let Some(kind) = self.enterprise_attestation {
            let number = match kind {
                EnterpriseAttestation::VendorFacilitated => 1,
                EnterpriseAttestation::PlatformManaged => 2,
            };
            parameters.push((0x0a, Value::from(number)));
        }
        request(MAKE_CREDENTIAL, parameters)
    }

    fn pub_key_cred_params(&self) -> Value {
        let parameter = |algorithm: &i64| {
            cbor::map([
                ("alg", Value::from(*algorithm)),
                ("type", Value::from("public-key")),
            ])
        };
        Value::Array(self.algorithms.iter().map(parameter).collect())
    }
}

/// The new credential and its attestation.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// The attestation statement's format.
    pub fmt: String,
    /// Authenticator data, byte for byte as the key sent it.
    pub auth_data: Vec<u8>,
    /// The attestation statement; an empty map where the key sent none.
    pub att_stmt: Value,
    /// Whether the attestation is an enterprise attestation; `None` if the key did not say.
    pub ep_att: Option<bool>,
    /// The key of the credential's large blob.
    pub large_blob_key: Option<LargeBlobKey>,
}

impl Response {
    /// Decodes the CBOR after the status byte.
    ///
    /// # Errors
    /// When a member is missing or malformed.
    pub fn decode(cbor: &[u8]) -> Result<Self, DecodeError> {
        let mut members = Members::parse(NAME, cbor)?;
        let statement = members.optional(0x03, "attStmt", map)?;
        Ok(Self {
            fmt: members.required(0x01, "fmt", text)?,
            auth_data: members.required(0x02, "authData", bytes)?,
            att_stmt: Value::Map(statement.unwrap_or_default()),
            ep_att: members.optional(0x04, "epAtt", boolean)?,
            large_blob_key: members
                .optional(0x05, "largeBlobKey", bytes)?
                .map(LargeBlobKey::new),
        })
    }

    /// Parses the authenticator data.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn authenticator_data(&self) -> Result<AuthenticatorData, authenticator_data::Error> {
        AuthenticatorData::parse(&self.auth_data)
    }

    /// The attestation object as WebAuthn passes it on.
    #[must_use]
    pub fn attestation_object(&self) -> AttestationObject {
        AttestationObject {
            fmt: self.fmt.clone(),
            att_stmt: self.att_stmt.clone(),
            auth_data: self.auth_data.clone(),
        }
    }
}
