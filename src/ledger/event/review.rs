//! Bodies of the entries about reviews, and about those who sign them with keys of their own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Outcome, Period, base64url_member};
use crate::ledger::chain::EntryRef;
use crate::webauthn::{Aaguid, RpId};

/// `reviewer.joined`: a person introduces the credential with which they sign reviews, and signs the introduction with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewerJoined {
    /// The person.
    pub name: String,
    /// The credential.
    #[serde(with = "base64url_member")]
    pub credential_id: Vec<u8>,
    /// Its public key, a COSE_Key.
    #[serde(with = "base64url_member")]
    pub public_key: Vec<u8>,
    /// What the key attested, so that its model can be judged.
    #[serde(with = "base64url_member")]
    pub attestation_object: Vec<u8>,
    /// The client data of that.
    #[serde(with = "base64url_member")]
    pub client_data_json: Vec<u8>,
    /// The model of the key.
    pub aaguid: Aaguid,
    /// The relying party: none that exists.
    pub rp_id: RpId,
    /// The signature counter when the credential was made.
    pub sign_count: u32,
}

/// `reviewer.left`: nothing is signed by this person any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewerLeft {
    /// The person.
    pub name: String,
    /// Why: left the company, lost the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What somebody answered where no program can know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What was asked, and what was answered.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Who answered.
    pub by: String,
}

/// `review.held`: everything was looked at together. The station's word; those who sign it vouch for the report that it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewHeld {
    /// The tenant's identifier.
    pub tenant: String,
    /// The time since the last review.
    pub period: Period,
    /// The newest entry that the review knows; none of an empty ledger. What comes after it belongs to the next review, although it
    /// may stand before this entry: other stations write while a review is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<EntryRef>,
    /// Who was there.
    pub by: Vec<String>,
    /// Whether nothing is left to be done.
    pub passed: bool,
    /// What evidence answers, one line per subject.
    pub findings: Vec<Outcome>,
    /// What people answered.
    pub answers: Vec<Answer>,
    /// Figures, to be compared with those of other reviews.
    pub counts: BTreeMap<String, u32>,
    /// SHA-256 of the review as JSON, hexadecimal.
    pub document: String,
    /// SHA-256 of the report that people read, hexadecimal.
    pub report: String,
    /// The review that it was compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared_with: Option<EntryRef>,
}

/// `review.signed`: a reviewer vouches for a review, by a proof with their own key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewSigned {
    /// The entry with the review.
    pub review: EntryRef,
    /// The person.
    pub reviewer: String,
}
