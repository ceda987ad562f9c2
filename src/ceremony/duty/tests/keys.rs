//! Keys: what they prove, and what tests of them found.

use super::*;
use crate::ledger::KeyTested;
use crate::ledger::tests::golden;
use crate::ledger::tests::key::Key;

const LABEL: &str = "BG1-A";

impl World {
    /// A key goes into service on that day, and signs that.
    async fn enroll(&mut self, day: u64) -> Key {
        let mut key = Key::new([9; 32], [9; 32]);
        let ceremony = Some(Uuid::from_u128(self.next));
        self.next += 1;
        let [intended, created, registered, enrolled] = golden::enrolment(&mut key);
        for event in [intended, created, registered] {
            self.write(day, event, ceremony).await;
        }
        self.prove(day, &mut key, &enrolled, ceremony).await;
        key
    }

    async fn prove(&mut self, day: u64, key: &mut Key, event: &Event, ceremony: Option<Uuid>) {
        self.until(day);
        let draft = Draft::new(event, ceremony);
        let proof = key.prove(self.ledger.prove(&draft).unwrap());
        self.ledger.append(draft.with_proof(proof)).await.unwrap();
    }

    /// A check that the key passed.
    async fn check(&mut self, day: u64, key: &mut Key) {
        let checked = golden::checked(key, true, None);
        self.prove(day, key, &checked, None).await;
    }

    /// A test of the whole key, of which this came out.
    async fn test(&mut self, day: u64, key: &Key, verdict: OutcomeVerdict) {
        let tested = KeyTested {
            label: LABEL.to_owned(),
            credential_id: key.credential_id.clone(),
            passed: verdict == OutcomeVerdict::Pass,
            checks: vec![
                finding("touch", OutcomeVerdict::Pass),
                finding("latency", verdict),
            ],
            observed: None,
        };
        self.write(day, Event::KeyTested(tested), None).await;
    }

    /// Whether the key is to be checked on that day.
    #[track_caller]
    fn key_check(&self, day: u64) -> Duty {
        let wanted = Terms {
            tenant: Some(golden::TENANT.to_owned()),
            accounts: Vec::new(),
            ..terms()
        };
        let overview = self.on(day, &wanted);
        overview.duty(DutyKind::KeyCheck, LABEL).unwrap().clone()
    }
}

#[tokio::test]
async fn a_test_that_a_key_failed_is_told_until_one_passes() {
    let mut world = World::new().await;
    let mut key = world.enroll(0).await;
    assert_eq!(world.key_check(1).state, DutyState::Done);
    world.test(1, &key, OutcomeVerdict::Fail).await;
    let duty = world.key_check(1);
    assert_eq!((duty.state, duty.last), (DutyState::Failed, Some(on(0))));
    assert_eq!(duty.why.as_deref(), Some("latency"));
    assert_eq!(duty.command, "halligan key test --key BG1-A");
    // That it signs says nothing of what the test found.
    world.check(2, &mut key).await;
    let duty = world.key_check(2);
    assert_eq!((duty.state, duty.last), (DutyState::Failed, Some(on(2))));
    world.test(3, &key, OutcomeVerdict::Unknown).await;
    let duty = world.key_check(3);
    assert_eq!(duty.state, DutyState::Unknown);
    assert_eq!(duty.why.as_deref(), Some("latency"));
    world.test(4, &key, OutcomeVerdict::Pass).await;
    let duty = world.key_check(4);
    assert_eq!((duty.state, duty.why), (DutyState::Done, None));
    assert_eq!(duty.command, "halligan check --key BG1-A");
}

#[tokio::test]
async fn a_key_that_failed_a_test_and_is_late_is_told_as_failed() {
    let mut world = World::new().await;
    let key = world.enroll(0).await;
    assert_eq!(world.key_check(30).state, DutyState::Overdue);
    world.test(30, &key, OutcomeVerdict::Fail).await;
    let duty = world.key_check(30);
    assert_eq!((duty.state, duty.due_at), (DutyState::Failed, Some(on(30))));
    assert_eq!(duty.why.as_deref(), Some("latency"));
}

#[tokio::test]
async fn a_test_that_a_key_passed_is_no_sign_of_life() {
    let mut world = World::new().await;
    let key = world.enroll(0).await;
    world.test(29, &key, OutcomeVerdict::Pass).await;
    let duty = world.key_check(30);
    assert_eq!((duty.state, duty.last), (DutyState::Overdue, Some(on(0))));
}
