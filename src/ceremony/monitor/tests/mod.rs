#![allow(clippy::unwrap_used)]

mod drills;
mod told;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

use super::known::Known;
use super::past::Spans;
use super::who::Who;
use super::*;
use crate::env::Env;
use crate::ledger::{
    self, Draft, DrillAttempted, DrillCompleted, DrillIntended, Event, Ledger, LogEvent,
    LoggedSignIn, Outcome, OutcomeVerdict, Period, Station, TenantMonitored,
};
use crate::tenant::activity::{Asked, Explanation, of_sign_in};
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

    async fn looked(
        &mut self,
        accounts: &[&str],
        (from, until): (Timestamp, Timestamp),
        unread: bool,
    ) {
        let look = Self::a_look(accounts, (from, until), unread.then_some(None));
        self.append(Event::TenantMonitored(look), None).await;
    }

    /// With `unread` the sign-ins were not read: of this account, or of all.
    fn a_look(
        accounts: &[&str],
        (from, until): (Timestamp, Timestamp),
        unread: Option<Option<&str>>,
    ) -> TenantMonitored {
        let period = || Period {
            from: from.to_string(),
            until: until.to_string(),
        };
        let unread = unread.map(|of| ledger::Unread {
            log: ledger::Log::SignIns,
            period: period(),
            why: "no licence".to_owned(),
            of: of.map(str::to_owned),
        });
        let seen = LogEvent {
            log: ledger::Log::SignIns,
            id: "told".to_owned(),
            time: until.to_string(),
            activity: "x".to_owned(),
            account: None,
            result: None,
            explained_by: None,
            correlation_id: None,
            alike: None,
        };
        TenantMonitored {
            tenant: TENANT.to_owned(),
            accounts: accounts.iter().map(|id| account(id)).collect(),
            period: period(),
            groups: Vec::new(),
            unread: unread.into_iter().collect(),
            events: vec![seen],
            omitted: 1,
            seen: vec!["seen".to_owned()],
            refused_until: None,
            untold: false,
            unexplained: 0,
            evidence: "00".repeat(32),
        }
    }

    fn known(&self, request: &Request) -> Known {
        Known::new(
            self.ledger.entries(),
            self.ledger.state(),
            &who(Ok(true)),
            request,
            Env::system().now(),
        )
    }

    /// Where a look begins.
    fn begins(&self, since: Option<Timestamp>, now: Timestamp) -> (Timestamp, Timestamp) {
        let retention = who(Ok(true)).retention();
        let spans = Spans::new(&self.known(&request(since)).read, since, retention, now);
        (
            spans.of(Log::SignIns).from,
            spans.of(Log::DirectoryAudits).from,
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
        groups: Vec::new(),
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
        memory: Memory::default(),
    }
}

const REQUEST: Uuid = Uuid::from_u128(0xc0);

fn sign_in(at: Timestamp) -> crate::tenant::activity::Event {
    let row = json!({"id": "1", "userId": ACCOUNT, "createdDateTime": at.to_string(), "isInteractive": true,
        "status": {"errorCode": 0}, "correlationId": REQUEST,
        "authenticationDetails": [{"authenticationMethod": "Passkey (device-bound)", "succeeded": true}]});
    let row = serde_json::from_value(row).unwrap();
    let asked = Asked {
        id: "1",
        account: Some(ACCOUNT),
        now: at,
    };
    of_sign_in(&row, &who(Ok(true)).watched(), asked).unwrap()
}

#[tokio::test]
async fn a_look_begins_where_the_last_one_that_saw_everything_ended() {
    let mut stage = Stage::new().await;
    let now = Env::system().now();
    let days = |days: i64| now - SignedDuration::from_hours(24 * days);
    assert_eq!(stage.begins(None, now), (days(30), days(30)));
    let both = [ACCOUNT, "another"];
    stage.looked(&both, (days(39), days(9)), false).await;
    assert_eq!(stage.begins(None, now), (days(10), days(10)));
    // Without its sign-ins, and without this account.
    stage.looked(&[ACCOUNT], (days(10), days(5)), true).await;
    stage.looked(&["another"], (days(10), days(3)), false).await;
    assert_eq!(stage.begins(None, now), (days(10), days(6)));
    assert_eq!(stage.begins(Some(days(7)), now), (days(7), days(7)));
    let told = stage.known(&request(None)).told;
    assert!(told.contains("told") && told.contains("seen"));
    assert!(stage.known(&request(Some(days(7)))).told.is_empty());
}

