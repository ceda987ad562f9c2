//! Common-mode failure: what takes one key of an account must not take all of them. A weakness is in a model; a fault of
//! production, a compromised attestation key or a stolen box is in a batch.

use super::Candidate;
use crate::attestation::Verdict;
use crate::webauthn::Aaguid;

/// Which keys were made together, as far as attestation tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Batch {
    /// SHA-256 of the attestation certificate, which FIDO demands to be shared by many keys.
    Certificate([u8; 32]),
    /// The key has not attested yet.
    NotYetKnown,
    /// The key attested without a certificate, so it shows no batch.
    Unattested,
}

/// Another key of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sibling {
    /// Its label.
    pub label: String,
    /// Its model.
    pub aaguid: Aaguid,
    /// Its batch.
    pub batch: Batch,
}

/// Whether there is a key of another model.
pub(super) fn models(key: &Candidate, siblings: &[Sibling]) -> Verdict {
    if siblings.is_empty() {
        Verdict::not_applicable("the account has no other key")
    } else if key.aaguid == Aaguid::ZERO {
        Verdict::unknown("the key names no model")
    } else if siblings.iter().any(|other| is_other_model(key, other)) {
        Verdict::Pass
    } else {
        Verdict::fail(format!(
            "of the same model as every other key of the account: {}",
            labels(siblings)
        ))
    }
}

/// Whether there is a key of another batch. Keys of two models are of two batches.
pub(super) fn batches(key: &Candidate, siblings: &[Sibling]) -> Verdict {
    if siblings.is_empty() {
        return Verdict::not_applicable("the account has no other key");
    }
    let other_batch = |other: &Sibling| match (key.batch, other.batch) {
        (Batch::Certificate(own), Batch::Certificate(others)) => Some(own != others),
        _ => None,
    };
    let apart = |other: &Sibling| match other_batch(other) {
        Some(other_batch) => Some(other_batch || is_other_model(key, other)),
        None => is_other_model(key, other).then_some(true),
    };
    let apart: Vec<Option<bool>> = siblings.iter().map(apart).collect();
    if apart.contains(&Some(true)) {
        Verdict::Pass
    } else if key.batch == Batch::NotYetKnown {
        Verdict::not_applicable("shows when the key has attested")
    } else if apart.contains(&None) {
        Verdict::unknown("no attestation certificate tells the batch")
    } else {
        Verdict::fail(format!(
            "of the same batch as every other key of the account: {}",
            labels(siblings)
        ))
    }
}

/// A key that names no model may be of any.
fn is_other_model(key: &Candidate, other: &Sibling) -> bool {
    other.aaguid != key.aaguid && other.aaguid != Aaguid::ZERO && key.aaguid != Aaguid::ZERO
}

fn labels(siblings: &[Sibling]) -> String {
    let labels: Vec<&str> = siblings.iter().map(|key| key.label.as_str()).collect();
    labels.join(", ")
}
