//! The models of a plan against metadata and policy: what is certain to be refused whatever the firmware turns out to be.

use jiff::Timestamp;
use serde_json::Map;

use super::resolve::{Resolution, Resolved, Todo};
use crate::attestation::policy::{Batch, PolicyFinding, Rule, Sibling};
use crate::attestation::{Reported, Verdict};
use crate::ceremony::{Assessment, Standards, siblings};
use crate::ledger::State;
use crate::webauthn::Aaguid;

impl Resolution {
    /// Makes each key impossible for which the plan names a model that would be refused. Keys are enrolled in the order of the plan, so
    /// a key's siblings are those of the ledger and those before it.
    pub fn hold_against(&mut self, standards: &Standards, ledger: &State, now: Timestamp) {
        for place in 0..self.lines.len() {
            let (before, rest) = self.lines.split_at_mut(place);
            let Some(line) = rest.first_mut().filter(|line| line.todo == Todo::Enroll) else {
                continue;
            };
            let (siblings, complete) = siblings_of(line, before, ledger);
            let obstacles: Vec<String> = line
                .key
                .models
                .iter()
                .map(|model| (model, assess(*model, standards, &siblings, now)))
                .flat_map(|(model, assessment)| {
                    let against = against(&assessment, complete);
                    against
                        .into_iter()
                        .map(move |why| format!("model {model}: {why}"))
                })
                .collect();
            if !obstacles.is_empty() {
                line.todo = Todo::Impossible { obstacles };
            }
        }
    }
}

/// The other keys of the account, and whether the models of all of them are known.
fn siblings_of(line: &Resolved, before: &[Resolved], ledger: &State) -> (Vec<Sibling>, bool) {
    let mut known = line
        .account_id()
        .map_or_else(Vec::new, |id| siblings(ledger, id, None));
    let mut complete = true;
    let planned = before
        .iter()
        .filter(|other| other.todo == Todo::Enroll && other.account_id() == line.account_id());
    for other in planned {
        match other.key.models.as_slice() {
            [aaguid] => known.push(Sibling {
                label: other.key.label.clone(),
                aaguid: *aaguid,
                batch: Batch::NotYetKnown,
            }),
            _ => complete = false,
        }
    }
    (known, complete)
}

fn assess(
    aaguid: Aaguid,
    standards: &Standards,
    siblings: &[Sibling],
    now: Timestamp,
) -> Assessment {
    let reported = Reported {
        aaguid,
        firmware: None,
        members: Map::new(),
    };
    standards.of_model(&reported, siblings, now)
}

/// What stands against the model as such. That the firmware is not known yet does not.
fn against(assessment: &Assessment, siblings_known: bool) -> Vec<String> {
    let certain = |finding: &&PolicyFinding| match finding.rule {
        Rule::MinLevel => finding.refuses(),
        Rule::DistinctModels if !siblings_known => false,
        _ => finding.verdict.is_fail(),
    };
    let findings = assessment.judgement.findings.iter();
    let findings = findings
        .filter(|finding| finding.verdict.is_fail())
        .map(|finding| (finding.subject.as_str(), &finding.verdict));
    let rules = assessment.policy.iter().filter(certain);
    let rules = rules.map(|finding| (finding.rule.as_str(), &finding.verdict));
    findings
        .chain(rules)
        .map(|(name, verdict)| format!("{name}: {}", Verdict::why(verdict).unwrap_or_default()))
        .collect()
}
