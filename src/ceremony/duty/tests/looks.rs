//! Looks into the logs: gaps, and what nothing explains.

use super::*;

#[tokio::test]
async fn what_nobody_explained_stays_until_a_look_explains_it_or_people_did() {
    let mut world = World::new().await;
    world.look((0, 1), &["row-1", "row-2"], None).await;
    world.look((1, 2), &[], None).await;
    let found = world.duty(DutyKind::Unexplained, 2).unwrap();
    assert_eq!(found.state, DutyState::Failed);
    assert_eq!(
        found.why.as_deref(),
        Some("2 rows of the logs that nothing explains")
    );
    assert_eq!(world.on(2, &terms()).unexplained, 2);
    assert_eq!(world.state(DutyKind::Monitor, 2), DutyState::Done);
    // A longer look that explains one row, and does not tell of the other any more: the service may have forgotten it.
    let mut again = seen((0, 3));
    again.events = vec![row("row-2", 0, Some(0))];
    world.monitored(3, again).await;
    let found = world.duty(DutyKind::Unexplained, 3).unwrap();
    assert_eq!(
        found.why.as_deref(),
        Some("1 row of the logs that nothing explains")
    );
    world.review(4).await;
    assert_eq!(world.state(DutyKind::Unexplained, 4), DutyState::Done);
    // A later look that tells of it again, as it is, tells nothing new.
    world.look((0, 5), &["row-1"], None).await;
    assert_eq!(world.state(DutyKind::Unexplained, 5), DutyState::Done);
}

#[tokio::test]
async fn a_longer_look_that_could_not_read_the_log_explains_nothing() {
    let mut world = World::new().await;
    let mut look = seen((0, 1));
    look.events = vec![row("row-1", 0, None)];
    look.unexplained = 3;
    world.monitored(1, look).await;
    assert_eq!(world.on(1, &terms()).unexplained, 3);
    world.look((0, 2), &[], Some("no licence")).await;
    assert_eq!(world.on(2, &terms()).unexplained, 3);
    let mut others = seen((0, 3));
    others.accounts = Vec::new();
    world.monitored(3, others).await;
    assert_eq!(world.on(3, &terms()).unexplained, 3);
    // One that saw all of it again and lists every row leaves none unlisted.
    world.look((0, 4), &["row-1"], None).await;
    assert_eq!(world.on(4, &terms()).unexplained, 1);
}

#[tokio::test]
async fn rows_that_are_told_as_one_count_as_many() {
    let mut world = World::new().await;
    let mut look = seen((0, 1));
    let alike = Alike {
        rows: 40,
        last: on(1).to_string(),
    };
    look.events = vec![LogEvent {
        alike: Some(alike),
        ..row("row-1", 0, None)
    }];
    look.unexplained = 40;
    world.monitored(1, look).await;
    assert_eq!(world.on(1, &terms()).unexplained, 40);
}

#[tokio::test]
async fn only_a_review_that_examined_them_and_is_signed_explains_rows() {
    let mut world = World::new().await;
    world.look((0, 1), &["row-1"], None).await;
    let mut silent = review(2);
    silent.answers.clear();
    world.held(2, silent).await;
    assert_eq!(world.state(DutyKind::Unexplained, 2), DutyState::Failed);
    let mut no = review(3);
    no.answers[0].outcome.verdict = OutcomeVerdict::Fail;
    world.held(3, no).await;
    assert_eq!(world.state(DutyKind::Unexplained, 3), DutyState::Failed);
    world.review(4).await;
    let signed = Terms {
        signatures: 1,
        ..terms()
    };
    let unsigned = world.on(4, &signed);
    assert_eq!(unsigned.unexplained, 1);
    assert_eq!(world.state(DutyKind::Unexplained, 4), DutyState::Done);
}

#[tokio::test]
async fn the_command_begins_with_the_first_row_and_where_the_log_forgot_it_people_tell() {
    let mut world = World::new().await;
    world.look((0, 10), &[], None).await;
    world.look((10, 12), &["row-1"], None).await;
    let command = |world: &World, day| world.duty(DutyKind::Unexplained, day).unwrap().command;
    assert_eq!(
        command(&world, 12),
        format!("halligan monitor --since {}", on(10))
    );
    assert_eq!(command(&world, 41), "halligan review hold --by NAME");
}

#[tokio::test]
async fn a_log_that_could_not_be_read_is_unknown_until_it_was_or_reviewers_know() {
    let mut world = World::new().await;
    world.drill(0, None).await;
    world.look((0, 1), &[], Some("no licence")).await;
    let duty = world.duty(DutyKind::Monitor, 1).unwrap();
    assert_eq!(duty.state, DutyState::Unknown);
    assert_eq!(duty.why.as_deref(), Some("not all was read: no licence"));
    world.look((1, 2), &[], None).await;
    assert_eq!(world.state(DutyKind::Monitor, 2), DutyState::Done);
    assert_eq!(world.state(DutyKind::Monitor, 3), DutyState::Overdue);
    world.look((2, 3), &[], Some("no permission")).await;
    world.look((3, 4), &[], None).await;
    let duty = world.duty(DutyKind::Monitor, 4).unwrap();
    assert_eq!(duty.state, DutyState::Unknown);
    assert_eq!(duty.command, format!("halligan monitor --since {}", on(2)));
    let mut read = seen((2, 4));
    read.period.until = on(4).to_string();
    world.monitored(4, read).await;
    assert_eq!(world.state(DutyKind::Monitor, 4), DutyState::Done);
}

