//! Reviews: in order, signed, or neither.

use super::*;

#[tokio::test]
async fn a_review_is_due_for_the_first_time_a_while_after_the_ledger_began() {
    let mut world = World::new().await;
    world.audit(0, TENANT, &[], &[]).await;
    assert_eq!(world.state(DutyKind::Review, 1), DutyState::Done);
    assert_eq!(world.state(DutyKind::Review, 89), DutyState::DueSoon);
    assert_eq!(world.state(DutyKind::Review, 90), DutyState::Never);
    world.review(90).await;
    assert_eq!(world.state(DutyKind::Review, 91), DutyState::Done);
}

#[tokio::test]
async fn a_review_counts_when_it_is_signed() {
    let mut world = World::new().await;
    world.audit(0, TENANT, &[], &[]).await;
    world.review(1).await;
    let index = world.ledger.head().unwrap().index;
    let wanted = Terms {
        signatures: 2,
        ..terms()
    };
    let overview = world.on(2, &wanted);
    let duty = overview.of_kind(DutyKind::Review).next().unwrap();
    assert_eq!((duty.state, duty.last), (DutyState::Unknown, None));
    assert_eq!(
        duty.why,
        Some(format!("0 of 2 have signed the one of entry {index}"))
    );
    assert_eq!(
        duty.command,
        format!("halligan review sign --review {index} --reviewer NAME")
    );
    // And it is due as if it had never been held.
    let overview = world.on(90, &wanted);
    let duty = overview.of_kind(DutyKind::Review).next().unwrap();
    assert_eq!(duty.state, DutyState::Never);
    assert_eq!(world.state(DutyKind::Review, 2), DutyState::Done);
}

#[tokio::test]
async fn a_review_that_was_not_in_order_is_told_with_what_was_not() {
    let mut world = World::new().await;
    let mut held = review(1);
    held.passed = false;
    held.findings = vec![finding("reconcile", OutcomeVerdict::Unknown)];
    world.held(1, held.clone()).await;
    let duty = world.duty(DutyKind::Review, 1).unwrap();
    assert_eq!(duty.state, DutyState::Unknown);
    assert_eq!(
        duty.why.as_deref(),
        Some("the last one left open: reconcile")
    );
    held.answers[0].outcome.verdict = OutcomeVerdict::Fail;
    world.held(2, held).await;
    let duty = world.duty(DutyKind::Review, 2).unwrap();
    assert_eq!(duty.state, DutyState::Failed);
    assert_eq!(
        duty.why.as_deref(),
        Some("the last one was not in order: post-mortem")
    );
    world.review(3).await;
    assert_eq!(world.state(DutyKind::Review, 3), DutyState::Done);
}
