//! Reviews in the ledger, signed by reviewers with keys of their own.

use serde_json::json;

use super::forge::Forge;
use super::key::{AAGUID, Key};
use super::tampered::{Case, case};
use super::{golden, vectors};
use crate::ledger::{
    Answer, Draft, EntryHash, EntryRef, Event, Outcome, OutcomeVerdict, Period, Review, ReviewHeld,
    ReviewSigned, ReviewerJoined, ReviewerLeft,
};
use crate::webauthn::Flags;

/// The key of somebody who signs reviews.
fn reviewers() -> Key {
    let mut key = Key::new([0x52; 32], [0x52; 32]);
    key.rp_id = "halligan.invalid".parse().unwrap();
    key
}

fn joined(key: &mut Key) -> Draft {
    let (attestation_object, client_data_json) = key.register("AAECAwQFBgcICQoLDA0ODw");
    let joined = ReviewerJoined {
        name: "Ada Lovelace".to_owned(),
        credential_id: key.credential_id.clone(),
        public_key: key.public_key().as_bytes().to_vec(),
        attestation_object,
        client_data_json,
        aaguid: AAGUID,
        rp_id: key.rp_id.clone(),
        sign_count: key.sign_count,
    };
    Draft::new(&Event::ReviewerJoined(Box::new(joined)), None)
}

fn left() -> Draft {
    let left = ReviewerLeft {
        name: "Ada Lovelace".to_owned(),
        reason: Some("another post".to_owned()),
    };
    Draft::new(&Event::ReviewerLeft(left), None)
}

fn outcome(subject: &str) -> Outcome {
    Outcome {
        subject: subject.to_owned(),
        verdict: OutcomeVerdict::Pass,
        why: None,
    }
}

fn held(head: EntryRef, compared_with: Option<EntryRef>) -> Draft {
    let held = ReviewHeld {
        tenant: "7c1d2b1e-0a52-4a0e-8a0c-3b4f1d6c0e55".to_owned(),
        period: Period {
            from: "2025-12-01T00:00:00Z".to_owned(),
            until: "2026-03-01T00:00:00Z".to_owned(),
        },
        head: Some(head),
        by: vec!["Ada Lovelace".to_owned()],
        passed: true,
        findings: vec![outcome("two-accounts")],
        answers: vec![Answer {
            outcome: outcome("safes"),
            by: "Ada Lovelace".to_owned(),
        }],
        counts: [("keys".to_owned(), 4)].into(),
        document: "0".repeat(64),
        report: "1".repeat(64),
        compared_with,
    };
    Draft::new(&Event::ReviewHeld(Box::new(held)), None)
}

fn signed(review: EntryRef) -> Draft {
    let signed = ReviewSigned {
        review,
        reviewer: "Ada Lovelace".to_owned(),
    };
    Draft::new(&Event::ReviewSigned(signed), None)
}

fn join(forge: &mut Forge<'_>) -> Key {
    let mut key = reviewers();
    let draft = joined(&mut key);
    forge.append_proven_by(&mut key, draft);
    key
}

fn hold(forge: &mut Forge<'_>) -> EntryRef {
    let draft = held(head(forge), None);
    forge.append(draft);
    head(forge)
}

fn head(forge: &Forge<'_>) -> EntryRef {
    forge.reference(forge.end() - 1)
}

/// Somebody joins, a review is held, signed, and compared with by the next one; then they leave.
pub(super) fn reviewed(forge: &mut Forge<'_>) {
    let mut key = join(forge);
    let review = hold(forge);
    forge.append_proven_by(&mut key, signed(review));
    let draft = held(head(forge), Some(review));
    forge.append(draft);
    let next = head(forge);
    forge.append_proven_by(&mut key, signed(next));
    forge.append(left());
}

