//! What the entries about reviewers and reviews must keep, and what they change.

use super::keys::{Attested, check_prover};
use super::proofs::Prover;
use super::{Moment, State};
use crate::ledger::chain::EntryRef;
use crate::ledger::defect::Defect;
use crate::ledger::entry::Entry;
use crate::ledger::event::{Event, ReviewHeld, ReviewSigned, ReviewerJoined, ReviewerLeft};
use crate::webauthn::{Aaguid, CoseKey};

/// A person who signs reviews.
#[derive(Debug, Clone, PartialEq)]
pub struct Reviewer {
    /// The entry with which they joined.
    pub joined: Moment,
    /// What that entry says.
    pub introduction: ReviewerJoined,
    /// The entry that ended it.
    pub left: Option<Moment>,
    /// The signature counter that was last seen.
    pub(super) sign_count: u32,
    pub(super) public_key: CoseKey,
}

/// A review that was held.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// The entry.
    pub entry: EntryRef,
    /// When it was written.
    pub held: Moment,
    /// What it says.
    pub review: ReviewHeld,
    /// Who signed it, in their order.
    pub signatures: Vec<Signature>,
}

/// A reviewer's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Who signed.
    pub reviewer: String,
    /// The model of the key that signed.
    pub aaguid: Aaguid,
    /// The entry with which that key's holder joined.
    pub joined: Moment,
    /// The entry with the signature.
    pub signed: Moment,
}

impl Review {
    /// The signatures of those who were reviewers before the review was held: nobody makes up the number afterwards by adding names.
    pub fn counted(&self) -> impl Iterator<Item = &Signature> {
        let held = self.held.index;
        self.signatures
            .iter()
            .filter(move |one| one.joined.index < held)
    }
}

impl State {
    /// Those who sign reviews, and those who did, in the order in which they joined.
    #[must_use]
    pub fn reviewers(&self) -> &[Reviewer] {
        &self.reviewers
    }

    /// The reviewer of this name who has not left.
    #[must_use]
    pub fn reviewer(&self, name: &str) -> Option<&Reviewer> {
        let mut reviewers = self.reviewers.iter().rev();
        reviewers.find(|one| one.introduction.name == name && one.left.is_none())
    }

    /// The reviews, oldest first.
    #[must_use]
    pub fn reviews(&self) -> &[Review] {
        &self.reviews
    }

    /// A reviewer's credential is new, is the one that was attested, and has signed.
    pub(super) fn check_reviewer(
        &self,
        entry: &Entry,
        joined: &ReviewerJoined,
    ) -> Result<CoseKey, Defect> {
        if self.reviewer(&joined.name).is_some() {
            return Err(Defect::ReviewerJoinedTwice(joined.name.clone()));
        }
        let id = &joined.credential_id;
        if self.key_by_credential(id).is_some() || self.is_a_reviewers(id) {
            return Err(Defect::EnrolledTwice(id.clone()));
        }
        let public_key = Attested::from(joined).agrees()?;
        proven_by(entry, id)?;
        Ok(public_key)
    }

    pub(super) fn check_left(&self, left: &ReviewerLeft) -> Result<(), Defect> {
        self.known_reviewer(&left.name).map(|_| ())
    }

    /// A review knows entries that are there, and is compared with one that was held.
    pub(super) fn check_held(&self, held: &ReviewHeld) -> Result<(), Defect> {
        if let Some(head) = held.head.filter(|head| !self.knows(head)) {
            return Err(Defect::ReviewHead(head));
        }
        let is_held = |last: &EntryRef| self.reviews.iter().any(|one| one.entry == *last);
        match held.compared_with.filter(|last| !is_held(last)) {
            Some(last) => Err(Defect::ReviewUnknown(last)),
            None => Ok(()),
        }
    }

    /// A reviewer who has not left signs a review that was held, once. The answer is who must have signed.
    pub(super) fn check_signed(
        &self,
        entry: &Entry,
        signed: &ReviewSigned,
    ) -> Result<Prover, Defect> {
        let reviewer = self.known_reviewer(&signed.reviewer)?;
        let Some(review) = self.reviews.iter().find(|one| one.entry == signed.review) else {
            return Err(Defect::ReviewUnknown(signed.review));
        };
        let mut signatures = review.signatures.iter();
        if signatures.any(|one| one.reviewer == signed.reviewer) {
            return Err(Defect::ReviewSignedTwice(signed.reviewer.clone()));
        }
        let ReviewerJoined {
            credential_id,
            rp_id,
            ..
        } = &reviewer.introduction;
        proven_by(entry, credential_id)?;
        let public_key = reviewer.public_key.clone();
        Ok(Prover::person(rp_id, public_key, reviewer.sign_count))
    }

    /// Whether a reviewer signs, or signed, with this credential.
    pub(super) fn is_a_reviewers(&self, credential_id: &[u8]) -> bool {
        let mut reviewers = self.reviewers.iter();
        reviewers.any(|one| one.introduction.credential_id == credential_id)
    }

    fn known_reviewer(&self, name: &str) -> Result<&Reviewer, Defect> {
        self.reviewer(name)
            .ok_or_else(|| Defect::ReviewerUnknown(name.to_owned()))
    }

    /// What the entries about reviews change.
    pub(super) fn change_review(
        &mut self,
        now: Moment,
        entry: &Entry,
        event: Event,
        public_key: Option<CoseKey>,
    ) {
        match (event, public_key) {
            (Event::ReviewerJoined(introduction), Some(public_key)) => {
                self.reviewers.push(Reviewer {
                    joined: now,
                    sign_count: introduction.sign_count,
                    introduction: *introduction,
                    left: None,
                    public_key,
                });
            }
            (Event::ReviewerLeft(left), _) => {
                if let Some(reviewer) = self.reviewer_mut(&left.name) {
                    reviewer.left = Some(now);
                }
            }
            (Event::ReviewHeld(review), _) => self.reviews.push(Review {
                entry: entry.reference(),
                held: now,
                review: *review,
                signatures: Vec::new(),
            }),
            (Event::ReviewSigned(signed), _) => self.sign_review(now, signed),
            _ => {}
        }
    }

    fn sign_review(&mut self, now: Moment, signed: ReviewSigned) {
        let Some(reviewer) = self.reviewer(&signed.reviewer) else {
            return;
        };
        let signature = Signature {
            aaguid: reviewer.introduction.aaguid,
            joined: reviewer.joined,
            signed: now,
            reviewer: signed.reviewer,
        };
        let mut reviews = self.reviews.iter_mut();
        if let Some(review) = reviews.find(|one| one.entry == signed.review) {
            review.signatures.push(signature);
        }
    }

    /// A reviewer's credential has signed, with this counter.
    pub(super) fn reviewer_signed(&mut self, credential_id: &[u8], sign_count: u32) {
        let mut reviewers = self.reviewers.iter_mut();
        if let Some(one) = reviewers.find(|one| one.introduction.credential_id == credential_id) {
            one.sign_count = sign_count;
        }
    }

    fn reviewer_mut(&mut self, name: &str) -> Option<&mut Reviewer> {
        let mut reviewers = self.reviewers.iter_mut().rev();
        reviewers.find(|one| one.introduction.name == name && one.left.is_none())
    }
}

/// There is a proof, and it is by this credential.
fn proven_by(entry: &Entry, credential_id: &[u8]) -> Result<(), Defect> {
    match entry.proof {
        Some(_) => check_prover(entry, credential_id),
        None => Err(Defect::Unproven),
    }
}
