//! Reviewers, signatures and questions.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::ceremony::review::reviewer::Joined;
use crate::ceremony::review::sign::Signed;
use crate::ceremony::review::{ITEMS, Word};
use crate::encoding::base64url;
use crate::ledger::{Answer, EntryRef, OutcomeVerdict, Review, Reviewer};
use crate::report::{Report, printable};

/// What a reviewer is about to sign.
#[must_use]
pub fn review_summary(review: &Review) -> String {
    let held = &review.review;
    let verdict = if held.passed {
        "in order"
    } else {
        "NOT IN ORDER"
    };
    let mut text = format!(
        "The review of entry {}, {} to {}: {verdict}\ntenant {}, held by {}\nreport {}\ndocument {}\n",
        review.entry.index,
        printable(&held.period.from),
        printable(&held.period.until),
        printable(&held.tenant),
        printable(&held.by.join(", ")),
        printable(&held.report),
        printable(&held.document),
    );
    for (name, count) in held.counts.iter().filter(|(_, count)| **count > 0) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {:<22} {count}", printable(name));
    }
    let open = held
        .findings
        .iter()
        .filter(|one| matches!(one.verdict, OutcomeVerdict::Fail | OutcomeVerdict::Unknown));
    for one in open {
        let (mark, subject) = (super::mark(one.verdict), printable(&one.subject));
        let _ = writeln!(text, "{mark} {subject}");
        if let Some(why) = &one.why {
            let _ = writeln!(text, "    {}", printable(why));
        }
    }
    for one in &held.answers {
        let (mark, subject) = (
            super::mark(one.outcome.verdict),
            printable(&one.outcome.subject),
        );
        let note = one.outcome.why.as_deref();
        let note = note.map(|note| format!(": {}", printable(note)));
        let note = note.unwrap_or_default();
        let _ = writeln!(text, "{mark} {subject}, says {}{note}", printable(&one.by));
    }
    text
}

/// A review that somebody signed.
#[must_use]
pub fn review_signed(signed: &Signed, needed: usize) -> Report {
    let already = signed.review.counted().map(|one| &one.reviewer);
    let this = Some(&signed.reviewer).filter(|_| signed.counts);
    let by: Vec<&String> = already.chain(this).collect();
    let body = json!({
        "review": signed.review.entry,
        "reviewer": signed.reviewer,
        "aaguid": signed.aaguid,
        "joined": signed.joined,
        "counts": signed.counts,
        "signed_by": by,
        "signatures_needed": needed,
        "entry": signed.entry,
    });
    let late = match signed.counts {
        true => "",
        false => {
            "it does not count: who signs a review must be a reviewer when it is held; hold it again\n"
        }
    };
    let text = format!(
        "{} (joined in entry {}, key of the model {}) has signed the review of entry {}: {} of {needed} signatures\n{late}recorded as entry {}, head {}\n",
        printable(&signed.reviewer),
        signed.joined,
        signed.aaguid,
        signed.review.entry.index,
        by.len(),
        signed.entry.index,
        signed.entry.hash,
    );
    Report::new("halligan.review.sign/1", true, body, text)
}

/// Somebody who signs reviews from now on.
#[must_use]
pub fn reviewer_joined(joined: &Joined) -> Report {
    let body = json!({
        "name": joined.name,
        "aaguid": joined.aaguid,
        "also": joined.also,
        "entry": joined.entry,
    });
    let text = format!(
        "{} signs reviews from now on, with a key of the model {}\nrecorded as entry {}, head {}\n",
        printable(&joined.name),
        joined.aaguid,
        joined.entry.index,
        joined.entry.hash,
    );
    Report::new("halligan.review.reviewers.add/1", true, body, text)
}

/// Somebody who signs no more.
#[must_use]
pub fn reviewer_left(name: &str, entry: &EntryRef) -> Report {
    let body = json!({"name": name, "entry": entry});
    let text = format!(
        "{} signs no more reviews\nrecorded as entry {}, head {}\n",
        printable(name),
        entry.index,
        entry.hash,
    );
    Report::new("halligan.review.reviewers.remove/1", true, body, text)
}

/// Those who sign, and those who did.
#[must_use]
pub fn reviewers(reviewers: &[Reviewer]) -> Report {
    let body = json!({"reviewers": reviewers.iter().map(reviewer_json).collect::<Vec<_>>()});
    let mut text = String::new();
    for one in reviewers {
        let until = match &one.left {
            Some(left) => format!(" until {} (entry {})", left.time, left.index),
            None => String::new(),
        };
        let (name, joined) = (printable(&one.introduction.name), &one.joined);
        let (since, index, model) = (joined.time, joined.index, one.introduction.aaguid);
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{name:<24} since {since} (entry {index}){until}, key of the model {model}"
        );
    }
    if reviewers.is_empty() {
        text.push_str("nobody\n");
    }
    Report::new("halligan.review.reviewers.list/1", true, body, text)
}

fn reviewer_json(one: &Reviewer) -> Value {
    json!({
        "name": one.introduction.name,
        "aaguid": one.introduction.aaguid,
        "credential_id": base64url::encode(&one.introduction.credential_id),
        "joined": {"entry": one.joined.index, "time": one.joined.time},
        "left": one.left.as_ref().map(|left| json!({"entry": left.index, "time": left.time})),
    })
}

/// What people are asked, as a file that can be filled in; with what the last review was told.
#[must_use]
pub fn review_questions(last: &[Answer]) -> Report {
    let mut questions = Vec::new();
    let mut text = String::from(
        "# Answer each with \"yes\", \"no\" or \"not-applicable\", and say who answers. What has no answer stays unknown.\n",
    );
    for item in &ITEMS {
        let Some(question) = item.question else {
            continue;
        };
        let before = last.iter().find(|one| one.outcome.subject == item.id);
        let before = before.and_then(|one| Some((one, word(one.outcome.verdict)?)));
        questions.push(json!({
            "item": item.id,
            "recommendation": item.recommendation,
            "question": question,
            "last": before.map(|(one, answer)| json!({"answer": answer, "by": one.by, "note": one.outcome.why})),
        }));
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "\n# {question}");
        if let Some((one, answer)) = before {
            let note = one.outcome.why.as_deref();
            let note = note.map(|note| format!(": {note}")).unwrap_or_default();
            let said = format!("{answer}, by {}{note}", one.by);
            let _ = writeln!(text, "# Last time: {}", printable(&said));
        }
        let _ = writeln!(
            text,
            "#[[answer]]\n#item = \"{}\"\n#answer = \"yes\"\n#by = \"\"",
            item.id
        );
    }
    let body = json!({"questions": questions});
    Report::new("halligan.review.questions/1", true, body, text)
}

fn word(verdict: OutcomeVerdict) -> Option<&'static str> {
    Some(match verdict {
        OutcomeVerdict::Fail => Word::No.as_str(),
        OutcomeVerdict::NotApplicable => Word::NotApplicable.as_str(),
        OutcomeVerdict::Pass => Word::Yes.as_str(),
        OutcomeVerdict::Unknown => return None,
    })
}
