//! The review: everything that is known of the emergency accounts looked at together, held against Microsoft's advice and against the
//! last review, written down, and signed by people with keys of their own.
//!
//! ```text
//! ledger     what happened since the last review, and how the keys lie and live
//! tenant     audit, reconciliation, what policies do to the accounts
//! people     answers where no program can know
//! review     pure: findings, incidents, checklist, comparison
//! ledger     review.held, with the hashes of report and document; review.signed by each reviewer
//! ```
//!
//! What belongs to a review are the entries that the last one did not know, not the days: what a station recorded late, or while a
//! review was held, falls through no gap.

mod checklist;
mod comparison;
mod coverage;
mod exposure;
mod findings;
mod happening;
mod hold;
mod incident;
mod liveness;
pub mod reviewer;
pub mod sign;
mod story;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod unseen;
mod usage;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::ceremony::duty::{Duty, Interval};
use crate::ceremony::reconcile::Reconciled;
use crate::ledger::{Entry, EntryRef, Outcome, OutcomeVerdict, State, Warning};
use crate::tenant::audit::{Audit, FailOn};
use crate::tenant::snapshot::Snapshot;

pub use checklist::{Answered, Given, ITEMS, Item, Word};
pub use comparison::{Change, Comparison};
pub use coverage::{Coverage, CoverageRow};
pub use exposure::Exposure;
pub use happening::Happening;
pub use hold::{Hashes, record};
pub use incident::{Incident, IncidentKind};
pub use liveness::{KeyLife, Sign};
pub use story::last_review;
pub use usage::{Use, UseKind};

/// What was gathered for a review. What could not be had says why.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// Every entry; verified.
    pub entries: &'a [Entry],
    /// What verifying them remarked on.
    pub warnings: &'a [Warning],
    /// What they add up to.
    pub state: &'a State,
    /// The tenant's identifier.
    pub tenant: &'a str,
    /// What was read of the tenant, and what an audit found in it.
    pub audited: Result<Audited<'a>, &'a str>,
    /// Ledger and tenant compared.
    pub reconciled: Result<&'a Reconciled, &'a str>,
    /// What has to be done again and again.
    pub duties: &'a [Duty],
    /// What people answered.
    pub answers: &'a [Given],
    /// Who is there.
    pub by: &'a [String],
    /// What is wanted.
    pub terms: Terms,
    /// When the review begins, and the time that it is about ends.
    pub now: Timestamp,
    /// Now, by the clock of the station: asking tenant and people takes its time, and others write meanwhile.
    pub clock: Timestamp,
}

/// A tenant that was audited.
#[derive(Debug, Clone, Copy)]
pub struct Audited<'a> {
    /// What was read.
    pub snapshot: &'a Snapshot,
    /// What was found.
    pub audit: &'a Audit,
    /// What counts against the tenant.
    pub fail_on: FailOn,
}

/// What is wanted of a review, and of what it looks at.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// How many reviewers are to sign each review.
    pub signatures: usize,
    /// How often each key is to show that it works.
    pub key_check: Interval,
    /// How often each account is to sign in.
    pub drill: Interval,
    /// How often a review is to be held.
    pub review: Interval,
}

impl Default for Terms {
    /// Microsoft advises to validate the accounts every 90 days at least.
    fn default() -> Self {
        let every = |text: &str| text.parse().expect("a span of time as people write it");
        Self {
            signatures: 1,
            key_check: every("30 days"),
            drill: every("90 days"),
            review: every("90 days"),
        }
    }
}

/// All that a review says.
#[derive(Debug, Clone, Serialize)]
pub struct Reviewed {
    /// The tenant's identifier.
    pub tenant: String,
    /// Its name, or else the identifier.
    pub name: String,
    /// From the end of the last review to now; from the first entry on if it is the first.
    pub from: Timestamp,
    /// When it was held.
    pub until: Timestamp,
    /// The newest entry that it knows.
    pub head: Option<EntryRef>,
    /// Who was there.
    pub by: Vec<String>,
    /// Whether nothing is left to be done.
    pub passed: bool,
    /// One line per subject that was looked at.
    pub findings: Vec<Finding>,
    /// Microsoft's advice, item by item.
    pub checklist: Vec<Answered>,
    /// What must not happen unnoticed, and did happen.
    pub incidents: Vec<Incident>,
    /// Why the tenant could not be read, if it could not.
    pub unanswered: Option<String>,
    /// What else happened.
    pub happenings: Vec<Happening>,
    /// The keys in service, and when they were heard of.
    pub keys: Vec<KeyLife>,
    /// Which keys lie where.
    pub coverage: Coverage,
    /// What each policy does to each account; why not, if the tenant does not say.
    #[serde(serialize_with = "exposure::serialize")]
    pub exposure: Result<Vec<Exposure>, String>,
    /// What the accounts were used for.
    pub uses: Vec<Use>,
    /// Figures.
    pub counts: BTreeMap<String, u32>,
    /// The last review, and what is otherwise now.
    pub compared_with: Option<Comparison>,
    /// How many reviewers are to sign it.
    pub signatures: usize,
}

