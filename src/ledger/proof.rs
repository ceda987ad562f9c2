//! A proof: a WebAuthn assertion by an enrolled key over the ledger's head and an entry's body (WebAuthn L3 §7.2). The key
//! signed after the anchor existed and before the entries that follow, and anyone can verify so offline.
//!
//! The challenge is SHA-256 over the label, the anchor's hash and the SHA-256 of the canonical body, so the body must be
//! final before the key is asked. The client data names an origin that no browser would, so no tenant takes a proof for a
//! sign-in.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::canonical;
use super::chain::{EntryHash, EntryRef};
use super::event::base64url_member;
use crate::encoding::base64url;
use crate::webauthn::client_data::{self, ClientDataType};
use crate::webauthn::{AuthenticatorData, ClientData, CoseKey, Flags, RpId};

/// Separates this use of SHA-256 from every other.
const CHALLENGE_LABEL: &[u8] = b"halligan/proof/1";
/// The origin in a proof's client data.
pub const ORIGIN: &str = "halligan:ledger";

/// An assertion that vouches for the entry it stands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The newest entry that was known when the key was asked.
    pub anchor: EntryRef,
    /// The credential that signed.
    #[serde(with = "base64url_member")]
    pub credential_id: Vec<u8>,
    /// What the key says.
    #[serde(with = "base64url_member")]
    pub authenticator_data: Vec<u8>,
    /// What the host says.
    #[serde(with = "base64url_member")]
    pub client_data_json: Vec<u8>,
    /// The key's signature over authenticator data and the hash of the client data.
    #[serde(with = "base64url_member")]
    pub signature: Vec<u8>,
}

/// What is wrong with a proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofDefect {
    /// The anchor is not an entry before this one.
    #[error("the anchor {anchor} does not come before the entry")]
    AnchorNotBefore {
        /// The index that the proof names.
        anchor: u64,
    },
    /// The anchor has another hash.
    #[error("the anchor {index} has the hash {found}, the proof names {named}")]
    AnchorHash {
        /// The index that the proof names.
        index: u64,
        /// The hash that the proof names.
        named: EntryHash,
        /// The hash of the entry there.
        found: EntryHash,
    },
    /// The authenticator data cannot be read.
    #[error("{0}")]
    AuthenticatorData(#[from] crate::webauthn::authenticator_data::Error),
    /// The client data is not the one for this anchor and this body.
    #[error("the client data is not that of a proof for this anchor and body")]
    ClientData,
    /// The same challenge was answered in an earlier entry.
    #[error("the challenge was answered in an earlier entry")]
    Replayed,
    /// The assertion is for another relying party.
    #[error("the assertion is for a relying party other than {0}")]
    RpId(RpId),
    /// The signature counter did not grow.
    #[error("the signature counter went from {last} to {found}")]
    SignCount {
        /// The counter that was last seen.
        last: u32,
        /// The counter of this proof.
        found: u32,
    },
    /// The signature is not by the credential over these bytes.
    #[error("the signature does not verify with the credential's public key")]
    Signature,
    /// No key with this credential is enrolled.
    #[error("no key with the credential {} is enrolled", base64url::encode(.0))]
    UnknownCredential(Vec<u8>),
    /// The flags do not say that a user was present, where one had to be.
    #[error("the user was not present")]
    UserNotPresent,
    /// The flags do not say that the user was verified, where that had to be.
    #[error("the user was not verified")]
    UserNotVerified,
}

/// A proof before the key is asked: what it shall sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofRequest {
    anchor: EntryRef,
    client_data_json: Vec<u8>,
}

impl ProofRequest {
    /// Asks for a proof of this body, anchored at an entry that exists.
    ///
    /// # Errors
    /// When the body has no canonical form.
    pub fn new(anchor: EntryRef, body: &Map<String, Value>) -> Result<Self, canonical::Error> {
        let challenge = challenge(&anchor.hash, &canonical::to_bytes(body)?);
        Ok(Self {
            anchor,
            client_data_json: client_data_json(&challenge),
        })
    }

    /// What the key is given to sign, in a getAssertion for the credential's relying party; for `key.enrolled` with user
    /// verification.
    #[must_use]
    pub fn client_data_hash(&self) -> [u8; 32] {
        client_data::hash(&self.client_data_json)
    }

    /// The proof from the key's answer.
    #[must_use]
    pub fn complete(
        self,
        credential_id: Vec<u8>,
        authenticator_data: Vec<u8>,
        signature: Vec<u8>,
    ) -> Proof {
        Proof {
            anchor: self.anchor,
            credential_id,
            authenticator_data,
            client_data_json: self.client_data_json,
            signature,
        }
    }
}

impl Proof {
    /// The challenge that the key answered, if the proof is for this body.
    pub(super) fn challenge(
        &self,
        body: &Map<String, Value>,
    ) -> Result<[u8; 32], canonical::Error> {
        Ok(challenge(&self.anchor.hash, &canonical::to_bytes(body)?))
    }

    /// Verifies the assertion (WebAuthn L3 §7.2 steps 11 to 21) and returns the signature counter. Enrolling demands a user who
    /// was present and verified; a later check may be silent, because it proves the key and not the person. The signature is
    /// known to be by `signed_by`.
    pub(super) fn verify(
        &self,
        challenge: &[u8; 32],
        public_key: &CoseKey,
        rp_id: &RpId,
        user_verified: bool,
        signed_by: Option<&CoseKey>,
    ) -> Result<u32, ProofDefect> {
        if self.client_data_json != client_data_json(challenge) {
            return Err(ProofDefect::ClientData);
        }
        let data = AuthenticatorData::parse(&self.authenticator_data)?;
        if data.rp_id_hash != rp_id.hash() {
            return Err(ProofDefect::RpId(rp_id.clone()));
        }
        if user_verified && !data.flags.has(Flags::UP) {
            return Err(ProofDefect::UserNotPresent);
        }
        if user_verified && !data.flags.has(Flags::UV) {
            return Err(ProofDefect::UserNotVerified);
        }
        if signed_by != Some(public_key) && !self.is_signed_by(public_key) {
            return Err(ProofDefect::Signature);
        }
        Ok(data.sign_count)
    }

    /// Whether this key signed authenticator data and client data, whatever they say.
    pub(super) fn is_signed_by(&self, public_key: &CoseKey) -> bool {
        let mut message = self.authenticator_data.clone();
        message.extend_from_slice(&client_data::hash(&self.client_data_json));
        public_key.verify(&message, &self.signature).is_ok()
    }
}

fn challenge(anchor: &EntryHash, canonical_body: &[u8]) -> [u8; 32] {
    Sha256::new()
        .chain_update(CHALLENGE_LABEL)
        .chain_update(anchor.as_bytes())
        .chain_update(Sha256::digest(canonical_body))
        .finalize()
        .into()
}

fn client_data_json(challenge: &[u8; 32]) -> Vec<u8> {
    ClientData::new(ClientDataType::Get, &base64url::encode(challenge), ORIGIN).to_json()
}
