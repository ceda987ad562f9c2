//! Duties by ledgers that are written on days of our choice, and looked at on others.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use uuid::Uuid;

use super::{Duty, DutyKind, DutyState, LedgerOverview, Overview, Schedule, StoredMetadata, Terms};
use crate::env::{Env, ManualClock, SeededRng};
use crate::ledger::{
    Account, AlertReceived, CeremonyUndone, Draft, DrillCompleted, DrillIntended, Event, Ledger,
    Log, LogEvent, Outcome, OutcomeVerdict, Period, ReviewHeld, Station, TenantAudited,
    TenantMonitored, Unread,
};

const TENANT: &str = "11111111-2222-4333-8444-555555555555";
const OTHER: &str = "99999999-2222-4333-8444-555555555555";
const UPN: &str = "ea-1@contoso.onmicrosoft.com";

/// A ledger that begins on day 0, and a clock that somebody puts forward.
struct World {
    ledger: Ledger,
    clock: Arc<ManualClock>,
    day: u64,
    next: u128,
    _folder: TempDir,
}

fn on(day: u64) -> Timestamp {
    let begin: Timestamp = "2026-01-01T12:00:00Z".parse().unwrap();
    begin + SignedDuration::from_hours(24 * i64::try_from(day).unwrap())
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(on(0)));
        let env = Env::new(clock.clone(), Arc::new(SeededRng::new(7)));
        let station = Station::from_seed("watch".parse().unwrap(), &[7; 32]);
        let place = folder.path().join("ledger");
        let place = place.to_str().unwrap();
        Self {
            ledger: Ledger::open(place, &station, env).await.unwrap(),
            clock,
            day: 0,
            next: 1,
            _folder: folder,
        }
    }

    async fn write(&mut self, day: u64, event: Event, ceremony: Option<Uuid>) {
        let hours = 24 * day.checked_sub(self.day).unwrap();
        self.clock.advance(Duration::from_secs(3600 * hours));
        self.day = day;
        let draft = Draft::new(&event, ceremony);
        self.ledger.append(draft).await.unwrap();
    }

    /// A drill on that day; the ceremony.
    async fn drill(&mut self, day: u64, verdict: Option<OutcomeVerdict>) -> Uuid {
        let ceremony = self.intend(day).await;
        let completed = DrillCompleted {
            label: "drill".to_owned(),
            passed: verdict.is_none(),
            findings: verdict
                .map(|verdict| finding("log", verdict))
                .into_iter()
                .collect(),
            signed_in_at: None,
            log: None,
        };
        self.write(day, Event::DrillCompleted(completed), Some(ceremony))
            .await;
        ceremony
    }

    async fn intend(&mut self, day: u64) -> Uuid {
        let ceremony = Uuid::from_u128(self.next);
        self.next += 1;
        let intended = DrillIntended {
            label: "drill".to_owned(),
            tenant: TENANT.to_owned(),
            account: account(),
            key: None,
            by: vec!["Alice".to_owned()],
            reason: None,
            expected_policies: Vec::new(),
        };
        self.write(day, Event::DrillIntended(intended), Some(ceremony))
            .await;
        ceremony
    }

    /// A look at these days, with so many rows that nothing explains.
    async fn look(&mut self, days: (u64, u64), unexplained: &[&str], unread: Option<&str>) {
        let period = Period {
            from: on(days.0).to_string(),
            until: on(days.1).to_string(),
        };
        let row = |id: &&str| LogEvent {
            log: Log::SignIns,
            id: (*id).to_owned(),
            time: period.from.clone(),
            activity: "Azure Portal".to_owned(),
            account: None,
            result: None,
            explained_by: None,
            alike: None,
        };
        let monitored = TenantMonitored {
            tenant: TENANT.to_owned(),
            accounts: vec![account()],
            period: period.clone(),
            unread: unread
                .map(|why| Unread {
                    log: Log::SignIns,
                    period: period.clone(),
                    why: why.to_owned(),
                })
                .into_iter()
                .collect(),
            events: unexplained.iter().map(row).collect(),
            omitted: 0,
            seen: Vec::new(),
            unexplained: u32::try_from(unexplained.len()).unwrap(),
            evidence: "00".repeat(32),
        };
        self.write(days.1, Event::TenantMonitored(monitored), None)
            .await;
    }

    async fn audit(&mut self, day: u64, tenant: &str, failed: &[&str], unknown: &[&str]) {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let audited = TenantAudited {
            tenant: tenant.to_owned(),
            taken_at: on(day).to_string(),
            snapshot: "00".repeat(32),
            passed: failed.is_empty() && unknown.is_empty(),
            fail_on: None,
            counts: BTreeMap::new(),
            failed: texts(failed),
            unknown: texts(unknown),
        };
        self.write(day, Event::TenantAudited(audited), None).await;
    }

    async fn review(&mut self, day: u64) {
        let review = ReviewHeld {
            tenant: TENANT.to_owned(),
            period: Period {
                from: on(0).to_string(),
                until: on(day).to_string(),
            },
            head: None,
            by: vec!["Alice".to_owned()],
            passed: true,
            findings: Vec::new(),
            answers: Vec::new(),
            counts: BTreeMap::new(),
            document: "00".repeat(32),
            report: "00".repeat(32),
            compared_with: None,
        };
        self.write(day, Event::ReviewHeld(Box::new(review)), None)
            .await;
    }

    /// How it stands on that day.
    fn on(&self, day: u64, terms: &Terms) -> Overview {
        let state = self.ledger.state();
        let ledger = LedgerOverview {
            location: "ledger".to_owned(),
            entries: state.next_index(),
            head: state.head(),
            written_at: state.last_time(),
            warnings: 0,
        };
        Overview::of(self.ledger.entries(), state, ledger, terms, on(day))
    }

    /// The one duty of this kind on that day.
    fn duty(&self, kind: DutyKind, day: u64) -> Option<Duty> {
        let overview = self.on(day, &terms());
        let duties: Vec<Duty> = overview.of_kind(kind).cloned().collect();
        assert!(duties.len() < 2, "{duties:?}");
        duties.into_iter().next()
    }

    #[track_caller]
    fn state(&self, kind: DutyKind, day: u64) -> DutyState {
        self.duty(kind, day).unwrap().state
    }
}