/// One line of a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at: `ledger`, `audit`, `reconcile`, `monitor`, `due`, `incident`, `ceremony`, `review`.
    pub part: &'static str,
    /// What was found. The subject stays the same from review to review.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What helps, where something does.
    pub remedy: Option<String>,
}

/// Characters of a subject, which names out of a tenant are part of.
const LONGEST_SUBJECT: usize = 200;

impl Finding {
    fn new(
        part: &'static str,
        subject: impl Into<String>,
        verdict: OutcomeVerdict,
        why: impl Into<String>,
    ) -> Self {
        let outcome = Outcome {
            subject: subject.into().chars().take(LONGEST_SUBJECT).collect(),
            verdict,
            why: Some(why.into()),
        };
        Self {
            part,
            outcome,
            remedy: None,
        }
    }

    fn remedied(self, remedy: impl Into<String>) -> Self {
        let remedy = Some(remedy.into());
        Self { remedy, ..self }
    }
}

/// Whether something is left to be done, or to be found out.
fn is_open(verdict: OutcomeVerdict) -> bool {
    matches!(verdict, OutcomeVerdict::Fail | OutcomeVerdict::Unknown)
}

/// Looks at everything together.
#[must_use]
pub fn review(material: &Material<'_>) -> Reviewed {
    let story = story::Story::of(material);
    let incidents = incident::incidents(&story);
    let findings = findings::findings(material, &story, &incidents);
    let checklist = checklist::answer(material, &story);
    let happenings = happening::happenings(&story);
    let coverage = coverage::of(&story);
    let mut reviewed = Reviewed {
        tenant: material.tenant.to_owned(),
        name: name(material),
        from: story.from,
        until: material.now,
        head: material.state.head(),
        by: material.by.to_vec(),
        passed: false,
        findings,
        checklist,
        incidents,
        unanswered: material.audited.err().map(str::to_owned),
        happenings,
        keys: liveness::of(material, &story),
        coverage,
        exposure: exposure::of(material),
        uses: usage::of(&story),
        counts: BTreeMap::new(),
        compared_with: None,
        signatures: material.terms.signatures,
    };
    reviewed.counts = reviewed.count();
    let open = reviewed.lines().any(|line| is_open(line.verdict));
    reviewed.passed = !open;
    let last = story.last;
    reviewed.compared_with = last.map(|last| comparison::compare(&reviewed, last));
    reviewed
}

/// For people.
fn name(material: &Material<'_>) -> String {
    let snapshot = material.audited.ok().map(|audited| audited.snapshot);
    let organization = snapshot.and_then(|snapshot| snapshot.organization.as_ref().ok());
    let name = organization.and_then(|one| one.display_name.clone());
    name.unwrap_or_else(|| material.tenant.to_owned())
}

impl Reviewed {
    /// Every line that decides whether the review passes: findings, and the items of the checklist.
    pub fn lines(&self) -> impl Iterator<Item = &Outcome> {
        let findings = self.findings.iter().map(|one| &one.outcome);
        findings.chain(self.checklist.iter().map(|one| &one.outcome))
    }

    /// Figures that can be compared with those of other reviews.
    fn count(&self) -> BTreeMap<String, u32> {
        let mut counts = BTreeMap::new();
        let mut add = |name: &str, number: usize| {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            counts.insert(name.to_owned(), number);
        };
        for (name, verdict) in [
            ("failed", OutcomeVerdict::Fail),
            ("unknown", OutcomeVerdict::Unknown),
            ("passed", OutcomeVerdict::Pass),
        ] {
            let those = self.lines().filter(|line| line.verdict == verdict);
            add(name, those.count());
        }
        add("incidents", self.incidents.len());
        add("keys", self.keys.len());
        add("accounts", self.coverage.rows.len());
        for word in happening::WORDS {
            let those = self.happenings.iter().filter(|one| one.kind == word);
            add(word, those.count());
        }
        counts
    }
}
