//! Is the key what it claims to be? Judges a registration before anything is sent to a tenant, or again from the ledger
//! years later: statement, certificate and chain, flags, algorithm, model. Every subject yields exactly one line; what to
//! accept is the caller's decision. Nothing is fetched: roots and time are arguments (WebAuthn L3 §6.5, §7.1, §8).

mod certificate;
mod chain;
mod error;
pub mod mds;
mod registration;
mod statement;
#[cfg(test)]
mod tests;
mod verdict;

use jiff::Timestamp;

use certificate::Certificates;
use registration::Parsed;

pub use chain::Roots;
pub use error::Error;
pub use registration::Registration;
pub use verdict::{Finding, Subject, Verdict};

use crate::webauthn::Aaguid;

/// Judges a registration, one finding per [`Subject`], in their order.
///
/// # Errors
/// When the bytes are not a registration at all.
pub fn judge(
    registration: &Registration<'_>,
    roots: &Roots,
    now: Timestamp,
) -> Result<Vec<Finding>, Error> {
    let parsed = Parsed::parse(registration)?;
    let [statement, certificate, aaguid, chain] = attestation(&parsed, roots, now);
    let findings = [
        (Subject::ClientData, parsed.client_data()),
        (Subject::RpId, parsed.rp_id()),
        (Subject::UserPresence, parsed.user_presence()),
        (Subject::UserVerification, parsed.user_verification()),
        (Subject::DeviceBound, parsed.device_bound()),
        (Subject::Algorithm, parsed.algorithm()),
        (Subject::CredentialId, parsed.credential_id()),
        (Subject::ReportedAaguid, parsed.reported_aaguid()),
        (Subject::Statement, statement),
        (Subject::Certificate, certificate),
        (Subject::Aaguid, aaguid),
        (Subject::Chain, chain),
    ];
    Ok(findings
        .into_iter()
        .map(|(subject, verdict)| Finding { subject, verdict })
        .collect())
}

/// The verdicts on statement, certificate, AAGUID and chain.
fn attestation(parsed: &Parsed<'_>, roots: &Roots, now: Timestamp) -> [Verdict; 4] {
    let fmt = parsed.object.fmt.as_str();
    let certificates = match Certificates::read(&parsed.object) {
        Ok(certificates) => certificates,
        Err(why) => {
            let unread = || Verdict::unknown("the certificates cannot be read");
            return [
                Verdict::fail(why.clone()),
                Verdict::fail(why),
                unread(),
                unread(),
            ];
        }
    };
    let statement = statement::verify(parsed, certificates.as_ref());
    let found = parsed.attested.aaguid;
    match (fmt, certificates) {
        ("packed", Some(certificates)) => [
            statement,
            certificates.packed(&parsed.object),
            certificates.aaguid(found),
            chain::verify(&certificates, roots, now),
        ],
        ("fido-u2f", Some(certificates)) => [
            statement,
            certificates.fido_u2f(),
            u2f_aaguid(found),
            chain::verify(&certificates, roots, now),
        ],
        ("packed", None) => without_certificate(statement, "self attestation has no certificate"),
        ("none", _) => without_certificate(statement, "the key attested nothing"),
        _ => {
            let unknown = || {
                Verdict::unknown(format!(
                    "not examined for a statement of the format {fmt:?}"
                ))
            };
            [statement, unknown(), unknown(), unknown()]
        }
    }
}

/// Any program can make such a statement, so where the key comes from stays unknown.
fn without_certificate(statement: Verdict, why: &str) -> [Verdict; 4] {
    let nothing = || Verdict::not_applicable(why);
    [statement, nothing(), nothing(), Verdict::unknown(why)]
}

/// A U2F key has no model identifier (CTAP 2.1 §10.2.1).
fn u2f_aaguid(found: Aaguid) -> Verdict {
    if found == Aaguid::ZERO {
        Verdict::not_applicable("U2F names no model")
    } else {
        Verdict::fail(format!(
            "the authenticator data names {found}, a U2F key has no AAGUID"
        ))
    }
}
