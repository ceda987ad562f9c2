//! `halligan due` and `halligan status`, through the real executable on a ledger of real enrolments; and the same ledger as it is
//! seen months later.

mod commands;
mod status;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::LazyLock;

use halligan::ceremony::duty::{
    Duty, DutyKind, DutyState, LedgerOverview, Overview, Schedule, Terms,
};
use halligan::emulator::Profile;
use halligan::ledger::Reader;
use halligan::report;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::bench::{Bench, Snapshot};

/// Two accounts with two keys each, of which one lies somewhere. Made once.
static FOUR_KEYS: LazyLock<Snapshot> = LazyLock::new(|| {
    let bench = Bench::new();
    for (number, labels) in [["BG1-A", "BG1-B"], ["BG2-A", "BG2-B"]].iter().enumerate() {
        let account = bench.account(number);
        for label in labels {
            let key = bench.key(Profile::default());
            bench.enroll_for(&account, &key, label).run().exits(0);
        }
    }
    let custody = ["--location", "Safe 1, Berlin", "--container", "envelope 7"];
    bench
        .halligan(["handover", "--key", "BG1-A", "--custodian", "Bob's deputy"])
        .with(custody)
        .run()
        .exits(0);
    Snapshot::of(&bench.path("ledger"))
});

fn bench() -> Bench {
    let bench = Bench::new();
    FOUR_KEYS.restore(&bench.path("ledger"));
    // The ledger is of another tenant of the same kind.
    let path = bench.path("halligan.toml");
    let text = fs::read_to_string(&path).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("id = "));
    fs::write(path, lines.collect::<Vec<_>>().join("\n") + "\n").unwrap();
    bench
}

/// The lines of a document about one kind.
fn of_kind(document: &Value, kind: &str) -> Vec<Value> {
    let duties = document["duties"].as_array().unwrap().iter();
    duties
        .filter(|duty| duty["kind"] == kind)
        .cloned()
        .collect()
}

fn terms(accounts: &[&str]) -> Terms {
    Terms {
        schedule: Schedule {
            pin_rotation: Some("1 year".parse().unwrap()),
            ..Schedule::default()
        },
        tenant: None,
        accounts: accounts.iter().map(|&name| name.to_owned()).collect(),
        keys_per_account: 2,
        signatures: 1,
        metadata: Ok(None),
        within: None,
    }
}

/// The ledger as somebody sees it after so many days.
fn after(bench: &Bench, days: i64, accounts: &[&str]) -> Overview {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let reader = Reader::open(bench.path("ledger").to_str().unwrap()).unwrap();
    let (entries, state) = runtime.block_on(reader.entries()).unwrap();
    let ledger = LedgerOverview::of(reader.location(), &state, &[]);
    let now: Timestamp = state.last_time().unwrap() + SignedDuration::from_hours(24 * days);
    Overview::of(&entries, &state, ledger, &terms(accounts), now)
}

fn only<'a>(overview: &'a Overview, kind: DutyKind, subject: &str) -> &'a Duty {
    overview.duty(kind, subject).unwrap()
}

#[test]
fn due_lists_what_is_due_and_its_commands_and_says_so_by_its_status() {
    let bench = bench();
    let listed = bench.halligan(["due"]).run().exits(1);
    listed
        .prints(
            "✗ NEVER    audit the tenant: never done  `halligan tenant audit --sign-ins --record`",
        )
        .prints("`halligan handover --key BG1-B --location PLACE --custodian NAME`");
    let document = bench.halligan(["due", "--json"]).run().exits(1).document();
    assert_eq!(
        (&document["schema"], &document["ok"]),
        (&json!("halligan.due/1"), &json!(false))
    );
    assert_eq!(of_kind(&document, "drill").len(), 2);
    assert_eq!(of_kind(&document, "custody").len(), 3);
    assert!(of_kind(&document, "key_check").is_empty());
    let all = bench.halligan(["due", "--all", "--json"]).run().exits(1);
    let checks = of_kind(&all.document(), "key_check");
    assert_eq!(checks.len(), 4);
    for check in &checks {
        assert_eq!(check["state"], "done");
    }
    // Nothing but the list was made.
    let mut names: Vec<_> = fs::read_dir(bench.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["halligan.toml", "ledger", "tenant"]);
}

#[test]
fn what_is_asked_for_is_all_that_counts() {
    let bench = bench();
    let checks = ["due", "--kind", "key_check", "--kind", "keys"];
    bench
        .halligan(checks)
        .run()
        .exits(0)
        .prints("Nothing is due.");
    bench
        .halligan(checks)
        .with(["--within", "31 days"])
        .run()
        .exits(0)
        .prints("! soon     check BG1-A: ")
        .prints(", due in 30 days (Safe 1, Berlin, envelope 7)  `halligan check --key BG1-A`");
    bench
        .halligan(["due", "--kind", "dishes"])
        .run()
        .exits(2)
        .says("pin_rotation");
    bench
        .halligan(["due", "--within", "soon"])
        .run()
        .exits(2)
        .says("90 days");
}

#[test]
fn the_schedule_of_the_configuration_counts() {
    let bench = bench();
    bench.configure_further(
        "[schedule]\naudit = \"off\"\nmonitor = \"off\"\ndrill = \"off\"\ncustody = \"off\"",
    );
    bench
        .halligan(["due"])
        .run()
        .exits(0)
        .prints("Nothing is due.");
    let healthy = bench.halligan(["status"]).run().exits(0);
    healthy
        .prints("✓ HEALTHY: everything in time")
        .prints("Nothing is due. Next: check BG");
    bench.configure_further("review = \"every quarter\"");
    bench
        .halligan(["due"])
        .run()
        .exits(2)
        .says("schedule.review: \"every quarter\" is no span of time");
}

