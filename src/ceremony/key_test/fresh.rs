//! Destructive checks are for a key that nobody uses yet. What a key without a PIN shows of that is asked before anything is
//! written; what it keeps from everybody who has no PIN, as soon as the run has set one, and before anything is lost.

use super::bench::{Bench, Trouble};
use crate::ceremony::Error;
use crate::ctap::command::get_assertion;
use crate::ctap::status::Status;
use crate::webauthn::RpId;

/// The relying party of Entra's passkeys.
const ENTRA: &str = "login.microsoft.com";

/// Refuses a key that shows signs of use.
pub(super) fn require(bench: &mut Bench<'_>) -> Result<(), Error> {
    let mut signs = Vec::new();
    if let Ok(info) = bench.info() {
        let options = &info.options;
        if options.client_pin == Some(true) {
            signs.push("a PIN is set".to_owned());
        }
        let fingerprints = [
            options.uv,
            options.bio_enroll,
            options.user_verification_mgmt_preview,
        ];
        if fingerprints.contains(&Some(true)) {
            signs.push("a fingerprint is enrolled".to_owned());
        }
        let rp_id: RpId = ENTRA.parse().expect("it is a domain name");
        if signs_for(bench, rp_id) {
            signs.push(format!("it holds a credential for {ENTRA}"));
        }
    }
    match signs.as_slice() {
        [] => Ok(()),
        _ => Err(Error::KeyInUse(signs)),
    }
}

/// Whether the key signs for a relying party without being touched, with a credential that nobody named.
fn signs_for(bench: &mut Bench<'_>, rp_id: RpId) -> bool {
    let mut request = get_assertion::Request::new(rp_id, bench.env.random());
    request.up = Some(false);
    let answer = bench.raw(&request.encode(None));
    answer
        .is_ok_and(|answer| answer.first().map(|status| Status::from(*status)) == Some(Status::Ok))
}

/// Ends the run if credentials are stored that were hidden while the key had no PIN. They are still there.
pub(super) fn require_empty(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    if bench.has(super::Need::CredentialManagement).is_err() || bench.traces.changed {
        return Ok(());
    }
    let proof = bench.proof_for_management()?;
    let metadata = bench.key()?.credentials_metadata(&proof)?;
    match metadata.existing_resident_credentials_count {
        0 => Ok(()),
        stored => Err(Error::KeyInUse(vec![format!("it stores {stored} credentials")]).into()),
    }
}
