//! The result of a retirement.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::ceremony::retire::{Kept, Outcome, Plan};
use crate::encoding::base64url;
use crate::report::Report;

const SCHEMA: &str = "halligan.retire/1";

/// Renders a retirement or its dry run.
#[must_use]
pub fn retire(outcome: &Outcome) -> Report {
    match outcome {
        Outcome::Planned(plan) => {
            let method = if plan.registered {
                "Its method would be deleted"
            } else {
                "Its method is not in the directory any more"
            };
            let text = format!(
                "Dry run: nothing was changed.\n{method}, and {} recorded as retired.\n{}",
                plan.key.enrolled.label,
                kept_text(plan)
            );
            Report::new(SCHEMA, true, plan_json(plan, true), text)
        }
        Outcome::Retired {
            plan,
            ceremony,
            entry,
        } => {
            let mut body = plan_json(plan, false);
            body["ceremony"] = json!(ceremony);
            body["entry"] = json!(entry);
            let text = format!(
                "Retired {} of {}.\n{}  recorded as entry {}, head {}\n",
                plan.key.enrolled.label,
                plan.key.enrolled.account.upn,
                kept_text(plan),
                entry.index,
                entry.hash
            );
            Report::new(SCHEMA, true, body, text)
        }
    }
}

fn plan_json(plan: &Plan, dry_run: bool) -> Value {
    let enrolled = &plan.key.enrolled;
    json!({
        "dry_run": dry_run,
        "label": enrolled.label,
        "account": enrolled.account,
        "credential_id": base64url::encode(&enrolled.credential_id),
        "method_id": enrolled.method_id,
        "reason": plan.reason,
        "registered_before": plan.registered,
        "delete_credential": plan.delete_credential,
        "keys_left": plan.kept.iter().map(kept_json).collect::<Vec<_>>(),
        "working_keys_left": plan.working(),
        "forced": plan.forced,
    })
}

fn kept_json(key: &Kept) -> Value {
    json!({
        "label": key.label,
        "works": key.works(),
        "registered": key.registered,
        "proven": key.proven,
        "leaving": key.leaving,
    })
}

fn kept_text(plan: &Plan) -> String {
    let mut text = format!("  working keys left: {}\n", plan.working());
    for key in &plan.kept {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "    {:<20}{}", key.label, key.describe());
    }
    text
}
