//! Single lines of a review, each where it would be easy to say that all is well.

use jiff::{SignedDuration, Timestamp};

use super::world::{TENANT, World, account, on};
use super::year::hashes;
use crate::ceremony::review::{Answered, IncidentKind, Reviewed, last_review, record};
use crate::ledger::{
    AlertReceived, Event, KeyRetired, OutcomeVerdict, RetireIntended, RetireMethodRemoved,
    RetireReason, StationRevoked,
};

const OTHER: &str = "99999999-2222-4333-8444-555555555555";

fn item<'a>(reviewed: &'a Reviewed, id: &str) -> &'a Answered {
    let mut items = reviewed.checklist.iter();
    items.find(|one| one.id == id).unwrap()
}

fn verdict(reviewed: &Reviewed, id: &str) -> OutcomeVerdict {
    item(reviewed, id).outcome.verdict
}

pub(super) fn ledger(reviewed: &Reviewed) -> (OutcomeVerdict, String) {
    let mut lines = reviewed.findings.iter();
    let line = lines.find(|one| one.part == "ledger").unwrap();
    (line.outcome.verdict, line.outcome.why.clone().unwrap())
}

impl World {
    /// Somebody says that the alert about the drill came that began with this entry.
    async fn alerted(&mut self, drill: u64) {
        let at = usize::try_from(drill).unwrap();
        let ceremony = self.ledger.entries()[at].ceremony;
        let alert = Event::AlertReceived(AlertReceived {
            drill: ceremony.unwrap(),
            received_at: on(0).to_string(),
            delay: 60,
            channel: "mail".to_owned(),
            by: "Ada".to_owned(),
        });
        self.write(alert, None).await;
    }

    async fn retire(&mut self, label: &str, reason: RetireReason) {
        let ceremony = Some(uuid::Uuid::from_u128(
            77_000 + u128::from(self.ledger.state().next_index()),
        ));
        let key = self
            .ledger
            .state()
            .key_by_label(label)
            .unwrap()
            .enrolled
            .clone();
        let intended = RetireIntended {
            label: label.to_owned(),
            credential_id: key.credential_id.clone(),
            account: key.account,
            method_id: key.method_id.clone(),
            reason,
            delete_credential: false,
            keys_left: 1,
            forced: false,
        };
        self.write(Event::RetireIntended(intended), ceremony).await;
        let removed = RetireMethodRemoved {
            label: label.to_owned(),
            method_id: key.method_id,
        };
        self.write(Event::RetireMethodRemoved(removed), ceremony)
            .await;
        let retired = KeyRetired {
            label: label.to_owned(),
            credential_id: key.credential_id,
            reason,
        };
        self.write(Event::KeyRetired(retired), ceremony).await;
    }
}

async fn two_keys() -> World {
    let mut world = World::new().await;
    world.enroll("EA0-A", 0, "north").await;
    world.enroll("EA0-B", 0, "south").await;
    world
}

#[tokio::test]
async fn what_is_dated_in_the_future_counts_for_nothing_and_is_told() {
    let mut world = two_keys().await;
    world.until(200);
    for label in ["EA0-A", "EA0-B"] {
        world.check(label, true).await;
    }
    world.drill(0, OutcomeVerdict::Pass).await;
    let ahead = world.review(&[], 1);
    assert_eq!(ledger(&ahead).0, OutcomeVerdict::Pass);
    record(&ahead, hashes(0), &mut world.ledger).await.unwrap();
    let reviewed = world.review_on(100, &[], 1);
    let (verdict_of_ledger, why) = ledger(&reviewed);
    assert_eq!(verdict_of_ledger, OutcomeVerdict::Unknown);
    assert!(why.contains("which is in the future"), "{why}");
    assert!(reviewed.keys.iter().all(|key| key.is_late));
    assert_eq!(reviewed.keys[0].last_days_ago, Some(100));
    assert_eq!(verdict(&reviewed, "drills"), OutcomeVerdict::Fail);
    let regular = &item(&reviewed, "validated").evidence[0];
    assert_eq!(regular.verdict, OutcomeVerdict::Unknown);
    assert_eq!(
        reviewed.from,
        on(0),
        "nothing is hidden by the other's date"
    );
}

#[tokio::test]
async fn a_key_is_late_at_the_moment_at_which_it_is_due() {
    let mut world = two_keys().await;
    world.until(29);
    assert!(world.review(&[], 1).keys.iter().all(|key| !key.is_late));
    world.until(30);
    assert!(world.review(&[], 1).keys.iter().all(|key| key.is_late));
}

#[tokio::test]
async fn the_first_review_is_late_too() {
    let mut world = two_keys().await;
    world.until(89);
    let regular = |world: &World| item(&world.review(&[], 1), "validated").evidence[0].verdict;
    assert_eq!(regular(&world), OutcomeVerdict::Pass);
    world.until(90);
    assert_eq!(regular(&world), OutcomeVerdict::Fail);
}

