//! Creation options as the tenant sends them, turned into what a registration needs, checked.
//!
//! The tenant's members are all nullable and its extensions open; what a registration cannot do without is demanded by
//! name, everything else gets the meaning that WebAuthn or the service's own documentation gives its absence.

mod exclude_list;
mod read;

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::webauthn::{RpId, rp_id};

/// Who an error is about. A file saved by `enroll --offline-request` has the same author.
const PEER: &str = "the tenant's creation options";

/// Why creation options cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A member is there, but its value cannot be.
    #[error("{PEER}: member {member} is malformed: {reason}")]
    Malformed {
        /// Path of the member.
        member: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A member that a registration cannot do without is absent or null.
    #[error("{PEER}: member {0} is missing")]
    Missing(&'static str),
    /// The RP ID is not a domain name.
    #[error("{PEER}: member publicKey.rp.id is malformed: {0}")]
    RpId(#[from] rp_id::Error),
}

/// Creation options with the answer they were read from, as received, for saving.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceivedCreationOptions {
    /// Checked.
    pub options: CreationOptions,
    /// The answer as it came, wrapper and annotations included.
    pub raw: Value,
}

/// What a registration needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreationOptions {
    /// The relying party; the origin is derived from it.
    pub rp_id: RpId,
    /// The relying party's name, for display.
    pub rp_name: Option<String>,
    /// The user handle, 1 to 64 opaque bytes.
    pub user_handle: Vec<u8>,
    /// The user principal name, at most 64 bytes of it.
    pub user_name: Option<String>,
    /// The user's name for display, at most 64 bytes of it.
    pub user_display_name: Option<String>,
    /// Base64url without padding, verbatim for the client data.
    pub challenge: String,
    /// COSE algorithm identifiers in the tenant's order of preference, at least one.
    pub algorithms: Vec<i64>,
    /// Credential ids that must not be on the key, each reading of an ambiguous one.
    pub exclude_list: Vec<Vec<u8>>,
    /// Entries of the exclude list in none of the known encodings: a second registration on the same key would not be
    /// noticed by the key.
    pub undecodable_exclusions: Vec<String>,
    /// When the challenge ends.
    pub expires: Option<Timestamp>,
    /// A hint for how long to wait for the user.
    pub timeout: Option<Duration>,
    /// `cross-platform` or `platform`; the service's documentation shows the latter even for security keys.
    pub authenticator_attachment: Option<String>,
    /// Whether the credential must be discoverable.
    pub require_resident_key: bool,
    /// Whether the user must be verified.
    pub user_verification: UserVerificationRequirement,
    /// How the attestation is to be conveyed.
    pub attestation: AttestationConveyance,
    /// Whether the hmac-secret extension is wanted (Windows signs in offline with it).
    pub hmac_secret: bool,
    /// The credProtect policy that is wanted, if the key has the extension.
    pub cred_protect: CredentialProtectionPolicy,
    /// Whether a key without credProtect is to be refused. Every key meets level 1.
    pub enforce_cred_protect: bool,
}

impl CreationOptions {
    /// Reads an answer, bare or wrapped in `value`.
    ///
    /// # Errors
    /// Names the member that is missing or malformed.
    pub fn from_json(answer: &Value) -> Result<Self, Error> {
        read::creation_options(answer)
    }
}

/// WebAuthn L3 §5.8.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserVerificationRequirement {
    /// Must not be a reason to bother the user.
    Discouraged,
    /// If the key can. The meaning of absence and of unknown values.
    Preferred,
    /// Without it the registration fails.
    Required,
}

/// WebAuthn L3 §5.4.7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttestationConveyance {
    /// The authenticator's own statement, unmodified.
    Direct,
    /// A statement that may identify the key.
    Enterprise,
    /// A statement that the client may replace.
    Indirect,
    /// Not needed. The meaning of absence and of unknown values.
    None,
}

/// CTAP 2.1 §12.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialProtectionPolicy {
    /// Level 1, also wanted when the tenant says nothing: higher levels break sign-in to Windows.
    UserVerificationOptional,
    /// Level 2.
    UserVerificationOptionalWithCredentialIdList,
    /// Level 3.
    UserVerificationRequired,
}

impl CredentialProtectionPolicy {
    /// The value of the credProtect extension.
    #[must_use]
    pub fn level(self) -> u8 {
        match self {
            Self::UserVerificationOptional => 1,
            Self::UserVerificationOptionalWithCredentialIdList => 2,
            Self::UserVerificationRequired => 3,
        }
    }
}

#[cfg(test)]
mod tests;
