//! What the tenant would refuse: a line for each subject, with the setting to change.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::ceremony::preflight::Preflight;
use crate::report::check::mark;
use crate::report::{Report, printable};
use crate::tenant::Setting;
use crate::tenant::passkey_policy::Attestation;
use crate::tenant::preflight::{Acceptance, At, Finding, Prediction};

/// Renders a prediction.
#[must_use]
pub fn preflight(found: &Preflight) -> Report {
    let prediction = &found.prediction;
    let mut body = prediction_json(prediction);
    body["account"] = json!({"id": found.id, "upn": found.upn});
    body["key"] = json!({
        "aaguid": found.key.aaguid,
        "attestation": attestation(found.key.attestation),
    });
    let ok = prediction.acceptance() == Acceptance::Accepted;
    let name = found.upn.as_deref().unwrap_or(&found.id);
    let mut text = prediction_text(prediction);
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "{}", conclusion(prediction, &printable(name)));
    Report::new("halligan.tenant.preflight/1", ok, body, text)
}

/// A prediction as it stands in JSON documents.
#[must_use]
pub fn prediction_json(prediction: &Prediction) -> Value {
    json!({
        "prediction": prediction.acceptance().as_str(),
        "registration": prediction.acceptance_at(At::Registration).as_str(),
        "sign_in": prediction.acceptance_at(At::SignIn).as_str(),
        "findings": prediction.findings.iter().map(finding_json).collect::<Vec<_>>(),
    })
}

fn finding_json(finding: &Finding) -> Value {
    json!({
        "subject": finding.subject.as_str(),
        "at": finding.at.as_str(),
        "verdict": finding.verdict.as_str(),
        "why": finding.verdict.why().or(finding.found.as_deref()),
        "setting": finding.setting.as_ref().map(setting_json),
        "permission": finding.permission,
    })
}

fn setting_json(setting: &Setting) -> Value {
    json!({
        "member": setting.member(),
        "portal": setting.portal(),
        "change": setting.change(),
    })
}

/// The lines of a prediction, for people.
pub(in crate::report) fn prediction_text(prediction: &Prediction) -> String {
    let mut text = String::new();
    for finding in &prediction.findings {
        let (mark, why) = mark(&finding.verdict);
        let why = finding.found.as_deref().unwrap_or(why);
        let at = match finding.at {
            At::Both => "",
            At::Registration => "registration",
            At::SignIn => "sign-in",
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "  {mark} {:<16}{at:<14}{}",
            finding.subject.as_str(),
            printable(why)
        );
        if let Some(setting) = &finding.setting {
            let _ = writeln!(text, "    {:<30}→ {}", "", setting.change());
            let _ = writeln!(text, "    {:<30}  {}", "", printable(&setting.portal()));
            let _ = writeln!(text, "    {:<30}  {}", "", printable(&setting.member()));
        }
        if let Some(permission) = &finding.permission {
            let _ = writeln!(text, "    {:<30}→ {permission} would tell", "");
        }
    }
    text
}

fn conclusion(prediction: &Prediction, account: &str) -> String {
    match prediction.acceptance() {
        Acceptance::Accepted => format!("The tenant would take the key of {account}."),
        Acceptance::Unknown => {
            format!("It is open whether the tenant would take the key of {account}.")
        }
        Acceptance::Refused => {
            let registration = prediction.acceptance_at(At::Registration);
            let when = if registration == Acceptance::Refused {
                "refuse to register the key"
            } else {
                "register the key and refuse its sign-ins"
            };
            format!("The tenant would {when} of {account}.")
        }
    }
}

fn attestation(attestation: Attestation) -> &'static str {
    match attestation {
        Attestation::None => "none",
        Attestation::SelfSigned => "self",
        Attestation::Unknown => "unknown",
        Attestation::Verified => "verified",
    }
}
