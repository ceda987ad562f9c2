//! What the logs showed, who looked at them, and what a review makes of it.

use super::world::{World, account, on};
use super::year::hashes;
use crate::ceremony::review::{IncidentKind, Reviewed, UseKind, record};
use crate::ledger::{Event, Log, OutcomeVerdict, Period, Unread};

fn incidents(reviewed: &Reviewed) -> Vec<(IncidentKind, &str)> {
    let incidents = reviewed.incidents.iter();
    incidents
        .map(|one| (one.kind, one.subject.as_str()))
        .collect()
}

fn stranger() -> (IncidentKind, &'static str) {
    (IncidentKind::Unexplained, "stranger")
}

/// What it says of the logs.
pub(super) fn logs(reviewed: &Reviewed) -> Vec<(OutcomeVerdict, &str)> {
    let lines = reviewed.findings.iter().filter(|one| one.part == "monitor");
    lines
        .map(|one| (one.outcome.verdict, one.outcome.why.as_deref().unwrap()))
        .collect()
}

async fn with_keys() -> World {
    let mut world = World::new().await;
    world.enroll("EA0-A", 0, "north").await;
    world.enroll("EA1-A", 1, "north").await;
    world
}

#[tokio::test]
async fn what_others_write_while_a_review_is_held_belongs_to_the_next() {
    let mut world = World::new().await;
    world.until(1);
    world.look(0, &[]).await;
    let first = world.review(&[], 1);
    world.look(0, &[("stranger", 0, None)]).await;
    record(&first, hashes(0), &mut world.ledger).await.unwrap();
    let next = world.review(&[], 1);
    assert_eq!(incidents(&next), [stranger()]);
    record(&next, hashes(1), &mut world.ledger).await.unwrap();
    assert_eq!(incidents(&world.review(&[], 1)), []);
}

#[tokio::test]
async fn what_the_last_review_took_for_explained_and_is_not_is_told() {
    let mut world = World::new().await;
    world.until(1);
    world.look(0, &[("stranger", 0, Some(0))]).await;
    let first = world.review(&[], 1);
    assert_eq!(incidents(&first), []);
    record(&first, hashes(0), &mut world.ledger).await.unwrap();
    world.until(2);
    world.look(0, &[("stranger", 0, None)]).await;
    assert_eq!(incidents(&world.review(&[], 1)), [stranger()]);
}

#[tokio::test]
async fn a_branch_is_told_as_it_was_written() {
    let mut world = with_keys().await;
    let ledger = world.branch().await;
    world.until(1);
    let drill = world.drill(0, OutcomeVerdict::Pass).await;
    world.look(0, &[("by-drill", 0, Some(drill))]).await;
    let held = world.review(&[], 1);
    record(&held, hashes(0), &mut world.ledger).await.unwrap();
    let branch = std::mem::replace(&mut world.ledger, ledger);
    // The ledger goes on, so that the branch's indexes are others' here.
    world.look(0, &[("stranger", 1, None)]).await;
    world.look(0, &[]).await;
    let ledger = std::mem::replace(&mut world.ledger, branch);
    world.merge(ledger).await;
    let reviewed = world.review(&[], 1);
    // The review of the branch knew nothing of it.
    assert_eq!(incidents(&reviewed), [stranger()]);
    let uses: Vec<_> = reviewed.uses.iter().map(|one| one.kind).collect();
    assert_eq!(uses, [UseKind::Unexplained]);
    let compared = reviewed.compared_with.as_ref().unwrap();
    record(&reviewed, hashes(1), &mut world.ledger)
        .await
        .unwrap();
    assert_eq!(compared.counts["drills"].then, 1);
    assert_eq!(incidents(&world.review(&[], 1)), []);
}

#[tokio::test]
async fn the_explanation_of_a_branch_is_the_branchs_own_entry() {
    let mut world = with_keys().await;
    let ledger = world.branch().await;
    world.until(1);
    let drill = world.drill(0, OutcomeVerdict::Pass).await;
    let rows = [("by-drill", 0, Some(drill)), ("before", 1, Some(1))];
    world.look(0, &rows).await;
    let branch = std::mem::replace(&mut world.ledger, ledger);
    for _ in 0..4 {
        world.look(0, &[]).await;
    }
    let ledger = std::mem::replace(&mut world.ledger, branch);
    world.merge(ledger).await;
    let reviewed = world.review(&[], 1);
    let kinds: Vec<_> = reviewed.uses.iter().map(|one| one.kind).collect();
    assert!(
        kinds.contains(&UseKind::Drill) && kinds.contains(&UseKind::Explained),
        "{kinds:?}"
    );
    assert_eq!(kinds.len(), 2);
}

#[tokio::test]
async fn a_look_at_some_accounts_says_nothing_of_the_others() {
    let mut world = with_keys().await;
    world.until(1);
    let mut look = world.looked(0, &[]);
    look.accounts = vec![account(0)];
    world.write(Event::TenantMonitored(look), None).await;
    let reviewed = world.review(&[], 1);
    let [(verdict, why)] = logs(&reviewed)[..] else {
        panic!("{:?}", logs(&reviewed))
    };
    assert_eq!(verdict, OutcomeVerdict::Unknown);
    let expected = format!(
        "nobody looked at the logs of {} to {} for {}",
        on(0),
        on(1),
        account(1).upn
    );
    assert_eq!(why, expected);
}

