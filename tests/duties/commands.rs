//! What `due` prints goes into mails, and people type it: each command must be one, as it is printed.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use halligan::ceremony::duty::{DutyKind, LedgerOverview, Overview, StoredMetadata};
use halligan::env::Env;
use halligan::ledger::{
    Account, Custody, Draft, DrillCompleted, DrillIntended, Event, Ledger, Log, LogEvent, Period,
    ReviewHeld, Station, TenantMonitored,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use super::{bench, terms};
use crate::bench::Bench;

/// What a person fills in, and what with.
const PLACEHOLDERS: [(&str, &str); 5] = [
    ("LABEL", "BG3-A"),
    ("NAME", "'A. Jones'"),
    ("PLACE", "Berlin"),
    ("TIME", "2026-03-01T10:04:00Z"),
    ("WAY", "mail"),
];

fn account() -> Account {
    Account {
        id: "33333333-2222-4333-8444-555555555555".to_owned(),
        upn: "-odd 'name'@contoso.example".to_owned(),
    }
}

fn drill(label: &str) -> Event {
    Event::DrillIntended(DrillIntended {
        label: label.to_owned(),
        tenant: "contoso.example".to_owned(),
        account: account(),
        key: None,
        by: vec!["Alice".to_owned()],
        reason: None,
        expected_policies: Vec::new(),
    })
}

fn row(time: Timestamp) -> LogEvent {
    LogEvent {
        log: Log::SignIns,
        id: "row-1".to_owned(),
        time: time.to_string(),
        activity: "Azure Portal".to_owned(),
        account: None,
        result: None,
        explained_by: None,
        correlation_id: None,
        alike: None,
    }
}

fn looked(from: Timestamp, until: Timestamp) -> TenantMonitored {
    TenantMonitored {
        tenant: "contoso.example".to_owned(),
        accounts: vec![account()],
        period: Period {
            from: from.to_string(),
            until: until.to_string(),
        },
        unread: Vec::new(),
        events: vec![row(from)],
        omitted: 0,
        seen: Vec::new(),
        groups: Vec::new(),
        refused_until: None,
        untold: false,
        unexplained: 1,
        evidence: "00".repeat(32),
    }
}

fn review(now: Timestamp) -> Event {
    Event::ReviewHeld(Box::new(ReviewHeld {
        tenant: "contoso.example".to_owned(),
        head: None,
        period: Period {
            from: now.to_string(),
            until: now.to_string(),
        },
        by: vec!["Alice".to_owned()],
        passed: true,
        findings: Vec::new(),
        answers: Vec::new(),
        counts: [].into(),
        document: "00".repeat(32),
        report: "00".repeat(32),
        compared_with: None,
    }))
}

/// Everything that can be due, and whatever can be odd about it.
async fn further(bench: &Bench) {
    let station = Station::from_seed("watch".parse().unwrap(), &[7; 32]);
    let place = bench.path("ledger");
    let mut ledger = Ledger::open(place.to_str().unwrap(), &station, Env::system()).await;
    let ledger = ledger.as_mut().unwrap();
    let done = DrillCompleted {
        label: "drill".to_owned(),
        passed: true,
        findings: Vec::new(),
        signed_in_at: None,
        log: None,
    };
    let now = Timestamp::now();
    let hours = SignedDuration::from_hours;
    let events = [
        (drill("drill"), Some(1)),
        (Event::DrillCompleted(done), Some(1)),
        (drill("-h"), Some(2)),
        (
            Event::TenantMonitored(looked(now - hours(9), now - hours(8))),
            None,
        ),
        (Event::TenantMonitored(looked(now - hours(2), now)), None),
        (review(now), None),
    ];
    for (event, ceremony) in events {
        let ceremony = ceremony.map(Uuid::from_u128);
        ledger.append(Draft::new(&event, ceremony)).await.unwrap();
    }
    let mut state = ledger.state().keys_in_service();
    assert!(state.any(|key| matches!(&key.custody, Some(Custody { seal: None, .. }))));
}

/// As it is after so many days.
async fn after(bench: &Bench, days: i64, accounts: &[&str]) -> Overview {
    let place = bench.path("ledger");
    let reader = halligan::ledger::Reader::open(place.to_str().unwrap()).unwrap();
    let (entries, state) = reader.entries().await.unwrap();
    let mut terms = terms(accounts);
    terms.signatures = 1;
    let now = state.last_time().unwrap() + SignedDuration::from_hours(24 * days);
    terms.metadata = Ok(Some(StoredMetadata {
        stored_at: now - SignedDuration::from_hours(24 * 40),
        next_update: "2020-01-01".parse().unwrap(),
    }));
    let ledger = LedgerOverview::of("ledger", &state, &[]);
    Overview::of(&entries, &state, ledger, &terms, now)
}

/// Runs a command in a shell, where no configuration is: the tool gets as far as its own parser, and not further.
fn understood(command: &str) -> Result<(), String> {
    let mut filled = format!("{command} ");
    for (word, with) in PLACEHOLDERS {
        filled = filled.replace(&format!(" {word} "), &format!(" {with} "));
    }
    let folder = tempfile::tempdir().unwrap();
    let ran = Command::new("sh")
        .arg("-c")
        .arg(format!(
            "halligan() {{ \"$PROGRAM\" --json --config none/none.toml \"$@\"; }}\n{filled}"
        ))
        .env("PROGRAM", env!("CARGO_BIN_EXE_halligan"))
        .env_remove("HALLIGAN_CONFIG")
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let document: Value = serde_json::from_str(&said).map_err(|_| format!("{filled}: {said}"))?;
    match document["schema"].as_str() {
        Some("halligan.usage/1") | None => Err(format!("{filled}: {document}")),
        Some(_) => Ok(()),
    }
}

#[test]
fn every_command_is_one_as_it_is_printed() {
    let bench = bench();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut commands = BTreeSet::new();
    let mut kinds = BTreeSet::new();
    runtime.block_on(further(&bench));
    let odd = account().upn;
    let accounts = ["-x", "$(reboot)", &odd];
    for days in [0, 20, 400] {
        let overview = runtime.block_on(after(&bench, days, &accounts));
        for duty in overview.duties {
            kinds.insert(duty.kind);
            commands.insert(duty.command);
        }
    }
    let all: BTreeSet<DutyKind> = DutyKind::ALL.into_iter().collect();
    assert_eq!(kinds, all);
    let wrong: Vec<String> = commands
        .iter()
        .filter_map(|one| understood(one).err())
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Each of what a duty may ask for was among them.
    for part in [
        "monitor --since ",
        "review sign ",
        "resume -- -h",
        "--account=-x",
        "--location 'Safe 1, Berlin'",
    ] {
        assert!(
            commands.iter().any(|one| one.contains(part)),
            "{part}: {commands:#?}"
        );
    }
}

#[test]
fn what_is_no_command_is_noticed() {
    for command in [
        "halligan dru --account x",
        "halligan drill --account x",
        "halligan enroll --account -x",
        "halligan alerts verify --received TIMES --channel WAY --by NAME",
    ] {
        assert!(understood(command).is_err(), "{command}");
    }
}
