//! Is the key what it claims to be? Judges a registration before anything is sent to a tenant, or again from the ledger
//! years later: statement, certificate and chain, flags, algorithm, model. Every subject yields exactly one line; what to
//! accept is the caller's decision. Nothing is fetched: roots and time are arguments (WebAuthn L3 §6.5, §7.1, §8).

mod by_metadata;
mod certificate;
mod chain;
mod error;
mod genuine;
pub mod mds;
pub mod policy;
mod registration;
mod statement;
#[cfg(test)]
mod tests;
mod tpm;
mod trust;
mod verdict;

use jiff::Timestamp;

use by_metadata::Model;
use certificate::Certificates;
use policy::{Batch, Candidate};
use registration::Parsed;
use trust::Known;

pub use chain::Roots;
pub use error::Error;
pub use registration::{ClientDataOrHash, Registration, Reported};
pub use trust::Trust;
pub use verdict::{Finding, Subject, Verdict};

use crate::webauthn::AttestationObject;

/// What was found out of a key.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// One finding per subject, in their order.
    pub findings: Vec<Finding>,
    /// What deserves to be said and is nobody's fault: firmware to be had, a model that was given up.
    pub warnings: Vec<String>,
    /// The format of the attestation statement; none before there is one.
    pub format: Option<String>,
    /// What the vendor calls the model, by today's metadata.
    pub description: Option<String>,
    /// The serial number in an enterprise attestation.
    pub serial: Option<Vec<u8>>,
    /// What a policy decides by.
    pub candidate: Candidate,
}

/// Judges a registration. `at` is when it was made, for the validity of its certificates; `now` the time by which the metadata
/// counts, which may know more than it did then.
///
/// # Errors
/// When the bytes are not a registration at all.
pub fn judge(
    registration: &Registration<'_>,
    trust: &Trust,
    at: Timestamp,
    now: Timestamp,
) -> Result<Judgement, Error> {
    let parsed = Parsed::parse(registration)?;
    let certificates = Certificates::read(&parsed.object);
    let read = certificates.as_ref().ok().and_then(Option::as_ref);
    let model = Model {
        known: known(&parsed, read, trust, now),
        on: mds::date(now),
        reported: registration.get_info,
        certificates: read.map_or(&[], |certificates| &certificates.der),
    };
    let [statement, certificate, aaguid, chain] =
        genuine::verdicts(&parsed, &certificates, trust, &model.known, at);
    let own = [
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
    let own = own.map(|(subject, verdict)| Finding { subject, verdict });
    let mut findings = Vec::from(own);
    findings.extend(model.findings());
    findings.extend([
        Finding {
            subject: Subject::AttestationType,
            verdict: model.attestation_type(attestation_types(&parsed, read)),
        },
        Finding {
            subject: Subject::GetInfo,
            verdict: model.get_info(),
        },
    ]);
    Ok(Judgement {
        findings,
        warnings: model.warnings(),
        format: Some(parsed.object.fmt.clone()),
        description: model.description(),
        serial: read.and_then(Certificates::serial),
        candidate: Candidate {
            aaguid: parsed.attested.aaguid,
            firmware: registration.get_info.and_then(|info| info.firmware),
            certification: model.level(),
            multi_device: Some(parsed.multi_device() || model.multi_device()),
            batch: read.map_or(Batch::Unattested, Certificates::batch),
        },
    })
}

/// Judges a key by what it says of itself, before it makes a credential: its model, what FIDO reports of it and how far it is
/// certified.
#[must_use]
pub fn judge_model(reported: &Reported, trust: &Trust, now: Timestamp) -> Judgement {
    let model = Model {
        known: trust.model(reported.aaguid, now),
        on: mds::date(now),
        reported: Some(reported),
        certificates: &[],
    };
    Judgement {
        findings: model.findings(),
        warnings: model.warnings(),
        format: None,
        description: model.description(),
        serial: None,
        candidate: Candidate {
            aaguid: reported.aaguid,
            firmware: reported.firmware,
            certification: model.level(),
            multi_device: model.multi_device().then_some(true),
            batch: Batch::NotYetKnown,
        },
    }
}

/// The batch of a key, as its attestation tells; keys of one batch share an attestation certificate.
#[must_use]
pub fn batch(attestation_object: &[u8]) -> Batch {
    let object = AttestationObject::parse(attestation_object).ok();
    let certificates = object.and_then(|object| Certificates::read(&object).ok().flatten());
    certificates.map_or(Batch::Unattested, |certificates| certificates.batch())
}

/// What today's metadata has on the model: by its AAGUID, or where U2F names none, by the attestation key.
fn known<'a>(
    parsed: &Parsed<'_>,
    certificates: Option<&Certificates>,
    trust: &'a Trust,
    now: Timestamp,
) -> Known<'a> {
    match certificates {
        Some(certificates) if parsed.object.fmt == "fido-u2f" => {
            trust.u2f_model(&certificates.key_identifier(), now)
        }
        _ => trust.model(parsed.attested.aaguid, now),
    }
}

/// The metadata's words for how the key attested. A certificate does not show whether it is for a batch or for one key.
fn attestation_types(
    parsed: &Parsed<'_>,
    certificates: Option<&Certificates>,
) -> &'static [&'static str] {
    match (parsed.object.fmt.as_str(), certificates) {
        ("none", _) => &[],
        (_, Some(_)) => &["basic_full", "attca"],
        (_, None) => &["basic_surrogate"],
    }
}
