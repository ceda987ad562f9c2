//! `halligan ledger head`, `export`, `stations` and `revoke`, from outside, and a ledger that two stations share.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use halligan::emulator::Profile;
use halligan::env::{Env, ManualClock, SeededRng};
use halligan::ledger::{Draft, Kind, Ledger, Station};
use serde_json::{Map, Value, json};

use crate::bench::{Bench, Command, Snapshot};

/// A bench whose ledger knows one enrolled key, and that key's folder.
static ONE_KEY: LazyLock<Snapshot> = LazyLock::new(|| {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.enroll(&key, "BG1-A").run().exits(0);
    let mut files = Snapshot::of(&bench.path("ledger")).0;
    let station = Snapshot::of(&bench.path("station")).0;
    files = files
        .into_iter()
        .map(|(path, bytes)| (std::path::Path::new("ledger").join(path), bytes))
        .collect();
    files.extend(
        station
            .into_iter()
            .map(|(path, bytes)| (std::path::Path::new("station").join(path), bytes)),
    );
    Snapshot(files)
});

fn one_key() -> Bench {
    let bench = Bench::new();
    ONE_KEY.restore(bench.folder());
    bench
}

/// The same bench as another station sees it, which has the same ledger.
fn as_station(bench: &Bench, name: &str, words: &[&str]) -> Command {
    let text = std::fs::read_to_string(bench.path("halligan.toml")).unwrap();
    let place = format!("station = \"{name}\"\nstation_directory = \"station-{name}\"");
    let text = text.replacen("station = \"workbench\"", &place, 1);
    std::fs::write(bench.path(&format!("{name}.toml")), text).unwrap();
    bench
        .halligan(["--config", &format!("{name}.toml")])
        .with(words.iter().copied())
}

fn document(bench: &Bench, words: &[&str]) -> Value {
    bench
        .halligan(words.iter().copied())
        .with(["--json"])
        .run()
        .exits(0)
        .document()
}

#[test]
fn the_head_is_what_verification_must_find_again() {
    let bench = one_key();
    let head = document(&bench, &["ledger", "head"]);
    let noted = head["noted"].as_str().unwrap();
    assert_eq!(
        noted,
        format!(
            "{}:{}",
            head["head"]["index"],
            head["head"]["hash"].as_str().unwrap()
        )
    );
    assert_eq!(
        bench.halligan(["ledger", "head"]).run().exits(0).stdout,
        format!("{noted}\n")
    );
    let form = bench.halligan(["ledger", "head", "--form"]).run().exits(0);
    form.prints("Witness").prints(noted);

    let verify = ["ledger", "verify", "--expect-head", noted];
    bench.halligan(verify).run().exits(0);
    let last = head["head"]["index"].as_u64().unwrap();
    std::fs::remove_file(bench.path(&format!("ledger/entries/{last:08}.json"))).unwrap();
    let found = bench
        .halligan(verify)
        .with(["--json"])
        .run()
        .exits(1)
        .document();
    assert_eq!(
        (&found["failure"]["index"], &found["failure"]["defect"]),
        (&json!(last), &json!("truncated"))
    );
    let text = bench.halligan(verify).run().exits(1);
    text.prints(&format!(
        "NOT CONSISTENT: entry {last}: missing, although it was noted as the head"
    ));
    let wrong = ["ledger", "verify", "--expect-head", "5", "--json"];
    bench.halligan(wrong).run().exits(2).fails_with("usage");
}

#[test]
fn an_empty_ledger_has_no_head() {
    let bench = Bench::new();
    std::fs::create_dir_all(bench.path("ledger/entries")).unwrap();
    bench
        .halligan(["ledger", "head", "--json"])
        .run()
        .exits(6)
        .fails_with("ledger_absent");
}

