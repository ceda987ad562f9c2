//! authenticatorCredentialManagement (CTAP 2.1 §6.8): what discoverable credentials a key holds, and changing them.

use super::entity::{CredentialDescriptor, User};
use super::members::{DecodeError, Members, fixed, integer, map, text};
use super::{push_auth, request};
use crate::ctap::pin_protocol::PinUvAuthParam;
use crate::encoding::cbor::{self, Value};

/// The subcommands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// How many credentials there are and how many more fit.
    GetCredsMetadata,
    /// The first relying party.
    EnumerateRpsBegin,
    /// The next relying party.
    EnumerateRpsGetNextRp,
    /// The first credential of a relying party.
    EnumerateCredentialsBegin {
        /// SHA-256 of the RP ID.
        rp_id_hash: [u8; 32],
    },
    /// The next credential of the same relying party.
    EnumerateCredentialsGetNextCredential,
    /// Deletes a credential for good.
    DeleteCredential {
        /// Which one.
        credential: CredentialDescriptor,
    },
    /// Replaces the account's names.
    UpdateUserInformation {
        /// Which credential.
        credential: CredentialDescriptor,
        /// The new names; the user handle must be the old one.
        user: User,
    },
}

impl Request {
    /// The command's name in errors.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::GetCredsMetadata => "credentialManagement getCredsMetadata",
            Self::EnumerateRpsBegin => "credentialManagement enumerateRPsBegin",
            Self::EnumerateRpsGetNextRp => "credentialManagement enumerateRPsGetNextRP",
            Self::EnumerateCredentialsBegin { .. } => {
                "credentialManagement enumerateCredentialsBegin"
            }
            Self::EnumerateCredentialsGetNextCredential => {
                "credentialManagement enumerateCredentialsGetNextCredential"
            }
            Self::DeleteCredential { .. } => "credentialManagement deleteCredential",
            Self::UpdateUserInformation { .. } => "credentialManagement updateUserInformation",
        }
    }

    /// What the pinUvAuthParam authenticates; `None` for the subcommands that continue an enumeration.
    #[must_use]
    pub fn authenticated_message(&self) -> Option<Vec<u8>> {
        match self {
            Self::EnumerateRpsGetNextRp | Self::EnumerateCredentialsGetNextCredential => None,
            _ => {
                let mut message = vec![self.subcommand()];
                message.extend(self.parameters().iter().flat_map(cbor::encode));
                Some(message)
            }
        }
    }

    /// Command byte, the final or the preview one, and canonical CBOR.
    #[must_use]
    pub fn encode(&self, command: u8, auth: Option<&PinUvAuthParam>) -> Vec<u8> {
        let mut parameters = vec![(0x01, Value::from(self.subcommand()))];
        if let Some(subcommand_parameters) = self.parameters() {
            parameters.push((0x02, subcommand_parameters));
        }
        push_auth(&mut parameters, auth, 0x04, 0x03);
        request(command, parameters)
    }

    fn subcommand(&self) -> u8 {
        match self {
            Self::GetCredsMetadata => 0x01,
            Self::EnumerateRpsBegin => 0x02,
            Self::EnumerateRpsGetNextRp => 0x03,
            Self::EnumerateCredentialsBegin { .. } => 0x04,
            Self::EnumerateCredentialsGetNextCredential => 0x05,
            Self::DeleteCredential { .. } => 0x06,
            Self::UpdateUserInformation { .. } => 0x07,
        }
    }

    fn parameters(&self) -> Option<Value> {
        match self {
            Self::EnumerateCredentialsBegin { rp_id_hash } => {
                Some(cbor::map([(0x01, Value::Bytes(rp_id_hash.to_vec()))]))
            }
            Self::DeleteCredential { credential } => {
                Some(cbor::map([(0x02, credential.to_cbor())]))
            }
            Self::UpdateUserInformation { credential, user } => Some(cbor::map([
                (0x02, credential.to_cbor()),
                (0x03, user.to_cbor()),
            ])),
            _ => None,
        }
    }
}

/// How full the key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metadata {
    /// Discoverable credentials on the key.
    pub existing_resident_credentials_count: u64,
    /// How many more fit at most.
    pub max_possible_remaining_resident_credentials_count: u64,
}

impl Metadata {
    /// Decodes the answer to getCredsMetadata.
    ///
    /// # Errors
    /// When a member is missing or malformed.
    pub fn decode(command: &'static str, cbor: &[u8]) -> Result<Self, DecodeError> {
        let mut members = Members::parse(command, cbor)?;
        Ok(Self {
            existing_resident_credentials_count: members.required(
                0x01,
                "existingResidentCredentialsCount",
                integer,
            )?,
            max_possible_remaining_resident_credentials_count: members.required(
                0x02,
                "maxPossibleRemainingResidentCredentialsCount",
                integer,
            )?,
        })
    }
}

/// A relying party of which the key holds credentials. Its id is any text, not only a domain: OpenSSH uses `ssh:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumeratedRp {
    /// The RP ID; keys may cut it to 32 bytes, so compare by hash.
    pub id: Option<String>,
    /// SHA-256 of the whole RP ID.
    pub rp_id_hash: [u8; 32],
}

impl EnumeratedRp {
    /// Decodes an answer of the enumeration, with totalRPs where it is the first one.
    ///
    /// # Errors
    /// When a member is missing or malformed.
    pub fn decode(
        command: &'static str,
        cbor: &[u8],
    ) -> Result<(Option<Self>, Option<u32>), DecodeError> {
        let mut members = Members::parse(command, cbor)?;
        let total = members.optional(0x05, "totalRPs", integer)?;
        // A key without credentials may answer a total of zero and nothing else.
        if total == Some(0) {
            return Ok((None, total));
        }
        let rp = members.required(0x03, "rp", map)?;
        let rp = Self {
            id: Members::nested(command, rp).optional_text("id", "rp.id", text)?,
            rp_id_hash: members.required(0x04, "rpIDHash", fixed)?,
        };
        Ok((Some(rp), total))
    }
}

/// A discoverable credential on the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumeratedCredential {
    /// The account.
    pub user: User,
    /// The credential.
    pub credential: CredentialDescriptor,
    /// The credential public key, a COSE_Key in canonical CBOR. Not parsed: its algorithm may be any.
    pub public_key: Vec<u8>,
    /// The level of credProtect, 1 to 3; `None` if the key did not say.
    pub cred_protect: Option<u8>,
}

impl EnumeratedCredential {
    /// Decodes an answer of the enumeration, with totalCredentials where it is the first one. The credential's large-blob
    /// key is left out on purpose.
    ///
    /// # Errors
    /// When a member is missing or malformed.
    pub fn decode(command: &'static str, cbor: &[u8]) -> Result<(Self, Option<u32>), DecodeError> {
        let mut members = Members::parse(command, cbor)?;
        let user = members.required(0x06, "user", map)?;
        let credential = members.required(0x07, "credentialID", map)?;
        let public_key = Value::Map(members.required(0x08, "publicKey", map)?);
        let credential = Self {
            user: User::from_cbor(command, user)?,
            credential: CredentialDescriptor::from_cbor(command, "credentialID.id", credential)?,
            public_key: cbor::encode(&public_key),
            cred_protect: members.optional(0x0a, "credProtect", integer)?,
        };
        let total = members.optional(0x09, "totalCredentials", integer)?;
        Ok((credential, total))
    }
}
