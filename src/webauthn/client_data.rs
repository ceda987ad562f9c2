//! Client data (WebAuthn L3 §5.8.1): what the client vouches for. The authenticator signs the SHA-256 of these exact bytes.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Which ceremony the client data belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientDataType {
    /// A registration.
    #[serde(rename = "webauthn.create")]
    Create,
    /// An assertion.
    #[serde(rename = "webauthn.get")]
    Get,
}

/// Client data with its members in the order of the WebAuthn serialization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientData {
    /// The ceremony.
    #[serde(rename = "type")]
    pub kind: ClientDataType,
    /// The challenge as base64url text, verbatim as the relying party wrote it.
    pub challenge: String,
    /// The caller's origin.
    pub origin: String,
    /// Whether the caller was embedded in a page of another origin.
    #[serde(rename = "crossOrigin", default)]
    pub cross_origin: bool,
}

impl ClientData {
    /// Client data for a ceremony at the relying party's own origin.
    #[must_use]
    pub fn new(kind: ClientDataType, challenge: &str, origin: &str) -> Self {
        Self {
            kind,
            challenge: challenge.to_owned(),
            origin: origin.to_owned(),
            cross_origin: false,
        }
    }

    /// The clientDataJSON bytes.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("four members of text and boolean always serialize")
    }
}

/// The clientDataHash of CTAP: SHA-256 over the exact clientDataJSON bytes.
#[must_use]
pub fn hash(client_data_json: &[u8]) -> [u8; 32] {
    Sha256::digest(client_data_json).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_come_in_the_order_of_the_specification() {
        let data = ClientData::new(
            ClientDataType::Create,
            "AAEC",
            "https://login.microsoft.com",
        );
        assert_eq!(
            String::from_utf8(data.to_json()).expect("JSON is UTF-8"),
            r#"{"type":"webauthn.create","challenge":"AAEC","origin":"https://login.microsoft.com","crossOrigin":false}"#
        );
    }
}