#[test]
fn an_account_that_nobody_enrolled_a_key_for_is_due() {
    let bench = bench();
    bench.configure_further(
        "[[emergency.account]]\nname = \"bg1\"\n[[emergency.account]]\nname = \"bg9\"",
    );
    let listed = bench.halligan(["due", "--kind", "keys"]).run().exits(1);
    assert_eq!(
        listed.stdout,
        "✗ FAILED   keys bg9: 0 of 2 keys in service  `halligan enroll --account bg9 --label LABEL --location PLACE --custodian NAME`\n"
    );
}

#[test]
fn a_ledger_that_is_not_there_or_not_valid_has_its_status_and_its_metrics() {
    let bench = bench();
    let metrics = ["--metrics", "halligan.prom"];
    let read = || fs::read_to_string(bench.path("halligan.prom")).unwrap();
    bench.halligan(["due"]).with(metrics).run().exits(1);
    assert!(read().contains("\nhalligan_ledger_verified 1\n"));
    assert!(read().contains("\nhalligan_status_healthy 0\n"));
    let mode = fs::metadata(bench.path("halligan.prom"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o644);
    fs::write(bench.path("ledger/entries/00000001.json"), "{}").unwrap();
    for command in ["due", "status"] {
        fs::remove_file(bench.path("halligan.prom")).unwrap();
        bench.halligan([command]).with(metrics).run().exits(6);
        assert!(read().contains("\nhalligan_ledger_verified 0\n"));
        assert!(!read().contains("halligan_duties"));
    }
    fs::remove_dir_all(bench.path("ledger")).unwrap();
    bench.halligan(["due"]).run().exits(6);
}

#[test]
fn months_later_the_keys_are_due_and_the_commands_say_what_is_known() {
    let bench = bench();
    let accounts: [&str; 0] = [];
    let fresh = after(&bench, 0, &accounts);
    assert_eq!(
        only(&fresh, DutyKind::KeyCheck, "BG1-A").state,
        DutyState::Done
    );
    let soon = after(&bench, 25, &accounts);
    assert_eq!(
        only(&soon, DutyKind::KeyCheck, "BG1-A").state,
        DutyState::DueSoon
    );
    let late = after(&bench, 100, &accounts);
    assert_eq!(
        only(&late, DutyKind::KeyCheck, "BG1-A").state,
        DutyState::Overdue
    );
    assert_eq!(
        only(&late, DutyKind::PinRotation, "BG1-A").state,
        DutyState::Done
    );
    let custody = only(&late, DutyKind::Custody, "BG1-A");
    assert_eq!(custody.state, DutyState::Overdue);
    assert_eq!(
        custody.command,
        "halligan handover --key BG1-A --location 'Safe 1, Berlin' --container 'envelope 7' --custodian 'Bob'\\''s deputy'"
    );
    let years = after(&bench, 400, &accounts);
    assert_eq!(
        only(&years, DutyKind::PinRotation, "BG1-A").state,
        DutyState::Never
    );
}

#[test]
fn a_key_that_failed_its_check_is_told_until_one_passes() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.enroll(&key, "BG1-A").run().exits(0);
    bench.cut_the_network();
    bench.check(&key, "BG1-A").run().exits(5);
    let unknown = bench
        .halligan(["due", "--kind", "key_check"])
        .run()
        .exits(1);
    unknown.prints("? UNKNOWN  check BG1-A: account, method  `halligan check --key BG1-A`");
    bench
        .check(&key, "BG1-A")
        .with(["--no-tenant"])
        .run()
        .exits(0);
    bench
        .halligan(["due", "--kind", "key_check"])
        .run()
        .exits(0);
    key.reset();
    bench
        .check(&key, "BG1-A")
        .with(["--no-tenant"])
        .run()
        .exits(1);
    let failed = bench
        .halligan(["due", "--kind", "key_check"])
        .run()
        .exits(1);
    failed.prints("✗ FAILED   check BG1-A: pin_set, ");
}

/// Half a command does something else, or nothing.
#[test]
fn metrics_do_not_keep_yesterdays_health_when_the_configuration_is_broken() {
    let bench = bench();
    let metrics = ["--metrics", "halligan.prom"];
    bench.halligan(["due"]).with(metrics).run().exits(1);
    let broken = ["audit = ", "audit = \"every blue moon\""];
    for line in broken {
        fs::write(bench.path("halligan.prom"), "halligan_status_healthy 1\n").unwrap();
        let path = bench.path("halligan.toml");
        let before = fs::read_to_string(&path).unwrap();
        bench.configure_further(&format!("[schedule]\n{line}"));
        for command in ["due", "status"] {
            bench.halligan([command]).with(metrics).run().exits(2);
            let text = fs::read_to_string(bench.path("halligan.prom")).unwrap();
            assert!(text.contains("\nhalligan_status_healthy 0\n"), "{text}");
            assert!(!text.contains("_healthy 1"), "{text}");
        }
        fs::write(path, before).unwrap();
    }
}

#[test]
fn no_metric_is_written_twice() {
    let bench = bench();
    // Two accounts whose names are alike, and one that is named in two ways.
    let overview = after(&bench, 25, &["bg1", "BG1", "bg1"]);
    let mut twice = overview.clone();
    twice.duties.extend(overview.duties);
    twice.accounts.extend(overview.accounts);
    let text = report::metrics(&twice);
    let mut seen = std::collections::HashSet::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, _) = line.rsplit_once(' ').unwrap();
        assert!(seen.insert(name.to_owned()), "{line}");
    }
}
