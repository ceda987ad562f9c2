//! Is the key genuine: the verdicts on statement, certificate, model and chain, by the format of the statement.

use jiff::Timestamp;

use super::certificate::Certificates;
use super::registration::Parsed;
use super::trust::{Known, Trust};
use super::verdict::Verdict;
use super::{chain, statement, tpm};
use crate::webauthn::Aaguid;

/// The verdicts on statement, certificate, AAGUID and chain.
pub(super) fn verdicts(
    parsed: &Parsed<'_>,
    certificates: &Result<Option<Certificates>, String>,
    trust: &Trust,
    known: &Known<'_>,
    at: Timestamp,
) -> [Verdict; 4] {
    let fmt = parsed.object.fmt.as_str();
    let certificates = match certificates {
        Ok(certificates) => certificates.as_ref(),
        Err(why) => {
            let unread = || Verdict::unknown("the certificates cannot be read");
            return [
                Verdict::fail(why.clone()),
                Verdict::fail(why.clone()),
                unread(),
                unread(),
            ];
        }
    };
    let statement = statement::verify(parsed, certificates);
    let found = parsed.attested.aaguid;
    match (fmt, certificates) {
        ("packed", Some(certificates)) => [
            statement,
            certificates.packed(&parsed.object),
            certificates.aaguid(found),
            to_root(certificates, trust, known, at),
        ],
        ("fido-u2f", Some(certificates)) => [
            statement,
            certificates.fido_u2f(),
            u2f_aaguid(found),
            to_root(certificates, trust, known, at),
        ],
        ("tpm", Some(certificates)) => [
            statement,
            tpm::certificate(certificates),
            certificates.aaguid(found),
            to_root(certificates, trust, known, at),
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

/// Whether the certificates lead to a root of the operator's or to one of the model's.
fn to_root(
    certificates: &Certificates,
    trust: &Trust,
    known: &Known<'_>,
    at: Timestamp,
) -> Verdict {
    let mut roots = trust.roots.clone();
    for entry in known.entries() {
        roots.extend(entry.roots());
    }
    if !roots.is_empty() {
        return chain::verify(certificates, &roots, at);
    }
    let metadata = match known {
        Known::Entries(_) => "the metadata has none of this model".to_owned(),
        Known::Absent => "FIDO's metadata does not know the model".to_owned(),
        Known::Undetermined(why) => why.clone(),
    };
    Verdict::unknown(format!("no trusted roots are configured, and {metadata}"))
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
