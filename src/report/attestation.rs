//! Verdicts on attestation, model and policy: one line each.

use std::fmt::Write;

use jiff::Timestamp;
use serde_json::json;

use crate::attestation::Error;
use crate::attestation::mds::CertificationLevel;
use crate::attestation::policy::Batch;
use crate::ceremony::Assessment;
use crate::encoding::hex;
use crate::report::check::mark;
use crate::report::{Report, printable};

/// A line for each subject and each rule, indented by `margin`.
pub(super) fn lines(assessment: &Assessment, margin: &str) -> String {
    let judgement = &assessment.judgement;
    let findings = judgement.findings.iter();
    let findings = findings.map(|finding| (finding.subject.as_str(), &finding.verdict));
    let rules = assessment.policy.iter();
    let rules = rules.map(|finding| (finding.rule.as_str(), &finding.verdict));
    let mut text = String::new();
    for (name, verdict) in findings.chain(rules) {
        let (mark, why) = mark(verdict);
        let why = match name {
            "model" if verdict.is_pass() => judgement.description.as_deref().unwrap_or_default(),
            _ => why,
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{margin}{mark} {name:<20}{}", printable(why));
    }
    if let Some(serial) = &judgement.serial {
        let _ = writeln!(
            text,
            "{margin}  {:<20}{}",
            "serial number",
            hex::encode(serial)
        );
    }
    text
}

const SCHEMA: &str = "halligan.attestation.verify/1";

/// Renders the verdict on a registration from files.
#[must_use]
pub fn attestation_verify(assessment: &Assessment, at: Timestamp) -> Report {
    let judgement = &assessment.judgement;
    let candidate = &judgement.candidate;
    let ok = assessment.against.is_empty();
    let level = candidate.certification.as_ref().ok().copied().flatten();
    let batch = match candidate.batch {
        Batch::Certificate(hash) => Some(hex::encode(&hash)),
        Batch::NotYetKnown | Batch::Unattested => None,
    };
    let body = json!({
        "at": at,
        "format": judgement.format,
        "aaguid": candidate.aaguid,
        "description": judgement.description,
        "certification": level.map(CertificationLevel::as_str),
        "serial_number": judgement.serial.as_deref().map(hex::encode),
        "batch": batch,
        "findings": judgement.findings,
        "policy": assessment.policy,
        "warnings": assessment.warnings,
    });
    let mut text = format!(
        "A registration of the format {}, by a key of model {}, judged as of {at}: {}\n",
        printable(judgement.format.as_deref().unwrap_or_default()),
        candidate.aaguid,
        if ok { "verified" } else { "NOT VERIFIED" }
    );
    text.push_str(&lines(assessment, "  "));
    for warning in &assessment.warnings {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  ! {}", printable(warning));
    }
    Report::new(SCHEMA, ok, body, text)
}

/// Renders that there is no registration to judge.
#[must_use]
pub fn unreadable_attestation(why: &Error, at: Timestamp) -> Report {
    let why = why.to_string();
    let body = json!({"at": at, "unreadable": why, "findings": [], "policy": [], "warnings": []});
    let text = format!(
        "NOT VERIFIED: this is no registration: {}\n",
        printable(&why)
    );
    Report::new(SCHEMA, false, body, text)
}