#[test]
fn an_export_is_a_ledger_to_read() {
    let bench = one_key();
    let exported = document(&bench, &["ledger", "export", "--output", "all.jsonl"]);
    assert_eq!(
        exported["head"],
        document(&bench, &["ledger", "head"])["head"]
    );
    let to_stdout = bench.halligan(["ledger", "export"]).run().exits(0).stdout;
    assert_eq!(
        to_stdout,
        std::fs::read_to_string(bench.path("all.jsonl")).unwrap()
    );
    let again = ["--ledger", "jsonl:all.jsonl", "--json"];
    for command in ["show", "verify", "head", "stations"] {
        let of_export = bench
            .halligan(["ledger", command])
            .with(again)
            .run()
            .exits(0)
            .document();
        assert_eq!(
            of_export,
            document(&bench, &["ledger", command]),
            "{command}"
        );
    }
    let write = [
        "ledger",
        "revoke",
        "workbench",
        "--reason",
        "x",
        "--confirm",
        "workbench",
    ];
    let refused = as_station(&bench, "vault-2", &write).with(again).run();
    refused.exits(6).fails_with("ledger_read_only");

    let lines: Vec<&str> = to_stdout.lines().collect();
    let without = [&lines[..3], &lines[4..]].concat().join("\n");
    std::fs::write(bench.path("all.jsonl"), without).unwrap();
    let found = bench
        .halligan(["ledger", "verify"])
        .with(again)
        .run()
        .exits(1)
        .document();
    assert_eq!(
        (&found["failure"]["index"], &found["failure"]["defect"]),
        (&json!(3), &json!("index"))
    );
    let absent = ["ledger", "verify", "--ledger", "jsonl:nothing", "--json"];
    bench
        .halligan(absent)
        .run()
        .exits(6)
        .fails_with("ledger_absent");
}

#[test]
fn an_inconsistent_ledger_replaces_no_export() {
    let bench = one_key();
    std::fs::write(bench.path("kept"), "kept").unwrap();
    std::fs::write(bench.path("ledger/entries/00000002.json"), "{}").unwrap();
    for format in ["jsonl", "html"] {
        let export = [
            "ledger", "export", "--format", format, "--output", "kept", "--json",
        ];
        bench
            .halligan(export)
            .run()
            .exits(6)
            .fails_with("ledger_inconsistent");
        assert_eq!(std::fs::read_to_string(bench.path("kept")).unwrap(), "kept");
    }
    let no_file = ["ledger", "export", "--json"];
    bench.halligan(no_file).run().exits(2).fails_with("usage");
    let nowhere = ["ledger", "export", "--output", "no/such/folder", "--json"];
    bench.halligan(nowhere).run().exits(2).fails_with("write");
}

#[test]
fn the_page_says_everything_and_runs_nothing() {
    let bench = one_key();
    let hostile = "</pre><script>alert('x')</script>&amp;\"";
    note(&bench, "hostile", Duration::ZERO, hostile);
    let page = bench
        .halligan(["ledger", "export", "--format", "html"])
        .run()
        .exits(0)
        .stdout;
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    assert!(!page.contains("<script"), "not escaped");
    assert!(page.contains("&lt;/pre&gt;&lt;script&gt;"));
    for entry in bench.entries() {
        assert!(page.contains(entry["hash"].as_str().unwrap()));
    }
    for text in [
        "BG1-A",
        "workbench",
        "enrolment",
        "completed",
        "prefers-color-scheme: dark",
        "default-src 'none'",
    ] {
        assert!(page.contains(text), "{text}");
    }
    // Nothing is fetched: no address but those within the page.
    assert!(!page.contains("src=") && !page.contains("href=\"http"));
}

/// An entry by a station of the test's own, whose clock is ahead by so much.
fn note(bench: &Bench, station: &str, ahead: Duration, text: &str) {
    let clock = ManualClock::new(jiff::Timestamp::now() + ahead);
    let env = Env::new(Arc::new(clock), Arc::new(SeededRng::new(7)));
    let station = Station::from_seed(station.parse().unwrap(), &[7; 32]);
    let draft = Draft {
        kind: Kind::Unknown("test.noted".to_owned()),
        ceremony: None,
        body: Map::from_iter([("text".to_owned(), json!(text))]),
        proof: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let location = bench.path("ledger");
        let ledger = Ledger::open(location.to_str().unwrap(), &station, env);
        ledger.await.unwrap().append(draft).await.unwrap();
    });
}

