//! Looks into the logs, in the ledger: with all that one can say, and with the least.

use serde_json::{Value, json};

use super::forge::Forge;
use super::tampered::{Case, case};
use super::{golden, vectors};
use crate::ledger::{
    Account, Alike, Draft, Event, Kind, Log, LogEvent, Period, TenantMonitored, Unread,
};

fn period(from: &str, until: &str) -> Period {
    Period {
        from: from.to_owned(),
        until: until.to_owned(),
    }
}

/// A sign-in that nothing explains, one of many alike.
fn refused() -> LogEvent {
    LogEvent {
        log: Log::SignIns,
        id: "row-1".to_owned(),
        time: "2026-02-28T23:00:00Z".to_owned(),
        activity: "Azure Portal \u{202e} \" \\ 🔑".to_owned(),
        account: Some("user-1".to_owned()),
        result: Some("50126".to_owned()),
        explained_by: None,
        correlation_id: Some("c0ffee00-0000-4000-8000-000000000001".to_owned()),
        alike: Some(Alike {
            rows: u32::MAX,
            last: "2026-02-28T23:59:59Z".to_owned(),
        }),
    }
}

/// The key that the golden ledger enrolled, as the directory's log tells of it.
fn enrolled() -> LogEvent {
    LogEvent {
        log: Log::DirectoryAudits,
        id: "row-2".to_owned(),
        time: "2026-03-01T09:08:00Z".to_owned(),
        activity: "Add Passkey (device-bound)".to_owned(),
        account: None,
        result: None,
        explained_by: Some(5),
        correlation_id: None,
        alike: None,
    }
}

fn quiet() -> TenantMonitored {
    TenantMonitored {
        tenant: "11111111-2222-4333-8444-555555555555".to_owned(),
        accounts: Vec::new(),
        period: period("2026-02-28T09:00:00Z", "2026-03-01T10:00:00Z"),
        groups: Vec::new(),
        unread: Vec::new(),
        events: Vec::new(),
        omitted: 0,
        seen: Vec::new(),
        refused_until: None,
        untold: false,
        unexplained: 0,
        evidence: "0".repeat(64),
    }
}

fn eventful() -> TenantMonitored {
    let unread = |log, of: Option<&str>| Unread {
        log,
        period: period("2026-02-28T09:00:00Z", "2026-02-28T21:00:00Z"),
        why: "the service keeps it no longer".to_owned(),
        of: of.map(str::to_owned),
    };
    TenantMonitored {
        accounts: vec![Account {
            id: "user-1".to_owned(),
            upn: "ea-1@contoso.onmicrosoft.com".to_owned(),
        }],
        groups: vec!["group-1".to_owned()],
        unread: vec![
            unread(Log::SignIns, Some("user-1")),
            unread(Log::DirectoryAudits, None),
        ],
        events: vec![refused(), enrolled()],
        omitted: 12,
        seen: vec!["row-1".to_owned(), "row-2".to_owned()],
        refused_until: Some("2026-02-28T23:59:59Z".to_owned()),
        untold: true,
        unexplained: 13,
        ..quiet()
    }
}

fn recorded(look: TenantMonitored) -> Draft {
    Draft::new(&Event::TenantMonitored(look), None)
}

/// A look that says all that one can say, and one that has nothing to say.
pub(super) fn looked(forge: &mut Forge<'_>) {
    forge.append(recorded(eventful()));
    forge.append(recorded(quiet()));
}

fn with(forge: &mut Forge<'_>, change: impl FnOnce(&mut Value)) {
    forge.append(recorded(eventful()));
    forge.rewrite(14, |entry| change(&mut entry["body"]));
}

fn remove(body: &mut Value, member: &str) {
    let removed = body.as_object_mut().unwrap().remove(member);
    assert!(removed.is_some(), "{member}");
}

pub(super) const LOOKS: [Case; 8] = [
    case("look-at-nobody-knows-whom", 14, "body", |forge| {
        with(forge, |body| body["accounts"] = json!(["user-1"]));
    }),
    case("look-at-a-time-without-end", 14, "body", |forge| {
        with(forge, |body| remove(&mut body["period"], "until"));
    }),
    case("look-into-an-unknown-log", 14, "body", |forge| {
        with(forge, |body| body["events"][0]["log"] = json!("mail"));
    }),
    case("look-explained-by-a-word", 14, "body", |forge| {
        with(forge, |body| {
            body["events"][1]["explained_by"] = json!("enrolment")
        });
    }),
    case("look-at-fewer-rows-than-none", 14, "body", |forge| {
        with(forge, |body| body["events"][0]["alike"]["rows"] = json!(-1));
    }),
    case("look-that-hides-what-was-unread", 14, "body", |forge| {
        with(forge, |body| remove(body, "unread"));
    }),
    case("look-untold-by-a-word", 14, "body", |forge| {
        with(forge, |body| body["untold"] = json!("yes"));
    }),
    case("look-without-evidence", 14, "body", |forge| {
        with(forge, |body| remove(body, "evidence"));
    }),
];

#[test]
fn a_look_is_read_as_it_was_written() {
    let mut golden = golden::build();
    let mut forge = Forge::new(&mut golden);
    looked(&mut forge);
    assert_eq!(vectors::verify(&forge.objects).failure, None);
    let read = |index| {
        let value = forge.value(index);
        let body = value["body"].as_object().unwrap();
        Event::parse(&Kind::TenantMonitored, body).unwrap().unwrap()
    };
    let looks = [eventful(), quiet()].map(Event::TenantMonitored);
    assert_eq!([read(14), read(15)], looks);
}

#[test]
fn what_a_look_does_not_say_is_not_written() {
    let Value::Object(body) = json!({
        "tenant": "11111111-2222-4333-8444-555555555555", "accounts": [], "unread": [], "events": [],
        "period": {"from": "2026-02-28T09:00:00Z", "until": "2026-03-01T10:00:00Z"},
        "omitted": 0, "unexplained": 0, "evidence": "0".repeat(64),
    }) else {
        unreachable!("an object was written here")
    };
    assert_eq!(recorded(quiet()).body, body);
}