#[tokio::test]
async fn drills_are_wanted_as_often_as_the_schedule_says() {
    let mut world = two_keys().await;
    world.drill(0, OutcomeVerdict::Pass).await;
    world.until(60);
    assert_eq!(
        verdict(&world.review(&[], 1), "drills"),
        OutcomeVerdict::Pass
    );
    world.terms.drill = "30 days".parse().unwrap();
    assert_eq!(
        verdict(&world.review(&[], 1), "drills"),
        OutcomeVerdict::Fail
    );
}

#[tokio::test]
async fn an_alert_counts_for_its_account_and_for_its_time() {
    let mut world = two_keys().await;
    world.enroll("EA1-A", 1, "north").await;
    let drill = world.drill(0, OutcomeVerdict::Pass).await;
    world.alerted(drill).await;
    let reviewed = world.review(&[], 1);
    let alerts = item(&reviewed, "alerts");
    assert_eq!(alerts.outcome.verdict, OutcomeVerdict::Unknown);
    let why = alerts.outcome.why.as_deref().unwrap();
    assert_eq!(
        why,
        format!("alerts: no drill of {} has raised one", account(1).upn)
    );
    let drill = world.drill(1, OutcomeVerdict::Pass).await;
    assert_eq!(
        verdict(&world.review(&[], 1), "alerts"),
        OutcomeVerdict::Unknown
    );
    world.alerted(drill).await;
    assert_eq!(
        verdict(&world.review(&[], 1), "alerts"),
        OutcomeVerdict::Pass
    );
    world.until(90);
    assert_eq!(
        verdict(&world.review(&[], 1), "alerts"),
        OutcomeVerdict::Unknown
    );
}

#[tokio::test]
async fn another_tenants_ledger_is_not_this_ones() {
    let mut world = World::new().await;
    world.tenant = OTHER;
    world.enroll("EA0-A", 0, "north").await;
    world.drill(0, OutcomeVerdict::Fail).await;
    world.check("EA0-A", false).await;
    world.look(0, &[("stranger", 0, None)]).await;
    let theirs = world.review(&[], 1);
    assert!(theirs.keys.is_empty() && theirs.coverage.rows.is_empty());
    assert!(theirs.incidents.is_empty() && theirs.uses.is_empty());
    let kinds: Vec<_> = theirs.happenings.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, ["stations_joined"]);
    assert_eq!(verdict(&theirs, "drills"), OutcomeVerdict::Fail);
    record(&theirs, hashes(0), &mut world.ledger).await.unwrap();
    let last = |tenant| last_review(world.ledger.entries(), world.ledger.state(), tenant);
    assert!(last(Some(OTHER)).is_none());
    assert!(last(Some(TENANT)).is_some() && last(None).is_some());
}

#[tokio::test]
async fn what_verifying_remarks_on_is_told_once() {
    let mut world = two_keys().await;
    let place = world.ledger_place().join("entries/notes.txt");
    std::fs::write(&place, "by hand").unwrap();
    world.ledger.refresh().await.unwrap();
    let (verdict, why) = ledger(&world.review(&[], 1));
    assert_eq!(verdict, OutcomeVerdict::Unknown);
    assert!(why.contains("notes.txt"), "{why}");
    std::fs::remove_file(place).unwrap();

    let mut world = two_keys().await;
    world.until(10);
    world.drill(0, OutcomeVerdict::Pass).await;
    world.by_a_clock_of(5).await;
    world.until(20);
    let first = world.review(&[], 1);
    let (verdict, why) = ledger(&first);
    assert_eq!(verdict, OutcomeVerdict::Unknown);
    let before: Timestamp = on(10);
    assert!(why.contains(&before.to_string()), "{why}");
    record(&first, hashes(0), &mut world.ledger).await.unwrap();
    let (verdict, _) = ledger(&world.review(&[], 1));
    assert_eq!(verdict, OutcomeVerdict::Pass, "the last review told of it");
}

#[tokio::test]
async fn a_lost_key_and_a_revoked_station_are_incidents_with_their_reasons() {
    let mut world = two_keys().await;
    let ledger = world.branch().await;
    world.drill(0, OutcomeVerdict::Pass).await;
    world.merge(ledger).await;
    world.retire("EA0-A", RetireReason::Rotated).await;
    world.retire("EA0-B", RetireReason::Lost).await;
    let revoked = StationRevoked {
        name: "branch".parse().unwrap(),
        reason: "the laptop was stolen".to_owned(),
    };
    world.write(Event::StationRevoked(revoked), None).await;
    let reviewed = world.review(&[], 1);
    let found: Vec<_> = reviewed
        .incidents
        .iter()
        .map(|one| (one.kind, one.subject.as_str(), one.what.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (
                IncidentKind::KeyLost,
                "EA0-B",
                "taken out of service as lost"
            ),
            (
                IncidentKind::StationRevoked,
                "branch",
                "the laptop was stolen"
            ),
        ]
    );
    let happened = |kind: &str| -> Vec<&str> {
        let those = reviewed.happenings.iter().filter(|one| one.kind == kind);
        those.map(|one| one.what.as_str()).collect()
    };
    assert_eq!(happened("keys_retired"), ["EA0-A: rotated", "EA0-B: lost"]);
    assert_eq!(
        happened("stations_revoked"),
        ["branch: the laptop was stolen"]
    );
}

