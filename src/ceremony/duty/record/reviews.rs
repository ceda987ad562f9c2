//! Reviews, as far as they are duties.

use jiff::Timestamp;

use super::Ending;
use crate::ceremony::duty::calendar::is_ahead;
use crate::ceremony::duty::tenancy::Tenancy;
use crate::ledger::{Branches, EntryRef, Lineage, OutcomeVerdict, Review, State};

/// A review that was held.
pub(in crate::ceremony::duty) struct Held {
    /// The entry.
    pub(in crate::ceremony::duty) index: u64,
    pub(in crate::ceremony::duty) time: Timestamp,
    /// What those who held it had read.
    known: Lineage,
    /// Up to when it looked.
    until: Timestamp,
    /// How many have signed it whose signature counts.
    pub(in crate::ceremony::duty) signed: usize,
    pub(in crate::ceremony::duty) ending: Ending,
    /// Whether somebody said that every use of the accounts was examined that was known.
    examined: bool,
}

/// The item of the checklist by which somebody says that.
const POST_MORTEM: &str = "post-mortem";

/// The reviews of a tenant that are not dated in the future, oldest first, and the date of one that is.
#[derive(Default)]
pub(in crate::ceremony::duty) struct Reviews {
    held: Vec<Held>,
    ahead: Option<Timestamp>,
    /// How many are to sign each.
    signatures: usize,
}

impl Reviews {
    pub(in crate::ceremony::duty) fn of(
        state: &State,
        branches: &Branches,
        tenancy: &Tenancy,
        signatures: usize,
        now: Timestamp,
    ) -> Self {
        let reviews = state.reviews().iter();
        let reviews = reviews.filter(|one| tenancy.has(&one.review.tenant));
        let (ahead, past): (Vec<&Review>, Vec<&Review>) =
            reviews.partition(|one| is_ahead(one.held.time, now));
        let mut held: Vec<Held> = past.into_iter().map(|one| held(one, branches)).collect();
        held.sort_by_key(|one| one.time);
        Self {
            held,
            ahead: ahead.last().map(|one| one.held.time),
            signatures,
        }
    }

    /// The last one, signed or not.
    pub(in crate::ceremony::duty) fn newest(&self) -> Option<&Held> {
        self.held.last()
    }

    /// Whether as many have signed it as are to.
    pub(in crate::ceremony::duty) fn is_signed(&self, review: &Held) -> bool {
        review.signed >= self.signatures
    }

    /// When one was last held that was signed; if there is none, the date of one in the future.
    pub(in crate::ceremony::duty) fn last(&self) -> Option<Timestamp> {
        let signed = self.signed().map(|one| one.time).max();
        signed.or(self.ahead)
    }

    /// Up to when those who signed know what was seen of the logs, and what was not.
    pub(super) fn until(&self) -> Option<Timestamp> {
        self.signed().map(|one| one.until).max()
    }

    /// Whether a review explains what nothing else does of this entry: people who had read it examined it, and signed. Where the
    /// entry stands does not tell: a review of a branch comes late, and other stations write while one is held.
    pub(super) fn know(&self, index: u64, written: &EntryRef) -> bool {
        let mut signed = self.signed();
        signed.any(|one| one.examined && one.known.has(index, written))
    }

    fn signed(&self) -> impl Iterator<Item = &Held> {
        self.held.iter().filter(|one| self.is_signed(one))
    }
}

fn held(review: &Review, branches: &Branches) -> Held {
    let time = review.held.time;
    let until = review.review.period.until.parse();
    let head = review.review.head;
    let mut answers = review.review.answers.iter().map(|answer| &answer.outcome);
    Held {
        index: review.held.index,
        time,
        known: head.map(|head| branches.lineage(&head)).unwrap_or_default(),
        until: until.map_or(time, |until: Timestamp| until.min(time)),
        signed: review.counted().count(),
        ending: Ending::of_review(&review.review),
        examined: answers.any(|outcome| {
            outcome.subject == POST_MORTEM && outcome.verdict == OutcomeVerdict::Pass
        }),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::ceremony::duty::tests;
    use crate::ledger::{Moment, Signature};

    #[test]
    fn who_joined_after_it_was_held_does_not_count() {
        let moment = |index| Moment {
            index,
            time: "2026-01-01T12:00:00Z".parse().unwrap(),
        };
        let signature = |reviewer: &str, joined| Signature {
            reviewer: reviewer.to_owned(),
            aaguid: "00000000-0000-0000-0000-000000000000".parse().unwrap(),
            joined: moment(joined),
            signed: moment(9),
        };
        let text = format!("5:{}", "00".repeat(32));
        let entry: EntryRef = text.parse().unwrap();
        let review = Review {
            entry,
            held: moment(5),
            review: tests::review(1),
            signatures: vec![signature("Ada", 3), signature("Late", 7)],
        };
        assert_eq!(held(&review, &Branches::of(&[])).signed, 1);
    }
}
