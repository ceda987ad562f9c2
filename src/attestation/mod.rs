//! Is the key what it claims to be? Judges a registration before anything is sent to a tenant.
//!
//! Planned surface:
//!
//! ```text
//! judge(registration: &Registration, roots: &Roots, now: Timestamp) -> Result<Vec<Finding>, Error>
//!
//! Registration {attestation_object: &[u8], client_data_json: &[u8], rp_id: &RpId, challenge: &str /* base64url, as in the
//!               client data */, algorithms: &[i64] /* as requested */, get_info_aaguid: Option<Aaguid>}
//! Roots::none(), Roots::from_pem(&[u8]) -> Result<_, Error>, Roots::from_der(Vec<Vec<u8>>) -> Result<_, Error>
//! Finding {subject: Subject, verdict: Verdict}
//! enum Subject {ClientData, RpId, UserPresence, UserVerification, DeviceBound, Algorithm, CredentialId, Statement,
//!               Certificate, Aaguid, ReportedAaguid, Chain}         // as_str(): "client_data", …
//! enum Verdict {Pass, Fail {why: String}, NotApplicable {why: String}, Unknown {why: String}}
//! Finding serializes as {"subject":"chain","verdict":"unknown","why":"…"}
//! Err only for bytes that are not an attestation object or client data
//! ```
