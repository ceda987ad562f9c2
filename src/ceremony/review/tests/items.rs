//! The checklist: evidence, words, and neither.

use std::collections::BTreeSet;

use super::world::{TENANT, World};
use super::year::hashes;
use crate::ceremony::duty::{Duty, DutyKind, DutyState};
use crate::ceremony::review::{Answered, Given, ITEMS, Reviewed, Word, record};
use crate::ledger::OutcomeVerdict;
use crate::tenant::audit::Check;

fn given(item: &str, answer: Word) -> Given {
    Given {
        item: item.to_owned(),
        answer,
        by: "Ada".to_owned(),
        note: Some("seen on Monday".to_owned()),
    }
}

fn item<'a>(reviewed: &'a Reviewed, id: &str) -> &'a Answered {
    let mut items = reviewed.checklist.iter();
    items.find(|one| one.id == id).unwrap()
}

#[test]
fn every_recommendation_has_an_item_and_every_item_an_answer() {
    let recommendations: BTreeSet<u8> = ITEMS.iter().map(|item| item.recommendation).collect();
    assert_eq!(recommendations, (1..=18).collect());
    let ids: BTreeSet<&str> = ITEMS.iter().map(|item| item.id).collect();
    assert_eq!(ids.len(), ITEMS.len());
    for item in &ITEMS {
        assert!(
            item.checks.iter().all(|id| Check::by_id(id).is_some()),
            "{item:?}"
        );
    }
}

#[tokio::test]
async fn nobodys_answer_is_unknown_and_words_count_where_nothing_else_tells() {
    let world = World::new().await;
    let silent = world.review(&[], 1);
    assert!(!silent.passed);
    let verdicts = silent.checklist.iter().map(|one| one.outcome.verdict);
    let asked = verdicts
        .zip(&ITEMS)
        .filter(|(_, item)| item.question.is_some());
    for (verdict, item) in asked {
        assert_eq!(verdict, OutcomeVerdict::Unknown, "{item:?}");
    }
    for (word, verdict) in [
        (Word::Yes, OutcomeVerdict::Pass),
        (Word::No, OutcomeVerdict::Fail),
        (Word::NotApplicable, OutcomeVerdict::NotApplicable),
    ] {
        let reviewed = world.review(&[given("safes", word)], 1);
        let safes = item(&reviewed, "safes");
        assert_eq!(safes.outcome.verdict, verdict);
        assert!(safes.given.is_some());
    }
}

#[tokio::test]
async fn words_do_not_outweigh_evidence() {
    let mut world = World::new().await;
    world.until(1);
    world.look(0, &[("stranger", 0, None)]).await;
    let yes = [given("post-mortem", Word::Yes), given("drills", Word::Yes)];
    let reviewed = world.review(&yes, 1);
    assert_eq!(
        item(&reviewed, "post-mortem").outcome.verdict,
        OutcomeVerdict::Fail
    );
    let drills = item(&reviewed, "drills");
    assert_eq!(drills.outcome.verdict, OutcomeVerdict::Fail);
    assert!(
        drills.given.is_none(),
        "nobody is asked what the ledger knows"
    );
    let mut calm = World::new().await;
    calm.until(1);
    calm.look(0, &[]).await;
    let reviewed = calm.review(&[given("post-mortem", Word::No)], 1);
    assert_eq!(
        item(&reviewed, "post-mortem").outcome.verdict,
        OutcomeVerdict::Fail
    );
}

#[tokio::test]
async fn what_earlier_reviews_left_unexplained_is_open_until_people_examined_it() {
    let mut world = World::new().await;
    world.until(1);
    world.look(0, &[("stranger", 0, None)]).await;
    let first = world.review(&[], 1);
    record(&first, hashes(0), &mut world.ledger).await.unwrap();
    world.duties = vec![Duty {
        kind: DutyKind::Unexplained,
        subject: TENANT.to_owned(),
        last: None,
        due_at: None,
        state: DutyState::Failed,
        why: Some("1 row".to_owned()),
        place: None,
        command: "halligan monitor".to_owned(),
    }];
    let cases = [
        (vec![], OutcomeVerdict::Fail),
        (
            vec![given("post-mortem", Word::NotApplicable)],
            OutcomeVerdict::Fail,
        ),
        (vec![given("post-mortem", Word::Yes)], OutcomeVerdict::Pass),
    ];
    for (answers, verdict) in cases {
        let reviewed = world.review(&answers, 1);
        let post_mortem = item(&reviewed, "post-mortem");
        assert_eq!(post_mortem.outcome.verdict, verdict, "{post_mortem:?}");
        let why = post_mortem.evidence[0].why.as_deref().unwrap();
        assert!(why.starts_with("1 row, told by earlier reviews"), "{why}");
    }
}
