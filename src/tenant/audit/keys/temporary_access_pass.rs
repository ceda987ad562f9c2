//! HG-305

use super::super::finding::ObjectKind;
use super::super::{Check, Facts, Finding, Object, Severity, source};
use crate::graph::model::AuthenticationMethod;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-305",
    name: "no-temporary-access-pass",
    title: "No Temporary Access Pass opens the accounts",
    severity: Severity::Error,
    source: source::EMERGENCY_ACCESS,
    fix: "delete the pass: Users > the account > Authentication methods; and find out who issued it",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    facts.for_each_account(|account, _| {
        let subject = || Object::account(account);
        let methods = match &account.methods {
            Ok(methods) => methods,
            Err(unread) => {
                return vec![Finding::unread(subject(), "the account's methods", unread)];
            }
        };
        let passes = methods
            .iter()
            .filter(|one| one.kind() == Some("temporaryAccessPassAuthenticationMethod"));
        let lines: Vec<Finding> = passes.map(|pass| line(subject(), pass)).collect();
        match lines.is_empty() {
            true => vec![Finding::pass(subject(), "there is none")],
            false => lines,
        }
    })
}

/// One that is not usable yet, or only for want of a policy, is as good as usable.
fn line(subject: Object, pass: &AuthenticationMethod) -> Finding {
    let member = |name: &str| pass.other.get(name);
    let usable = member("isUsable").and_then(serde_json::Value::as_bool);
    let reason = member("methodUsabilityReason").and_then(serde_json::Value::as_str);
    let object = Object::new(ObjectKind::Method, &pass.id, Some("Temporary Access Pass"));
    let line = match (usable, reason) {
        (Some(true), _) => Finding::fail(subject, "there is one that can be used"),
        (_, Some("Expired" | "OneTimeUsed")) => {
            Finding::pass(subject, "there is one that is used up")
        }
        (_, Some(reason @ ("NotYetValid" | "DisabledByPolicy"))) => Finding::fail(
            subject,
            format!("there is one that may be used later: {reason}"),
        ),
        _ => Finding::unknown(
            subject,
            "there is one, and whether it can be used is not shown",
        ),
    };
    line.about([object])
}
