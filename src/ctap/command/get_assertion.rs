//! authenticatorGetAssertion (CTAP 2.1 §6.2) and authenticatorGetNextAssertion (§6.3), which answers alike.

use super::entity::{CredentialDescriptor, LargeBlobKey, User, descriptors};
use super::members::{DecodeError, Members, boolean, bytes, integer, map};
use super::{GET_ASSERTION, push_auth, request};
use crate::ctap::pin_protocol::{PinUvAuthParam, PinUvAuthProtocol};
use crate::encoding::cbor::{self, Value};
use crate::webauthn::{AuthenticatorData, RpId, authenticator_data};

/// The command's name in errors.
pub const NAME: &str = "getAssertion";
/// The name of the command that fetches further assertions.
pub const NEXT_NAME: &str = "getNextAssertion";

/// What to sign.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// For whom.
    pub rp_id: RpId,
    /// SHA-256 of the clientDataJSON bytes.
    pub client_data_hash: [u8; 32],
    /// The credentials that will do; empty means any discoverable one.
    pub allow_list: Vec<CredentialDescriptor>,
    /// credBlob: return the bytes kept with the credential.
    pub cred_blob: bool,
    /// hmac-secret: have the key compute from salts.
    pub hmac_secret: Option<HmacSecret>,
    /// User presence; absent means yes. `Some(false)` asks silently whether the key holds a credential.
    pub up: Option<bool>,
    /// Whether the key shall verify the user by itself; must be absent when a PIN is proven.
    pub uv: Option<bool>,
}

/// The input of hmac-secret (CTAP 2.1 §12.5): one salt or two, encrypted.
#[derive(Debug, Clone, PartialEq)]
pub struct HmacSecret {
    /// Our part of the key agreement, a COSE_Key.
    pub key_agreement: Value,
    /// The encrypted salts.
    pub salt_enc: Vec<u8>,
    /// Authenticates them.
    pub salt_auth: Vec<u8>,
    /// The protocol of both.
    pub protocol: PinUvAuthProtocol,
}

impl HmacSecret {
    /// The protocol is left out where it is the one that is meant without it: keys before CTAP 2.1 do not know the member.
    fn to_cbor(&self) -> Value {
        let protocol = match self.protocol {
            PinUvAuthProtocol::One => None,
            PinUvAuthProtocol::Two => Some((4, Value::from(2))),
        };
        let members = [
            (1, self.key_agreement.clone()),
            (2, Value::Bytes(self.salt_enc.clone())),
            (3, Value::Bytes(self.salt_auth.clone())),
        ];
        cbor::map(members.into_iter().chain(protocol))
    }
}

impl Request {
    /// An assertion with user presence by any discoverable credential; change the members to taste.
    #[must_use]
    pub fn new(rp_id: RpId, client_data_hash: [u8; 32]) -> Self {
        Self {
            rp_id,
            client_data_hash,
            allow_list: Vec::new(),
            cred_blob: false,
            hmac_secret: None,
            up: None,
            uv: None,
        }
    }

    /// Command byte and canonical CBOR.
    #[must_use]
    pub fn encode(&self, auth: Option<&PinUvAuthParam>) -> Vec<u8> {
        let mut parameters = vec![
            (0x01, Value::from(self.rp_id.as_str())),
            (0x02, Value::Bytes(self.client_data_hash.to_vec())),
        ];
        if !self.allow_list.is_empty() {
            parameters.push((0x03, descriptors(&self.allow_list)));
        }
        let cred_blob = self.cred_blob.then(|| ("credBlob", Value::from(true)));
        let hmac_secret = self.hmac_secret.as_ref();
        let hmac_secret = hmac_secret.map(|input| ("hmac-secret", input.to_cbor()));
        let extensions: Vec<_> = cred_blob.into_iter().chain(hmac_secret).collect();
        if !extensions.is_empty() {
            parameters.push((0x04, cbor::map(extensions)));
        }
        let options: Vec<_> = [("up", self.up), ("uv", self.uv)]
            .into_iter()
            .filter_map(|(key, option)| Some((key, Value::from(option?))))
            .collect();
        if !options.is_empty() {
            parameters.push((0x05, cbor::map(options)));
        }
        push_auth(&mut parameters, auth, 0x06, 0x07);
        request(GET_ASSERTION, parameters)
    }
}

/// One assertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The credential that signed. Keys before CTAP 2.1 may leave it out when the allow list has exactly one;
    /// [`crate::ctap::Authenticator::get_assertion`] then fills it in.
    pub credential: Option<CredentialDescriptor>,
    /// Authenticator data, byte for byte as the key sent and signed it.
    pub auth_data: Vec<u8>,
    /// The signature over authenticator data and clientDataHash.
    pub signature: Vec<u8>,
    /// The account, for discoverable credentials.
    pub user: Option<User>,
    /// How many credentials could sign; only in the first response.
    pub number_of_credentials: Option<u32>,
    /// Whether the user chose the credential on the key itself.
    pub user_selected: Option<bool>,
    /// The key of the credential's large blob.
    pub large_blob_key: Option<LargeBlobKey>,
}

impl Response {
    /// Decodes the CBOR after the status byte; `command` is the name for errors.
    ///
    /// # Errors
    /// When a member is missing or malformed.
    pub fn decode(command: &'static str, cbor: &[u8]) -> Result<Self, DecodeError> {
        let mut members = Members::parse(command, cbor)?;
        let credential = members
            .optional(0x01, "credential", map)?
            .map(|map| CredentialDescriptor::from_cbor(command, "credential.id", map))
            .transpose()?;
        Ok(Self {
            credential,
            auth_data: members.required(0x02, "authData", bytes)?,
            signature: members.required(0x03, "signature", bytes)?,
            user: members
                .optional(0x04, "user", map)?
                .map(|map| User::from_cbor(command, map))
                .transpose()?,
            number_of_credentials: members.optional(0x05, "numberOfCredentials", integer)?,
            user_selected: members.optional(0x06, "userSelected", boolean)?,
            large_blob_key: members
                .optional(0x07, "largeBlobKey", bytes)?
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
}
