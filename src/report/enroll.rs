//! The result of an enrolment.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::ceremony::enroll::{Enrolled, Outcome, PinPlan, Plan};
use crate::encoding::{base64url, hex};
use crate::report::tenant::{prediction_json, prediction_text};
use crate::report::{Report, attestation};

const SCHEMA: &str = "halligan.enroll/1";

/// Renders an enrolment or its dry run.
#[must_use]
pub fn enroll(outcome: &Outcome) -> Report {
    match outcome {
        Outcome::Planned(plan) => Report::new(
            SCHEMA,
            true,
            json!({"dry_run": true, "plan": plan_json(plan)}),
            format!("Dry run: nothing was changed.\n{}", plan_text(plan)),
        ),
        Outcome::Enrolled(enrolled) => {
            Report::new(SCHEMA, true, json_of(enrolled), text_of(enrolled))
        }
    }
}

fn plan_json(plan: &Plan) -> Value {
    json!({
        "label": plan.label,
        "account": plan.account,
        "methods_before": plan.methods_before,
        "aaguid": plan.aaguid,
        "pin": match plan.pin { PinPlan::Set => "set", PinPlan::Use(_) => "use" },
        "pin_tries": match plan.pin { PinPlan::Set => None, PinPlan::Use(tries) => tries },
        "pin_generated": plan.pin_generated,
        "pin_sealed_to": plan.pin_sealed_to,
        "settings": plan.settings,
        "preflight": plan.preflight.as_ref().map(prediction_json),
        "warnings": plan.warnings,
    })
}

fn plan_text(plan: &Plan) -> String {
    let mut pin = match plan.pin {
        PinPlan::Set if plan.pin_generated => "a PIN would be generated and set".to_owned(),
        PinPlan::Set => "a PIN would be set".to_owned(),
        PinPlan::Use(Some(tries)) => format!("its PIN would be asked for ({tries} tries left)"),
        PinPlan::Use(None) => "its PIN would be asked for".to_owned(),
    };
    if !plan.pin_sealed_to.is_empty() {
        let custodians = plan.pin_sealed_to.join(", ");
        pin = format!("{pin}, and sealed to {custodians}");
    }
    let mut text = format!(
        "The key of model {} would be enrolled for {} as {}; {pin}.\n",
        plan.aaguid, plan.account.upn, plan.label
    );
    for setting in &plan.settings {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {setting}");
    }
    if let Some(prediction) = &plan.preflight {
        text.push_str("The tenant:\n");
        text.push_str(&prediction_text(prediction));
    }
    text
}

fn json_of(enrolled: &Enrolled) -> Value {
    json!({
        "dry_run": false,
        "ceremony": enrolled.ceremony,
        "plan": plan_json(&enrolled.plan),
        "credential_id": base64url::encode(&enrolled.credential_id),
        "aaguid": enrolled.aaguid,
        "attestation": enrolled.assessment.judgement.findings,
        "policy": enrolled.assessment.policy,
        "method": enrolled.method,
        "entry": {"index": enrolled.entry.index, "hash": enrolled.entry.hash.to_string()},
        "cost": {
            "messages": enrolled.cost.messages,
            "reports_written": enrolled.cost.reports_written,
            "reports_read": enrolled.cost.reports_read,
        },
    })
}

fn text_of(enrolled: &Enrolled) -> String {
    let mut text = format!(
        "Enrolled {} for {}.\n",
        enrolled.plan.label, enrolled.plan.account.upn
    );
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        text,
        "  credential  {}",
        hex::encode(&enrolled.credential_id)
    );
    let _ = writeln!(text, "  method      {}", enrolled.method.id);
    let _ = writeln!(text, "  model       {}{}", enrolled.aaguid, model(enrolled));
    text.push_str(&attestation::lines(&enrolled.assessment, "  "));
    let _ = writeln!(
        text,
        "  ledger      entry {}, head {}",
        enrolled.entry.index, enrolled.entry.hash
    );
    text
}

fn model(enrolled: &Enrolled) -> String {
    enrolled
        .method
        .model
        .as_ref()
        .map(|model| format!(" ({model})"))
        .unwrap_or_default()
}
