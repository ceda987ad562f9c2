//! Drills, and the alerts that they raise.

use super::*;

#[tokio::test]
async fn a_drill_is_due_soon_and_then_overdue() {
    let mut world = World::new().await;
    world.audit(0, TENANT, &[], &[]).await;
    assert_eq!(world.state(DutyKind::Drill, 0), DutyState::Never);
    world.drill(10, None).await;
    let stands = [
        (10, DutyState::Done),
        (85, DutyState::Done),
        (86, DutyState::DueSoon),
        (99, DutyState::DueSoon),
        (100, DutyState::Overdue),
    ];
    for (day, state) in stands {
        assert_eq!(world.state(DutyKind::Drill, day), state, "{day}");
    }
    let duty = world.duty(DutyKind::Drill, 100).unwrap();
    assert_eq!((duty.last, duty.due_at), (Some(on(10)), Some(on(100))));
    assert_eq!(duty.command, "halligan drill --account ea-1 --by NAME");
}

#[tokio::test]
async fn a_drill_that_failed_does_not_count_and_is_told() {
    let mut world = World::new().await;
    world.drill(0, None).await;
    world.drill(5, Some(OutcomeVerdict::Fail)).await;
    let duty = world.duty(DutyKind::Drill, 6).unwrap();
    assert_eq!((duty.state, duty.last), (DutyState::Failed, Some(on(0))));
    assert_eq!(duty.why.as_deref(), Some("log"));
    world.drill(7, Some(OutcomeVerdict::Unknown)).await;
    assert_eq!(world.state(DutyKind::Drill, 8), DutyState::Unknown);
    assert_eq!(world.state(DutyKind::Drill, 95), DutyState::Overdue);
    world.drill(96, None).await;
    assert_eq!(world.state(DutyKind::Drill, 97), DutyState::Done);
}

#[tokio::test]
async fn a_drill_that_was_taken_back_is_none() {
    let mut world = World::new().await;
    let ceremony = world.intend(0).await;
    assert_eq!(world.state(DutyKind::Ceremony, 0), DutyState::DueSoon);
    assert_eq!(world.state(DutyKind::Ceremony, 1), DutyState::Overdue);
    let undone = CeremonyUndone {
        label: "drill".to_owned(),
        credential_deleted: false,
        method_deleted: false,
        pin: None,
    };
    world
        .write(2, Event::CeremonyUndone(undone), Some(ceremony))
        .await;
    assert_eq!(world.duty(DutyKind::Ceremony, 3), None);
    assert_eq!(world.state(DutyKind::Drill, 3), DutyState::Never);
}

#[tokio::test]
async fn the_alert_of_the_last_drill_is_the_one_that_counts() {
    let mut world = World::new().await;
    assert_eq!(world.duty(DutyKind::Alerts, 0), None);
    let first = world.drill(0, None).await;
    assert_eq!(world.state(DutyKind::Alerts, 0), DutyState::Done);
    assert_eq!(world.state(DutyKind::Alerts, 1), DutyState::Never);
    let received = AlertReceived {
        drill: first,
        received_at: on(2).to_string(),
        delay: 60,
        channel: "mail".to_owned(),
        by: "Bob".to_owned(),
    };
    world.write(2, Event::AlertReceived(received), None).await;
    assert_eq!(world.state(DutyKind::Alerts, 80), DutyState::Done);
    world.drill(81, None).await;
    assert_eq!(world.state(DutyKind::Alerts, 82), DutyState::Never);
}
