//! Bodies of the entries about a key in service.

use serde::{Deserialize, Serialize};

use super::{Observation, base64url_member};
use crate::webauthn::{Aaguid, RpId};

/// An account of the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The directory object's identifier.
    pub id: String,
    /// The user principal name at the time.
    pub upn: String,
}

/// A key as it shows itself to the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyDescription {
    /// How it was connected, and what the transport says of it: `usb 1050:0407 YubiKey FIDO+CCID`.
    pub transport: String,
    /// The firmware version that getInfo reports, as text because it may be any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firmware: Option<String>,
    /// The serial number, where a key shows one or the operator typed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
}

/// `key.enrolled`: a key is in service. Holds all that is needed to verify the key's later proofs and to judge its
/// attestation again, years later, from the ledger alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyEnrolled {
    /// The label under which the key is known.
    pub label: String,
    /// The account that the key opens.
    pub account: Account,
    /// The tenant's identifier.
    pub tenant: String,
    /// The credential.
    #[serde(with = "base64url_member")]
    pub credential_id: Vec<u8>,
    /// The credential's public key, a COSE_Key.
    #[serde(with = "base64url_member")]
    pub public_key: Vec<u8>,
    /// The attestation object as it was sent to the tenant.
    #[serde(with = "base64url_member")]
    pub attestation_object: Vec<u8>,
    /// The client data as it was sent to the tenant.
    #[serde(with = "base64url_member")]
    pub client_data_json: Vec<u8>,
    /// The model of the key.
    pub aaguid: Aaguid,
    /// The relying party.
    pub rp_id: RpId,
    /// The authentication method's identifier in the tenant.
    pub method_id: String,
    /// The signature counter when the key was last heard of before this entry; a proof in this entry must exceed it.
    pub sign_count: u32,
    /// The key as it showed itself.
    pub key: KeyDescription,
    /// What it was like when it went into service; none where key and tenant were in two rooms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Observation>,
}

/// What an examination found. Unknown is not passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeVerdict {
    /// Examined, and not as it should be.
    Fail,
    /// There was nothing to examine.
    NotApplicable,
    /// Examined, and as it should be.
    Pass,
    /// Could not be examined.
    Unknown,
}

/// One subject of a check and its verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What was examined.
    pub subject: String,
    /// What was found.
    pub verdict: OutcomeVerdict,
    /// The reason for any verdict but `pass`; of a pass, what was seen, where that says more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// `key.checked`: a key was examined. Only a check with a proof by the key itself may say that it passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyChecked {
    /// The key's label.
    pub label: String,
    /// The credential.
    #[serde(with = "base64url_member")]
    pub credential_id: Vec<u8>,
    /// Whether the check as a whole passed.
    pub passed: bool,
    /// What was examined, one line per subject.
    pub findings: Vec<Outcome>,
    /// What the key was like before it signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Observation>,
    /// Why what has changed on the key is as it should be: later checks compare with what was observed here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<String>,
}

/// `key.tested`: a key was put through the test bench. The station's word, and no sign of life: the key has not signed for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyTested {
    /// The key's label.
    pub label: String,
    /// The credential.
    #[serde(with = "base64url_member")]
    pub credential_id: Vec<u8>,
    /// Whether every chosen check passed, or had nothing to look at.
    pub passed: bool,
    /// The chosen checks by their ids.
    pub checks: Vec<Outcome>,
    /// What the key was like before the test, with the times of the test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Observation>,
}
