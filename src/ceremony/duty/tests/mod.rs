//! Duties by ledgers that are written on days of our choice, and looked at on others.

mod accounts;
mod audits;
mod branches;
mod dates;
mod drills;
mod keys;
mod looks;
mod reviews;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use uuid::Uuid;

use super::{Duty, DutyKind, DutyState, LedgerOverview, Overview, Schedule, StoredMetadata, Terms};
use crate::env::{Env, ManualClock, SeededRng};
use crate::ledger::{
    Account, AlertReceived, Alike, Answer, CeremonyUndone, Draft, DrillCompleted, DrillIntended,
    Event, Ledger, Log, LogEvent, Outcome, OutcomeVerdict, Period, ReviewHeld, Station,
    TenantAudited, TenantMonitored, Unread, Warning,
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

    fn until(&mut self, day: u64) {
        let hours = 24 * day.checked_sub(self.day).unwrap();
        self.clock.advance(Duration::from_secs(3600 * hours));
        self.day = day;
    }

    async fn write(&mut self, day: u64, event: Event, ceremony: Option<Uuid>) {
        self.until(day);
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
        let intended = intended();
        self.write(day, Event::DrillIntended(intended), Some(ceremony))
            .await;
        ceremony
    }

    /// A look at these days, recorded at their end, with rows that nothing explains.
    async fn look(&mut self, days: (u64, u64), unexplained: &[&str], unread: Option<&str>) {
        let mut look = seen(days);
        look.events = unexplained.iter().map(|id| row(id, days.0, None)).collect();
        look.unexplained = u32::try_from(unexplained.len()).unwrap();
        look.unread = unread.map(|why| missing(days, why)).into_iter().collect();
        self.monitored(days.1, look).await;
    }

    async fn monitored(&mut self, day: u64, look: TenantMonitored) {
        self.write(day, Event::TenantMonitored(look), None).await;
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
        self.held(day, review(day)).await;
    }

    /// A review by people who had read the whole ledger, if it does not say otherwise.
    async fn held(&mut self, day: u64, mut review: ReviewHeld) {
        review.head = review.head.or(self.ledger.head());
        self.write(day, Event::ReviewHeld(Box::new(review)), None)
            .await;
    }

    /// How it stands on that day.
    fn on(&self, day: u64, terms: &Terms) -> Overview {
        let state = self.ledger.state();
        let ledger = LedgerOverview::of("ledger", state, &[]);
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

fn intended() -> DrillIntended {
    DrillIntended {
        label: "drill".to_owned(),
        tenant: TENANT.to_owned(),
        account: account(),
        key: None,
        by: vec!["Alice".to_owned()],
        reason: None,
        expected_policies: Vec::new(),
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
        signatures: 0,
        metadata: Ok(None),
        within: None,
    }
}

/// A look that saw nothing.
fn seen(days: (u64, u64)) -> TenantMonitored {
    TenantMonitored {
        tenant: TENANT.to_owned(),
        accounts: vec![account()],
        period: period(days),
        unread: Vec::new(),
        events: Vec::new(),
        omitted: 0,
        seen: Vec::new(),
        groups: Vec::new(),
        refused_until: None,
        untold: false,
        unexplained: 0,
        evidence: "00".repeat(32),
    }
}

fn period(days: (u64, u64)) -> Period {
    Period {
        from: on(days.0).to_string(),
        until: on(days.1).to_string(),
    }
}

fn missing(days: (u64, u64), why: &str) -> Unread {
    Unread {
        log: Log::SignIns,
        period: period(days),
        why: why.to_owned(),
        of: None,
    }
}

fn row(id: &str, day: u64, explained_by: Option<u64>) -> LogEvent {
    LogEvent {
        log: Log::SignIns,
        id: id.to_owned(),
        time: on(day).to_string(),
        activity: "Azure Portal".to_owned(),
        account: None,
        result: None,
        explained_by,
        correlation_id: None,
        alike: None,
    }
}

/// One that found everything in order, and says that every use was examined.
pub(super) fn review(day: u64) -> ReviewHeld {
    ReviewHeld {
        tenant: TENANT.to_owned(),
        period: period((0, day)),
        head: None,
        by: vec!["Alice".to_owned()],
        passed: true,
        findings: Vec::new(),
        answers: vec![Answer {
            outcome: finding("post-mortem", OutcomeVerdict::Pass),
            by: "Alice".to_owned(),
        }],
        counts: BTreeMap::new(),
        document: "00".repeat(32),
        report: "00".repeat(32),
        compared_with: None,
    }
}
