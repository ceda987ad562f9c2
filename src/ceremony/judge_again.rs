//! The attestation of an enrolled key, judged once more from what the ledger holds: years later, or with other roots.

use jiff::Timestamp;

use crate::attestation::{self, Finding, Registration, Roots};
use crate::ledger::KeyEnrolled;
use crate::webauthn::{ClientData, CoseKey};

/// Judges the statement that was recorded, as of `at`: the time of the enrolment, since certificates expire. The challenge and the
/// algorithms that were offered are not recorded, so they are taken from what was made.
///
/// # Errors
/// When the statement cannot be read at all.
pub fn judge_again(
    key: &KeyEnrolled,
    roots: &Roots,
    at: Timestamp,
) -> Result<Vec<Finding>, attestation::Error> {
    let challenge = serde_json::from_slice::<ClientData>(&key.client_data_json)
        .map(|data| data.challenge)
        .unwrap_or_default();
    let algorithm = CoseKey::parse(&key.public_key)
        .ok()
        .map(|key| key.algorithm());
    let registration = Registration {
        attestation_object: &key.attestation_object,
        client_data_json: &key.client_data_json,
        rp_id: &key.rp_id,
        challenge: &challenge,
        algorithms: &algorithm.into_iter().collect::<Vec<_>>(),
        get_info_aaguid: Some(key.aaguid),
    };
    attestation::judge(&registration, roots, at)
}
