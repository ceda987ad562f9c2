//! What was done on a branch and merged late: by its date, not by its place.

use super::*;
use crate::ledger::branch::copy;

impl World {
    /// A station that goes on with a copy of the ledger.
    async fn branch(&self, name: &str) -> World {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("branch");
        let place = place.to_str().unwrap();
        copy(self.ledger.entries(), place).await.unwrap();
        let clock = Arc::new(ManualClock::new(on(self.day)));
        let env = Env::new(clock.clone(), Arc::new(SeededRng::new(8)));
        let station = Station::from_seed(name.parse().unwrap(), &[8; 32]);
        World {
            ledger: Ledger::open(place, &station, env).await.unwrap(),
            clock,
            day: self.day,
            next: 1000,
            _folder: folder,
        }
    }
}

#[tokio::test]
async fn a_drill_that_passed_on_a_branch_does_not_hide_one_that_failed_since() {
    let mut world = World::new().await;
    world.audit(0, TENANT, &[], &[]).await;
    let mut branch = world.branch("branch").await;
    branch.drill(1, None).await;
    world.drill(5, Some(OutcomeVerdict::Fail)).await;
    world.ledger.merge(branch.ledger.entries()).await.unwrap();
    let duty = world.duty(DutyKind::Drill, 6).unwrap();
    assert_eq!((duty.state, duty.last), (DutyState::Failed, Some(on(1))));
    // And one that passed later is what counts.
    world.drill(7, None).await;
    let duty = world.duty(DutyKind::Drill, 8).unwrap();
    assert_eq!((duty.state, duty.last), (DutyState::Done, Some(on(7))));
}

#[tokio::test]
async fn an_audit_and_a_look_of_a_branch_count_by_their_dates() {
    let mut world = World::new().await;
    world.audit(0, TENANT, &[], &[]).await;
    let mut branch = world.branch("branch").await;
    branch.audit(1, TENANT, &["HG-105"], &[]).await;
    branch.look((0, 1), &["row-1"], None).await;
    world.audit(2, TENANT, &[], &[]).await;
    let mut look = seen((0, 2));
    look.events = vec![row("row-1", 0, Some(0))];
    world.monitored(2, look).await;
    world.ledger.merge(branch.ledger.entries()).await.unwrap();
    assert_eq!(world.state(DutyKind::Audit, 2), DutyState::Done);
    assert_eq!(world.state(DutyKind::Unexplained, 2), DutyState::Done);
}

#[tokio::test]
async fn a_review_of_a_branch_examined_what_its_people_had_read_and_nothing_else() {
    let mut world = World::new().await;
    world.look((0, 1), &["before"], None).await;
    let mut branch = world.branch("branch").await;
    branch.look((1, 2), &["on-the-branch"], None).await;
    world.look((2, 3), &["meanwhile"], None).await;
    branch.review(4).await;
    world.ledger.merge(branch.ledger.entries()).await.unwrap();
    // It stands behind all of them, and nobody who held it had read of the one that was told meanwhile.
    let duty = world.duty(DutyKind::Unexplained, 4).unwrap();
    assert_eq!(duty.state, DutyState::Failed);
    assert_eq!(world.on(4, &terms()).unexplained, 1);
    assert_eq!(duty.command, format!("halligan monitor --since {}", on(2)));
    world.review(5).await;
    assert_eq!(world.state(DutyKind::Unexplained, 5), DutyState::Done);
}

#[tokio::test]
async fn what_was_told_while_a_review_was_held_is_not_examined() {
    let mut world = World::new().await;
    world.look((0, 1), &["before"], None).await;
    let head = world.ledger.head();
    world.look((1, 2), &["meanwhile"], None).await;
    let mut held = review(2);
    held.head = head;
    world.held(2, held).await;
    assert_eq!(world.on(2, &terms()).unexplained, 1);
}

#[tokio::test]
async fn a_row_that_a_review_examined_is_not_opened_by_a_branch_that_tells_of_it_too() {
    let mut world = World::new().await;
    world.audit(0, TENANT, &[], &[]).await;
    let mut branch = world.branch("branch").await;
    branch.look((0, 1), &["row-1"], None).await;
    world.look((0, 2), &["row-1"], None).await;
    world.review(3).await;
    world.ledger.merge(branch.ledger.entries()).await.unwrap();
    assert_eq!(world.state(DutyKind::Unexplained, 3), DutyState::Done);
}
