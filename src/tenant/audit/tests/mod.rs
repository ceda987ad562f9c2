#![allow(clippy::unwrap_used)]

mod damages;
mod document;
mod healthy;
mod policies;
mod unread;
mod waivers;

use serde_json::Value;

use super::{Audit, CHECKS, Check, Facts, LedgerFacts, audit};
use crate::attestation::Verdict;
use crate::tenant::desired::Desired;
use crate::tenant::read::Read;
use crate::tenant::snapshot::Snapshot;

/// All that an audit looks at, still as documents.
#[derive(Clone)]
struct World {
    snapshot: Value,
    desired: Desired,
    ledger: Read<LedgerFacts>,
}

impl World {
    fn audit(&self) -> Audit {
        self.audit_with(&[])
    }

    fn audit_with(&self, waivers: &[super::Waiver]) -> Audit {
        let snapshot: Snapshot = serde_json::from_value(self.snapshot.clone()).unwrap();
        let facts = Facts {
            snapshot: &snapshot,
            desired: &self.desired,
            ledger: &self.ledger,
            now: healthy::NOW.parse().unwrap(),
        };
        let checks: Vec<&'static Check> = CHECKS.iter().collect();
        audit(&facts, &checks, waivers)
    }

    /// One account's part of the snapshot.
    fn account(&mut self, at: usize) -> &mut Value {
        &mut self.snapshot["accounts"][at]
    }

    /// One account's user.
    fn user(&mut self, at: usize) -> &mut Value {
        &mut self.snapshot["accounts"][at]["user"]["read"]
    }

    /// The group.
    fn group(&mut self) -> &mut Value {
        &mut self.snapshot["group"]["read"]
    }

    /// The Conditional Access policies.
    fn policies(&mut self) -> &mut Vec<Value> {
        self.snapshot["policies"]["read"].as_array_mut().unwrap()
    }

    /// What the ledger knows.
    fn ledger(&mut self) -> &mut LedgerFacts {
        self.ledger.as_mut().unwrap()
    }
}

/// The ids of the checks with a line of which this holds, each once.
fn ids(audit: &Audit, holds: fn(&Verdict) -> bool) -> Vec<&'static str> {
    let mut ids: Vec<&str> = audit
        .lines
        .iter()
        .filter(|line| holds(&line.finding.verdict))
        .map(|line| line.check.id)
        .collect();
    ids.dedup();
    ids
}

fn failed(audit: &Audit) -> Vec<&'static str> {
    ids(audit, Verdict::is_fail)
}

fn unknown(audit: &Audit) -> Vec<&'static str> {
    ids(audit, |verdict| matches!(verdict, Verdict::Unknown { .. }))
}

/// The lines of one check, for people.
fn said(audit: &Audit, id: &str) -> String {
    let lines = audit.lines.iter().filter(|line| line.check.id == id);
    let said =
        lines.map(|line| format!("{} {}", line.finding.verdict.as_str(), line.finding.said()));
    said.collect::<Vec<_>>().join("\n")
}

#[test]
fn in_a_healthy_tenant_every_check_passes() {
    let audit = healthy::world().audit();
    let others: Vec<String> = audit
        .lines
        .iter()
        .filter(|line| !line.finding.verdict.is_pass())
        .map(|line| format!("{}: {:?}", line.check.id, line.finding))
        .collect();
    assert!(others.is_empty(), "{}", others.join("\n"));
    for check in &CHECKS {
        assert!(
            audit.lines.iter().any(|line| line.check == check),
            "{check:?}"
        );
    }
}

#[test]
fn the_ledger_knows_a_method_that_names_the_credential_in_another_form() {
    let mut world = healthy::world();
    let credential = &world.ledger().keys[0].credential_id;
    let token = crate::encoding::base64url::encode_url_token(credential);
    world.account(0)["keys"]["read"][0]["id"] = token.into();
    assert_eq!(failed(&world.audit()), [""; 0]);
    world.account(0)["keys"]["read"][0]["id"] = "another".into();
    assert_eq!(failed(&world.audit()), ["HG-307"]);
}

#[test]
fn ids_are_of_one_form_and_in_order() {
    let of_form = |id: &str| {
        let digits = id.strip_prefix("HG-").unwrap();
        digits.len() == 3 && digits.bytes().all(|digit| digit.is_ascii_digit())
    };
    assert!(CHECKS.iter().all(|check| of_form(check.id)));
    assert!(CHECKS.windows(2).all(|pair| pair[0].id < pair[1].id));
    let mut names: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), CHECKS.len());
}