#[tokio::test]
async fn an_hour_that_nobody_looked_at_is_a_gap() {
    let mut world = with_keys().await;
    world.until(2);
    let mut look = world.looked(0, &[]);
    look.period.until = "2026-01-02T11:00:00Z".to_owned();
    world.write(Event::TenantMonitored(look), None).await;
    world.look(1, &[]).await;
    let reviewed = world.review(&[], 1);
    let [(_, why)] = logs(&reviewed)[..] else {
        panic!("{:?}", logs(&reviewed))
    };
    let gap = "nobody looked at the logs of 2026-01-02T11:00:00Z to 2026-01-02T12:00:00Z";
    assert_eq!(why, gap);
}

#[tokio::test]
async fn nobody_sees_what_is_yet_to_come() {
    let mut world = with_keys().await;
    world.until(1);
    let mut look = world.looked(0, &[]);
    look.period.until = on(90).to_string();
    world.write(Event::TenantMonitored(look), None).await;
    world.until(30);
    let reviewed = world.review(&[], 1);
    assert_eq!(logs(&reviewed).len(), 1);
    assert_eq!(logs(&reviewed)[0].0, OutcomeVerdict::Unknown);
}

#[tokio::test]
async fn a_log_that_could_be_read_later_is_no_gap() {
    let mut world = with_keys().await;
    world.until(1);
    let mut look = world.looked(0, &[]);
    look.unread = vec![Unread {
        log: Log::SignIns,
        period: Period {
            from: on(0).to_string(),
            until: on(1).to_string(),
        },
        why: "no licence".to_owned(),
        of: None,
    }];
    world.write(Event::TenantMonitored(look), None).await;
    let reviewed = world.review(&[], 1);
    let line = format!("the sign-in log of {} to {}: no licence", on(0), on(1));
    assert_eq!(logs(&reviewed), [(OutcomeVerdict::Unknown, line.as_str())]);
    world.look(0, &[]).await;
    let reviewed = world.review(&[], 1);
    let fine = "the logs were looked at without a gap";
    assert_eq!(logs(&reviewed), [(OutcomeVerdict::Pass, fine)]);
}

#[tokio::test]
async fn rows_that_are_counted_and_not_listed_are_told_once() {
    let mut world = World::new().await;
    world.until(1);
    for further in [7, 9] {
        let mut look = world.looked(0, &[("stranger", 0, None)]);
        look.unexplained += further;
        world.write(Event::TenantMonitored(look), None).await;
    }
    let reviewed = world.review(&[], 1);
    let [listed, further] = &reviewed.incidents[..] else {
        panic!("{:?}", reviewed.incidents)
    };
    assert_eq!(listed.subject, "stranger");
    assert!(further.what.starts_with("9 rows"), "{further:?}");
    // One that counts fewer has not seen them all.
    let mut look = world.looked(0, &[]);
    look.unexplained = 1;
    world.write(Event::TenantMonitored(look), None).await;
    assert_eq!(world.review(&[], 1).incidents.len(), 3);
}

#[tokio::test]
async fn a_row_without_a_readable_time_is_told_all_the_same() {
    let mut world = World::new().await;
    world.until(1);
    let mut look = world.looked(0, &[("stranger", 0, None)]);
    look.events[0].time = "yesterday".to_owned();
    world.write(Event::TenantMonitored(look), None).await;
    let reviewed = world.review(&[], 1);
    assert_eq!(incidents(&reviewed), [stranger()]);
    assert_eq!(reviewed.uses.len(), 1);
    assert_eq!(reviewed.uses[0].time, on(1));
}

#[tokio::test]
async fn what_could_not_be_read_of_one_account_is_no_gap_for_another() {
    let mut world = with_keys().await;
    world.until(1);
    let mut look = world.looked(0, &[]);
    look.unread = vec![Unread {
        log: Log::SignIns,
        period: look.period.clone(),
        why: "no answer".to_owned(),
        of: Some(account(0).id),
    }];
    world.write(Event::TenantMonitored(look), None).await;
    let reviewed = world.review(&[], 1);
    let upn = account(0).upn;
    let line = format!(
        "the sign-in log of {} to {} for {upn}: no answer",
        on(0),
        on(1)
    );
    assert_eq!(logs(&reviewed), [(OutcomeVerdict::Unknown, line.as_str())]);
}

#[tokio::test]
async fn a_look_from_the_future_has_read_nothing() {
    let mut world = with_keys().await;
    world.until(200);
    world.look(0, &[]).await;
    let reviewed = world.review_on(100, &[], 1);
    let line = format!("nobody looked at the logs of {} to {}", on(0), on(100));
    assert_eq!(logs(&reviewed), [(OutcomeVerdict::Unknown, line.as_str())]);
}
