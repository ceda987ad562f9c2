//! The tenant as a WebAuthn relying party: it makes creation options and judges what comes back. Knows nothing of HTTP.

mod attestation_chain;
mod authentication;
pub(in crate::simulator) mod challenge;
mod creation_options;
mod packed_statement;
mod registration;
mod user_handle;

pub(in crate::simulator) use attestation_chain::is_anchor;
pub(in crate::simulator) use authentication::{Assertion, AssertionRefusal};
pub(in crate::simulator) use creation_options::{creation_options, date_time};
pub(in crate::simulator) use registration::{Refusal, Registration, verify};
pub(in crate::simulator) use user_handle::user_handle;
use webauthn_rs_core::WebauthnCore;

/// What the real service says, although its documentation shows another host.
pub(in crate::simulator) const RP_ID: &str = "login.microsoft.com";
const RP_NAME: &str = "Microsoft";
pub(in crate::simulator) const ORIGIN: &str = "https://login.microsoft.com";

/// ES256, RS256 (COSE algorithm identifiers)
const ALGORITHMS: [i32; 2] = [-7, -257];

/// A hint for browsers that webauthn-rs-core asks for and verification never reads.
const UNUSED_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(60);

/// The relying party that is not ours.
fn foreign() -> WebauthnCore {
    let origin = ORIGIN.parse().expect("the origin is a valid URL");
    WebauthnCore::new_unsafe_experts_only(
        RP_NAME,
        RP_ID,
        vec![origin],
        UNUSED_TIMEOUT,
        Some(false),
        Some(false),
    )
}
