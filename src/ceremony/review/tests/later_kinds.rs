//! Entries of a later version, whose kinds this one does not know: what they say stays unknown, whoever was told of them.

use serde_json::Map;

use super::lines::ledger;
use super::world::World;
use super::year::hashes;
use crate::ceremony::review::record;
use crate::ledger::{Draft, OutcomeVerdict};

impl World {
    /// A station of a later version writes.
    async fn by_a_later_version(&mut self) -> u64 {
        let draft = Draft {
            kind: "key.sung_to".parse().unwrap(),
            ceremony: None,
            body: Map::new(),
            proof: None,
        };
        self.ledger.append(draft).await.unwrap().index
    }

    #[track_caller]
    fn is_not_wholly_understood(&self, index: u64) {
        let reviewed = self.review(&[], 1);
        let (verdict, why) = ledger(&reviewed);
        assert_eq!(verdict, OutcomeVerdict::Unknown, "{why}");
        assert!(why.contains("key.sung_to"), "{why}");
        assert!(why.contains(&format!("entry {index} ")), "{why}");
        assert!(!reviewed.passed);
    }
}

#[tokio::test]
async fn what_a_later_version_wrote_is_unknown_to_every_review() {
    let mut world = World::new().await;
    world.enroll("EA0-A", 0, "north").await;
    assert_eq!(ledger(&world.review(&[], 1)).0, OutcomeVerdict::Pass);
    let index = world.by_a_later_version().await;
    world.is_not_wholly_understood(index);
    for number in 0..2 {
        let held = world.review(&[], 1);
        record(&held, hashes(number), &mut world.ledger)
            .await
            .unwrap();
        world.is_not_wholly_understood(index);
    }
}

#[tokio::test]
async fn what_a_later_version_wrote_to_a_branch_is_unknown_too() {
    let mut world = World::new().await;
    world.enroll("EA0-A", 0, "north").await;
    let ledger = world.branch().await;
    world.by_a_later_version().await;
    world.merge(ledger).await;
    // The entry that brought it in.
    let index = world.ledger.head().unwrap().index;
    world.is_not_wholly_understood(index);
}