fn account() -> Account {
    Account {
        id: "user-1".to_owned(),
        upn: UPN.to_owned(),
    }
}

fn finding(subject: &str, verdict: OutcomeVerdict) -> Outcome {
    Outcome {
        subject: subject.to_owned(),
        verdict,
        why: Some("because".to_owned()),
    }
}

fn terms() -> Terms {
    Terms {
        schedule: Schedule::default(),
        tenant: Some(TENANT.to_owned()),
        accounts: vec!["ea-1".to_owned()],
        keys_per_account: 2,
        metadata: Ok(None),
        within: None,
    }
}

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

#[tokio::test]
async fn an_audit_counts_for_its_tenant_and_tells_what_it_found() {
    let mut world = World::new().await;
    world.audit(0, OTHER, &[], &[]).await;
    assert_eq!(world.state(DutyKind::Audit, 0), DutyState::Never);
    world.audit(1, TENANT, &["HG-105"], &["HG-104"]).await;
    let failed = world.duty(DutyKind::Audit, 1).unwrap();
    assert_eq!(
        (failed.state, failed.why.as_deref()),
        (DutyState::Failed, Some("HG-105"))
    );
    world.audit(2, TENANT, &[], &["HG-104"]).await;
    assert_eq!(world.state(DutyKind::Audit, 2), DutyState::Unknown);
    world.audit(3, TENANT, &[], &[]).await;
    assert_eq!(world.state(DutyKind::Audit, 3), DutyState::Done);
    assert_eq!(world.state(DutyKind::Audit, 9), DutyState::DueSoon);
    assert_eq!(world.state(DutyKind::Audit, 10), DutyState::Overdue);
    // The configuration may name the tenant by a domain, the audit never does.
    let by_domain = Terms {
        tenant: Some("contoso.onmicrosoft.com".to_owned()),
        ..terms()
    };
    let overview = world.on(3, &by_domain);
    let audit = overview.of_kind(DutyKind::Audit).next().unwrap();
    assert_eq!(audit.state, DutyState::Done);
}

#[tokio::test]
async fn what_nobody_explained_stays_until_it_is_looked_at_again_or_reviewed() {
    let mut world = World::new().await;
    world.look((0, 1), &["row-1", "row-2"], None).await;
    world.look((1, 2), &[], None).await;
    let found = world.duty(DutyKind::Unexplained, 2).unwrap();
    assert_eq!(found.state, DutyState::Failed);
    assert_eq!(world.on(2, &terms()).unexplained, 2);
    assert_eq!(world.state(DutyKind::Monitor, 2), DutyState::Done);
    // The same row in a longer look is one row, and what that look explains is explained.
    world.look((0, 3), &["row-2"], None).await;
    assert_eq!(world.on(3, &terms()).unexplained, 1);
    world.review(4).await;
    assert_eq!(world.state(DutyKind::Unexplained, 4), DutyState::Done);
}

#[tokio::test]
async fn a_log_that_could_not_be_read_is_unknown_and_a_look_at_some_accounts_none() {
    let mut world = World::new().await;
    world.drill(0, None).await;
    world.look((0, 1), &[], Some("no licence")).await;
    let duty = world.duty(DutyKind::Monitor, 1).unwrap();
    assert_eq!(duty.state, DutyState::Unknown);
    assert_eq!(duty.why.as_deref(), Some("not all was read: no licence"));
    world.look((1, 2), &[], None).await;
    assert_eq!(world.state(DutyKind::Monitor, 2), DutyState::Done);
    assert_eq!(world.state(DutyKind::Monitor, 3), DutyState::Overdue);
    let monitored = TenantMonitored {
        tenant: TENANT.to_owned(),
        accounts: Vec::new(),
        period: Period {
            from: on(2).to_string(),
            until: on(3).to_string(),
        },
        unread: Vec::new(),
        events: Vec::new(),
        omitted: 0,
        seen: Vec::new(),
        unexplained: 0,
        evidence: "00".repeat(32),
    };
    world
        .write(3, Event::TenantMonitored(monitored), None)
        .await;
    assert_eq!(world.state(DutyKind::Monitor, 3), DutyState::Overdue);
}

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
async fn what_is_dated_in_the_future_counts_for_nothing() {
    let mut world = World::new().await;
    world.drill(50, None).await;
    assert_eq!(world.state(DutyKind::Drill, 49), DutyState::Unknown);
    assert!(!world.on(49, &terms()).is_healthy());
}

#[tokio::test]
async fn an_account_without_keys_is_told_and_the_most_urgent_comes_first() {
    let mut world = World::new().await;
    world.drill(0, None).await;
    let overview = world.on(100, &terms());
    let keys = overview.duty(DutyKind::Keys, "ea-1").unwrap();
    assert_eq!(keys.why.as_deref(), Some("0 of 2 keys in service"));
    let states: Vec<DutyState> = overview.duties.iter().map(|duty| duty.state).collect();
    assert!(states.is_sorted(), "{states:?}");
    assert_eq!(states[0], DutyState::Failed);
}

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
    assert_eq!(kinds, [DutyKind::Keys]);
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
