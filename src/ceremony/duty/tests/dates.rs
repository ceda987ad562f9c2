//! Dates: what the schedule wants, and what a clock that is wrong does.

use super::*;

#[tokio::test]
async fn metadata_is_due_when_a_new_edition_is_out() {
    let world = World::new().await;
    let stored = |next_update: &str| Terms {
        metadata: Ok(Some(StoredMetadata {
            stored_at: on(0),
            next_update: next_update.parse().unwrap(),
        })),
        ..terms()
    };
    let state = |terms: &Terms, day| {
        let overview = world.on(day, terms);
        overview.of_kind(DutyKind::Metadata).next().unwrap().state
    };
    assert_eq!(state(&stored("2026-06-01"), 20), DutyState::Done);
    assert_eq!(state(&stored("2026-06-01"), 30), DutyState::Overdue);
    assert_eq!(state(&stored("2026-01-11"), 10), DutyState::DueSoon);
    assert_eq!(state(&stored("2026-01-11"), 11), DutyState::Overdue);
    let unreadable = Terms {
        metadata: Err("stored.json is damaged".to_owned()),
        ..terms()
    };
    assert_eq!(state(&unreadable, 0), DutyState::Unknown);
    assert_eq!(world.on(0, &terms()).of_kind(DutyKind::Metadata).count(), 0);
}

#[tokio::test]
async fn what_the_schedule_leaves_alone_is_not_told() {
    let mut world = World::new().await;
    world.drill(0, None).await;
    let quiet = Terms {
        schedule: Schedule {
            drill: None,
            alerts: None,
            audit: None,
            monitor: None,
            review: None,
            ..Schedule::default()
        },
        ..terms()
    };
    let kinds: Vec<DutyKind> = world
        .on(9, &quiet)
        .duties
        .iter()
        .map(|duty| duty.kind)
        .collect();
    assert_eq!(kinds, [DutyKind::Keys, DutyKind::Ledger]);
}

#[tokio::test]
async fn what_is_asked_for_by_its_time_is_announced_that_much_earlier() {
    let mut world = World::new().await;
    world.drill(0, None).await;
    let far = Terms {
        within: Some("60 days".parse().unwrap()),
        ..terms()
    };
    let state = |day| {
        world
            .on(day, &far)
            .duty(DutyKind::Drill, "ea-1")
            .unwrap()
            .state
    };
    assert_eq!(
        (state(29), state(30)),
        (DutyState::Done, DutyState::DueSoon)
    );
}
#[tokio::test]
async fn what_is_dated_in_the_future_counts_for_nothing() {
    let mut world = World::new().await;
    world.drill(50, None).await;
    assert_eq!(world.state(DutyKind::Drill, 49), DutyState::Unknown);
    assert!(!world.on(49, &terms()).is_healthy());
}

#[tokio::test]
async fn one_entry_from_the_future_neither_counts_nor_hides_what_does() {
    let mut world = World::new().await;
    world.audit(1, TENANT, &[], &[]).await;
    world.look((0, 1), &[], None).await;
    world.drill(1, None).await;
    // A station whose clock is years ahead.
    world.audit(900, TENANT, &[], &[]).await;
    world.drill(900, Some(OutcomeVerdict::Fail)).await;
    world.look((1, 900), &["row-1"], None).await;
    world.review(900).await;
    for kind in [DutyKind::Audit, DutyKind::Drill, DutyKind::Monitor] {
        let duty = world.duty(kind, 1).unwrap();
        assert_eq!(
            (duty.state, duty.last),
            (DutyState::Done, Some(on(1))),
            "{kind:?}"
        );
    }
    assert_eq!(world.state(DutyKind::Review, 1), DutyState::Unknown);
    // And as long as the newest entry is one, nobody knows what the others are worth.
    let ledger = world.duty(DutyKind::Ledger, 1).unwrap();
    assert_eq!(ledger.state, DutyState::Unknown);
    assert!(ledger.why.unwrap().contains("a clock is wrong"));
    assert_eq!(world.state(DutyKind::Ledger, 900), DutyState::Done);
}

#[tokio::test]
async fn a_ledger_that_is_empty_or_not_wholly_understood_is_unknown() {
    let mut world = World::new().await;
    let empty = world.duty(DutyKind::Ledger, 0).unwrap();
    assert_eq!(empty.state, DutyState::Unknown);
    world.drill(0, None).await;
    let state = world.ledger.state();
    let stands = |warning| {
        let ledger = LedgerOverview::of("ledger", state, &[warning]);
        let overview = Overview::of(world.ledger.entries(), state, ledger, &terms(), on(0));
        overview.of_kind(DutyKind::Ledger).next().unwrap().state
    };
    let unknown = Warning::UnknownKind {
        index: 1,
        kind: "key.sung_to".to_owned(),
    };
    assert_eq!(stands(unknown), DutyState::Unknown);
    let strange = Warning::UnexpectedObject("00000001.bak".to_owned());
    assert_eq!(stands(strange), DutyState::Unknown);
    let late = Warning::TimeWentBack {
        index: 1,
        before: on(1),
        time: on(0),
    };
    assert_eq!(stands(late), DutyState::Done);
}
