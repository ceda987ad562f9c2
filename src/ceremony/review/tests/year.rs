//! A year of four accounts and eight keys in two safes, with a review each quarter. Two things go wrong: in the second quarter
//! somebody signs in whom nobody announced, in the third a key fails its check.

use super::world::{World, account};
use crate::ceremony::review::{Hashes, Incident, IncidentKind, Reviewed, record};
use crate::ledger::OutcomeVerdict;

const QUARTER: u64 = 90;

pub(super) fn hashes(number: u64) -> Hashes {
    Hashes {
        document: format!("{number:064x}"),
        report: format!("{:064x}", number + 100),
    }
}

async fn enrolled() -> World {
    let mut world = World::new().await;
    for owner in 0..4 {
        for (letter, safe) in [("A", "north"), ("B", "south")] {
            let label = format!("EA{owner}-{letter}");
            world.enroll(&label, owner, safe).await;
        }
    }
    world
}

/// Three months: every key is checked each month, every account drilled once, the logs are looked at each month, and by the review.
async fn quarter(world: &mut World, number: u64) {
    for month in 0..3 {
        let begin = (QUARTER * number + 30 * month).saturating_sub(1);
        world.until(QUARTER * number + 30 * month + 29);
        for key in 0..8 {
            let label = format!("EA{}-{}", key / 2, ["A", "B"][key % 2]);
            let fails = (number, month, key) == (2, 1, 5);
            world.check(&label, !fails).await;
        }
        if (number, month) == (1, 0) {
            world.look(begin, &[("stranger", 3, None)]).await;
        } else if month == 1 {
            let mut rows = Vec::new();
            for owner in 0..4 {
                let entry = world.drill(owner, OutcomeVerdict::Pass).await;
                rows.push((format!("drill-{number}-{owner}"), owner, Some(entry)));
            }
            let rows: Vec<_> = rows
                .iter()
                .map(|(id, owner, by)| (id.as_str(), *owner, *by))
                .collect();
            world.look(begin, &rows).await;
        } else {
            world.look(begin, &[]).await;
        }
    }
    world.until(QUARTER * (number + 1));
    world.look(QUARTER * (number + 1) - 1, &[]).await;
}

fn kinds(reviewed: &Reviewed) -> Vec<(IncidentKind, &str)> {
    let of = |one: &Incident| one.kind;
    let incidents = reviewed.incidents.iter();
    incidents
        .map(|one| (of(one), one.subject.as_str()))
        .collect()
}

#[tokio::test]
async fn each_quarter_finds_its_incidents_and_nothing_else() {
    let mut world = enrolled().await;
    let mut found = Vec::new();
    for number in 0..4 {
        quarter(&mut world, number).await;
        let reviewed = world.review(&[], 1);
        assert_eq!(reviewed.counts["keys_checked"], 24);
        assert_eq!(reviewed.counts["drills"], 4);
        assert_eq!(
            reviewed.counts["keys_enrolled"],
            if number == 0 { 8 } else { 0 }
        );
        let logs = reviewed.findings.iter().find(|one| one.part == "monitor");
        assert_eq!(
            logs.unwrap().outcome.verdict,
            OutcomeVerdict::Pass,
            "{logs:?}"
        );
        record(&reviewed, hashes(number), &mut world.ledger)
            .await
            .unwrap();
        found.push(reviewed);
    }
    assert_eq!(kinds(&found[0]), []);
    assert_eq!(kinds(&found[1]), [(IncidentKind::Unexplained, "stranger")]);
    assert_eq!(kinds(&found[2]), [(IncidentKind::KeyFailed, "EA2-B")]);
    assert_eq!(kinds(&found[3]), []);
    let stranger = &found[1].incidents[0];
    assert!(stranger.what.starts_with(&account(3).upn), "{stranger:?}");
    let compared = found[2].compared_with.as_ref().unwrap();
    let happened = |line: &String| line.starts_with("incident: ");
    assert!(!compared.gone.iter().any(happened), "{compared:?}");
    assert!(compared.appeared.iter().any(happened), "{compared:?}");
    assert_eq!(
        (
            compared.counts["incidents"].then,
            compared.counts["incidents"].now
        ),
        (1, 1)
    );
    assert!(compared.still.contains(&"two-accounts".to_owned()));
}

#[tokio::test]
async fn keys_and_safes_are_told_as_they_are() {
    let mut world = enrolled().await;
    quarter(&mut world, 0).await;
    world.until(130);
    let reviewed = world.review(&[], 1);
    let key = &reviewed.keys[0];
    assert_eq!((key.label.as_str(), key.signs.len()), ("EA0-A", 4));
    assert_eq!((key.last_days_ago, key.longest_gap_days), (Some(41), 41));
    assert!(key.is_late);
    assert_eq!(reviewed.coverage.places, ["north", "south"]);
    let row = &reviewed.coverage.rows[1];
    assert_eq!(row.cells, [["EA1-A"], ["EA1-B"]]);
    let [same_model] = &row.warnings[..] else {
        panic!("{:?}", row.warnings)
    };
    assert!(same_model.starts_with("all keys are of the model"));
    let uses: Vec<_> = reviewed.uses.iter().map(|one| one.kind).collect();
    assert_eq!(uses, [crate::ceremony::review::UseKind::Drill; 4]);
    let gaps = reviewed.findings.iter().filter(|one| one.part == "monitor");
    let gaps: Vec<_> = gaps.map(|one| one.outcome.verdict).collect();
    assert_eq!(gaps, [OutcomeVerdict::Unknown]);
}

#[tokio::test]
async fn what_was_unexplained_stays_so_until_a_look_explains_it() {
    let mut world = World::new().await;
    world.until(1);
    world.look(0, &[("one", 0, None), ("two", 1, None)]).await;
    world.until(2);
    world.look(1, &[]).await;
    assert_eq!(world.review(&[], 1).incidents.len(), 2);
    world.until(3);
    world.look(1, &[("two", 1, Some(0))]).await;
    let reviewed = world.review(&[], 1);
    assert_eq!(kinds(&reviewed), [(IncidentKind::Unexplained, "one")]);
    record(&reviewed, hashes(0), &mut world.ledger)
        .await
        .unwrap();
    world.until(4);
    world.look(3, &[("one", 0, None)]).await;
    assert_eq!(
        kinds(&world.review(&[], 1)),
        [],
        "it was told of at the last review"
    );
}

#[tokio::test]
async fn a_review_that_too_few_signed_is_a_finding_of_the_next() {
    let mut world = World::new().await;
    world.until(1);
    world.look(0, &[]).await;
    let first = world.review(&[], 2);
    assert!(first.findings.iter().all(|one| one.part != "review"));
    record(&first, hashes(0), &mut world.ledger).await.unwrap();
    let next = world.review(&[], 2);
    let line = next
        .findings
        .iter()
        .find(|one| one.part == "review")
        .unwrap();
    assert_eq!(line.outcome.verdict, OutcomeVerdict::Fail);
    assert_eq!(
        line.outcome.why.as_deref(),
        Some("0 of 2 reviewers have signed it")
    );
}
