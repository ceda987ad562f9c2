//! Microsoft's advice for emergency accounts, item by item, and where the answer comes from: from evidence, from a person, or from
//! both. Words do not outweigh evidence, and what nobody answered is unknown.

mod facts;
mod items;

use serde::{Deserialize, Serialize};

use super::Material;
use super::story::Story;
use crate::attestation::Verdict;
use crate::ledger::{Outcome, OutcomeVerdict};
use facts::Fact;

pub use items::ITEMS;

/// One item.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    /// Stable, and never used again for something else.
    pub id: &'static str,
    /// Which of the recommendations of Microsoft's page it belongs to, counted in its order.
    pub recommendation: u8,
    /// What is to hold.
    pub text: &'static str,
    /// The checks of the audit that tell.
    pub checks: &'static [&'static str],
    /// What the ledger and the reconciliation tell.
    facts: &'static [Fact],
    /// What a person is asked, where no program can know.
    pub question: Option<&'static str>,
}

/// What a person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// It does not hold.
    No,
    /// There is nothing that it could hold of.
    NotApplicable,
    /// It holds.
    Yes,
}

impl Word {
    /// As the ledger has it.
    #[must_use]
    pub fn verdict(self) -> OutcomeVerdict {
        match self {
            Self::No => OutcomeVerdict::Fail,
            Self::NotApplicable => OutcomeVerdict::NotApplicable,
            Self::Yes => OutcomeVerdict::Pass,
        }
    }

    /// As it is typed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::NotApplicable => "not-applicable",
            Self::Yes => "yes",
        }
    }
}

/// What a person answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// The item.
    pub item: String,
    /// The answer.
    pub answer: Word,
    /// Who answered.
    pub by: String,
    /// What there is to say besides.
    pub note: Option<String>,
}

/// An item, and how it stands with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answered {
    /// The item.
    pub id: &'static str,
    /// Which of the recommendations it belongs to.
    pub recommendation: u8,
    /// What is to hold.
    pub text: &'static str,
    /// What a person is asked.
    pub question: Option<&'static str>,
    /// The result.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What the evidence says, one line per source.
    pub evidence: Vec<Outcome>,
    /// What a person answered.
    pub given: Option<Given>,
}

/// Every item.
pub(super) fn answer(material: &Material<'_>, story: &Story<'_>) -> Vec<Answered> {
    let items = ITEMS.iter();
    items.map(|item| item.answer(material, story)).collect()
}

impl Item {
    fn answer(&self, material: &Material<'_>, story: &Story<'_>) -> Answered {
        let checks = self.checks.iter().map(|id| check(id, material));
        let facts = self.facts.iter().map(|fact| fact.look(material, story));
        let evidence: Vec<Outcome> = checks.chain(facts).collect();
        let mut answers = material.answers.iter();
        let given = answers.find(|one| one.item == self.id && self.question.is_some());
        let mut lines: Vec<(OutcomeVerdict, String)> = evidence.iter().map(why).collect();
        if let Some(question) = self.question {
            lines.push(said(question, given));
        }
        Answered {
            id: self.id,
            recommendation: self.recommendation,
            text: self.text,
            question: self.question,
            outcome: worst(self.id, lines),
            evidence,
            given: given.cloned(),
        }
    }
}

/// What all lines of a check of the audit come to.
fn check(id: &str, material: &Material<'_>) -> Outcome {
    let audited = match &material.audited {
        Ok(audited) => audited,
        Err(_) => {
            let why = "the tenant was not read".to_owned();
            return outcome(id, OutcomeVerdict::Unknown, Some(why));
        }
    };
    let lines = audited.audit.lines.iter();
    let lines = lines.filter(|line| line.check.id == id).map(|line| {
        let finding = &line.finding;
        match (&finding.verdict, &line.accepted) {
            (_, Some(accepted)) => {
                let why = format!("accepted until {}: {}", accepted.until, accepted.reason);
                (OutcomeVerdict::NotApplicable, why)
            }
            (Verdict::Pass, None) => (OutcomeVerdict::Pass, String::new()),
            (Verdict::NotApplicable { why }, None) => (OutcomeVerdict::NotApplicable, why.clone()),
            (Verdict::Fail { why }, None) => (
                OutcomeVerdict::Fail,
                format!("{}: {why}", finding.subject.name),
            ),
            (Verdict::Unknown { why }, None) => (
                OutcomeVerdict::Unknown,
                format!("{}: {why}", finding.subject.name),
            ),
        }
    });
    worst(id, lines.collect())
}

fn why(outcome: &Outcome) -> (OutcomeVerdict, String) {
    let why = outcome.why.as_deref().unwrap_or_default();
    let why = match outcome.verdict {
        OutcomeVerdict::Pass => String::new(),
        _ => format!("{}: {why}", outcome.subject),
    };
    (outcome.verdict, why)
}

fn said(question: &str, given: Option<&Given>) -> (OutcomeVerdict, String) {
    let Some(given) = given else {
        return (
            OutcomeVerdict::Unknown,
            format!("nobody answered: {question}"),
        );
    };
    let note = given.note.as_deref();
    let note = note.map(|note| format!(": {note}")).unwrap_or_default();
    let why = format!("{} says {}{note}", given.by, given.answer.as_str());
    (given.answer.verdict(), why)
}

/// The worst of several lines, with the reasons of those that are as bad. Nothing to examine is better than nothing known.
fn worst(subject: &str, lines: Vec<(OutcomeVerdict, String)>) -> Outcome {
    let rank = |verdict: OutcomeVerdict| match verdict {
        OutcomeVerdict::Fail => 3,
        OutcomeVerdict::Unknown => 2,
        OutcomeVerdict::Pass => 1,
        OutcomeVerdict::NotApplicable => 0,
    };
    let verdict = lines
        .iter()
        .map(|(verdict, _)| *verdict)
        .max_by_key(|one| rank(*one));
    let Some(verdict) = verdict else {
        return outcome(
            subject,
            OutcomeVerdict::Unknown,
            Some("nothing tells".to_owned()),
        );
    };
    let whys = lines
        .into_iter()
        .filter(|(one, why)| *one == verdict && !why.is_empty());
    let whys: Vec<String> = whys.map(|(_, why)| why).collect();
    outcome(
        subject,
        verdict,
        (!whys.is_empty()).then(|| whys.join("; ")),
    )
}

fn outcome(subject: &str, verdict: OutcomeVerdict, why: Option<String>) -> Outcome {
    Outcome {
        subject: subject.to_owned(),
        verdict,
        why,
    }
}
