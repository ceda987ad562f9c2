//! HG-308

use super::super::facts::{LedgerKey, days, same};
use super::super::finding::ObjectKind;
use super::super::{Check, Facts, Finding, Object, Severity, source};

pub(in super::super) const CHECK: Check = Check {
    id: "HG-308",
    name: "keys-proven",
    title: "Every key has proved lately that it works",
    severity: Severity::Warning,
    source: source::EMERGENCY_ACCESS,
    fix: "take the key out of its envelope: `halligan check --key LABEL`",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    facts.for_each_account(|account, user| {
        let subject = || Object::account(account);
        let ledger = match facts.ledger {
            Ok(ledger) => ledger,
            Err(unread) => return vec![Finding::unread(subject(), "the ledger", unread)],
        };
        let keys = ledger
            .keys
            .iter()
            .filter(|key| same(&key.account, &user.id));
        let lines: Vec<Finding> = keys.map(|key| line(facts, subject(), key)).collect();
        match lines.is_empty() {
            true => vec![Finding::not_applicable(
                subject(),
                "the ledger has no key of the account",
            )],
            false => lines,
        }
    })
}

fn line(facts: &Facts<'_>, subject: Object, key: &LedgerKey) -> Finding {
    let limit = i64::from(facts.desired.thresholds.key_proof_days);
    let object = Object::new(ObjectKind::Key, &key.method_id, Some(&key.label));
    let line = match key.last_proof.map(|proof| days(proof, facts.now)) {
        None => Finding::fail(
            subject,
            format!("{} has never proved that it works", key.label),
        ),
        Some(age) if age > limit => Finding::fail(
            subject,
            format!(
                "{} last proved {age} days ago that it works, {limit} are allowed",
                key.label
            ),
        ),
        Some(age) => Finding::pass(subject, format!("{} proved it {age} days ago", key.label)),
    };
    line.about([object])
}