#[test]
fn a_revoked_station_writes_no_more() {
    let bench = one_key();
    let revoke = ["ledger", "revoke", "workbench", "--reason", "stolen"];
    // Whoever does not confirm, or mistypes the name, has done nothing.
    as_station(&bench, "vault-2", &revoke)
        .with(["--json"])
        .run()
        .exits(2)
        .fails_with("usage");
    let mistyped =
        as_station(&bench, "vault-2", &revoke).with(["--confirm", "workbanch", "--json"]);
    mistyped.run().exits(2).fails_with("declined");
    let itself = bench
        .halligan(revoke)
        .with(["--confirm", "workbench", "--json"])
        .run();
    itself
        .exits(6)
        .fails_with("ledger_refused")
        .prints("revokes itself");
    let unknown = [
        "ledger",
        "revoke",
        "nobody",
        "--reason",
        "x",
        "--confirm",
        "nobody",
        "--json",
    ];
    bench
        .halligan(unknown)
        .run()
        .exits(6)
        .fails_with("ledger_refused");

    let confirmed = as_station(&bench, "vault-2", &revoke)
        .with(["--confirm", "workbench"])
        .run();
    confirmed.exits(0).prints("workbench is revoked");
    let again = as_station(&bench, "vault-2", &revoke).with(["--confirm", "workbench", "--json"]);
    again.run().exits(6).prints("was revoked in entry");

    let stations = document(&bench, &["ledger", "stations"]);
    let stations = stations["stations"].as_array().unwrap();
    let names: Vec<&Value> = stations.iter().map(|station| &station["name"]).collect();
    assert_eq!(names, ["vault-2", "workbench"]);
    assert_eq!(stations[0]["revoked"], Value::Null);
    assert_eq!(
        (
            &stations[1]["revoked"]["by"],
            &stations[1]["revoked"]["reason"]
        ),
        (&json!("vault-2"), &json!("stolen"))
    );
    bench
        .halligan(["ledger", "stations"])
        .run()
        .exits(0)
        .prints("REVOKED")
        .prints("SHA256:");

    let before = Snapshot::of(&bench.path("ledger"));
    let key = bench.key(Profile::default());
    let refused = bench.check(&key, "BG1-A").json().run();
    refused
        .exits(6)
        .fails_with("station_revoked")
        .prints("stolen");
    bench
        .enroll(&key, "BG1-B")
        .json()
        .run()
        .exits(6)
        .fails_with("station_revoked");
    assert_eq!(Snapshot::of(&bench.path("ledger")), before);
    bench.verified_ledger();
}

#[test]
fn a_name_that_another_station_has_is_refused() {
    let bench = one_key();
    std::fs::remove_dir_all(bench.path("station")).unwrap();
    let key = bench.key(Profile::default());
    let refused = bench.check(&key, "BG1-A").json().run();
    refused.exits(6).fails_with("station_name_taken");
}

#[test]
fn a_clock_that_was_set_back_is_a_warning() {
    let bench = one_key();
    note(
        &bench,
        "ahead",
        Duration::from_secs(7200),
        "from the future",
    );
    let revoke = [
        "ledger",
        "revoke",
        "ahead",
        "--reason",
        "its clock is wrong",
        "--confirm",
        "ahead",
    ];
    bench
        .halligan(revoke)
        .run()
        .exits(0)
        .says("warning: this machine's clock says");
    let text = bench.halligan(["ledger", "verify"]).run().exits(0);
    let last = bench.entries().pop().unwrap()["index"].clone();
    text.prints(&format!("warning: entry {last} says"))
        .prints("the entry before it says");
}
