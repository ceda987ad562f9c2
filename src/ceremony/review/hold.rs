//! Recording a review.

use super::Reviewed;
use crate::ceremony::Error;
use crate::ledger::{
    Answer, Draft, EntryRef, Event, Ledger, Outcome, OutcomeVerdict, Period, ReviewHeld,
};

/// SHA-256 of what people and programs read of a review, hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashes {
    /// The review as JSON.
    pub document: String,
    /// The report that people read.
    pub report: String,
}

/// Records a review whose files are where they are to be.
///
/// # Errors
/// When the ledger cannot be written.
pub async fn record(
    reviewed: &Reviewed,
    hashes: Hashes,
    ledger: &mut Ledger,
) -> Result<EntryRef, Error> {
    let held = ReviewHeld {
        tenant: reviewed.tenant.clone(),
        period: Period {
            from: reviewed.from.to_string(),
            until: reviewed.until.to_string(),
        },
        head: reviewed.head,
        by: reviewed.by.clone(),
        passed: reviewed.passed,
        findings: findings(reviewed),
        answers: answers(reviewed),
        counts: reviewed.counts.clone(),
        document: hashes.document,
        report: hashes.report,
        compared_with: reviewed.compared_with.as_ref().map(|last| last.entry),
    };
    let draft = Draft::new(&Event::ReviewHeld(Box::new(held)), None);
    Ok(ledger.append(draft).await?.reference())
}

/// So many lines, of so many characters each, an entry takes in any case: the document has all of them, and its hash is here.
const MOST_FINDINGS: usize = 400;
const LONGEST_WHY: usize = 300;

fn findings(reviewed: &Reviewed) -> Vec<Outcome> {
    let mut lines: Vec<Outcome> = reviewed.lines().map(shortened).collect();
    // What is wrong must not be what is left out.
    lines.sort_by_key(|line| match line.verdict {
        OutcomeVerdict::Fail => 0,
        OutcomeVerdict::Unknown => 1,
        OutcomeVerdict::Pass | OutcomeVerdict::NotApplicable => 2,
    });
    lines.truncate(MOST_FINDINGS);
    lines
}

fn shortened(line: &Outcome) -> Outcome {
    let short = |text: &str| text.chars().take(LONGEST_WHY).collect::<String>();
    Outcome {
        subject: short(&line.subject),
        verdict: line.verdict,
        why: line.why.as_deref().map(short),
    }
}

fn answers(reviewed: &Reviewed) -> Vec<Answer> {
    let answered = reviewed.checklist.iter().filter_map(|item| {
        let given = item.given.as_ref()?;
        Some(Answer {
            outcome: shortened(&Outcome {
                subject: item.id.to_owned(),
                verdict: given.answer.verdict(),
                why: given.note.clone(),
            }),
            by: given.by.clone(),
        })
    });
    answered.collect()
}
