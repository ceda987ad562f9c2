//! Bodies of the entries about who has a key, and where.

use serde::{Deserialize, Serialize};

use super::base64url_member;

/// Where a key lies, and who answers for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Custody {
    /// The place: a site, a room, a safe.
    pub location: String,
    /// What the key lies in there: an envelope, a box.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// The number of the container's seal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
    /// The persons who can get at it.
    pub custodians: Vec<String>,
}

/// `key.handed_over`: from now on the key lies there, with those persons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyHandedOver {
    /// The key's label.
    pub label: String,
    /// The credential.
    #[serde(with = "base64url_member")]
    pub credential_id: Vec<u8>,
    /// Where it is from now on.
    pub custody: Custody,
    /// Why, and who was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
