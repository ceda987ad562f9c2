#![allow(clippy::unwrap_used)]

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

use super::known::{Known, Spans};
use super::who::Who;
use super::*;
use crate::env::Env;
use crate::ledger::{
    self, Draft, DrillCompleted, DrillIntended, Event, Ledger, LogEvent, Period, Station,
    TenantMonitored,
};
use crate::tenant::activity::{Explanation, of_sign_in};
use crate::tenant::read::Unread as NotRead;

const TENANT: &str = "f41ee362-9210-42ef-aac0-a72bb3c5a7bc";
const ACCOUNT: &str = "9fa3ed23-5bb0-4188-ae63-dbb9b845853b";

struct Stage {
    ledger: Ledger,
}

impl Stage {
    async fn new() -> Self {
        let station = Station::from_seed("vault-1".parse().unwrap(), &[7; 32]);
        let ledger = Ledger::open("memory:", &station, Env::system()).await;
        Self {
            ledger: ledger.unwrap(),
        }
    }

    async fn append(&mut self, event: Event, ceremony: Option<Uuid>) {
        self.ledger
            .append(Draft::new(&event, ceremony))
            .await
            .unwrap();
    }

    async fn looked(&mut self, accounts: &[&str], until: Timestamp, unread: bool) {
        let period = || Period {
            from: (until - SignedDuration::from_hours(1)).to_string(),
            until: until.to_string(),
        };
        let unread = unread.then(|| ledger::Unread {
            log: ledger::Log::SignIns,
            period: period(),
            why: "no licence".to_owned(),
        });
        let seen = LogEvent {
            log: ledger::Log::SignIns,
            id: "told".to_owned(),
            time: until.to_string(),
            activity: "x".to_owned(),
            account: None,
            result: None,
            explained_by: None,
            alike: None,
        };
        let look = TenantMonitored {
            tenant: TENANT.to_owned(),
            accounts: accounts.iter().map(|id| account(id)).collect(),
            period: period(),
            unread: unread.into_iter().collect(),
            events: vec![seen],
            omitted: 1,
            seen: vec!["seen".to_owned()],
            unexplained: 0,
            evidence: "00".repeat(32),
        };
        self.append(Event::TenantMonitored(look), None).await;
    }

    fn known(&self, request: &Request) -> Known {
        Known::new(
            self.ledger.entries(),
            self.ledger.state(),
            &who(Ok(true)),
            request,
        )
    }
}

fn account(id: &str) -> Account {
    Account {
        id: id.to_owned(),
        upn: "bg1@contoso.example".to_owned(),
    }
}

fn who(has_p1: crate::tenant::read::Read<bool>) -> Who {
    Who {
        tenant: TENANT.to_owned(),
        accounts: vec![account(ACCOUNT)],
        group: None,
        has_p1,
        unread: Vec::new(),
        unknown: Vec::new(),
    }
}

fn request(since: Option<Timestamp>) -> Request {
    Request {
        tenant: TENANT.to_owned(),
        accounts: Vec::new(),
        accounts_of_ledger: true,
        group: None,
        since,
        drill_application: None,
        told: HashSet::new(),
    }
}

fn sign_in(at: Timestamp) -> crate::tenant::activity::Event {
    let row = json!({"id": "1", "userId": ACCOUNT, "createdDateTime": at.to_string(), "isInteractive": true,
        "status": {"errorCode": 0},
        "authenticationDetails": [{"authenticationMethod": "Passkey (device-bound)", "succeeded": true}]});
    let row = serde_json::from_value(row).unwrap();
    of_sign_in(&row, &who(Ok(true)).watched()).unwrap()
}

#[tokio::test]
async fn a_drill_explains_from_its_announcement_to_its_end() {
    let mut stage = Stage::new().await;
    let now = Env::system().now();
    let hour = SignedDuration::from_hours(1);
    let explains = |stage: &Stage, at: Timestamp| {
        let explanation = stage
            .known(&request(None))
            .announced
            .of_sign_in(&sign_in(at));
        matches!(explanation, Explanation::By { what, .. } if what == "drill D1")
    };
    assert!(!explains(&stage, now));
    let ceremony = Some(Uuid::from_u128(1));
    let intent = DrillIntended {
        label: "D1".to_owned(),
        tenant: TENANT.to_owned(),
        account: account(ACCOUNT),
        key: None,
        by: Vec::new(),
        reason: None,
        expected_policies: Vec::new(),
    };
    stage.append(Event::DrillIntended(intent), ceremony).await;
    assert!(explains(&stage, now) && explains(&stage, now + hour));
    assert!(!explains(&stage, now + hour * 2) && !explains(&stage, now - hour));
    let completed = DrillCompleted {
        label: "D1".to_owned(),
        passed: true,
        findings: Vec::new(),
        signed_in_at: None,
        log: None,
    };
    stage
        .append(Event::DrillCompleted(completed), ceremony)
        .await;
    assert!(explains(&stage, now) && !explains(&stage, now + hour));
}

#[tokio::test]
async fn a_look_begins_where_the_last_one_that_saw_everything_ended() {
    let mut stage = Stage::new().await;
    let now = Env::system().now();
    let days = |days: i64| now - SignedDuration::from_hours(24 * days);
    let begins = |stage: &Stage, since: Option<Timestamp>| {
        let retention = who(Ok(true)).retention();
        let spans = Spans::new(&stage.known(&request(since)), since, retention, now);
        (
            spans.of(Log::SignIns).from,
            spans.of(Log::DirectoryAudits).from,
        )
    };
    assert_eq!(begins(&stage, None), (days(30), days(30)));
    stage.looked(&[ACCOUNT, "another"], days(9), false).await;
    assert_eq!(begins(&stage, None), (days(9) - OVERLAP, days(9) - OVERLAP));
    // Without its sign-ins, and without this account.
    stage.looked(&[ACCOUNT], days(5), true).await;
    stage.looked(&["another"], days(3), false).await;
    assert_eq!(begins(&stage, None), (days(9) - OVERLAP, days(5) - OVERLAP));
    assert_eq!(begins(&stage, Some(days(7))), (days(7), days(7)));
    let told = stage.known(&request(None)).told;
    assert!(told.contains("told") && told.contains("seen"));
    assert!(stage.known(&request(Some(days(7)))).told.is_empty());
}

#[test]
fn what_the_service_has_forgotten_depends_on_the_licence() {
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let since = now - SignedDuration::from_hours(24 * 10);
    let forgotten = |who: &Who| {
        let known = Known::new(&[], &State::default(), who, &request(None));
        let spans = Spans::new(&known, Some(since), who.retention(), now);
        spans.forgotten(who)
    };
    assert!(forgotten(&who(Ok(true))).is_empty());
    let without = forgotten(&who(Ok(false)));
    assert_eq!(without.len(), 2, "both logs");
    assert_eq!(without[0].window.from, since);
    assert_eq!(
        without[0].window.until,
        now - SignedDuration::from_hours(24 * 7)
    );
    let unknown = who(Err(NotRead {
        why: "no permission".to_owned(),
        permission: None,
    }));
    assert!(forgotten(&unknown)[0].why.contains("no permission"));
}
