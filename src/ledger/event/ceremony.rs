//! Bodies of the entries that any ceremony may leave when it does not reach its end.

use serde::{Deserialize, Serialize};

use super::SealedSecret;

/// How far a ceremony came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Nothing happened to key or tenant yet.
    Intended,
    /// Enrolment: the key has its PIN.
    PinSet,
    /// Enrolment: the key holds the credential; the tenant does not know it.
    CredentialCreated,
    /// Enrolment: the credential signed before the tenant knew it.
    Proven,
    /// Enrolment: the tenant accepted the credential.
    Registered,
    /// Retirement: the tenant does not know the credential any more.
    MethodRemoved,
    /// Retirement: the key does not hold the credential any more.
    CredentialDeleted,
    /// Drill: the sign-in came to its end, well or not.
    Attempted,
}

/// `ceremony.failed`: the ceremony stopped here. It stays open until it is finished or undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CeremonyFailed {
    /// The key's label.
    pub label: String,
    /// The last step that is known to have succeeded.
    pub reached: Step,
    /// The failure's stable code.
    pub code: String,
    /// The failure in words. Never a secret.
    pub message: String,
    /// What the ceremony leaves on the key or in the tenant, as far as it knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remains: Option<String>,
    /// Whether the credential that the ceremony made is about to be deleted from the key: from here on the key may lack it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deletes_credential: bool,
}

/// `ceremony.undone`: what the ceremony had made is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CeremonyUndone {
    /// The key's label.
    pub label: String,
    /// Whether a credential was deleted from the key.
    pub credential_deleted: bool,
    /// Whether a method was deleted from the tenant.
    pub method_deleted: bool,
    /// Change of a PIN: the PIN that the key turned out to have kept, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<SealedSecret>,
}