pub(super) const REVIEWS: [Case; 14] = [
    case("reviewer-without-a-proof", 14, "unproven", |forge| {
        forge.append(joined(&mut reviewers()));
    }),
    case(
        "reviewer-joined-twice",
        15,
        "reviewer-joined-twice",
        |forge| {
            join(forge);
            let mut other = Key::new([0x53; 32], [0x53; 32]);
            other.rp_id = reviewers().rp_id;
            let draft = joined(&mut other);
            forge.append_proven_by(&mut other, draft);
        },
    ),
    case(
        "reviewer-with-an-enrolled-key",
        14,
        "enrolled-twice",
        |forge| {
            let mut key = forge.golden().key.clone();
            let draft = joined(&mut key);
            forge.append_proven_by(&mut key, draft);
        },
    ),
    case(
        "reviewer-of-another-relying-party",
        14,
        "attestation",
        |forge| {
            let mut key = reviewers();
            let mut draft = joined(&mut key);
            draft.body["rp_id"] = json!("login.microsoft.com");
            forge.append_proven_by(&mut key, draft);
        },
    ),
    case(
        "reviewer-who-was-not-verified",
        16,
        "proof-flags",
        |forge| {
            let mut key = join(forge);
            let review = hold(forge);
            key.flags = Flags::UP;
            forge.append_proven_by(&mut key, signed(review));
        },
    ),
    case(
        "review-signed-by-another-key",
        16,
        "proof-by-other-key",
        |forge| {
            join(forge);
            let review = hold(forge);
            forge.append_proven(signed(review));
        },
    ),
    case("review-signed-without-a-proof", 16, "unproven", |forge| {
        join(forge);
        let review = hold(forge);
        forge.append(signed(review));
    }),
    case("review-signed-twice", 17, "review-signed-twice", |forge| {
        let mut key = join(forge);
        let review = hold(forge);
        forge.append_proven_by(&mut key, signed(review));
        forge.append_proven_by(&mut key, signed(review));
    }),
    case(
        "review-signed-but-not-held",
        15,
        "review-unknown",
        |forge| {
            let mut key = join(forge);
            let other = forge.reference(14);
            forge.append_proven_by(&mut key, signed(other));
        },
    ),
    case("review-signed-by-a-longer-reference", 16, "body", |forge| {
        let mut key = join(forge);
        let mut draft = signed(hold(forge));
        draft.body["review"]["name"] = json!("another member");
        forge.append_proven_by(&mut key, draft);
    }),
    case("review-of-an-unknown-head", 14, "review-head", |forge| {
        let unknown = EntryRef {
            index: forge.end() + 7,
            hash: EntryHash::NONE,
        };
        forge.append(held(unknown, None));
    }),
    case("review-compared-with-none", 14, "review-unknown", |forge| {
        let newest = head(forge);
        forge.append(held(newest, Some(newest)));
    }),
    case(
        "review-signed-after-leaving",
        17,
        "reviewer-unknown",
        |forge| {
            let mut key = join(forge);
            let review = hold(forge);
            forge.append(left());
            forge.append_proven_by(&mut key, signed(review));
        },
    ),
    case(
        "reviewer-who-never-came-leaves",
        14,
        "reviewer-unknown",
        |forge| {
            forge.append(left());
        },
    ),
];

#[test]
fn a_review_knows_who_signed_it() {
    let mut golden = golden::build();
    let mut forge = Forge::new(&mut golden);
    reviewed(&mut forge);
    let state = vectors::verify(&forge.objects).state;
    let [first, second] = state.reviews() else {
        panic!("two reviews were held");
    };
    assert_eq!(second.review.compared_with, Some(first.entry));
    let names = |review: &Review| -> Vec<String> {
        let counted = review.counted();
        counted.map(|one| one.reviewer.clone()).collect()
    };
    assert_eq!(names(first), ["Ada Lovelace"]);
    assert_eq!(names(second), ["Ada Lovelace"]);
    assert_eq!(first.signatures[0].aaguid, AAGUID);
    assert_eq!(state.reviewer("Ada Lovelace"), None);
    assert!(state.reviewers()[0].left.is_some());
}

#[test]
fn who_joined_afterwards_does_not_make_up_the_number() {
    let mut golden = golden::build();
    let mut forge = Forge::new(&mut golden);
    let review = hold(&mut forge);
    let mut key = join(&mut forge);
    forge.append_proven_by(&mut key, signed(review));
    let state = vectors::verify(&forge.objects).state;
    let [review] = state.reviews() else {
        panic!("one review was held");
    };
    assert_eq!((review.signatures.len(), review.counted().count()), (1, 0));
}