#[tokio::test]
async fn a_time_between_two_looks_is_a_gap() {
    let mut world = World::new().await;
    world.drill(0, None).await;
    world.look((0, 1), &[], None).await;
    world.look((3, 4), &[], None).await;
    let duty = world.duty(DutyKind::Monitor, 4).unwrap();
    assert_eq!(duty.state, DutyState::Unknown);
    let why = format!("nobody looked at the logs of {} to {}", on(1), on(3));
    assert_eq!(duty.why, Some(why));
    assert_eq!(duty.command, format!("halligan monitor --since {}", on(1)));
    assert!(!world.on(4, &terms()).is_healthy());
    world.review(5).await;
    world.look((4, 5), &[], None).await;
    assert_eq!(world.state(DutyKind::Monitor, 5), DutyState::Done);
}

#[tokio::test]
async fn a_look_at_some_accounts_says_nothing_of_the_others() {
    let mut world = World::new().await;
    world.drill(0, None).await;
    world.look((1, 2), &[], None).await;
    let mut others = seen((2, 3));
    others.accounts = Vec::new();
    world.monitored(3, others).await;
    assert_eq!(world.state(DutyKind::Monitor, 3), DutyState::Overdue);
    // One of which the ledger does not even know the identifier was not looked for either.
    let more = Terms {
        accounts: vec!["ea-1".to_owned(), "ea-2".to_owned()],
        ..terms()
    };
    let overview = world.on(2, &more);
    let duty = overview.of_kind(DutyKind::Monitor).next().unwrap();
    assert_eq!(duty.state, DutyState::Unknown);
    assert_eq!(duty.why.as_deref(), Some("nobody looked for ea-2"));
}

#[tokio::test]
async fn what_a_station_saw_whose_clock_is_ahead_is_seen_and_covers_nothing() {
    let mut world = World::new().await;
    world.look((0, 40), &["row-1"], None).await;
    let overview = world.on(1, &terms());
    assert_eq!(overview.unexplained, 1);
    let duty = overview.of_kind(DutyKind::Unexplained).next().unwrap();
    assert_eq!(duty.state, DutyState::Failed);
    assert_eq!(world.state(DutyKind::Monitor, 1), DutyState::Unknown);
    // Nor does it take back what a right clock has seen.
    let mut world = World::new().await;
    world.look((0, 1), &["row-1"], None).await;
    let mut ahead = seen((0, 40));
    ahead.events = vec![row("row-1", 0, Some(0))];
    world.monitored(40, ahead).await;
    assert_eq!(world.on(1, &terms()).unexplained, 1);
}

#[tokio::test]
async fn a_row_that_is_explained_no_more_after_a_review_is_told() {
    let mut world = World::new().await;
    let mut look = seen((0, 1));
    look.events = vec![row("row-1", 0, Some(0))];
    world.monitored(1, look).await;
    world.review(2).await;
    assert_eq!(world.state(DutyKind::Unexplained, 2), DutyState::Done);
    world.look((0, 3), &["row-1"], None).await;
    assert_eq!(world.state(DutyKind::Unexplained, 3), DutyState::Failed);
    world.review(4).await;
    assert_eq!(world.state(DutyKind::Unexplained, 4), DutyState::Done);
}

#[tokio::test]
async fn rows_that_are_not_listed_stay_until_a_look_tells_again_of_what_was_listed_with_them() {
    let mut world = World::new().await;
    let mut look = seen((0, 1));
    look.events = vec![row("row-1", 0, None)];
    look.unexplained = 3;
    world.monitored(1, look.clone()).await;
    // It covers the first, and passed over what had been told.
    world.look((0, 2), &["row-2"], None).await;
    assert_eq!(world.on(2, &terms()).unexplained, 4);
    // Told once more, they are the same ones.
    look.period = period((0, 3));
    world.monitored(3, look).await;
    assert_eq!(world.on(3, &terms()).unexplained, 4);
}

#[tokio::test]
async fn what_could_not_be_read_of_another_account_is_no_gap() {
    let of = |name: &str, log| Unread {
        of: Some(name.to_owned()),
        log,
        ..missing((0, 1), "not found")
    };
    let cases = [
        (vec![of("user-2", Log::SignIns)], DutyState::Done),
        (
            vec![of("ea-2", Log::SignIns), of("ea-2", Log::DirectoryAudits)],
            DutyState::Done,
        ),
        (vec![of("USER-1", Log::SignIns)], DutyState::Unknown),
        (vec![of(UPN, Log::DirectoryAudits)], DutyState::Unknown),
        // A group's.
        (vec![of("sg-ea", Log::DirectoryAudits)], DutyState::Unknown),
    ];
    for (unread, state) in cases {
        let mut world = World::new().await;
        world.drill(0, None).await;
        let mut look = seen((0, 1));
        look.unread = unread.clone();
        world.monitored(1, look).await;
        assert_eq!(world.state(DutyKind::Monitor, 1), state, "{unread:?}");
    }
}
