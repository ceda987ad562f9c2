//! The tenant as a WebAuthn relying party: it makes creation options and judges what comes back. Knows nothing of HTTP.

mod attestation_chain;
pub(in crate::simulator) mod challenge;
mod creation_options;
mod packed_statement;
mod registration;
mod user_handle;

pub(in crate::simulator) use attestation_chain::is_anchor;
pub(in crate::simulator) use creation_options::{creation_options, date_time};
pub(in crate::simulator) use registration::{Refusal, Registration, verify};
pub(in crate::simulator) use user_handle::user_handle;

/// What the real service says, although its documentation shows another host.
const RP_ID: &str = "login.microsoft.com";
const RP_NAME: &str = "Microsoft";
const ORIGIN: &str = "https://login.microsoft.com";

/// ES256, RS256 (COSE algorithm identifiers)
const ALGORITHMS: [i32; 2] = [-7, -257];