#[tokio::test]
async fn where_nobody_knows_where_keys_lie_nothing_is_well() {
    let mut world = World::new().await;
    world.enroll("EA0-A", 0, "north").await;
    world.enroll_anywhere("EA0-B", 0).await;
    let reviewed = world.review(&[], 1);
    let row = &reviewed.coverage.rows[0];
    assert_eq!(row.doubts, ["nobody said where EA0-B lie"]);
    assert_eq!(verdict(&reviewed, "places"), OutcomeVerdict::Unknown);
}

#[tokio::test]
async fn what_others_write_while_a_review_is_held_is_not_in_the_future() {
    let mut world = two_keys().await;
    world.until(1);
    world.check("EA0-A", true).await;
    let begun = on(1) - SignedDuration::from_mins(20);
    let reviewed = world.review_by((begun, on(1)), &[], 1);
    assert_eq!(ledger(&reviewed).0, OutcomeVerdict::Pass);
    assert_eq!(reviewed.until, begun);
    let by_a_clock_behind = world.review_by((begun, begun), &[], 1);
    assert_eq!(ledger(&by_a_clock_behind).0, OutcomeVerdict::Unknown);
}

#[tokio::test]
async fn a_test_that_a_key_failed_is_an_incident_and_is_counted() {
    let mut world = two_keys().await;
    world.fails_a_test("EA0-A").await;
    let reviewed = world.review(&[], 1);
    let [incident] = &reviewed.incidents[..] else {
        panic!("{:?}", reviewed.incidents)
    };
    assert_eq!(
        (
            incident.kind,
            incident.subject.as_str(),
            incident.what.as_str()
        ),
        (IncidentKind::KeyFailed, "EA0-A", "latency")
    );
    assert_eq!(reviewed.counts["keys_tested"], 1);
    // Another tenant's review does not tell of it.
    let mut theirs = World::new().await;
    theirs.tenant = OTHER;
    theirs.enroll("EA0-A", 0, "north").await;
    theirs.fails_a_test("EA0-A").await;
    let reviewed = theirs.review(&[], 1);
    assert!(reviewed.incidents.is_empty());
    assert_eq!(reviewed.counts["keys_tested"], 0);
}

#[tokio::test]
async fn only_a_ceremony_of_this_tenant_is_open_in_its_review() {
    let ceremonies = |reviewed: &Reviewed| -> Vec<(OutcomeVerdict, Option<String>)> {
        let lines = reviewed
            .findings
            .iter()
            .filter(|one| one.part == "ceremony");
        lines
            .map(|one| (one.outcome.verdict, one.remedy.clone()))
            .collect()
    };
    let mut world = World::new().await;
    world.tenant = OTHER;
    world.begin_drill("-theirs", 0).await;
    let found = ceremonies(&world.review(&[], 1));
    assert_eq!(found, [(OutcomeVerdict::Pass, None)]);
    world.tenant = TENANT;
    world.begin_drill("-ours", 1).await;
    let remedy = Some("halligan resume -- -ours".to_owned());
    let found = ceremonies(&world.review(&[], 1));
    assert_eq!(found, [(OutcomeVerdict::Fail, remedy)]);
}

#[tokio::test]
async fn what_a_branch_dates_in_the_future_is_told_too() {
    let mut world = two_keys().await;
    let ledger = world.branch().await;
    world.until(200);
    world.drill(0, OutcomeVerdict::Pass).await;
    world.merge(ledger).await;
    let (verdict, why) = ledger_of(&world, 100);
    assert_eq!(verdict, OutcomeVerdict::Unknown);
    // The entries that brought them in say so, and what they brought in says so itself.
    let said = why.matches("which is in the future").count();
    let merged = world
        .ledger
        .entries()
        .iter()
        .filter(|one| one.time == on(200));
    assert!(said > merged.count(), "{why}");
}

fn ledger_of(world: &World, day: u64) -> (OutcomeVerdict, String) {
    ledger(&world.review_on(day, &[], 1))
}

#[tokio::test]
async fn an_alert_from_the_future_has_not_come() {
    let mut world = two_keys().await;
    let drill = world.drill(0, OutcomeVerdict::Pass).await;
    world.until(200);
    world.alerted(drill).await;
    let reviewed = world.review_on(1, &[], 1);
    assert_eq!(verdict(&reviewed, "alerts"), OutcomeVerdict::Unknown);
}