#[tokio::test]
async fn a_look_that_leaves_a_gap_does_not_close_it() {
    let mut stage = Stage::new().await;
    let now = Env::system().now();
    let days = |days: i64| now - SignedDuration::from_hours(24 * days);
    // The last day only, as `--since "1 day"` asks: nobody has seen what was before.
    stage.looked(&[ACCOUNT], (days(2), days(1)), false).await;
    assert_eq!(stage.begins(None, now), (days(30), days(30)));
    stage.looked(&[ACCOUNT], (days(39), days(9)), false).await;
    stage.looked(&[ACCOUNT], (days(2), days(1)), false).await;
    assert_eq!(stage.begins(None, now), (days(10), days(10)));
    stage.looked(&[ACCOUNT], (days(9), days(4)), false).await;
    assert_eq!(stage.begins(None, now), (days(5), days(5)));
    // A clock that was ahead.
    let ahead = now + SignedDuration::from_hours(48);
    stage.looked(&[ACCOUNT], (days(4), ahead), false).await;
    let (sign_ins, _) = stage.begins(None, now);
    assert!(sign_ins <= days(0) - OVERLAP + SignedDuration::from_mins(10));
}

#[tokio::test]
async fn what_is_unread_of_one_account_holds_back_that_one_only() {
    let now = Env::system().now();
    let days = |days: i64| now - SignedDuration::from_hours(24 * days);
    for (of, from) in [
        (Some("nobody@contoso.example"), 2),
        (Some(ACCOUNT), 30),
        (None, 30),
    ] {
        let mut stage = Stage::new().await;
        let look = Stage::a_look(&[ACCOUNT], (days(31), days(1)), Some(of));
        stage.append(Event::TenantMonitored(look), None).await;
        assert_eq!(stage.begins(None, now).0, days(from), "{of:?}");
    }
}

#[tokio::test]
async fn a_look_of_which_nobody_could_be_told_is_as_good_as_none() {
    let mut stage = Stage::new().await;
    let now = Env::system().now();
    let days = |days: i64| now - SignedDuration::from_hours(24 * days);
    let look = TenantMonitored {
        untold: true,
        ..Stage::a_look(&[ACCOUNT], (days(31), days(1)), None)
    };
    stage.append(Event::TenantMonitored(look), None).await;
    assert_eq!(stage.begins(None, now), (days(30), days(30)));
    assert!(stage.known(&request(None)).told.is_empty());
}

#[tokio::test]
async fn another_group_is_looked_for_from_the_beginning() {
    let mut stage = Stage::new().await;
    let now = Env::system().now();
    let days = |days: i64| now - SignedDuration::from_hours(24 * days);
    stage.looked(&[ACCOUNT], (days(31), days(1)), false).await;
    let mut who = who(Ok(true));
    who.groups.push("group".to_owned());
    let marks = Marks::of(stage.ledger.entries(), &who, now);
    assert_eq!(marks.directory_audits, None);
    assert_eq!(marks.sign_ins, Some(days(1)));
}

#[tokio::test]
async fn a_renamed_account_is_followed_although_nobody_has_its_name() {
    let now = Env::system().now();
    let mut stage = Stage::new().await;
    let before = now - SignedDuration::from_hours(1);
    stage.looked(&[ACCOUNT], (before, now), false).await;
    for (name, is_found) in [
        ("BG1@contoso.example", true),
        ("bg1", true),
        ("bg1@fabrikam.example", false),
        ("bg", false),
    ] {
        let unread = NotRead {
            why: "there is no such user".to_owned(),
            permission: None,
        };
        let unknown = super::who::Unknown {
            log: Log::SignIns,
            of: name.to_owned(),
            unread,
        };
        let mut who = Who {
            accounts: Vec::new(),
            unknown: vec![unknown],
            ..who(Ok(true))
        };
        who.add_earlier(stage.ledger.entries());
        let ids: Vec<&str> = who.accounts.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids == [ACCOUNT], is_found, "{name}: {ids:?}");
        assert_eq!(who.unknown.len(), 1, "that the name is gone is still told");
    }
}

#[test]
fn what_the_service_has_forgotten_depends_on_the_licence() {
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let since = now - SignedDuration::from_hours(24 * 10);
    let forgotten = |who: &Who| {
        let spans = Spans::new(&Marks::default(), Some(since), who.retention(), now);
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
